"""What figures cost, and what they are where nothing is recorded; apart from test_table.py, whose world fills the database."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from liaison.periods import parse
from reports import rollup
from reports.ask import Ask
from reports.heads import Occurring
from reports.indicators import DISTINCT, INDICATOR, INDICATORS, heads_of
from reports.table import by_dimension, by_month, figure, figures
from tests.cast import make_visit

TODAY = date(2026, 11, 20)


def test_a_place_without_records_has_zeros_and_an_empty_list(cast):
    rollup.drain()
    ask = Ask(cast.chengguan.organisation, parse("2026", TODAY))
    assert figure(INDICATOR["people_served"], ask) == 0
    assert by_dimension(INDICATOR["visits"], ask, "category") == {}
    assert [values["people_served"] for _, values in by_month([INDICATOR["people_served"]], ask)] == [0] * 12


def test_queries_do_not_grow_with_organisations_months_or_rows(cast, django_assert_num_queries):
    """Two queries for what adds up over whole months, two for the days around them. Heads are held ready for offices above
    others, all in one query; a county's are counted, one query for each figure, and so are those of whom something is recorded
    in a period that is neither a standard one nor begins with the year."""
    make_visit(cast.chengguan, date(2026, 3, 15))
    rollup.drain()
    occurring, distinct = len(heads_of(Occurring)), len(DISTINCT)
    for organisation, code, of_sums, of_heads in (
        (cast.gansu.organisation, "2026-03", 2, 1), (cast.gansu.organisation, "2026", 2, 1), (cast.gansu.organisation, "2026H1", 2, 1),
        (cast.gansu.organisation, "2026-02-01..2026-04-30", 2, 1 + occurring), (cast.lanzhou.organisation, "2026Q1", 2, 1),
        (cast.chengguan.organisation, "2026-03", 2, distinct), (cast.chengguan.organisation, "2026", 2, distinct),
        (cast.gansu.organisation, "ytd", 4, 1), (cast.gansu.organisation, "2026-03-15..2026-11-20", 4, 1 + occurring),
        (cast.chengguan.organisation, "ytd", 4, distinct), (cast.gansu.organisation, "2026-11-20..2026-11-20", 3, 1 + occurring),
    ):  # fmt: skip
        with django_assert_num_queries(of_sums + of_heads):
            figures(INDICATORS, Ask(organisation, parse(code, TODAY)))


def test_a_breakdown_up_to_today_reads_no_records_unless_some_lie_ahead(cast, django_assert_num_queries):
    make_visit(cast.chengguan, date(2026, 11, 3))
    rollup.drain()
    visits, ask = INDICATOR["visits"], Ask(cast.lanzhou.organisation, parse("ytd", TODAY))
    with django_assert_num_queries(2), CaptureQueriesContext(connection) as asked:
        assert by_dimension(visits, ask, "channel") == {"desk": 1}
    assert not any("reception_visit" in query["sql"] for query in asked)

    make_visit(cast.anning, date(2026, 11, 21))
    rollup.drain()
    with CaptureQueriesContext(connection) as asked:
        assert by_dimension(visits, ask, "channel") == {"desk": 1}
    assert any("reception_visit" in query["sql"] for query in asked)
