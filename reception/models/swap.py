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
    """One member asks a colleague to take over a duty (换班), or offers it to the whole team; the colleague says yes or no."""

    class State(models.TextChoices):
        ASKED = "asked", "等待答复"
        ACCEPTED = "accepted", "已接受"
        DECLINED = "declined", "已谢绝"
        WITHDRAWN = "withdrawn", "已撤回"

    mended_by = {"duty_swap_once": "taker", "duty_swap_between_two": "taker"}

    reception_day = models.ForeignKey(ReceptionDay, models.PROTECT, related_name="swaps", verbose_name="接待日")
    giver = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="原值班委员")
    taker = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接替委员",
        help_text="不选则请工作室的任何一位委员接替。",
    )  # fmt: skip
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
        ]  # fmt: skip

    def __str__(self):
        return f"{self.reception_day}：{self.giver}换班"

    @transaction.atomic
    def ask(self, duty: Duty, *, by: Account, at):
        """Raises ValidationError when the duty is over, or the colleague is not free for it."""
        today = timezone.localdate(at)
        self.reception_day, self.giver = duty.reception_day, duty.member
        self.asked_by, self.asked_at = by, at
        if duty.signed_in_at or not duty.reception_day.is_open or duty.reception_day.held_on < today:
            raise ValidationError("只有还没有到、没有签到的值班可以调换。")
        if self.taker:
            duty.must_be_handed_on(self.taker, today)
        self.validate_constraints()
        self.save()
        asked = [self.taker_id] if self.taker_id else duty.reception_day.team().values_list("pk", flat=True)
        words = (
            f"{self.giver}请您接替{self.reception_day}的值班。"
            if self.taker_id
            else f"{self.giver}请人接替{self.reception_day}的值班。"
        )
        telling.tell_members(duty.reception_day, {*asked} - {self.giver_id}, words + self.note, f"swap:{self.pk}:asked")

    @transaction.atomic
    def accept(self, member: Member, *, by: Account, at) -> Duty:
        """The colleague takes the duty over; returns it. Raises ValidationError when somebody else was quicker."""
        duty = self._locked_duty()
        duty.hand_on(member, timezone.localdate(at))
        self.taker = member
        self._answered(self.State.ACCEPTED, at)
        words = f"{member}接替{self.giver}，在{self.reception_day}值班。"
        telling.tell_members(self.reception_day, [self.giver_id], words, f"swap:{self.pk}:accepted", but=by)
        telling.tell_keepers(self.reception_day, words, f"swap:{self.pk}:accepted", but=by)
        return duty

    @transaction.atomic
    def decline(self, *, by: Account, at):
        """An offer to the whole team has nobody who could decline it. Raises ValidationError."""
        self._locked_duty()
        if self.taker_id is None:
            raise ValidationError("这是向全体委员提出的，不想接替就不用答复。")
        self._answered(self.State.DECLINED, at)
        words = f"{self.taker}不能接替{self.reception_day}的值班，请另找委员或与联络员联系。"
        telling.tell_members(self.reception_day, [self.giver_id], words, f"swap:{self.pk}:declined", but=by)

    @transaction.atomic
    def withdraw(self, *, at):
        """Raises ValidationError when it was answered meanwhile."""
        self._locked_duty()
        self._answered(self.State.WITHDRAWN, at)

    def _locked_duty(self) -> Duty:
        """Whoever answers at the same moment waits here and then finds it answered."""
        swap = DutySwap.objects.select_for_update(of=("self",)).get(pk=self.pk)
        duty = Duty.objects.filter(reception_day=self.reception_day_id, member=self.giver_id)
        duty = duty.select_for_update(of=("self",)).select_related("reception_day__studio").first()
        if swap.state != self.State.ASKED or duty is None:
            raise ValidationError("这次换班已经有了答复，或值班名单已经改动。")
        return duty

    def _answered(self, state: str, at):
        self.state, self.answered_at = state, at
        self.save(update_fields=["state", "taker", "answered_at"])
