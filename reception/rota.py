"""The rota: reception days that follow from the studios' rules, planned months ahead and kept in line with them.

A planned day follows its rule, its studio and the working calendar whenever these change; what was announced to the public
or received somebody stays, and is told to whoever has to decide. Safe to run at any time and twice.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q, QuerySet

from liaison import reach
from liaison.models import Entry
from liaison.models.diff import picture
from liaison.periods import next_month
from liaison.workdays import WorkingCalendar, WorkingCalendars
from reception.models import Duty, ReceptionDay
from reception.telling import tell_out_of_line
from studios.models import Posting, ReceptionRule, Studio

RULES_AT_ONCE = 500
# The longest holiday takes nine days: a day that a rule names is never moved farther.
FARTHEST_MOVE = timedelta(days=31)
RULE_CHANGED, STUDIO_CLOSED = "接待日规则已修改，原定日期不再适用", "工作室已撤销"


@dataclass
class Planned:
    """What one run did: days added, moved, cancelled; and announced days that the rule would now put elsewhere."""

    added: int = 0
    moved: int = 0
    cancelled: int = 0
    announced: list["OutOfLine"] = field(default_factory=list)

    def __str__(self):
        done = f"新排 {self.added} 个，改期 {self.moved} 个，取消 {self.cancelled} 个"
        return f"{done}；已公布但与规则不符 {len(self.announced)} 个" if self.announced else done


@dataclass(frozen=True)
class OutOfLine:
    """An announced day that its rule or the calendar would now put elsewhere: `held_on` is where, None where it has no such
    day any more, and `why` then says so."""

    day: ReceptionDay
    held_on: date | None
    why: str


def plan(today: date, *, studio: int | None = None) -> Planned:
    """Bring the planned days in line and add those that are missing up to the horizon, in one transaction; of every
    studio, or of one.

    A handful of queries for every 500 rules, and a few for each day that is moved or cancelled.
    """
    planned, horizon = Planned(), next_month(today, settings.ROTA_MONTHS + 1) - timedelta(days=1)
    with reach.everything():
        with connection.cursor() as cursor:
            # One at a time: two at once would both find a day missing.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reception.rota'))")
        calendars = WorkingCalendars(today - FARTHEST_MOVE, horizon + FARTHEST_MOVE)
        of_studio = Q(studio=studio) if studio else Q()
        _follow(ReceptionDay.objects.filter(of_studio, held_on__gt=today), calendars, planned)
        for rules in _at_once(_standing_rules(today, horizon).filter(of_studio)):
            planned.added += _add(rules, today, horizon, calendars)
        tell_out_of_line(planned.announced)
        if planned.added:
            Entry.note(Entry.Act.ADD, fields=[f"按接待日规则排出 {planned.added} 个接待日"])
    return planned


def date_of(rule: ReceptionRule, ruled_on: date, calendar: WorkingCalendar) -> date:
    return calendar.next_workday(ruled_on) if rule.moves_off_holidays else ruled_on


# --- What stands ---


def out_of_line(days: QuerySet, today: date) -> Iterator[OutOfLine]:
    """Of these days, the coming announced ones that no longer follow their rule and the calendar; two queries."""
    horizon = next_month(today, settings.ROTA_MONTHS + 1)
    calendars = WorkingCalendars(today - FARTHEST_MOVE, horizon + FARTHEST_MOVE)
    announced = days.filter(state=ReceptionDay.State.ANNOUNCED, held_on__gt=today)
    return (_out_of_line(day, *said) for day, *said in _changed(announced, calendars))


def _changed(days: QuerySet, calendars: WorkingCalendars) -> Iterator[tuple[ReceptionDay, dict | None, str]]:
    days = days.expected().filter(ruled_on__isnull=False)
    for day in days.select_related("rule", "studio", "organisation").order_by("held_on", "pk"):
        fitting, why_not = _fitting(day, calendars.of(day.organisation))
        if fitting != _hours(day):
            yield day, fitting, why_not


def _out_of_line(day: ReceptionDay, fitting: dict | None, why_not: str) -> OutOfLine:
    return OutOfLine(day, fitting and fitting["held_on"], why_not)


def _follow(days: QuerySet, calendars: WorkingCalendars, planned: Planned):
    for day, fitting, why_not in _changed(days, calendars):
        if day.state == ReceptionDay.State.ANNOUNCED:
            planned.announced.append(_out_of_line(day, fitting, why_not))
        elif fitting:
            planned.moved += _move(day, fitting)
        else:
            _cancel(day, why_not)
            planned.cancelled += 1


def _hours(day: ReceptionDay) -> dict:
    return {name: getattr(day, name) for name in ("held_on", "opens", "closes", "place")}


def _fitting(day: ReceptionDay, calendar: WorkingCalendar) -> tuple[dict | None, str]:
    """When and where the rule has the day now, or None and the reason why it no longer has it."""
    rule = day.rule
    if rule is None or day.ruled_on not in rule.dates(day.ruled_on, day.ruled_on):
        return None, RULE_CHANGED
    held_on = date_of(rule, day.ruled_on, calendar)
    if not day.studio.is_open_on(held_on):
        return None, STUDIO_CLOSED
    place = rule.place or day.studio.address
    return {"held_on": held_on, "opens": rule.opens, "closes": rule.closes, "place": place[:80]}, ""


def _move(day: ReceptionDay, fitting: dict) -> bool:
    """False where another day of the studio already stands at that hour: then both stay as they are."""
    before = picture(day)
    for name, value in fitting.items():
        setattr(day, name, value)
    try:
        day.validate_constraints()
    except ValidationError:
        return False
    day.save(update_fields=[*fitting])
    Entry.note(Entry.Act.CHANGE, day, before=before, fields=["随接待日规则或节假日调整"])
    return True


def _cancel(day: ReceptionDay, why: str):
    before = picture(day)
    day.cancel(why=why)
    Entry.note(Entry.Act.CHANGE, day, before=before)


# --- What is missing ---


def _standing_rules(today: date, horizon: date) -> QuerySet:
    stands = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    open_studios = Studio.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=today))
    rules = ReceptionRule.objects.filter(stands, starts_on__lte=horizon, studio__in=open_studios)
    return rules.select_related("studio__organisation")


def _at_once(rules: QuerySet) -> Iterator[list[ReceptionRule]]:
    last = 0
    while some := list(rules.filter(pk__gt=last).order_by("pk")[:RULES_AT_ONCE]):
        yield some
        last = some[-1].pk


def _add(rules: list[ReceptionRule], today: date, horizon: date, calendars: WorkingCalendars) -> int:
    known = _known_days(rules, today)
    missing = []
    for rule in rules:
        for ruled_on in rule.dates(today - FARTHEST_MOVE, horizon):
            day = _day(rule, ruled_on, calendars.of(rule.studio.organisation))
            hour = (day.studio_id, day.held_on, day.opens)
            if day.held_on <= today or not rule.studio.is_open_on(day.held_on):
                continue
            if not known & {(rule.pk, ruled_on), hour}:
                missing.append(day)
                known |= {(rule.pk, ruled_on), hour}
    ReceptionDay.objects.bulk_create(missing)
    Duty.objects.bulk_create(_duties(missing))
    return len(missing)


def _known_days(rules: list[ReceptionRule], today: date) -> set[tuple]:
    """(rule, ruled on) of every day that was ever made from the rules, cancelled ones too: a cancelled day does not come
    back; and (studio, date, hour) of those that stand, whoever made them."""
    since = today - FARTHEST_MOVE
    made = ReceptionDay.objects.filter(rule__in=rules, ruled_on__gte=since).values_list("rule", "ruled_on")
    standing = ReceptionDay.objects.unvoided().exclude(state=ReceptionDay.State.CANCELLED)
    standing = standing.filter(studio__in={rule.studio_id for rule in rules}, held_on__gte=today)
    return {*made, *standing.values_list("studio", "held_on", "opens")}


def _day(rule: ReceptionRule, ruled_on: date, calendar: WorkingCalendar) -> ReceptionDay:
    studio = rule.studio
    return ReceptionDay(
        studio=studio, organisation_id=studio.organisation_id, rule=rule, ruled_on=ruled_on,
        held_on=date_of(rule, ruled_on, calendar), opens=rule.opens, closes=rule.closes, place=(rule.place or studio.address)[:80],
    )  # fmt: skip


def _duties(days: list[ReceptionDay]) -> Iterator[Duty]:
    """Members of the studio's team in turn, by how many days the rule has named before."""
    teams = defaultdict(list)
    postings = Posting.objects.filter(studio__in={day.studio_id for day in days}, member__isnull=False)
    for posting in postings.order_by("starts_on", "pk"):
        teams[posting.studio_id].append(posting)
    for day in days:
        team = [posting for posting in teams[day.studio_id] if _stands_on(posting, day.held_on)]
        number = min(day.rule.on_duty, len(team))
        first = number * sum(1 for _ in day.rule.dates(day.rule.starts_on, day.ruled_on - timedelta(days=1)))
        for place in range(first, first + number):
            yield Duty(reception_day=day, member_id=team[place % len(team)].member_id)


def _stands_on(posting: Posting, day: date) -> bool:
    return posting.starts_on <= day and (posting.ends_on is None or day <= posting.ends_on)
