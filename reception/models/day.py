from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from liaison import reach
from liaison.constraints import said_beside
from liaison.fields import Today, following_day
from liaison.models import Inheriting, Member, Organisation, PlacedRules, Voidable, VoidableQuerySet
from liaison.scope import Scope, ScopedQuerySet
from reception import telling
from studios.models import Posting, ReceptionRule, Studio, own_studios


class ReceptionDayQuerySet(VoidableQuerySet):
    def own(self, scope: Scope) -> Q:
        mine = Q(studio__in=own_studios(scope))
        if scope.member:
            mine |= Q(pk__in=Duty.objects.filter(member=scope.member).values("reception_day"))
        return mine

    def counted(self):
        """Days that enter the statistics: held for the public and not voided (those for members are another matter)."""
        return self.unvoided().filter(state=ReceptionDay.State.HELD, kind=ReceptionDay.Kind.PUBLIC)

    def due(self):
        """Days that members owed the public: held, or passed without being held; a cancelled one was called off with a reason."""
        held = Q(state=ReceptionDay.State.HELD)
        return self.unvoided().filter(held | ReceptionDay.MISSED, kind=ReceptionDay.Kind.PUBLIC)

    def missed(self):
        return self.due().filter(ReceptionDay.MISSED)

    def note_missed(self, today) -> int:
        """Store which days have passed without being held, from the month on in which their studio opened; returns how many
        were new. What turns true by time alone becomes a write, so that the figures hear of it (STATISTICS §4)."""
        opened = Q(held_on__gte=TruncMonth("studio__opened_on"))
        not_closed = Q(studio__closed_on__isnull=True) | Q(studio__closed_on__gt=F("held_on"))
        unnoted = Q(missed_on__isnull=True) | Q(missed_on__lte=F("held_on"))
        passed = self.expected().filter(opened, not_closed, unnoted, held_on__lt=today)
        # The rows themselves, without the join: an update has none.
        return ReceptionDay.objects.filter(pk__in=passed.values("pk")).update(missed_on=following_day("held_on"))

    def with_running_totals(self):
        """Adds `parties` and `running_people` (人次) as they stand now."""
        received = Q(visits__voided_at__isnull=True)
        return self.annotate(
            parties=Count("visits", filter=received),
            running_people=Coalesce(Sum("visits__headcount", filter=received), 0),
        )

    def unfinished(self, today):
        """Earlier days on which members signed in or received someone, but which nobody closed."""
        received = Q(visits__isnull=False, visits__voided_at__isnull=True)
        begun = ReceptionDay.objects.filter(Q(duties__signed_in_at__isnull=False) | received, held_on__lt=today)
        # As a subquery: joined here, the duties would multiply the running totals.
        return self.expected().filter(pk__in=begun.values("pk"))

    def announced(self, today):
        """What the public is told of: announced days from today on, the next one first."""
        ahead = self.unvoided().filter(state=ReceptionDay.State.ANNOUNCED, held_on__gte=today)
        return ahead.filter(kind=ReceptionDay.Kind.PUBLIC).order_by("held_on", "opens", "id")

    def called_off(self, today):
        """What the public was told of and does not take place, from today on."""
        return self.public().filter(state=ReceptionDay.State.CANCELLED, held_on__gte=today).order_by("held_on", "opens")

    def public(self):
        """Days for the public that were ever announced, the cancelled ones among them."""
        # Days from before announcements were dated show by their state that they were announced.
        announced = Q(announced_at__isnull=False) | Q(state__in=("announced", "held"))
        return self.unvoided().filter(announced, kind=ReceptionDay.Kind.PUBLIC)

    def expected(self):
        """Days that may still receive visits: planned or announced."""
        return self.unvoided().filter(state__in=[ReceptionDay.State.PLANNED, ReceptionDay.State.ANNOUNCED])


class ReceptionDay(Inheriting, Voidable):
    """A day on which a studio receives the public (委员接待日), or leaders receive members."""

    class Kind(models.TextChoices):
        PUBLIC = "public", "接待群众"
        MEMBERS = "members", "领导接待委员"

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        ANNOUNCED = "announced", "已公布"
        HELD = "held", "已开展"
        CANCELLED = "cancelled", "已取消"

    OPEN_STATES = (State.PLANNED, State.ANNOUNCED)
    # Noted as missed, and neither held afterwards nor moved to a later day.
    MISSED = Q(state__in=("planned", "announced"), missed_on__gt=F("held_on"))

    mended_by = {
        "reception_day_once": "opens",
        "reception_day_closes_after_opening": "closes",
        "reception_day_cancelled_with_reason": "cancel_reason",
    }

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="reception_days", verbose_name="工作室")
    # Its index is that of the figures, which begins with it: one less to write on every row.
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        db_index=False,
        editable=False,
        related_name="reception_days",
        verbose_name="政协组织",
    )
    rule = models.ForeignKey(
        ReceptionRule, models.SET_NULL, null=True, blank=True, editable=False, related_name="days", verbose_name="规则"
    )
    # The day that the rule names, before it was moved off a holiday: what the rota knows the day by.
    ruled_on = models.DateField("规则日期", null=True, blank=True, editable=False)
    kind = models.CharField("类型", max_length=8, choices=Kind, default=Kind.PUBLIC)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    held_on = models.DateField("日期")
    missed_on = models.DateField("未开展认定日期", null=True, blank=True, editable=False)
    opens = models.TimeField("开始时间")
    closes = models.TimeField("结束时间")
    place = models.CharField("地点", max_length=80, blank=True)
    theme = models.CharField("主题", max_length=80, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    summary = models.TextField("小结", blank=True)
    # When it was closed: what was written offline before that may still arrive (补记).
    held_at = models.DateTimeField("结束登记时间", null=True, blank=True, editable=False)
    # Kept by a trigger (migration 0010), for calendars that follow the day: what it is about has changed so often, and when last.
    revision = models.PositiveIntegerField("修订次数", default=0, editable=False)
    changed_at = models.DateTimeField("修订时间", default=timezone.now, editable=False)
    announced_at = models.DateTimeField("公布时间", null=True, editable=False)
    members = models.ManyToManyField(Member, through="Duty", related_name="reception_days", verbose_name="值班委员")

    objects = ReceptionDayQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "接待日"
        ordering = ["-held_on", "-id"]
        indexes = [
            models.Index(name="reception_day_list", fields=["-held_on", "-id", "organisation"]),
            models.Index(  # note_missed
                name="reception_day_open",
                fields=["held_on"],
                condition=Q(voided_at__isnull=True, state__in=("planned", "announced")),
            ),
            models.Index(
                name="reception_day_figures",
                fields=["organisation", "held_on"],
                include=["kind", "state", "missed_on", "voided_at"],
            ),
        ]
        constraints = [
            *Voidable.Meta.constraints,
            models.UniqueConstraint(
                name="reception_day_once", fields=["studio", "held_on", "opens"],
                condition=Q(voided_at__isnull=True) & ~Q(state="cancelled"),
                violation_error_message="这个工作室当天已有同一时间的接待日。",
            ),
            models.UniqueConstraint(name="reception_day_once_by_rule", fields=["rule", "ruled_on"]),
            models.CheckConstraint(
                name="reception_day_closes_after_opening", condition=Q(closes__gt=F("opens")),
                violation_error_message="结束时间应晚于开始时间。",
            ),
            models.CheckConstraint(
                name="reception_day_held_not_in_future", condition=~Q(state="held") | Q(held_on__lte=Today()),
                violation_error_message="接待日还没有到，不能登记为已开展。",
            ),
            models.CheckConstraint(
                name="reception_day_cancelled_with_reason", condition=~Q(state="cancelled") | ~Q(cancel_reason=""),
                violation_error_message="取消接待日必须说明原因。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.studio} {self.held_on:%Y年%-m月%-d日}接待日"

    def clean(self):
        if self.studio_id and self.held_on:
            with said_beside("held_on"):
                self.studio.must_be_open_on(self.held_on)

    def inherit(self):
        """A new day belongs to the organisation that its studio belongs to at that time."""
        if self.studio_id and not self.organisation_id:
            self.organisation_id = self.studio.organisation_id

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES and not self.is_voided

    @property
    def is_settled(self) -> bool:
        """Held, or visits carry its date already: when and for whom it was stays as it is. One query."""
        return not self.is_open or self.visits.exists()

    def name_members(self, members) -> tuple[list["Duty"], list["Duty"]]:
        """Those on duty; returns the duties that are new and those that are gone. Raises ValidationError when somebody is
        left out who has signed in."""
        gone = self.duties.exclude(member__in=members)
        if gone.filter(signed_in_at__isnull=False).exists():
            raise ValidationError({"members": "已签到的委员不能移出值班名单。"})
        removed = list(gone.select_related("member"))
        gone.delete()
        named = set(self.duties.values_list("member", flat=True))
        return [self.duties.create(member=member) for member in members if member.pk not in named], removed

    def team(self):
        """Members posted to the studio on this day, by the order in which they came; one query."""
        postings = Posting.objects.standing_on(self.held_on).filter(studio=self.studio_id)
        return Member.objects.filter(pk__in=postings.values("member")).order_by("pinyin", "pk")

    def must_find_free(self, member: Member):
        """Raises ValidationError when the member is on duty elsewhere at that hour, named where the asker sees it; two
        queries."""
        others = ReceptionDay.objects.expected().filter(held_on=self.held_on, duties__member=member).exclude(pk=self.pk)
        others = others.filter(opens__lt=self.closes, closes__gt=self.opens)
        if other := others.select_related("studio").first():
            raise ValidationError(f"{member}当天同一时间在{other.studio}值班。")
        with reach.everything():
            is_elsewhere = others.all().exists()
        if is_elsewhere:
            raise ValidationError(f"{member}当天同一时间在别处值班。")

    def must_be_open(self):
        """Raises ValidationError with the sentence that says why no visit can be logged."""
        if self.is_voided:
            raise ValidationError("这个接待日已经作废，不能登记来访。")
        if self.state == self.State.HELD:
            raise ValidationError("这个接待日已经结束登记，不能再登记来访；需要补登，请政协机关重新开放登记。")
        if self.state == self.State.CANCELLED:
            raise ValidationError("这个接待日已经取消，不能登记来访。")

    def must_receive_on(self, today):
        """Raises ValidationError unless members can log visits: the day is open, and it is today."""
        self.must_be_open()
        if self.held_on > today:
            raise ValidationError("接待日还没有到，不能登记来访。")
        if self.held_on < today:
            raise ValidationError("接待日已经过去，请由政协机关补登来访。")

    def announce(self):
        if self.state != self.State.PLANNED:
            raise ValidationError("只有计划中的接待日可以公布。")
        self.state = self.State.ANNOUNCED
        self.save(update_fields=["state"])
        self.tell_on_duty(f"{self}已经公布，{self.opens:%-H:%M}开始，您值班。", "announced")

    def tell_duties(self, added, removed, at):
        """Members who are on duty from now on, or no longer, as the office decided; of a day that is still to come."""
        if not self.is_open or self.held_on < timezone.localdate(at):
            return
        for duties, words in (
            (added, f"请您在{self}值班，{self.opens:%-H:%M}开始。"),
            (removed, f"{self}改由其他委员值班，您不用值班。"),
        ):
            key = f"duty:{self.pk}:{at:%Y%m%d%H%M%S}"
            telling.tell_members(self, [duty.member_id for duty in duties], words, key)

    def tell_on_duty(self, text: str, what: str):
        """The members on duty are told once of each thing."""
        telling.tell_members(self, self.duties.values_list("member", flat=True), text, f"{what}:{self.pk}")

    def cancel(self, *, why: str):
        """Raises ValidationError unless the day is open and has received nobody."""
        if not self.is_open:
            raise ValidationError("只有计划中或已公布的接待日可以取消。")
        if self.visits.counted().exists():
            raise ValidationError("这个接待日已登记来访，不能取消。")
        self.state, self.cancel_reason = self.State.CANCELLED, why.strip()
        self.save(update_fields=["state", "cancel_reason"])
        self.tell_on_duty(f"{self}已经取消，您不用值班。原因：{self.cancel_reason}", "cancelled")

    @transaction.atomic
    def hold(self, *, summary: str = ""):
        """Close the day as held. Raises ValidationError when it is not open or lies ahead."""
        day = ReceptionDay.objects.select_for_update(of=("self",)).get(pk=self.pk)
        day.must_be_open()
        if day.held_on > timezone.localdate():
            raise ValidationError("接待日还没有到，不能登记为已开展。")
        self.state, self.summary, self.held_at = self.State.HELD, summary, timezone.now()
        self.save(update_fields=["state", "summary", "held_at"])

    def reopen(self):
        """Take the closing back, for what was forgotten; the day counts again once it is held again."""
        if self.state != self.State.HELD or self.is_voided:
            raise ValidationError("只有已开展的接待日可以重新开放登记。")
        self.state, self.held_at = self.State.ANNOUNCED, None
        self.save(update_fields=["state", "held_at"])

    def void(self, *, by, why: str, at):
        """Raises ValidationError also while visits of the day count: they would lose the day they were on."""
        if received := self.visits.counted().count():
            raise ValidationError(f"这个接待日还有 {received} 批来访，请先作废这些来访，或只修改接待日。")
        super().void(by=by, why=why, at=at)

    def received_at(self, instant) -> bool:
        """Whether a visit could be logged then: on the day itself, before it was closed. Of a day that was called off: no."""
        if timezone.localdate(instant) != self.held_on or self.is_voided:
            return False
        return self.is_open or (self.held_at is not None and instant < self.held_at)

    @property
    def is_missed(self) -> bool:
        return bool(self.is_open and self.missed_on and self.missed_on > self.held_on)

    @property
    def state_words(self) -> str:
        return "未开展" if self.is_missed else self.get_state_display()

    @property
    def arrived(self) -> list["Duty"]:
        """Members on duty who signed in; no query when the duties are prefetched."""
        return [duty for duty in self.duties.all() if duty.signed_in_at]

    def handlings(self) -> list[tuple[str, int]]:
        """(words, parties) for each way in which visits of this day were dealt with; one query."""
        visits = self.visits.counted()
        counts = dict(visits.order_by().values_list("handling").annotate(parties=Count("pk")))
        choices = self.visits.model.Handling.choices
        return [(label, counts.get(value, 0)) for value, label in choices]

    def people(self) -> int:
        """人次 received on this day; one query."""
        return self.visits.counted().aggregate(total=Sum("headcount"))["total"] or 0


class DutyQuerySet(ScopedQuerySet):
    path = "reception_day__organisation__path"
    owners = ("reception_day",)

    def due(self, today):
        """Duties that were to be done: of days that were held, or are past, or on which the member has signed in."""
        done = Q(reception_day__state="held") | Q(reception_day__held_on__lt=today) | Q(signed_in_at__isnull=False)
        return self.filter(done, reception_day__voided_at__isnull=True).exclude(reception_day__state="cancelled")

    def own(self, scope: Scope) -> Q:
        mine = Q(reception_day__studio__in=own_studios(scope))
        return mine | Q(member=scope.member) if scope.member else mine


class Duty(PlacedRules):
    """A member on duty on a reception day, signed in or not."""

    mended_by = {"duty_once": "member"}

    reception_day = models.ForeignKey(ReceptionDay, models.PROTECT, related_name="duties", verbose_name="接待日")
    member = models.ForeignKey(Member, models.PROTECT, related_name="duties", verbose_name="委员")
    signed_in_at = models.DateTimeField("签到时间", null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "值班委员"
        ordering = ["reception_day", "id"]
        constraints = [
            models.UniqueConstraint(
                name="duty_once", fields=["reception_day", "member"], violation_error_message="这位委员已在值班名单中。"
            )
        ]

    def __str__(self):
        return str(self.member)

    def must_be_handed_on(self, to: Member, today):
        """Raises ValidationError unless the duty lies ahead and this member of the studio's team is free for it."""
        day = self.reception_day
        if not day.is_open or day.held_on < today or self.signed_in_at:
            raise ValidationError("只有还没有到、没有签到的值班可以调换。")
        if day.duties.filter(member=to).exists():
            raise ValidationError(f"{to}当天已经在这里值班。")
        if not day.team().filter(pk=to.pk).exists():
            raise ValidationError(f"{to}当天不在这个工作室进驻，不能接替。")
        day.must_find_free(to)

    def hand_on(self, to: Member, today):
        """Another member of the team takes this duty over. Raises ValidationError."""
        self.must_be_handed_on(to, today)
        self.member = to
        self.save(update_fields=["member"])

    @classmethod
    def sign_in(cls, day: ReceptionDay, member: Member, at) -> "Duty":
        """Sign a member in; signing in twice keeps the first time. Raises ValidationError on a closed day."""
        day.must_be_open()
        if day.held_on != timezone.localdate(at):
            raise ValidationError("只能在接待日当天签到。")
        duty, _ = cls.objects.get_or_create(reception_day=day, member=member)
        cls.objects.filter(pk=duty.pk, signed_in_at__isnull=True).update(signed_in_at=at)
        return duty
