from django.db import models
from django.db.models import Q

from liaison.models import Account, Organisation
from liaison.scope import ScopedQuerySet
from reception.models import Visit

from .intakes import Intake


class Erasure(models.Model):
    """A visitor taken out of a visit, or of what came in by a code and was never accepted, and of what hangs on it; the
    record itself still counts (PIPL, articles 15 and 47)."""

    class Reason(models.TextChoices):
        WITHDRAWN = "withdrawn", "本人撤回同意"
        ASKED = "asked", "本人要求删除"
        EXPIRED = "expired", "保存期满"
        MISTAKE = "mistake", "误登"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="erasures", verbose_name="来访")
    intake = models.ForeignKey(Intake, models.PROTECT, null=True, related_name="erasures", verbose_name="扫码说事")
    reason = models.CharField("原因", max_length=10, choices=Reason)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    texts = models.PositiveIntegerField("清理的文字", default=0)
    photos = models.PositiveIntegerField("删除的文件", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息删除"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="erasure_of_one", condition=Q(visit__isnull=False) ^ Q(intake__isnull=False),
                violation_error_message="一次删除针对一次来访或一件扫码说事。",
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.get_reason_display()} {self.source}"

    @property
    def source(self) -> Visit | Intake:
        return self.visit or self.intake
