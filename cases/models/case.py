import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.utils import timezone

from cases.workflow import DONE, NEEDS_REASON, OPEN, TRANSITIONS, State, ordinary_deadline
from liaison.fields import PinyinField, Today, following_day
from liaison.models import (
    Account,
    Category,
    Department,
    Division,
    Member,
    OnceQuerySet,
    Organisation,
    Sector,
    Voidable,
)
from liaison.privacy import NUMBERS
from liaison.roles import RECORDERS
from liaison.scope import Scope
from liaison.workdays import add_workdays
from reception.models import Visit
from studios.models import Studio, own_studios
from studios.models.studio import CODE_LETTERS

from .followed import Followed

if TYPE_CHECKING:
    from .steps import Step

# The lamp turns yellow when so many working days are left.
LAST_WORKDAYS = 3


def last_yellow(today: date) -> date:
    """The latest deadline that is at most three working days off; one query."""
    return add_workdays(today, LAST_WORKDAYS + 1) - timedelta(days=1)


def lamp_rules(today: date) -> dict[str, Q]:
    """Which open cases each lamp shines for, "none" being those without a deadline; the rules of `Case.lamp`. One query."""
    until = last_yellow(today)
    return {
        "red": Q(deadline__lt=today), "yellow": Q(deadline__gte=today, deadline__lte=until), "green": Q(deadline__gt=until, deadline__gte=today),
        "none": Q(deadline__isnull=True),
    }  # fmt: skip


def new_query_code() -> str:
    """A code of 65 bits by which a person finds their own matter again."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(13))


class CaseSeries(models.Model):
    """The last number given out, per organisation and year; its row lock keeps numbers free of gaps."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最后序号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号序列"
        constraints = [models.UniqueConstraint(name="case_series_once", fields=["organisation", "year"])]

    def __str__(self):
        return f"{self.organisation} {self.year}"

    @classmethod
    def take(cls, organisation: Organisation, year: int, count: int = 1) -> list[str]:
        """The next `count` numbers, such as CGQ-2026-000123. Call inside the transaction that stores the cases."""
        cls.objects.get_or_create(organisation=organisation, year=year)
        series = cls.objects.select_for_update().get(organisation=organisation, year=year)
        first, series.last = series.last + 1, series.last + count
        series.save(update_fields=["last"])
        return [f"{organisation.letters}-{year}-{n:06d}" for n in range(first, first + count)]


class CaseQuerySet(OnceQuerySet):
    def own(self, scope: Scope) -> Q:
        mine = Q(studio__in=own_studios(scope))
        if scope.member:
            mine |= Q(member=scope.member)
        if scope.departments:
            mine |= Q(lead_department__in=scope.departments)
            mine |= Q(
                pk__in=Case.joint_departments.through.objects.filter(department__in=scope.departments).values("case")
            )
        return mine

    def counted(self):
        """Cases that enter 帮办实事: resolved or confirmed; merged ones count through the case they went into."""
        return self.unvoided().filter(state__in=DONE)

    def in_hands_of(self, account):
        """Cases the account moves: as the member in charge, or as the studio's liaison officer."""
        scope = account.scope
        mine = Q(member=scope.member) if scope.member else Q(pk__in=())
        if RECORDERS & account.roles:
            mine |= Q(studio__liaison_officer=account)
        return self.filter(mine)

    def open(self):
        return self.unvoided().filter(state__in=OPEN)

    def asked_of_nobody(self):
        """Without those that wait for the answer to an offer, which stand in a list of their own."""
        return self.exclude(choices__state="offered")

    def finished(self):
        """Cases that are nobody's work any more, whatever came of them."""
        return self.unvoided().exclude(state__in=OPEN)

    def overdue(self, today):
        return self.open().filter(deadline__lt=today)

    def note_overdue(self, today) -> int:
        """Store which open cases have passed their deadline; returns how many were new. A deadline that is put off
        later takes the note back, until the new one has passed too."""
        unnoted = Q(overdue_on__isnull=True) | Q(overdue_on__lte=F("deadline"))
        return self.overdue(today).filter(unnoted).update(overdue_on=following_day("deadline"))

    def that_may_take_in(self, case: "Case"):
        """Cases of the same office that this one may be joined to."""
        others = self.unvoided().filter(organisation=case.organisation).exclude(pk=case.pk)
        return others.exclude(state=State.MERGED)

    def with_lamps(self, today):
        """Rows that know their lamp without a query each; one query for all."""
        return self.annotate(yellow_until=Value(last_yellow(today), output_field=models.DateField()))


class Case(Followed, Voidable):
    """A practical matter (帮办实事) taken up for someone, from receipt to result."""

    class Channel(models.TextChoices):
        RECEPTION = "reception", "接待日"
        SCAN = "scan", "扫码"
        CALL = "call", "电话"
        HOME = "home", "走访"
        LETTER = "letter", "来信"
        COLUMN = "column", "专栏"
        OTHER = "other", "其他"

    class ResultClass(models.TextChoices):
        A = "A", "已解决"
        B = "B", "正在解决"
        C = "C", "待条件成熟解决"
        D = "D", "留作参考"

    class Satisfaction(models.TextChoices):
        SATISFIED = "satisfied", "满意"
        BASICALLY = "basically", "基本满意"
        NOT = "not", "不满意"

    # What is worked on or was done; side exits (不予受理, 转交, 撤回 …) and merged ones are somebody else's.
    TO_SETTLE = Q(state__in=(*OPEN, *DONE))
    # Resolved after the deadline, or open and noted as past it.
    LATE = Q(resolved_on__gt=F("deadline")) | Q(state__in=OPEN, overdue_on__gt=F("deadline"))

    mended_by = {
        "case_not_in_future": "registered_on",
        "case_deadline_after_registration": "deadline",
        "cases_case_client_key_key": "client_key",
    }

    # Made by a program that may send the matter twice; none where a person opens it.
    client_key = models.UUIDField(
        "提交标识",
        unique=True,
        null=True,
        blank=True,
        editable=False,
        error_messages={"unique": "这件事项已经提交过。"},
    )
    number = models.CharField("编号", max_length=24, editable=False)
    title = models.CharField("事项", max_length=80)
    pinyin = PinyinField("拼音", source="title")
    content = models.TextField("内容", max_length=2000, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="事项类别"
    )
    channel = models.CharField("来源", max_length=10, choices=Channel, default=Channel.RECEPTION)
    # Its index is that of the figures, which begins with it: one less to write on every row.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, db_index=False, related_name="cases", verbose_name="政协组织"
    )
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在地"
    )
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="工作室"
    )
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="负责委员"
    )
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="界别"
    )
    visits = models.ManyToManyField(Visit, blank=True, related_name="cases", verbose_name="有关来访")
    lead_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="led_cases", verbose_name="主办单位"
    )
    joint_departments = models.ManyToManyField(
        Department, blank=True, related_name="joint_cases", verbose_name="会办单位"
    )
    is_urgent = models.BooleanField("紧急", default=False)
    registered_on = models.DateField("登记日期")
    deadline = models.DateField("办理期限", null=True, blank=True)
    overdue_on = models.DateField("超期日期", null=True, blank=True, editable=False)
    query_code = models.CharField("查询码", max_length=13, unique=True, default=new_query_code, editable=False)
    state = models.CharField("状态", max_length=12, choices=State, default=State.RECEIVED, editable=False)
    resolved_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    result = models.TextField("办理结果", max_length=2000, blank=True)
    result_class = models.CharField("结果类别", max_length=1, choices=ResultClass, blank=True)
    satisfaction = models.CharField("满意度", max_length=10, choices=Satisfaction, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged", verbose_name="并入"
    )
    times_reopened = models.PositiveSmallIntegerField("重新办理次数", default=0, editable=False)
    campaign = models.CharField("行动", max_length=60, blank=True)
    is_typical = models.BooleanField("典型案例", default=False)
    recorded_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="登记人"
    )

    objects = CaseQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "帮办实事"
        ordering = ["-registered_on", "-id"]
        indexes = [
            models.Index(name="case_list", fields=["-registered_on", "-id", "organisation"]),
            models.Index(
                name="case_resolved_figures",
                fields=["organisation", "resolved_on"],
                include=["studio", "state", "voided_at"],
            ),
            models.Index(
                name="case_registered_figures",
                fields=["organisation", "registered_on"],
                include=["studio", "state", "voided_at"],
            ),
            models.Index(  # lamps, note_overdue
                name="case_open_deadlines",
                fields=["organisation", "deadline"],
                condition=Q(voided_at__isnull=True, state__in=OPEN),
            ),
        ]
        constraints = [
            *Voidable.Meta.constraints,
            models.UniqueConstraint(
                name="case_number_once", fields=["organisation", "number"], violation_error_message="编号重复。"
            ),
            models.CheckConstraint(
                name="case_resolved_has_day",
                condition=Q(state__in=DONE, resolved_on__isnull=False) | (~Q(state__in=DONE) & Q(resolved_on__isnull=True)),
                violation_error_message="办结的事项必须有办结日期，未办结的不能有。",
            ),
            models.CheckConstraint(
                name="case_resolved_after_registration",
                condition=Q(resolved_on__isnull=True) | Q(resolved_on__gte=F("registered_on")),
                violation_error_message="办结日期不能早于登记日期。",
            ),
            models.CheckConstraint(
                name="case_not_in_future",
                condition=Q(registered_on__lte=Today()) & (Q(resolved_on__isnull=True) | Q(resolved_on__lte=Today())),
                violation_error_message="日期不能晚于今天。",
            ),
            models.CheckConstraint(
                name="case_deadline_after_registration",
                condition=Q(deadline__isnull=True) | Q(deadline__gte=F("registered_on")),
                violation_error_message="办理期限不能早于登记日期。",
            ),
            models.CheckConstraint(
                name="case_merged_somewhere",
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into__isnull=True)),
                violation_error_message="并案必须指明并入的事项。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def trail_label(self) -> str:
        """Without the title, in which somebody may be named: the trail can not be cleaned afterwards."""
        return self.number

    @property
    def recognised_by(self) -> list[str]:
        """Words by which a text would give away whoever brought the matter; no query when visits and intake are
        prefetched."""
        intake = [self.intake] if hasattr(self, "intake") else []
        return [word for one in (*self.visits.all(), *intake) for word in one.recognised_by]

    @staticmethod
    def must_name_nobody(title: str, visits: Iterable[Visit]):
        """Raises ValidationError for a title in which a visitor would be recognised: it stands in lists, figures and
        reports."""
        words = [word for visit in visits for word in visit.recognised_by]
        if NUMBERS.search(title) or any(word in title for word in words):
            raise ValidationError({"title": "事项名称会出现在统计和报告里，请不要写来访人的姓名、电话和证件号码。"})

    @classmethod
    @transaction.atomic
    def open_from(cls, visit: Visit, *, member: Member | None, title: str, deadline, by: Account | None, at) -> "Case":
        """Store a case about what a visit brought, with its number and first step, and return it."""
        at_desk = visit.channel == Visit.Channel.DESK
        case = cls(
            title=title, content=visit.content, category=visit.category, is_urgent=visit.is_urgent,
            channel=cls.Channel.RECEPTION if at_desk else visit.channel, deadline=deadline,
            organisation=visit.organisation, studio=visit.studio, division=visit.studio and visit.studio.division,
            member=member, sector=visit.sector,
        ).open(by=by, at=at)  # fmt: skip
        case.visits.add(visit)
        return case

    @transaction.atomic
    def open(self, *, by: Account | None, at) -> "Case":
        """Store a new case with its number and its first step, and return it."""
        self.registered_on = self.registered_on or timezone.localdate(at)
        self.recorded_by = self.recorded_by or by
        if self.member and not self.sector:
            self.sector = self.member.sector_on(self.registered_on, self.organisation)
        self.number = CaseSeries.take(self.organisation, self.registered_on.year)[0]
        self.full_clean()
        self.save()
        self.steps.create(organisation=self.organisation, state=self.state, by=by, at=at, note="登记")
        return self

    @transaction.atomic
    def move(
        self, to: str, *, by: Account | None, at, note: str = "", reply: str = "", is_told: bool = False,
        is_said: bool = False, **changes,
    ) -> "Step":  # fmt: skip
        """Go to another state and write the step. Raises ValidationError for a move outside the table.

        `reply`: what the department answered. `is_told`, `is_said`: the note is for whoever brought the matter, or theirs.
        `changes`: result and result_class on resolving, merged_into on merging, member and sector on accepting,
        satisfaction on confirming.
        """
        state = Case.objects.select_for_update(of=("self",)).values_list("state", flat=True).get(pk=self.pk)
        self.must_allow(state, to, note)
        self._end_offer(to, by, at)
        if state in DONE and to == State.IN_PROGRESS:
            self._begin_again(timezone.localdate(at))
        if to not in DONE:
            self.resolved_on = None
        elif state not in DONE:
            self.resolved_on = timezone.localdate(at)
        self.state = to
        for name, value in changes.items():
            setattr(self, name, value)
        self.full_clean()
        self.save()
        return self.steps.create(
            organisation=self.organisation, state=to, by=by, at=at, note=note, department_reply=reply,
            is_told=is_told, is_said=is_said,
        )  # fmt: skip

    def _begin_again(self, today: date):
        """Counted, and with the ordinary time from now on, unless more of the old one is left."""
        self.times_reopened += 1
        if self.deadline:
            self.deadline = max(self.deadline, ordinary_deadline(today, self.organisation))

    def _end_offer(self, to: str, by: Account | None, at):
        """Nobody is asked any longer about a matter that goes another way. Raises ValidationError where it is taken up past
        whoever was asked: only the acceptance makes the visit."""
        offered = self.choices.open()
        if to in (State.ACCEPTED, State.RESOLVED) and offered.exists():
            raise ValidationError("扫码事项要由委员先受理：请在“待答复”里受理、认领或转给一位委员。")
        offered.update(state="ended", by=by, answered_at=at)

    def must_allow(self, state: str, to: str, note: str):
        """Raises ValidationError unless a case in this state may go there."""
        if self.is_voided:
            raise ValidationError("这个事项已经作废，不能办理。")
        if to not in TRANSITIONS[State(state)]:
            raise ValidationError(f"“{State(state).label}”的事项不能变为“{State(to).label}”。")
        if to in NEEDS_REASON and not note.strip():
            raise ValidationError(f"变为“{State(to).label}”必须说明原因。")

    def lamp(self, today) -> str:
        """green, yellow (in the last three working days), red (overdue) or "" when nothing is due.

        One query, or none for rows of `with_lamps`.
        """
        if self.state not in OPEN or self.deadline is None:
            return ""
        if self.deadline < today:
            return "red"
        yellow_until = getattr(self, "yellow_until", None) or last_yellow(today)
        return "yellow" if self.deadline <= yellow_until else "green"
