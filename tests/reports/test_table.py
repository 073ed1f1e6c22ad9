"""Figures as pages read them, against a naive recount of every row in Python."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from django.db import transaction

from activities.models import Activity, MediaReport, Output, Programme, TaskGroup
from cases.models import Case, Instruction, Outcome, Submission
from cases.workflow import State
from liaison.models import Member, Organisation, Seat, SpecialCommittee
from liaison.periods import EPOCH, parse
from reception.models import ReceptionDay
from reports import rollup
from reports.indicators import INDICATOR, INDICATORS, Kind
from reports.sources import SOURCE
from reports.table import (
    Ask,
    by_dimension,
    by_month,
    by_organisation,
    by_source,
    figure,
    figures,
    flow_rows,
    head_rows,
    stock_rows,
)
from studios.models import Fund, Posting, Studio
from tests.cast import build_cast, make_activity, make_case, make_day, make_visit

TODAY = date(2026, 11, 20)
# On both sides of every border that a period of PERIODS has.
DAYS = [
    date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2025, 11, 20), date(2025, 11, 21),
    date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 31),
    date(2026, 4, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 9), date(2026, 10, 10), date(2026, 11, 20),
]  # fmt: skip
PERIODS = [
    "2026", "2025", "2026Q1", "2026Q4", "2025H2", "2026-03", "2026-10", "2026-03-15..2026-10-09",
    "2026-03-15..2026-03-15", "2026-03-02..2026-03-30", "2025-12-31..2026-01-01", "2025-06-30..2026-04-01",
    "2024-12-31..2026-11-20", "ytd", "since_last_year", "since_h2_last_year", "y1", "cum",
]  # fmt: skip
PLACES = ["gansu", "lanzhou", "chengguan", "qingyang"]
# Those that indicators count, but for a leader's visits, which need a link to visit.
KINDS = Activity.Kind.values[: Activity.Kind.values.index(Activity.Kind.LEADER_VISIT)]


def fill(office, number: int):
    """Different rows in each office, so that a wrong place or day shows in the sum."""
    committee = office.special_committee
    for place, day in enumerate(DAYS):
        if (place + number) % 3 == 0:
            continue
        fill_studio(office, day, place, number) if office.studio else None
        activity = make_activity(
            office, day, title=f"活动{place}", kind=KINDS[(2 * place + number) % len(KINDS)],
            public_count=place * number, member_count=place + 1, special_committee=committee if place % 2 else None,
        )  # fmt: skip
        Output.objects.create(activity=activity, kind=Output.Kind.values[place % 2], count=place + number)
        paper = Submission.objects.create(
            organisation=office.organisation, kind=Submission.Kind.values[place % 5], title="材料", submitted_on=day,
            special_committee=committee, activity=activity,
        )  # fmt: skip
        Instruction.objects.create(submission=paper, given_on=day, leader_level="city")
        report = MediaReport.objects.create(
            organisation=office.organisation,
            title="报道",
            outlet="日报",
            level=MediaReport.Level.values[place % 4],
            published_on=day,
        )
        report.praised.add(office.member)


def fill_studio(office, day: date, place: int, number: int):
    opened = ReceptionDay.objects.filter(studio=office.studio, held_on=day).first() or make_day(office, day)
    kinds = ReceptionDay.Kind.values
    ReceptionDay.objects.filter(pk=opened.pk).update(kind=kinds[place % 5 == 4])
    make_visit(office, day, reception_day=opened, headcount=number * 10 + place, channel="desk")
    make_visit(office, day, headcount=place + 1, channel="call")
    ReceptionDay.objects.filter(pk=opened.pk).update(state=ReceptionDay.State.HELD)
    case = make_case(office, day)
    Case.objects.filter(pk=case.pk).update(state=State.RESOLVED, resolved_on=min(day + timedelta(days=place), TODAY))
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


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The world is built once; each test works in a savepoint of it."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        yield build_world()
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def world(built, db):
    return built


def naive(indicator, organisation: Organisation, period, scope: str = "subtree", studio=None) -> Decimal:
    """One row after the other, in Python."""

    def is_here(path: str) -> bool:
        return path == organisation.path if scope == "own" else path.startswith(organisation.path)

    if indicator.kind is Kind.DISTINCT:
        rows = indicator.heads.rows(period).values_list(indicator.heads.path, indicator.heads.column)
        return Decimal(len({head for path, head in rows if is_here(path)}))
    start = EPOCH if indicator.kind is Kind.STOCK else period.start
    rows = (row for flow in indicator.flows for row in plain_rows(flow))
    return sum(
        (value for day, path, studio_id, value in rows
         if start <= day < period.end and is_here(path) and (studio is None or studio_id == studio.pk)),
        Decimal(0),
    )  # fmt: skip


@cache
def plain_rows(flow) -> list[tuple]:
    """(day, path, studio, signed value) of every row of a flow; the world does not change while it is looked at."""
    return [
        (getattr(row, flow.date), row.organisation.path, getattr(row, "studio_id", None),
         flow.sign * Decimal((getattr(row, flow.value) or 0) if flow.value else 1))
        for row in flow.rows().select_related("organisation") if getattr(row, flow.date)
    ]  # fmt: skip


def naive_all(organisation, period, scope="subtree") -> dict[str, Decimal]:
    return {i.code: naive(i, organisation, period, scope) for i in INDICATORS}


@pytest.mark.parametrize("scope", ["subtree", "own"])
@pytest.mark.parametrize("key", PLACES)
def test_every_figure_of_every_period_equals_a_naive_recount(world, key, scope):
    organisation = getattr(world, key).organisation
    for code in PERIODS:
        period = parse(code, TODAY)
        counted = figures(INDICATORS, Ask(organisation, period, scope))
        assert counted == naive_all(organisation, period, scope), code


def test_the_world_has_something_to_count(world):
    """Guards the tests above: every indicator but one is above zero."""
    counted = figures(INDICATORS, Ask(world.gansu.organisation, parse("cum", TODAY)))
    assert [code for code, value in counted.items() if not value] == ["leader_visits"]


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("code", ["2026", "2026-03-15..2026-10-09", "cum"])
def test_parts_of_a_subtree_are_own_records_and_each_child(world, key, code):
    organisation, period = getattr(world, key).organisation, parse(code, TODAY)
    for part, scope, values in by_organisation(INDICATORS, Ask(organisation, period)):
        expected = naive_all(part, period, scope)
        own_level = {c for c in values if INDICATOR[c].kind is not Kind.DISTINCT}
        assert {c: values[c] for c in own_level} == {c: expected[c] for c in own_level}


def test_parts_add_up_to_the_whole_for_flows_and_stocks(world):
    ask = Ask(world.lanzhou.organisation, parse("2026-03-15..2026-10-09", TODAY))
    parts, whole = by_organisation(INDICATORS, ask), figures(INDICATORS, ask)
    for indicator in INDICATORS:
        if indicator.kind is not Kind.DISTINCT:
            assert sum(values[indicator.code] for _, _, values in parts) == whole[indicator.code]


def test_parts_of_own_records_are_the_organisation_alone(world):
    ask = Ask(world.lanzhou.organisation, parse("2026", TODAY), scope="own")
    assert [(part, scope) for part, scope, _ in by_organisation(INDICATORS, ask)] == [(ask.organisation, "own")]


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("code", ["2026", "2025-06-30..2026-04-01", "2026-03", "2026-03-02..2026-03-30"])
def test_months_are_naive_recounts_of_their_days(world, key, code):
    organisation = getattr(world, key).organisation
    for month, values in by_month(INDICATORS, Ask(organisation, parse(code, TODAY))):
        assert values == {code: naive(INDICATOR[code], organisation, month) for code in values}


def test_a_person_in_two_seats_and_two_studios_counts_once(world):
    ask = Ask(world.lanzhou.organisation, parse("2026", TODAY))
    seated = [seat.member_id for seat in Seat.objects.standing_on(date(2026, 12, 31)).of(ask.organisation)]
    assert figure(INDICATOR["members"], ask) == len(seated) - 1


@pytest.mark.parametrize("code", ["2026", "2026-03-15..2026-10-09", "cum"])
def test_figures_of_one_studio_leave_out_the_others(world, code):
    organisation, period, studio = world.lanzhou.organisation, parse(code, TODAY), world.chengguan.studio
    for name in ("people_served", "reception_days", "reception_people", "matters", "funds", "trained"):
        asked = figure(INDICATOR[name], Ask(organisation, period, studio=studio))
        assert asked == naive(INDICATOR[name], organisation, period, studio=studio) > 0
    assert figure(INDICATOR["studios"], Ask(organisation, period, studio=studio)) == 1


def test_a_filter_holds_in_parts_months_and_breakdowns_too(world):
    studio, period = world.chengguan.studio, parse("2026", TODAY)
    ask = Ask(world.lanzhou.organisation, period, studio=studio)
    people = INDICATOR["people_served"]
    whole = naive(people, ask.organisation, period, studio=studio)
    assert sum(values["people_served"] for _, _, values in by_organisation([people], ask)) == whole
    assert sum(values["people_served"] for _, values in by_month([people], ask)) == whole
    assert sum(by_source(people, ask).values()) == whole
    assert sum(by_dimension(people, ask, "studio").values()) == whole


def test_filters_that_a_table_does_not_know_give_nothing(world):
    committee = world.lanzhou.special_committee
    programme = Programme.objects.create(organisation=world.lanzhou.organisation, name="助力", starts_on=TODAY)
    period = parse("cum", TODAY)
    for ask in (
        Ask(world.lanzhou.organisation, period, studio=world.chengguan.studio, programme=programme),
        Ask(world.lanzhou.organisation, period, special_committee=committee, programme=programme),
    ):
        assert set(figures(INDICATORS, ask).values()) == {0}


def test_a_committee_and_a_programme_narrow_activities(world):
    programme = Programme.objects.create(organisation=world.gansu.organisation, name="助力", starts_on=TODAY)
    committee, kind = world.gansu.special_committee, Activity.Kind.RESEARCH
    for chosen in ({"special_committee": committee, "programme": programme}, {"special_committee": committee}):
        make_activity(world.gansu, date(2026, 11, 5), kind=kind, member_count=41, **chosen)
    ask = Ask(world.gansu.organisation, parse("2026-11", TODAY), special_committee=committee, programme=programme)
    assert figure(INDICATOR["research_attendance"], ask) == 41


@pytest.mark.parametrize("key", ["gansu", "lanzhou", "chengguan"])
@pytest.mark.parametrize("dimension", ["studio", "sector", "category", "channel"])
@pytest.mark.parametrize("code", ["2026", "2026-03-15..2026-10-09"])
def test_breakdowns_are_naive_recounts_by_key(world, key, dimension, code):
    organisation, period = getattr(world, key).organisation, parse(code, TODAY)
    expected = defaultdict(Decimal)
    for flow in INDICATOR["people_served"].flows:
        column = SOURCE[flow.source].dimensions.get(dimension)
        for row in flow.rows().select_related("organisation") if column else ():
            day = getattr(row, flow.date)
            if row.organisation.path.startswith(organisation.path) and period.start <= day < period.end:
                expected[str(getattr(row, column) or "")] += getattr(row, flow.value)
    counted = by_dimension(INDICATOR["people_served"], Ask(organisation, period), dimension)
    assert counted == {key: value for key, value in expected.items() if value} != {}
    assert list(counted.values()) == sorted(counted.values(), reverse=True)


@pytest.mark.parametrize("code", ["2026", "2026-03-15..2026-10-09", "2026-03-02..2026-03-30"])
def test_sources_of_a_figure_add_up_to_it(world, code):
    for key in PLACES:
        for scope in ("own", "subtree"):
            ask = Ask(getattr(world, key).organisation, parse(code, TODAY), scope)
            for name in ("people_served", "people_served_studio"):
                parts = by_source(INDICATOR[name], ask)
                assert set(parts) == {"visit", "activity"}
                assert sum(parts.values()) == figure(INDICATOR[name], ask)


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("code", ["2026", "2026-03-15..2026-10-09", "2025-12-31..2026-01-01", "cum"])
def test_the_rows_behind_a_figure_add_up_to_it(world, key, code):
    for scope in ("own", "subtree"):
        ask = Ask(getattr(world, key).organisation, parse(code, TODAY), scope)
        for indicator in INDICATORS:
            assert rows_total(indicator, ask) == figure(indicator, ask), (indicator.code, scope)


def rows_total(indicator, ask: Ask) -> Decimal:
    if indicator.kind is Kind.DISTINCT:
        return Decimal(len({*head_rows(indicator, ask).values_list(indicator.heads.column, flat=True)}))
    if indicator.kind is Kind.STOCK:
        return Decimal(len(stock_rows(indicator, ask)))
    return Decimal(
        sum(
            (getattr(row, flow.value) or 0) if flow.value else 1
            for flow in indicator.flows
            for row in flow_rows(flow, ask)
        )
    )
