from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from liaison.models import Account, Member, PlacedRules
from liaison.scope import Scope, ScopedQuerySet
from reception import telling
from studios.models import own_studios

from .day import Duty, ReceptionDay


class DutySwapQuerySet(ScopedQuerySet):
    path = "reception_day__organisation__path"
    owners = ("reception_day",)

    def own(self, scope: Scope) -> Q:
        mine = Q(reception_day__studio__in=own_studios(scope))
        return mine | Q(giver=scope.member) | Q(taker=scope.member) if scope.member else mine

    def waiting(self, today):
        """Asked and not yet answered, of days that are still to come."""
        ahead = Q(reception_day__held_on__gte=today, reception_day__in=ReceptionDay.objects.expected())
        return self.filter(ahead, state=DutySwap.State.ASKED)

    def answerable_by(self, member: Member | int, today):
        """What this member may say yes or no to: asked of them, or offered to a team that is theirs."""
        teams = self.waiting(today).exclude(giver=member)
        return teams.filter(Q(taker=member) | Q(taker=None, reception_day__studio__postings__member=member)).distinct()


class DutySwap(PlacedRules):
    """One member asks a colleague to take over a duty (换班), or offers it to the whole team; the colleague says yes or no.

    With `return_day` the two exchange: the colleague's duty on that day becomes the asking member's.
    """

    class State(models.TextChoices):
        ASKED = "asked", "等待答复"
        ACCEPTED = "accepted", "已接受"
        DECLINED = "declined", "已谢绝"
        WITHDRAWN = "withdrawn", "已撤回"

    mended_by = {"duty_swap_once": "taker", "duty_swap_between_two": "taker", "duty_swap_returned_by_somebody": "taker"}

    reception_day = models.ForeignKey(ReceptionDay, models.PROTECT, related_name="swaps", verbose_name="接待日")
    giver = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="原值班委员")
    taker = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接替委员",
        help_text="不选则请工作室的任何一位委员接替。",
    )  # fmt: skip
    return_day = models.ForeignKey(
        ReceptionDay, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="换回的接待日"
    )
    note = models.CharField("说明", max_length=100, blank=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.ASKED, editable=False)
    asked_by = models.ForeignKey(Account, models.PROTECT, editable=False, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间", editable=False)
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)

    objects = DutySwapQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "换班"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="duty_swap_once", fields=["reception_day", "giver"], condition=Q(state="asked"),
                violation_error_message="这次值班已经在请人接替，请先等待答复或撤回。",
            ),
            models.CheckConstraint(
                name="duty_swap_between_two", condition=Q(taker__isnull=True) | ~Q(taker=F("giver")),
                violation_error_message="不能请自己接替。",
            ),
            models.CheckConstraint(
                name="duty_swap_accepted_by_somebody", condition=~Q(state="accepted") | Q(taker__isnull=False),
                violation_error_message="换班须有接替的委员。",
            ),
            models.CheckConstraint(
                name="duty_swap_returned_by_somebody", condition=Q(return_day__isnull=True) | Q(taker__isnull=False),
                violation_error_message="对换须说明和哪位委员换。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.reception_day}：{self.giver}换班"

    @property
    def wish(self) -> str:
        """What is asked, to whoever may answer it."""
        if self.return_day_id:
            return f"{self.giver}想和您对换值班：您值{self.reception_day}，{self.giver}值{self.return_day}。"
        return f"{self.giver}请{'您' if self.taker_id else '人'}接替{self.reception_day}的值班。"

    @property
    def outcome(self) -> str:
        words = f"{self.taker}接替{self.giver}，在{self.reception_day}值班"
        back = f"；{self.giver}接替{self.taker}，在{self.return_day}值班" if self.return_day_id else ""
        return f"{words}{back}。"

    @transaction.atomic
    def ask(self, duty: Duty, *, by: Account, at):
        """Raises ValidationError when one of the duties is over, or one of the two is not free for the other's."""
        today = timezone.localdate(at)
        self.reception_day, self.giver = duty.reception_day, duty.member
        self.asked_by, self.asked_at = by, at
        if duty.signed_in_at or not duty.reception_day.is_open or duty.reception_day.held_on < today:
            raise ValidationError("只有还没有到、没有签到的值班可以调换。")
        if self.taker:
            duty.must_be_handed_on(self.taker, today)
        if self.return_day_id:
            self._returned(self.duties()).must_be_handed_on(self.giver, today)
        self.validate_constraints()
        self.save()
        asked = [self.taker_id] if self.taker_id else duty.reception_day.team().values_list("pk", flat=True)
        words = self.wish + self.note
        telling.tell_members(duty.reception_day, {*asked} - {self.giver_id}, words, f"swap:{self.pk}:asked")

    @transaction.atomic
    def accept(self, member: Member, *, by: Account, at) -> list[Duty]:
        """The colleague takes the duty over, and gives the one that was asked for in return; returns what changed hands.

        Raises ValidationError when somebody else was quicker.
        """
        duties, today = self._locked(), timezone.localdate(at)
        self._given(duties).hand_on(member, today)
        self.taker = member
        if self.return_day_id:
            self._returned(duties).hand_on(self.giver, today)
        self._answered(self.State.ACCEPTED, at)
        telling.tell_members(self.reception_day, [self.giver_id], self.outcome, f"swap:{self.pk}:accepted", but=by)
        telling.tell_keepers(self.reception_day, self.outcome, f"swap:{self.pk}:accepted", but=by)
        return duties

    @transaction.atomic
    def decline(self, *, by: Account, at):
        """An offer to the whole team has nobody who could decline it. Raises ValidationError."""
        self._locked()
        if self.taker_id is None:
            raise ValidationError("这是向全体委员提出的，不想接替就不用答复。")
        self._answered(self.State.DECLINED, at)
        words = f"{self.taker}不能接替{self.reception_day}的值班，请另找委员或与联络员联系。"
        telling.tell_members(self.reception_day, [self.giver_id], words, f"swap:{self.pk}:declined", but=by)

    @transaction.atomic
    def withdraw(self, *, at):
        """Raises ValidationError when it was answered meanwhile."""
        self._locked()
        self._answered(self.State.WITHDRAWN, at)

    def duties(self):
        """The one or two that it is about, as they stand."""
        given = Q(reception_day=self.reception_day_id, member=self.giver_id)
        returned = Q(reception_day=self.return_day_id, member=self.taker_id) if self.return_day_id else Q(pk=None)
        return Duty.objects.filter(given | returned).select_related("reception_day__studio", "member").order_by("pk")

    def _given(self, duties) -> Duty:
        """Raises ValidationError."""
        if found := next((one for one in duties if one.member_id == self.giver_id), None):
            return found
        raise ValidationError("这次换班已经有了答复，或值班名单已经改动。")

    def _returned(self, duties) -> Duty:
        """Raises ValidationError."""
        days = self.return_day.studio_id, self.reception_day.studio_id
        found = next((one for one in duties if one.reception_day_id == self.return_day_id), None)
        if found is None or len({*days}) > 1:
            raise ValidationError(f"{self.taker}在{self.return_day}没有值班，不能换回。")
        return found

    def _locked(self) -> list[Duty]:
        """Whoever answers at the same moment waits here and then finds it answered. Raises ValidationError."""
        swap = DutySwap.objects.select_for_update(of=("self",)).get(pk=self.pk)
        duties = list(self.duties().select_for_update(of=("self",)))
        self._given(duties if swap.state == self.State.ASKED else [])
        return duties

    def _answered(self, state: str, at):
        self.state, self.answered_at = state, at
        self.save(update_fields=["state", "taker", "answered_at"])
