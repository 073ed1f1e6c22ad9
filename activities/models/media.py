from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from liaison.fields import Today
from liaison.models import Member, Organisation, Voidable, VoidableQuerySet
from liaison.scope import Scope
from studios.models import Studio, own_studios

from .activity import Activity


class MediaReportQuerySet(VoidableQuerySet):
    owners = ("organisation", "studio")

    def own(self, scope: Scope) -> Q:
        mine = Q(studio__in=own_studios(scope))
        if scope.member:
            mine |= Q(pk__in=MediaReport.praised.through.objects.filter(member=scope.member).values("mediareport"))
        return mine

    def counted(self):
        """Reports that enter the statistics: everything not voided."""
        return self.unvoided()


class MediaReport(Voidable):
    """What a newspaper, station or site said about the work (宣传报道)."""

    class Level(models.TextChoices):
        CENTRAL = "central", "中央"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"

    mended_by = {"media_report_not_in_future": "published_on"}

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="media_reports", verbose_name="政协组织"
    )
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="media_reports", verbose_name="工作室"
    )
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="media_reports", verbose_name="活动"
    )
    title = models.CharField("标题", max_length=120)
    outlet = models.CharField("媒体", max_length=60)
    level = models.CharField("媒体级别", max_length=10, choices=Level)
    published_on = models.DateField("发表日期")
    link = models.CharField(
        "链接", max_length=300, blank=True,
        validators=[URLValidator(["http", "https"], message="请填写以 http:// 或 https:// 开头的网址。")],
    )  # fmt: skip
    praised = models.ManyToManyField(Member, blank=True, related_name="media_reports", verbose_name="受表扬委员")

    objects = MediaReportQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "宣传报道"
        ordering = ["-published_on", "-id"]
        indexes = [
            models.Index(name="media_report_list", fields=["-published_on", "-id", "organisation"]),
            models.Index(
                name="media_report_figures",
                fields=["organisation", "published_on"],
                include=["level", "studio", "voided_at"],
            ),
        ]
        constraints = [
            *Voidable.Meta.constraints,
            models.CheckConstraint(
                name="media_report_not_in_future", condition=Q(published_on__lte=Today()),
                violation_error_message="发表日期不能晚于今天。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title
