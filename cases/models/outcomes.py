from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from activities.models import Activity
from liaison.fields import Today
from liaison.models import Organisation, Voidable, VoidableQuerySet
from liaison.scope import Scope
from studios.models import Studio, own_studios

from .case import Case


class OutcomeQuerySet(VoidableQuerySet):
    def own(self, scope: Scope) -> Q:
        return Q(studio__in=own_studios(scope))

    def counted(self):
        return self.unvoided()


class Outcome(Voidable):
    """What help brought (帮扶成效) of a case, an activity or a studio; money in yuan. Its 人次 are not 联系服务群众."""

    class Kind(models.TextChoices):
        FINANCING = "financing", "融资（元）"
        ENTERPRISES_HELPED = "enterprises_helped", "服务企业（户）"
        TRAINED = "trained", "培训（人次）"
        EXHIBITORS = "exhibitors", "参展（户）"
        JOBS = "jobs", "就业（人）"
        REVENUE = "revenue", "创收（元）"
        DONATION = "donation", "捐赠（元）"
        WISH = "wish", "微心愿（个）"
        WORK = "work", "作品/产品（个）"
        AWARD = "award", "荣誉（项）"
        FUNDS_WON = "funds_won", "争取资金（元）"

    MONEY = (Kind.FINANCING, Kind.REVENUE, Kind.DONATION, Kind.FUNDS_WON)

    mended_by = {
        "outcome_of_something": "case",
        "outcome_amount_positive": "amount",
        "outcome_not_in_future": "happened_on",
    }

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="outcomes", verbose_name="政协组织")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="outcomes", verbose_name="事项")
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="outcomes", verbose_name="活动"
    )
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="outcomes", verbose_name="工作室"
    )
    kind = models.CharField("类型", max_length=20, choices=Kind)
    amount = models.DecimalField("数量", max_digits=16, decimal_places=2, help_text="资金以元计。")
    enterprises = models.PositiveIntegerField("涉及企业（户）", null=True, blank=True)
    happened_on = models.DateField("日期")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "帮扶成效"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(name="outcome_figures", fields=["organisation", "happened_on"])]
        constraints = [
            *Voidable.Meta.constraints,
            models.CheckConstraint(
                name="outcome_of_something",
                condition=Q(case__isnull=False) | Q(activity__isnull=False) | Q(studio__isnull=False),
                violation_error_message="请选择成效来自哪个事项、活动或工作室。",
            ),
            models.CheckConstraint(
                name="outcome_amount_positive", condition=Q(amount__gt=0), violation_error_message="数量应大于 0。"
            ),
            models.CheckConstraint(
                name="outcome_not_in_future", condition=Q(happened_on__lte=Today()),
                violation_error_message="日期不能晚于今天。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount.normalize():,f}"

    def clean(self):
        whole = self.amount is None or self.amount == self.amount.to_integral_value()
        if self.kind not in self.MONEY and not whole:
            raise ValidationError({"amount": "这类成效的数量应为整数。"})
