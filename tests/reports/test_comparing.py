"""Two periods and several organisations side by side: figures open, denominators stand beside, nobody is ranked."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liaison.periods import parse
from reports import rollup
from reports.comparing import COUNTED, INDICATORS, MOST, RATIOS
from reports.indicators import Kind
from tests.cast import make_case, make_visit
from tests.pages import signed_in, text_of

URL = "/dashboard/compare/"


@pytest.fixture
def world(cast):
    for office, on, people in (
        (cast.chengguan, date(2026, 3, 5), 12), (cast.chengguan, date(2025, 3, 5), 5), (cast.anning, date(2026, 3, 6), 7),
        (cast.anning, date(2026, 1, 6), 30),
    ):  # fmt: skip
        make_visit(office, on, headcount=people)
        make_case(office, on)
    rollup.drain()
    return cast


def people_of(context) -> list[tuple]:
    line = next(line for line in context["comparison"].counted if line.label == "联系服务群众")
    return [(pair.now.value, pair.then.value, pair.change) for pair in line.pairs]


def test_a_period_is_compared_with_the_same_days_of_the_year_before(world, reader):
    context = reader.get(URL, {"period": "2026-03"}).context
    assert people_of(context) == [(19, 5, "+14")]
    assert context["then"].label == "2025年3月"


def test_any_other_period_can_be_compared_with(world, reader):
    context = reader.get(URL, {"period": "2026-03", "than": "2026-01"}).context
    assert people_of(context) == [(19, 30, "−11")]
    assert ("2026-02-01..2026-02-28", "上一时段（2026年2月）") in context["thans"]


def test_organisations_stand_side_by_side_in_the_order_of_their_codes(world, reader):
    for address in ("with=620105,620102", "with=620105&with=620102"):
        context = reader.get(f"{URL}?period=2026-03&{address}").context
        assert context["offices"] == ["兰州市政协", "城关区政协", "安宁区政协"]
        assert people_of(context) == [(19, 5, "+14"), (12, 5, "+7"), (7, 0, "+7")]


def test_every_figure_opens_its_records_with_that_total(world, reader):
    page = reader.get(f"{URL}?period=2026-03&with=620102").content.decode()
    found = {
        unescape(url): int(text.replace(",", ""))
        for url, text in re.findall(r'href="(/rows/[^"]*)">([\d,]+)</a>', page)
    }
    assert len(found) == 2 * 2 * len(COUNTED)
    for url, value in found.items():
        assert int(reader.get(url).context["total"]) == value, url


def test_denominators_stand_beside_what_was_divided(world, reader):
    context = reader.get(f"{URL}?period=2026-03&with=620102").context
    people = next(line for line in context["comparison"].relative if line.label == "每个工作室联系服务群众")
    # Two studios in the city, one of them in 城关.
    assert [(pair.now, pair.then) for pair in people.pairs] == [("9.5", "2.5"), ("12.0", "5.0")]
    assert people.note == "联系服务群众 ÷ 委员工作室"
    rates = {line.label: line for line in context["comparison"].rates}
    assert rates.keys() == {ratio.name for ratio in RATIOS}
    settled = rates["办结率"].pairs[0]
    assert (settled.now, [[n.value for n in part] for part in settled.parts]) == ("0%", [[0, 0], [2, 1]])
    assert rates["接待日完成率"].pairs[0].now == "—"


def test_nothing_without_an_own_period_before_is_compared_until_one_is_chosen(world, reader):
    answer = reader.get(URL, {"period": "cum"})
    assert answer.context["comparison"] is None
    assert "没有可比的时段" in text_of(answer)
    assert reader.get(URL, {"period": "cum", "than": "2025"}).context["comparison"]


def test_too_many_organisations_are_a_sentence_and_the_choice_stays(world):
    client = signed_in(world.gansu.leader)
    codes = "620100,620102,620105,621000"
    answer = client.get(URL, {"period": "2026-03", "with": codes})
    assert "一次最多比较 4 个单位" in text_of(answer)
    assert len(answer.context["offices"]) == MOST
    assert [one.code for one, is_chosen in answer.context["choosable"] if is_chosen] == ["620100", "621000"]


def test_what_cannot_be_asked(world, reader):
    for codes in ("621000", "620000", "999999", "x", "620102'"):
        assert reader.get(URL, {"with": codes}).status_code == 404
    for than in ("x", "2026-13"):
        answer = reader.get(URL, {"than": than})
        assert (answer.status_code, "看不懂这个时段" in text_of(answer)) == (400, True)
    assert signed_in(world.chengguan.account).get(URL).status_code == 404


def test_another_period_keeps_what_is_compared(world, reader):
    context = reader.get(f"{URL}?period=2026-03&with=620102&than=2025").context
    assert all("with=620102" in url and "than=2025" in url for _, _, url in context["periods"])


def test_queries_do_not_grow_with_rows(world, reader):
    counts = []
    for n in range(2):
        with CaptureQueriesContext(connection) as asked:
            reader.get(f"{URL}?period=2026-03&with=620102,620105")
        counts.append(len(asked))
        make_visit(world.anning, date(2026, 3, 9 + n))
        make_case(world.anning, date(2026, 3, 9))
        rollup.drain()
    assert counts[0] == counts[1] < 150


def test_indicators_that_are_compared_add_up_or_are_counted_once():
    assert len(INDICATORS) == len({i.code for i in INDICATORS})
    assert {Kind.FLOW, Kind.STOCK, Kind.DISTINCT} == {i.kind for i in INDICATORS}


@pytest.mark.parametrize(
    ("code", "before"),
    [("2026-03", "2026-02-01..2026-02-28"), ("2026Q1", "2025-10-01..2025-12-31"), ("2026", "2025-01-01..2025-12-31"),
     ("2026-03-11..2026-03-20", "2026-03-01..2026-03-10"), ("2026-11-20", "2026-11-19..2026-11-19")],
)  # fmt: skip
def test_the_period_just_before(code, before):
    assert parse(code, date(2026, 11, 20)).just_before().address == before


@pytest.mark.parametrize("code", ["cum", "1949-09-21..1949-09-30"])
def test_before_the_first_record_there_is_nothing(code):
    assert parse(code, date(2026, 11, 20)).just_before() is None
