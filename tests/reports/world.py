"""A world that has something of everything to count, and a recount of it in Python, one row after the other."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache

from activities.models import Activity, MediaReport, Output, Programme, TaskGroup
from cases.models import Case, Instruction, Outcome, Submission
from cases.workflow import State
from liaison.models import Member, Seat, SpecialCommittee
from liaison.periods import EPOCH
from reception.models import ReceptionDay
from reports import rollup
from reports.indicators import Kind
from studios.models import Fund, LeaderLink, Posting, Studio
from tests.cast import build_cast, make_activity, make_case, make_day, make_visit

TODAY = date(2026, 11, 20)
# On both sides of every border that a period of PERIODS has.
DAYS = [
    date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2025, 11, 20), date(2025, 11, 21),
    date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 31),
    date(2026, 4, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 9), date(2026, 10, 10), date(2026, 11, 20),
]  # fmt: skip
# Those that indicators count, but for a leader's visits, which need a link to visit.
KINDS = Activity.Kind.values[: Activity.Kind.values.index(Activity.Kind.LEADER_VISIT)]


def fill(office, number: int):
    """Different rows in each office, so that a wrong place or day shows in the sum."""
    committee, link = office.special_committee, leader_link(office)
    for place, day in enumerate(DAYS):
        if (place + number) % 3 == 0:
            continue
        fill_studio(office, day, place, number) if office.studio else None
        activity = make_activity(
            office, day, title=f"活动{place}", kind=KINDS[(2 * place + number) % len(KINDS)],
            public_count=place * number, member_count=place + 1, special_committee=committee if place % 2 else None,
        )  # fmt: skip
        make_activity(office, day, kind=Activity.Kind.LEADER_VISIT, leader_link=link, title="领导联系指导")
        Output.objects.create(activity=activity, kind=Output.Kind.values[place % 2], count=place + number)
        paper = Submission.objects.create(
            organisation=office.organisation, kind=Submission.Kind.values[place % 5], title="材料", submitted_on=day,
            special_committee=committee, activity=activity,
        )  # fmt: skip
        Instruction.objects.create(submission=paper, given_on=day, leader_level="city")
        report = MediaReport.objects.create(
            organisation=office.organisation,
            studio=office.studio,
            title="报道",
            outlet="日报",
            level=MediaReport.Level.values[place % 4],
            published_on=day,
        )
        report.praised.add(office.member)


def leader_link(office) -> LeaderLink:
    target = {"kind": "organisation", "target": office.organisation.children.first()}
    return LeaderLink.objects.create(
        organisation=office.organisation, leader=office.seat, starts_on=DAYS[0],
        **({"kind": "studio", "studio": office.studio} if office.studio else target),
    )  # fmt: skip


def fill_studio(office, day: date, place: int, number: int):
    opened = ReceptionDay.objects.filter(studio=office.studio, held_on=day).first() or make_day(office, day)
    kinds = ReceptionDay.Kind.values
    ReceptionDay.objects.filter(pk=opened.pk).update(kind=kinds[place % 5 == 4])
    make_visit(office, day, reception_day=opened, headcount=number * 10 + place, channel="desk")
    make_visit(office, day, headcount=place + 1, channel="call")
    ReceptionDay.objects.filter(pk=opened.pk).update(state=ReceptionDay.State.HELD)
    if place % 2 and not ReceptionDay.objects.filter(studio=office.studio, held_on=day, opens=time(15)).exists():
        make_day(office, day, opens=time(15), closes=time(17), missed_on=day + timedelta(days=1))
    case = make_case(office, day)
    Case.objects.filter(pk=case.pk).update(
        state=State.RESOLVED, resolved_on=min(day + timedelta(days=place), TODAY), deadline=day + timedelta(days=place % 3),
        satisfaction=Case.Satisfaction.values[place % 3],
    )  # fmt: skip
    Fund.objects.create(
        organisation=office.organisation, studio=office.studio, year=day.year, amount=place + Decimal("0.25"),
        source="财政", allocated_on=day,
    )  # fmt: skip
    brought = {"organisation": office.organisation, "studio": office.studio, "happened_on": day}
    Outcome.objects.create(**brought, kind="trained", amount=place + 1)
    kind = Outcome.Kind.values[place % len(Outcome.Kind.values)]
    Outcome.objects.create(**brought, kind=kind, amount=place + 2, enterprises=place + 3)


def fill_standing(office, number: int):
    """Studios, committees, seats and postings that begin and end inside the periods."""
    place, borders = office.organisation, [date(2025, 7, 1), date(2026, 1, 1), date(2026, 10, 10)]
    programme = Programme.objects.create(organisation=place, name="专项工作", starts_on=borders[0])
    for n, day in enumerate(borders[:number]):
        ends = day + timedelta(days=90 * number)
        TaskGroup.objects.create(programme=programme, name=f"专班{n}", starts_on=day, ends_on=ends if n else None)
        SpecialCommittee.objects.create(organisation=place, name=f"委员会{n}", starts_on=day, ends_on=ends)
        member = Member.objects.create(organisation=place, name=f"委员{place.letters}{n}")
        Seat.objects.create(
            member=member, organisation=place, term=office.term, sector=office.sectors[1], starts_on=day,
            ends_on=ends - timedelta(days=1),
        )  # fmt: skip
        studio = Studio.objects.create(
            organisation=place, division=place.division, name=f"工作室{n}", opened_on=day, closed_on=ends
        )
        Posting.objects.create(studio=studio, member=member, role="member", starts_on=day)


def build_world():
    """Records in all six offices of the cast, counted."""
    for kept in (plain_rows, plain_heads):
        kept.cache_clear()
    cast = build_cast()
    for number, office in enumerate(cast.offices, start=1):
        fill(office, number)
        fill_standing(office, number % 4)
    # One person with seats at two levels and a posting elsewhere counts once.
    Seat.objects.create(
        member=cast.chengguan.member, organisation=cast.lanzhou.organisation, term=cast.lanzhou.term,
        sector=cast.lanzhou.sectors[0], starts_on=date(2026, 1, 1),
    )  # fmt: skip
    Posting.objects.create(
        studio=cast.anning.studio, member=cast.chengguan.member, role="member", starts_on=date(2026, 1, 1)
    )
    make_visit(cast.anning, date(2026, 3, 15), headcount=9000).void(
        by=cast.anning.clerk, why="重复登记", at="2026-04-01T00:00Z"
    )
    rollup.drain()
    return cast


def naive(indicator, organisation, period, scope: str = "subtree", **chosen) -> Decimal:
    """One row after the other, in Python. chosen: studio, special_committee, programme."""

    def is_here(path: str, parts: dict) -> bool:
        is_placed = path == organisation.path if scope == "own" else path.startswith(organisation.path)
        return is_placed and all(parts[name] == one.pk for name, one in chosen.items() if one)

    if indicator.kind is Kind.DISTINCT:
        rows = plain_heads(indicator, period)
        return Decimal(len({head for path, parts, head in rows if is_here(path, parts)}))
    start = EPOCH if indicator.kind is Kind.STOCK else period.start
    rows = (row for flow in indicator.flows for row in plain_rows(flow))
    return sum(
        (value for day, path, parts, value in rows if start <= day < period.end and is_here(path, parts)), Decimal(0)
    )


@cache
def plain_heads(indicator, period) -> list[tuple]:
    """(path, parts, head) of every row of a Distinct figure."""
    return [
        (follow(row, indicator.heads.path), parts_of(row), follow(row, indicator.heads.column))
        for row in indicator.heads.during(period)
    ]


@cache
def plain_rows(flow) -> list[tuple]:
    """(day, path, parts, signed value) of every row of a flow; the world does not change while it is looked at."""
    return [
        (getattr(row, flow.date), row.organisation.path, parts_of(row),
         flow.sign * Decimal((getattr(row, flow.value) or 0) if flow.value else 1))
        for row in flow.rows().select_related("organisation") if getattr(row, flow.date)
    ]  # fmt: skip


def parts_of(row) -> dict[str, int | None]:
    """Numbers of the studio, special committee and programme that a row, or what it hangs on, belongs to."""
    return {name: next(_named(row, name), None) for name in ("studio", "special_committee", "programme")}


def _named(row, name: str) -> Iterator[int]:
    if isinstance(row, Studio) and name == "studio":
        yield row.pk
    if hasattr(row, f"{name}_id"):
        yield getattr(row, f"{name}_id")
        return
    for above in ("submission", "activity", "mediareport"):
        if getattr(row, above, None):
            yield from _named(getattr(row, above), name)


def follow(row, lookup: str):
    """The value behind a lookup such as studio__organisation__path."""
    for name in lookup.split("__"):
        row = getattr(row, name)
    return getattr(row, "pk", row)
