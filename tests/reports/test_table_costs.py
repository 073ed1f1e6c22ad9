"""What figures cost, and what they are where nothing is recorded; apart from test_table.py, whose world fills the database."""

from datetime import date

from liaison.periods import parse
from reports import rollup
from reports.indicators import INDICATOR, INDICATORS, Kind
from reports.table import Ask, by_dimension, by_month, figure, figures
from tests.cast import make_visit

TODAY = date(2026, 11, 20)


def test_a_place_without_records_has_zeros_and_an_empty_list(cast):
    rollup.drain()
    ask = Ask(cast.chengguan.organisation, parse("2026", TODAY))
    assert figure(INDICATOR["people_served"], ask) == 0
    assert by_dimension(INDICATOR["visits"], ask, "category") == {}
    assert [values["people_served"] for _, values in by_month([INDICATOR["people_served"]], ask)] == [0] * 12


def test_queries_do_not_grow_with_organisations_months_or_rows(cast, django_assert_num_queries):
    """Whole months: two queries for what adds up, one for each Distinct figure, wherever one looks."""
    make_visit(cast.chengguan, date(2026, 3, 15))
    rollup.drain()
    distinct = sum(i.kind is Kind.DISTINCT for i in INDICATORS)
    for organisation in (cast.gansu.organisation, cast.chengguan.organisation):
        for code in ("2026-03", "2026"):
            with django_assert_num_queries(2 + distinct):
                figures(INDICATORS, Ask(organisation, parse(code, TODAY)))
