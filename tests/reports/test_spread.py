"""The heat calendar and the breakdowns: every number opens its records, and the parts add up."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.lapsing import lapse
from liaison.models import Category, Organisation, Sector
from liaison.periods import next_month, parse
from reports import days, rollup
from reports.ask import Ask
from tests.cast import make_case, make_day, make_visit
from tests.pages import signed_in, text_of
from tests.reports.test_supplements import approved

CALENDAR, SPREAD = "/dashboard/calendar/", "/dashboard/spread/"
BOTH = pytest.mark.parametrize("url", [CALENDAR, SPREAD])


@pytest.fixture
def world(cast, today):
    for n in range(3):
        make_day(cast.chengguan, today, opens=f"{8 + n:02d}:00").hold()
    make_day(cast.anning, today - timedelta(days=1)).hold()
    make_day(cast.anning, today - timedelta(days=2))
    lapse(today)
    roads, schools, _ = cast.categories
    lamps = Category.objects.create(name="路灯照明", parent=roads)
    for office, category, sector in (
        (cast.chengguan, roads, 0), (cast.chengguan, lamps, 1), (cast.anning, schools, 0), (cast.anning, None, None),
    ):  # fmt: skip
        visit = make_visit(office, category=category)
        type(visit).objects.filter(pk=visit.pk).update(sector=None if sector is None else office.sectors[sector])
    make_case(cast.anning, category=lamps)
    rollup.drain()
    return cast


def numbers_on(page: str) -> dict[str, str]:
    """Address of records → number shown."""
    return {
        unescape(url): text.replace(",", "") for url, text in re.findall(r'href="(/rows/[^"]*)">([\d,]+)</a>', page)
    }


def total_of(client, url: str) -> str:
    return re.search(r'id="total">([\d,]+)', client.get(url).content.decode())[1].replace(",", "")


@BOTH
def test_every_number_opens_a_list_with_that_total(world, reader, url):
    found = numbers_on(reader.get(f"{url}?period=cum").content.decode())
    assert len(found) > 15
    assert {url: total_of(reader, url) for url in found} == found


def test_the_calendar_shows_held_and_missed_days_where_they_were(world, reader, today):
    shown = reader.get(CALENDAR, {"period": "y1"}).context["calendar"]
    by_day = {
        (month.label, number): (day.held and day.held.value, day.missed and day.missed.value)
        for month in shown.months for number, day in enumerate(month.days, start=1) if day.held or day.missed
    }  # fmt: skip
    expected = {
        (f"{on.year}年{on.month}月", on.day): values
        for on, values in (
            (today, (3, None)),
            (today - timedelta(days=1), (1, None)),
            (today - timedelta(days=2), (None, 1)),
        )
    }
    assert by_day == expected
    assert (shown.held.value, shown.missed.value) == (4, 1)
    assert sum(month.held.value for month in shown.months) == 4


def test_the_fullest_day_is_the_darkest(world, reader):
    months = reader.get(CALENDAR, {"period": "y1"}).context["calendar"].months
    shades = {day.held.value: day.shade for month in months for day in month.days if day.held}
    assert shades == {3: 4, 1: 2}


@pytest.mark.parametrize(
    ("code", "span"),
    [
        ("2026", "2026-01-01..2026-11-20"), ("2025", "2025-01-01..2025-12-31"), ("cum", "2025-12-01..2026-11-20"),
        ("2026-03-05..2026-03-06", "2026-03-05..2026-03-06"),
    ],
)  # fmt: skip
def test_the_calendar_is_of_a_year_at_most(code, span):
    day = date(2026, 11, 20)
    assert days.span_of(Ask(Organisation(), parse(code, day)), day).address == span


def test_days_outside_the_period_are_not_days_without_anything(cast):
    day = date(2026, 3, 20)
    ask = Ask(cast.lanzhou.organisation, parse("2026-03-05..2026-04-30", day))
    (month,) = days.calendar(ask, day, lambda code, ask: "").months
    assert [n for n, one in enumerate(month.days, start=1) if one.kind != "out"] == list(range(5, 21))
    assert [n for n, one in enumerate(month.days, start=1) if one.kind == "rest"] == [7, 8, 14, 15]


def test_sectors_are_the_national_ones_across_offices_and_add_up(world, reader):
    Sector.objects.filter(pk=world.anning.sectors[0].pk).update(name="经济和企业界")
    sectors, topics = reader.get(SPREAD).context["spreads"]
    assert [(row.label, row.numbers[0].value) for row in sectors.rows] == [("经济界", 2), ("教育界", 1), ("未填写", 1)]
    assert [(row.label, row.numbers[0].value) for row in topics.rows] == [("道路交通", 2), ("教育", 1), ("未填写", 1)]
    for spread in (sectors, topics):
        for n, number in enumerate(spread.total.numbers):
            assert sum(row.numbers[n].value for row in spread.rows) == number.value
            assert int(total_of(reader, number.url)) == number.value


def test_what_was_supplemented_stands_in_a_row_of_its_own_and_in_the_total(world, reader, today):
    month = f"{next_month(today, -1):%Y-%m}"
    approved(world.anning, world.lanzhou, month=month, indicator="visits", value="20")
    for spread in reader.get(SPREAD, {"period": month}).context["spreads"]:
        assert [(row.label, [number.value for number in row.numbers]) for row in spread.rows] == [("补录", [20, 0, 0])]
        assert reader.get(spread.rows[-1].numbers[0].url).context["lines"][0][0].value == 20
        whole = spread.total.numbers[0]
        assert f"{whole.value:.0f}" == total_of(reader, whole.url) == "20"


def test_a_slice_of_a_sector_is_named_in_words(world, reader):
    page = reader.get("/rows/?indicator=visits&by=standard_sector&key=21")
    assert "界别：经济界" in text_of(page)
    assert page.context["total"] == 2
    assert reader.get("/rows/?indicator=visits&by=standard_sector&key=99").context["total"] == 0


def test_a_period_that_lies_ahead_has_no_calendar_and_a_bad_one_is_a_sentence(cast, reader):
    assert "这个时段还没有开始" in text_of(reader.get(CALENDAR, {"period": "2099"}))
    answer = reader.get(SPREAD, {"period": "2026-13"})
    assert (answer.status_code, "看不懂这个时段" in text_of(answer)) == (400, True)


@BOTH
def test_other_offices_and_roles_have_no_such_page(cast, reader, url):
    for code in ("621000", "620000", "999999"):
        assert reader.get(url, {"org": code}).status_code == 404
    assert signed_in(cast.chengguan.account).get(url).status_code == 404


@BOTH
def test_queries_grow_neither_with_rows_nor_with_counties(cast, today, url):
    counts = []
    for n, office in enumerate((cast.qingyang, cast.lanzhou)):
        for child, earlier in ((cast.xifeng, 1), (cast.chengguan, 2), (cast.anning, 3))[: 1 + 2 * n]:
            make_day(child, today - timedelta(days=earlier + 10 * n)).hold()
            make_visit(child, category=cast.categories[n])
        rollup.drain()
        client = signed_in(office.leader)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url, {"period": "ytd"}).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("year", "part", "code"),
    [("2025", "", "2025"), ("2025", "H2", "2025H2"), ("2026", "Q1", "2026Q1"), ("2026", "-03", "2026-03")],
)
def test_any_month_quarter_half_or_year_can_be_picked(cast, reader, year, part, code):
    context = reader.get("/dashboard/", {"year": year, "part": part}).context
    assert context["period"].address == code
    assert [part for part, _, is_current in context["parts_of_year"] if is_current] == [part]


def test_a_part_that_no_year_has_is_a_sentence(cast, reader):
    for year, part in (("2026", "Q9"), ("x", ""), ("2026", "..2027")):
        assert reader.get("/dashboard/", {"year": year, "part": part}).status_code == 400


def test_a_single_day_is_a_period(cast, reader, today):
    make_day(cast.chengguan, today).hold()
    rollup.drain()
    assert reader.get(f"/rows/?indicator=reception_days&period={today.isoformat()}").context["total"] == 1


def test_each_page_leads_to_its_sisters(cast, reader):
    for url in ("/dashboard/", CALENDAR, SPREAD, "/dashboard/compare/"):
        tabs = reader.get(f"{url}?period=2025&scope=own").context["tabs"]
        assert [link for _, link, _ in tabs] == [
            f"/dashboard/{page}?org=620100&period=2025&scope=own" for page in ("", "calendar/", "spread/", "compare/")
        ]
        assert [link.partition("?")[0] for _, link, is_current in tabs if is_current] == [url]
