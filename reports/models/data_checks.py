"""What somebody looked at and found right (数据核验)."""

from django.db import models

from liaison.models import Account, Organisation
from liaison.scope import ScopedQuerySet


class DataCheck(models.Model):
    """One finding of `reports.checks` that was looked at and is right. `key` names the finding and the numbers it rests on:
    when those change it is a new finding."""

    class Check(models.TextChoices):
        EMPTY_DAY = "empty_day", "开展了接待日，没有来访登记"
        HIGH_HEADCOUNT = "high", "人数远高于该工作室平时"
        SAME_TEXT = "same_text", "多条来访内容相同"
        AT_ONCE = "at_once", "同日登记、同日办结，数量集中"
        ROUND_NUMBERS = "round", "人数多为整十、整百"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    check_code = models.CharField("核验项目", max_length=10, choices=Check)
    key = models.CharField("疑点", max_length=64)
    note = models.CharField("核实情况", max_length=200, blank=True)
    checked_at = models.DateTimeField("核实时间")
    checked_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="核实人")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "数据核验"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="data_check_once", fields=["organisation", "check_code", "key"],
                violation_error_message="这一条已经核实。",
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.organisation.short_name}：{self.get_check_code_display()}"
