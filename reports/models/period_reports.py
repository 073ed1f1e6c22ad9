"""Periodic reports (定期报告): what an office signs for a month, quarter or year, and the figures as it signed them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from liaison.models import Account
from liaison.periods import Period, cn, kind_of, month_of, quarter_of, year_of
from liaison.scope import ScopedQuerySet
from reports.models.countersigned import Countersigned


class PeriodReportQuerySet(ScopedQuerySet):
    def for_period(self, grain: str, starts_on: date):
        return self.filter(grain=grain, starts_on=starts_on)

    def covering(self, month: date):
        """Reports of a month, and of the quarter and the year it lies in."""
        spans = Q()
        for grain, of in PERIODS.items():
            spans |= Q(grain=grain, starts_on=of(month).start)
        return self.filter(spans)

    def signed(self):
        """Those whose figures are fixed."""
        return self.filter(state__in=PeriodReport.FIXED)


class PeriodReport(Countersigned):
    """One organisation's report of one month, quarter or year. From submitting on its figures stay as they are: a trigger
    keeps them (reports/migrations), and what changes later is shown beside them as 调整."""

    class Grain(models.TextChoices):
        MONTH = "month", "月报"
        QUARTER = "quarter", "季报"
        YEAR = "year", "年报"

    class State(models.TextChoices):
        DRAFT = "draft", "待报"
        SUBMITTED = "submitted", "已报"
        RETURNED = "returned", "退回"
        ACCEPTED = "accepted", "已审定"

    FIXED = (State.SUBMITTED, State.ACCEPTED)
    # The database allows no other move (migration 0009).
    MOVES = {
        State.DRAFT: (State.SUBMITTED,),
        State.SUBMITTED: (State.RETURNED, State.ACCEPTED),
        State.RETURNED: (State.SUBMITTED,),
        State.ACCEPTED: (),
    }
    mended_by = {"period_report_return_says_why": "why"}

    grain = models.CharField("类型", max_length=8, choices=Grain)
    starts_on = models.DateField("起始日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT, editable=False)
    note = models.TextField("情况说明", max_length=2000, blank=True)
    # Why it was submitted although data checks were left open (数据核验).
    doubts = models.TextField("疑点说明", max_length=500, blank=True)
    why = models.TextField("退回原因", max_length=500, blank=True)

    # Accepted reports of the offices right below, whose figures it took over as they were signed.
    built_from = models.ManyToManyField(
        "self", symmetrical=False, related_name="built_into", blank=True, editable=False
    )

    objects = PeriodReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "定期报告"
        ordering = ["-starts_on", "organisation__path", "id"]
        constraints = [
            models.UniqueConstraint(
                name="period_report_once", fields=["organisation", "grain", "starts_on"],
                violation_error_message="这个时段的定期报告已经开始填报，请在列表中打开。",
            ),
            models.CheckConstraint(
                name="period_report_begins_its_period",
                condition=Q(grain="month", starts_on__day=1)
                | Q(grain="quarter", starts_on__day=1, starts_on__month__in=(1, 4, 7, 10))
                | Q(grain="year", starts_on__day=1, starts_on__month=1),
                violation_error_message="定期报告的时段应为整月、整季或整年。",
            ),
            models.CheckConstraint(
                name="period_report_signed_by_somebody",
                condition=Q(state="draft", submitted_at__isnull=True, submitted_by__isnull=True)
                | (~Q(state="draft") & Q(submitted_at__isnull=False, submitted_by__isnull=False)),
                violation_error_message="提交的报告应有提交人和提交时间。",
            ),
            models.CheckConstraint(
                name="period_report_decided_by_somebody",
                condition=Q(state__in=("draft", "submitted"), decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=("returned", "accepted"), decided_at__isnull=False, decided_by__isnull=False),
                violation_error_message="审定或退回的报告应有审核人和审核时间。",
            ),
            models.CheckConstraint(
                name="period_report_return_says_why", condition=~Q(state="returned") | ~Q(why=""),
                violation_error_message="请写明退回的原因。",
            ),
            models.CheckConstraint(
                name="period_report_not_decided_by_its_author",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                violation_error_message="自己提交的不能自己审核，请另一位工作人员审核。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.organisation.short_name}{self.period.label}{self.get_grain_display()}"

    @property
    def url(self) -> str:
        return reverse("reports:show-period-report", args=[self.pk])

    @property
    def period(self) -> Period:
        return PERIODS[self.grain](self.starts_on)

    @property
    def is_fixed(self) -> bool:
        return self.state in self.FIXED

    @transaction.atomic
    def submit(
        self, figures: Iterable["ReportFigure"], parts: Iterable["PeriodReport"], *, by, at: datetime, today: date
    ):
        """Fix these figures, built from accepted reports. Raises ValidationError before the period has ended, and for whoever is not of this office."""
        self.must_be_written_by(by)
        if today < self.period.end:
            raise ValidationError(f"{self.period.label}还没有结束，{cn(self.period.end)}起才能提交。")
        self.must_move(self.State.SUBMITTED)
        self.figures.all().delete()
        ReportFigure.objects.bulk_create(figures)
        self.built_from.set(parts)
        state = self.State.SUBMITTED
        self.put(state=state, submitted_by=by, submitted_at=at, decided_by=None, decided_at=None, why="")

    def keep(self, *, by: Account):
        """Store the draft. Raises ValidationError once it is submitted, and for whoever is not of this office."""
        self.must_be_written_by(by)
        if self.is_fixed:
            raise ValidationError(f"定期报告现在是“{self.get_state_display()}”，内容不能再改。")
        self.full_clean()
        self.save()

    @transaction.atomic
    def give_back(self, why: str, *, by: Account, at: datetime):
        """Raises ValidationError without a reason, and for whoever must not decide."""
        self.must_be_decided_by(by)
        self.must_move(self.State.RETURNED)
        self.put(state=self.State.RETURNED, decided_by=by, decided_at=at, why=why.strip())

    @transaction.atomic
    def accept(self, *, by: Account, at: datetime):
        """Raises ValidationError for whoever must not decide: the office itself, or who submitted it."""
        self.must_be_decided_by(by)
        self.must_move(self.State.ACCEPTED)
        self.put(state=self.State.ACCEPTED, decided_by=by, decided_at=at, why="")


PERIODS = {
    PeriodReport.Grain.MONTH: month_of, PeriodReport.Grain.QUARTER: quarter_of, PeriodReport.Grain.YEAR: year_of,
}  # fmt: skip


def grain_of(period: Period) -> str:
    """month, quarter or year; "" for any other span."""
    return kind_of(period, PERIODS)


class ReportFigureQuerySet(ScopedQuerySet):
    path = "report__organisation__path"


class ReportFigure(models.Model):
    """One figure of a report as it was signed; `since`: the version whose definition it followed."""

    report = models.ForeignKey(PeriodReport, models.PROTECT, related_name="figures", verbose_name="定期报告")
    indicator = models.CharField("指标", max_length=40)
    # Computed from records, and beside it what was supplemented (补录): never one number.
    value = models.DecimalField("数值", max_digits=20, decimal_places=2, default=Decimal(0))
    supplement = models.DecimalField("补录", max_digits=20, decimal_places=2, default=Decimal(0))
    since = models.CharField("口径版本", max_length=20)

    objects = ReportFigureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报告数字"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="report_figure_once", fields=["report", "indicator"], violation_error_message="同一指标只有一个数字。"
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.indicator} {self.total}"

    @property
    def total(self) -> Decimal:
        return self.value + self.supplement
