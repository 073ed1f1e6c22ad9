from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from liaison.models import PlacedRules
from liaison.models.organisations import StandingQuerySet
from liaison.periods import next_month

from .studio import OfStudioQuerySet, Studio


class ReceptionRuleQuerySet(OfStudioQuerySet, StandingQuerySet):
    """Rules that stand on a day, of studios that the account sees."""


class ReceptionRule(PlacedRules):
    """When a studio receives the public as a matter of course; days made from it are ReceptionDay rows."""

    class Pattern(models.TextChoices):
        MONTH_DAY = "month_day", "每月固定一天"
        NTH_WEEKDAY = "nth_weekday", "每月第几个星期几"
        WEEKLY = "weekly", "每周"

    WEEKDAYS = [(0, "星期一"), (1, "星期二"), (2, "星期三"), (3, "星期四"), (4, "星期五"), (5, "星期六"), (6, "星期日")]

    mended_by = {"reception_rule_says_when": "pattern", "reception_rule_closes_after_opening": "closes"}

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="reception_rules", verbose_name="工作室")
    pattern = models.CharField("方式", max_length=12, choices=Pattern, default=Pattern.MONTH_DAY)
    day_of_month = models.PositiveSmallIntegerField("每月几日", null=True, blank=True)
    nth = models.PositiveSmallIntegerField("第几个", null=True, blank=True)
    weekday = models.PositiveSmallIntegerField("星期", choices=WEEKDAYS, null=True, blank=True)
    opens = models.TimeField("开始时间")
    closes = models.TimeField("结束时间")
    place = models.CharField("地点", max_length=80, blank=True)
    on_duty = models.PositiveSmallIntegerField(
        "每次值班人数", default=1, validators=[MaxValueValidator(20)],
        help_text="由成员委员按进驻顺序轮流；填 0 则不自动排班。",
    )  # fmt: skip
    moves_off_holidays = models.BooleanField("遇节假日顺延到下一个工作日", default=True)
    starts_on = models.DateField("生效日期")
    ends_on = models.DateField("失效日期", null=True, blank=True)

    objects = ReceptionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接待日规则"
        ordering = ["studio", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="reception_rule_says_when",
                condition=Q(pattern="month_day", day_of_month__range=(1, 31), nth__isnull=True, weekday__isnull=True)
                | Q(pattern="nth_weekday", nth__range=(1, 5), weekday__range=(0, 6), day_of_month__isnull=True)
                | Q(pattern="weekly", weekday__range=(0, 6), nth__isnull=True, day_of_month__isnull=True),
                violation_error_message="固定一天填“每月几日”（1–31）；按星期填“星期”，每月一次的还要填“第几个”（1–5）。",
            ),
            models.CheckConstraint(
                name="reception_rule_closes_after_opening", condition=Q(closes__gt=F("opens")),
                violation_error_message="结束时间应晚于开始时间。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.studio} {self.when}"

    @property
    def when(self) -> str:
        """每月5日, 每月第2个星期二, 每星期三."""
        if self.pattern == self.Pattern.MONTH_DAY:
            return f"每月{self.day_of_month}日"
        if self.pattern == self.Pattern.NTH_WEEKDAY:
            return f"每月第{self.nth}个{self.get_weekday_display()}"
        return f"每{self.get_weekday_display()}"

    def dates(self, first: date, last: date) -> Iterator[date]:
        """The days that the rule names in this span, both ends included, before any is moved off a holiday.

        A 31st in a shorter month is its last day; a month without a fifth Tuesday has none.
        """
        first = max(first, self.starts_on)
        last = min(last, self.ends_on) if self.ends_on else last
        if self.pattern == self.Pattern.WEEKLY:
            ahead = (self.weekday - first.weekday()) % 7
            yield from (first + timedelta(days=n) for n in range(ahead, (last - first).days + 1, 7))
            return
        month = first.replace(day=1)
        while month <= last:
            day = self._date_in(month)
            if day and first <= day <= last:
                yield day
            month = next_month(month)

    def _date_in(self, month: date) -> date | None:
        length = monthrange(month.year, month.month)[1]
        if self.pattern == self.Pattern.MONTH_DAY:
            return month.replace(day=min(self.day_of_month, length))
        day = 1 + (self.weekday - month.weekday()) % 7 + 7 * (self.nth - 1)
        return month.replace(day=day) if day <= length else None
