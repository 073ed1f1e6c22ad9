from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.workflow import State
from liaison.models import Account, Member, Notice, Organisation
from liaison.roles import RECORDERS
from liaison.scope import Scope, ScopedQuerySet
from liaison.workdays import add_workdays
from reception.models import Visit
from studios.models import Posting, Studio, own_studios

from .case import Case
from .steps import Step


class ChoiceQuerySet(ScopedQuerySet):
    def own(self, scope: Scope) -> Q:
        mine = Q(studio__in=own_studios(scope))
        return mine | Q(member=scope.member) if scope.member else mine

    def open(self):
        """Offers that wait for an answer."""
        return self.filter(state=Choice.State.OFFERED, case__voided_at__isnull=True)

    def overdue(self, today: date):
        """Open offers to one member whose time is over; by the index choice_due."""
        return self.open().filter(due_on__lt=today)

    def answerable_by(self, account: Account):
        """Offers the account may answer: its own, its studios' pools, as liaison officer all of its studios."""
        scope = account.scope
        mine = Q(member__isnull=True, studio__in=own_studios(scope))
        if scope.member:
            mine |= Q(member=scope.member)
        if RECORDERS & account.roles:
            mine |= Q(studio__liaison_officer=account)
        return self.filter(mine)


class Choice(models.Model):
    """One offer of a scanned matter: to a member, or to a studio's pool, from which any of its members may claim it."""

    class State(models.TextChoices):
        OFFERED = "offered", "待答复"
        ACCEPTED = "accepted", "已受理"
        DECLINED = "declined", "未受理"
        PASSED_ON = "passed_on", "已转交"
        EXPIRED = "expired", "到期未答复"
        # The matter went another way: withdrawn, joined to another one, declined by the office.
        ENDED = "ended", "已终止"

    case = models.ForeignKey(Case, models.PROTECT, related_name="choices", verbose_name="事项")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="choices", verbose_name="工作室")
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="choices", verbose_name="委员"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.OFFERED, editable=False)
    at = models.DateTimeField("时间")
    # Of a pool none: it waits until somebody claims it, and the matter's own deadline turns red.
    due_on = models.DateField("答复期限", null=True, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "双向选择"
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(
                name="choice_one_open", fields=["case"], condition=Q(state="offered"),
                violation_error_message="这件事已经在等另一位委员或工作室答复。",
            ),
            models.CheckConstraint(
                name="choice_answered_when_closed",
                condition=Q(state="offered", answered_at__isnull=True) | (~Q(state="offered") & Q(answered_at__isnull=False)),
                violation_error_message="答复过的必须有答复时间，待答复的不能有。",
            ),
            models.CheckConstraint(
                name="choice_declined_with_reason", condition=~Q(state="declined") | ~Q(reason=""),
                violation_error_message="不受理请说明原因。",
            ),
            models.CheckConstraint(
                name="choice_due_for_members", condition=Q(member__isnull=False) | Q(due_on__isnull=True),
                violation_error_message="待认领的没有答复期限。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(name="choice_open", fields=["studio", "id"], condition=Q(state="offered")),
            models.Index(name="choice_due", fields=["due_on"], condition=Q(state="offered")),  # overdue
        ]

    def __str__(self):
        return f"{self.case.number} {self.whom}"

    @property
    def trail_label(self) -> str:
        return str(self)

    @property
    def whom(self) -> str:
        return f"{self.member}委员" if self.member else self.studio.name

    # Offers

    @classmethod
    def offer(cls, case: Case, studio: Studio, member: Member | None, *, by: Account | None, at: datetime) -> "Choice":
        """Offer the case to a member of the studio, or to its pool; tells whom it concerns and writes the step."""
        today = timezone.localdate(at)
        choice = cls.objects.create(
            case=case, organisation=case.organisation, studio=studio, member=member, at=at,
            due_on=add_workdays(today, settings.INTAKE_WORKDAYS, case.organisation) if member else None,
        )  # fmt: skip
        if member:
            said = f"已请{choice.whom}在{choice.due_on.month}月{choice.due_on.day}日前答复。"
        else:
            said = f"已交{studio.name}，等待委员认领。"
        choice._write_step(said, by=by, at=at)
        Notice.objects.tell(choice._notices())
        return choice

    def _notices(self) -> list[Notice]:
        """To the member, to a pool's members, and always to the studio's liaison officer."""
        today = timezone.localdate(self.at)
        standing = Posting.objects.standing_on(today).filter(studio=self.studio).values("member")
        people = Q(member=self.member) if self.member else Q(member__in=standing)
        accounts = Account.objects.filter(people | Q(pk=self.studio.liaison_officer_id), is_active=True)
        asked = f"扫码事项请{self.whom}答复" if self.member else f"{self.whom}有扫码事项待认领"
        return [
            Notice(
                account=account, organisation=self.organisation, key=f"choice-{self.pk}",
                text=f"{asked}：{self.case.number}。", url=reverse("cases:show-choice", args=[self.pk]),
            )
            for account in accounts
        ]  # fmt: skip

    def _write_step(self, said: str, *, by: Account | None, at: datetime):
        Step.objects.create(
            case=self.case, organisation=self.organisation, state=State.RECEIVED, by=by, at=at, note=said, is_told=True
        )

    # Answers

    def _lock(self):
        """Nobody else answers meanwhile. Raises ValidationError when somebody did before."""
        self.case = (
            Case.objects.select_for_update(of=("self",)).select_related("organisation", "studio").get(pk=self.case_id)
        )
        self.refresh_from_db(fields=["state", "answered_at", "by", "reason"])
        if self.case.is_voided:
            raise ValidationError("这个事项已经作废，不用再答复。")
        if self.state == self.State.ACCEPTED:
            raise ValidationError(f"这件事刚才已由{self.case.member}委员受理。")
        if self.state != self.State.OFFERED:
            raise ValidationError(f"这件事刚才已有答复（{self.get_state_display()}），请看最新的办理记录。")

    def _close(self, state: str, *, by: Account | None, at: datetime, reason: str = ""):
        self.state, self.by, self.answered_at, self.reason = state, by, at, reason.strip()
        self.full_clean()
        self.save()

    @transaction.atomic
    def accept(self, *, by: Account, at: datetime) -> Visit:
        """The member takes the matter up: from now on it is a visit of this day and the member's case.

        Raises ValidationError when somebody else was quicker, or the member or studio may no longer.
        """
        self._lock()
        member, today = self.member or by.member, timezone.localdate(at)
        if member is None:
            raise ValidationError("只有本工作室的委员可以认领；联络员请把它转给一位委员。")
        if not Posting.objects.standing_on(today).filter(studio=self.studio, member=member).exists():
            raise ValidationError(f"{member}已不在{self.studio}，请转给其他委员。")
        visit = self.case.intake.become_visit(member, by=by, on=today)
        self._close(self.State.ACCEPTED, by=by, at=at)
        self.case.visits.add(visit)
        self.case.move(
            State.ACCEPTED, by=by, at=at, note=f"{member}委员已受理。", is_told=True, member=member, sector=visit.sector
        )
        return visit

    @transaction.atomic
    def decline(self, *, reason: str, exclusion: str = "", channel: str = "", by: Account, at: datetime) -> None:
        """A member who will not take it leaves it to the studio's pool; what is nobody's to take up (`exclusion`, one of
        Visit.Exclusion) ends here, with the channel that is the right one. Raises ValidationError as `accept` does."""
        self._lock()
        if not exclusion and self.member is None:
            raise ValidationError("待认领的事项不认领即可；不属于受理范围的请选择原因，或转给其他工作室。")
        self._close(self.State.DECLINED, by=by, at=at, reason=reason)
        if exclusion:
            where = f"请向{channel}反映。" if channel else ""
            note = f"不属于受理范围（{Visit.Exclusion(exclusion).label}）：{_ended(reason)}{where}"
            self.case.move(State.DECLINED, by=by, at=at, note=note, is_told=True)
        else:
            self._write_step(f"{self.whom}未能受理：{_ended(reason)}", by=by, at=at)
            Choice.offer(self.case, self.studio, None, by=by, at=at)

    @transaction.atomic
    def pass_on(
        self, studio: Studio, member: Member | None, *, reason: str = "", by: Account, at: datetime
    ) -> "Choice":
        """To another member, or to another studio of the same office. Raises ValidationError as `accept` does, or when the
        one who is to have it may not."""
        self._lock()
        today = timezone.localdate(at)
        studio.must_be_open_on(today)
        if (studio, member) == (self.studio, self.member):
            raise ValidationError("它正在那里等待答复，请选择另一位委员或另一个工作室。")
        if member and not Posting.objects.standing_on(today).filter(studio=studio, member=member).exists():
            raise ValidationError(f"{member}已不在{studio}，请另选一位。")
        self._close(self.State.PASSED_ON, by=by, at=at, reason=reason)
        self._write_step(f"{self.whom}已转交{'：' + _ended(reason) if reason.strip() else '。'}", by=by, at=at)
        if studio != self.studio:
            self.case.studio, self.case.division = studio, studio.division
            self.case.save(update_fields=["studio", "division"])
        return Choice.offer(self.case, studio, member, by=by, at=at)

    @transaction.atomic
    def expire(self, *, at: datetime) -> "Choice | None":
        """Back to the pool; None when it was answered in the meantime."""
        try:
            self._lock()
        except ValidationError:
            return None
        self._close(self.State.EXPIRED, by=None, at=at)
        self._write_step(f"{self.whom}没有在期限内答复，退回工作室。", by=None, at=at)
        return Choice.offer(self.case, self.studio, None, by=None, at=at)


def _ended(sentence: str) -> str:
    return sentence.strip() if sentence.strip()[-1:] in "。！？" else f"{sentence.strip()}。"
