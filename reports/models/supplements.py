"""Supplements (补录): dated figures for what was never recorded, beside the computed ones and never mixed into them."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from liaison.models import Account, Attachment
from liaison.periods import EPOCH, Period, month_of, next_month
from liaison.scope import ScopedQuerySet
from reports.indicators import INDICATOR, SUMMED, Indicator
from reports.models.countersigned import Countersigned
from reports.models.period_reports import PeriodReport

# The list behind a figure opens from the first month after the first Political Consultative Conference on.
EARLIEST = next_month(EPOCH)
# More than any office has in a month: a slip of the key, or a figure in 万.
MOST, MOST_YUAN = 10_000_000, 100_000_000_000


class SupplementQuerySet(ScopedQuerySet):
    def counted(self):
        """Those that stand beside the figures."""
        return self.filter(state=Supplement.State.APPROVED)

    def waiting(self):
        return self.filter(state=Supplement.State.WAITING)


class Supplement(Countersigned):
    """A figure of one organisation and month for which there are no records; of a stock (工作室), what stands from then on.

    Approved by the office above. None for a month whose report is signed: a trigger keeps that too (reports/migrations).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待审批"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "已撤回"

    # An approval is taken back with a reason, while no signed report holds it; what still waits, by the office itself.
    MOVES = {
        State.WAITING: (State.APPROVED, State.REFUSED, State.WITHDRAWN),
        State.APPROVED: (State.REFUSED,),
        State.REFUSED: (),
        State.WITHDRAWN: (),
    }
    # That add nothing, and stand in nobody's way.
    ENDED = (State.REFUSED, State.WITHDRAWN)
    decides = "审批"
    mended_by = {
        "supplement_refusal_says_why": "why",
        "supplement_begins_its_month": "month",
        "supplement_adds": "value",
    }

    month = models.DateField("月份")
    indicator = models.CharField("指标", max_length=40)
    value = models.DecimalField(
        "数值", max_digits=20, decimal_places=2, validators=[MinValueValidator(0.01, "数值应大于 0。")]
    )
    reason = models.TextField("补录原因", max_length=500)
    paper = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="依据材料")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING, editable=False)
    why = models.TextField("不批准原因", max_length=500, blank=True)

    objects = SupplementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补录"
        ordering = ["-month", "-id"]
        constraints = [
            models.CheckConstraint(
                name="supplement_begins_its_month", condition=Q(month__day=1),
                violation_error_message="补录按整月填报。",
            ),
            models.CheckConstraint(
                name="supplement_adds", condition=Q(value__gt=0), violation_error_message="数值应大于 0。"
            ),
            models.CheckConstraint(
                name="supplement_put_forward_by_somebody",
                condition=Q(submitted_at__isnull=False, submitted_by__isnull=False),
                violation_error_message="补录应有填报人和填报时间。",
            ),
            models.CheckConstraint(
                name="supplement_decided_by_somebody",
                condition=Q(state__in=("waiting", "withdrawn"), decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=("approved", "refused"), decided_at__isnull=False, decided_by__isnull=False),
                violation_error_message="审批应有审批人和审批时间。",
            ),
            models.CheckConstraint(
                name="supplement_refusal_says_why", condition=~Q(state="refused") | ~Q(why=""),
                violation_error_message="请写明不批准的原因。",
            ),
            models.CheckConstraint(
                name="supplement_not_approved_by_its_author",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                violation_error_message="自己提交的不能自己审批，请另一位工作人员审批。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(  # table.py: beside a figure
                name="supplement_figures", fields=["organisation", "month"], condition=Q(state="approved")
            ),
            models.Index(name="supplement_list", fields=["-month", "-id"]),
        ]

    def __str__(self):
        return f"{self.organisation.short_name}{self.period.label}补录{self.measured}"

    @property
    def url(self) -> str:
        return reverse("reports:show-supplement", args=[self.pk])

    @property
    def period(self) -> Period:
        return month_of(self.month)

    @property
    def measured(self) -> Indicator | str:
        """What it is a figure of; its bare code when the indicator is no longer declared."""
        return INDICATOR.get(self.indicator, self.indicator)

    @property
    def unit(self) -> str:
        return getattr(self.measured, "unit", "")

    def clean(self):
        super().clean()
        # Distinct figures count heads, and heads cannot be told from a number.
        if self.indicator and self.measured not in SUMMED:
            raise ValidationError({"indicator": "这个指标按人或按工作室去重计数，不能补录数字。"})
        if self.value and self.unit:
            self._must_be_plausible()
        if self.month and self.month < EARLIEST:
            raise ValidationError({"month": f"月份不能早于{month_of(EARLIEST).label}。"})
        if self.month and self.organisation_id and self.state not in self.ENDED:
            self._must_be_unsigned()
            self._must_be_the_only_one()

    def _must_be_plausible(self):
        if self.unit != "元" and self.value != int(self.value):
            raise ValidationError({"value": f"按{self.unit}计数，请填写整数。"})
        if self.value > (MOST_YUAN if self.unit == "元" else MOST):
            raise ValidationError({"value": f"数值过大，请核对：这里按{self.unit}填写，不是万{self.unit}。"})

    def _must_be_the_only_one(self):
        """One sum for a month: two would add up unnoticed. Asked of what is put forward, not of what is decided."""
        same = Supplement.objects.filter(organisation=self.organisation, month=self.month, indicator=self.indicator)
        other = same.exclude(pk=self.pk).exclude(state__in=self.ENDED).first()
        if other:
            words = f"{other.value:,.0f}{other.unit}，{other.get_state_display()}"
            first = "先撤回那一条" if other.state == self.State.WAITING else "请上级先登记为不批准"
            raise ValidationError(
                {"indicator": f"这个月已有一条同指标的补录（{words}）。要改数字，{first}，再合成一条提交。"}
            )

    def _must_be_unsigned(self):
        signed = PeriodReport.objects.covering(self.month).filter(organisation=self.organisation).signed().first()
        if signed:
            raise ValidationError({"month": f"{signed}{signed.get_state_display()}，这个月不能再补录。"})

    @transaction.atomic
    def propose(self, *, by: Account, at: datetime, today: date):
        """Put it forward. Raises ValidationError for a month that is not over or is signed, and for another office's clerk."""
        self.must_be_written_by(by)
        if self.month and today < self.period.end:
            raise ValidationError({"month": f"{self.period.label}还没有结束，结束后才能补录。"})
        self.put(submitted_by=by, submitted_at=at)

    @transaction.atomic
    def approve(self, *, by: Account, at: datetime):
        """Raises ValidationError for whoever must not decide, and when the month was signed meanwhile."""
        self.must_be_decided_by(by)
        self.must_move(self.State.APPROVED)
        self.put(state=self.State.APPROVED, decided_by=by, decided_at=at, why="")

    @transaction.atomic
    def refuse(self, why: str, *, by: Account, at: datetime):
        """Or take an approval back. Raises ValidationError when a signed report holds it."""
        self.must_be_decided_by(by)
        self.must_move(self.State.REFUSED)
        if self.state == self.State.APPROVED:
            self._must_be_unsigned()
        self.put(state=self.State.REFUSED, decided_by=by, decided_at=at, why=why.strip())

    @transaction.atomic
    def withdraw(self, *, by: Account):
        """Taken back by its own office before anybody decided. Raises ValidationError when somebody was quicker."""
        self.must_be_written_by(by)
        self.must_move(self.State.WITHDRAWN)
        self.put(state=self.State.WITHDRAWN)
