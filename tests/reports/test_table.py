"""Figures as pages read them, against a naive recount of every row in Python."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from activities.models import Activity, Programme
from liaison.models import Division, Organisation, Seat
from liaison.periods import parse
from reports import rollup
from reports.ask import Ask
from reports.counting import head_rows
from reports.indicators import INDICATOR, INDICATORS, Kind
from reports.sources import SOURCE
from reports.table import by_dimension, by_month, by_organisation, by_source, figure, figures, flow_rows, stock_rows
from tests.cast import make_activity
from tests.reports.world import TODAY, naive

PERIODS = [
    "2026", "2025", "2026Q1", "2026Q4", "2025H2", "2026-03", "2026-10", "2026-03-15..2026-10-09",
    "2026-03-15..2026-03-15", "2026-03-02..2026-03-30", "2025-12-31..2026-01-01", "2025-06-30..2026-04-01",
    "2024-12-31..2026-11-20", "ytd", "since_last_year", "since_h2_last_year", "y1", "cum",
]  # fmt: skip
PLACES = ["gansu", "lanzhou", "chengguan", "qingyang"]


@pytest.fixture
def world(built, db):
    return built


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
    """Guards the tests above: every indicator is above zero."""
    counted = figures(INDICATORS, Ask(world.gansu.organisation, parse("cum", TODAY)))
    assert [code for code, value in counted.items() if not value] == []


def test_the_nation_has_all_there_is(world):
    nation = Organisation.founded_in(Division.objects.get(code=Division.NATION_CODE))
    nation.save()
    rollup.drain()
    for code in PERIODS[:1] + PERIODS[7:8]:
        period = parse(code, TODAY)
        assert figures(INDICATORS, Ask(nation, period)) == naive_all(nation, period), code


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("code", ["2026", "2026-03-15..2026-10-09", "cum"])
def test_parts_of_a_subtree_are_own_records_and_each_child(world, key, code):
    organisation, period = getattr(world, key).organisation, parse(code, TODAY)
    for part, scope, values in by_organisation(INDICATORS, Ask(organisation, period)):
        assert values == naive_all(part, period, scope)


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
@pytest.mark.parametrize("code", ["2026", "2026-03-15..2026-10-09", "ytd"])
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
