"""The dashboard: what it shows, and that every number on it opens to records with its total."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity
from liaison.models import Category, Division, Level, Organisation
from liaison.periods import parse
from reception.models import ReceptionDay
from reports import board, rollup
from reports.ask import Ask
from reports.indicators import INDICATORS
from reports.models import Cell, Rolled, SavedView, Verification
from tests.cast import make_activity, make_case, make_day, make_visit
from tests.pages import signed_in, text_of


def held_day(office, on: date, **visit):
    """A reception day that was held, with one visit."""
    day = make_day(office, on)
    make_visit(office, reception_day=day, visited_on=on, **visit)
    ReceptionDay.objects.filter(pk=day.pk).update(state=ReceptionDay.State.HELD)


# What it shows


def test_people_served_are_visits_and_activities_with_the_change_against_last_year(cast, reader, today):
    year_ago = date(today.year - 1, today.month, min(today.day, 28))
    make_visit(cast.chengguan, today, headcount=12)
    make_activity(cast.anning, today, public_count=30)
    make_visit(cast.chengguan, year_ago, headcount=40)
    # Later than today, a year ago: a running year is compared with the days that have passed.
    make_visit(cast.chengguan, date(today.year - 1, 12, 31) if today.month < 12 else year_ago, headcount=1)
    rollup.drain()
    first = reader.get("/dashboard/").context["board"].first
    expected_before = 40 if today.month < 12 else 41
    assert (first.value, [number.value for _, number in first.parts]) == (42, [12, 30])
    assert first.change.startswith(f"较上年同期 {board._change(board.FIRST, first.value, expected_before)}")


def test_a_cumulative_figure_is_compared_with_nothing(cast, reader):
    assert reader.get("/dashboard/?period=cum").context["board"].first.change == ""


def test_a_period_over_two_years_says_how_far_back_it_is_compared(cast, reader):
    board_shown = reader.get("/dashboard/?period=since_last_year").context["board"]
    assert "2 年前同期" in board_shown.first.change


def test_parts_stand_in_the_order_of_their_codes_and_add_up(cast, reader, today):
    make_visit(cast.anning, headcount=9)
    make_visit(cast.chengguan, headcount=2)
    make_activity(cast.lanzhou, studio=None, public_count=5)
    rollup.drain()
    shown = reader.get("/dashboard/").context["board"]
    people = [(row.label, row.numbers[2].value) for row in shown.parts]
    assert people == [("兰州市政协本级", 5), ("城关区政协", 2), ("安宁区政协", 9)]
    assert shown.total.numbers[2].value == 16
    # One studio in each county, none at the city's own office.
    assert [row.numbers[-1].value for row in shown.parts] == [None, 2, 9]


def test_the_comparison_can_be_switched_off_and_drawn_for_another_column(cast, reader):
    assert "各单位数据" not in reader.get("/dashboard/?compare=off").content.decode()
    shown = reader.get("/dashboard/?bar=matters").context["board"]
    assert [n for n, number in enumerate(shown.parts[0].numbers) if number.bar is not None] == [4]


def test_own_records_alone_have_no_parts(cast, reader):
    make_visit(cast.chengguan)
    rollup.drain()
    shown = reader.get("/dashboard/?scope=own").context["board"]
    assert (shown.first.value, shown.parts) == (0, ())


def test_a_county_has_neither_parts_nor_a_choice_of_scope(cast):
    response = signed_in(cast.chengguan.leader).get("/dashboard/")
    assert (response.context["board"].parts, response.context["scopes"]) == ((), [])


def test_visits_are_broken_down_by_topic_and_channel(cast, reader):
    roads, schools, _ = cast.categories
    lamps = Category.objects.create(name="路灯照明", parent=roads)
    for category, channel in ((roads, "desk"), (lamps, "call"), (schools, "desk"), (None, "desk")):
        make_visit(cast.chengguan, category=category, channel=channel)
    rollup.drain()
    shown = reader.get("/dashboard/").context["board"]
    assert [(row.label, row.numbers[0].value) for row in shown.channels] == [("现场", 3), ("电话", 1)]
    # The sub-topic counts in the topic above it, and its visits are behind that number.
    topics = {row.label: row.numbers[0] for row in shown.topics}
    assert {label: number.value for label, number in topics.items()} == {"道路交通": 2, "教育": 1, "未填写": 1}
    assert total_of(reader, topics["道路交通"].url) == "2"


def test_every_indicator_stands_in_one_group(reader):
    groups = reader.get("/dashboard/").context["board"].groups
    assert [line.indicator for _, lines in groups for line in lines] == list(INDICATORS)
    assert len({name for name, _ in groups}) == len(groups)
    assert all(name for name, _ in groups)


def test_saved_views_of_the_organisation_are_offered(cast, reader):
    own, other = cast.lanzhou.organisation, cast.qingyang.organisation
    for place, title in ((own, "兰州经验材料"), (other, "庆阳经验材料")):
        SavedView.objects.create(organisation=place, page="dashboard", title=title, query="period=2025")
    page = text_of(reader.get("/dashboard/"))
    assert "兰州经验材料" in page
    assert "庆阳经验材料" not in page


def test_the_switcher_stays_in_the_subtree(cast):
    context = signed_in(cast.chengguan.leader).get("/dashboard/").context
    assert (context["above"], context["below"]) == ([], [])
    context = signed_in(cast.lanzhou.leader).get("/dashboard/?org=620102").context
    assert [one for one, _ in context["above"]] == [cast.lanzhou.organisation]


@pytest.mark.parametrize("words", ["城关", "cgq", "chengguan", "620102", "CGQ"])
def test_an_organisation_is_found_by_name_initials_or_code(cast, reader, words):
    response = reader.get("/dashboard/organisations/", {"find": words})
    assert response["Location"] == "/dashboard/?org=620102"


@pytest.mark.parametrize("words", ["西峰", "甘肃", "'", "%", "\0", " "])
def test_organisations_outside_are_not_found(cast, reader, words):
    response = reader.get("/dashboard/organisations/", {"find": words})
    assert response.status_code == (404 if words == "\0" else 200)
    assert "西峰区政协" not in text_of(response)


# How fresh it is


def test_a_change_that_is_not_counted_yet_is_owned_up_to(cast, reader):
    rollup.drain()
    assert "全部变动已计入" in text_of(reader.get("/dashboard/"))
    make_visit(cast.chengguan)
    assert re.search(r"最早一条未计入的变动在 \d+ 秒前", text_of(reader.get("/dashboard/")))


def test_the_last_verification_is_told(cast, reader):
    Verification.objects.create(compared=1234, differing=0)
    assert "1,234 个统计单元，全部一致" in text_of(reader.get("/dashboard/"))
    Verification.objects.create(compared=1234, differing=2)
    assert "2 个不一致" in text_of(reader.get("/dashboard/"))


def test_asked_again_it_sends_the_figures_only_when_one_has_changed(cast, reader):
    make_visit(cast.chengguan, headcount=3)
    rollup.drain()
    seen = reader.get("/dashboard/").context["board"].seen
    again = {"query_params": {"seen": seen}, "headers": {"HX-Request": "true"}}
    same = reader.get("/dashboard/", **again).content.decode()
    assert ("as-of" in same, "first-figures" in same) == (True, False)
    make_visit(cast.anning, headcount=4)
    rollup.drain()
    response = reader.get("/dashboard/", **again)
    body = response.content.decode()
    assert response.context["board"].first.value == 7
    parts = [
        "first-figures",
        "signals",
        "trend-source",
        "trend-table",
        "topics",
        "channels",
        "rates",
        "comparison",
        "groups",
    ]
    assert re.findall(r'id="([\w-]+)"\s+[^>]*hx-swap-oob="true"', body) == parts


# Every number opens


def test_every_number_on_the_page_opens_a_list_with_that_total(cast, reader, today):
    fill(cast, today)
    pages = [reader.get("/dashboard/?period=ytd"), reader.get("/dashboard/?period=cum&org=620102")]
    links = {}
    for page in pages:
        links |= dict(figures_on(page.content.decode()))
    assert len(links) > 100
    wrong = {url: (shown, total_of(reader, url)) for url, shown in links.items() if total_of(reader, url) != shown}
    assert wrong == {}


def fill(cast, today: date, earlier: int = 0):
    for n, office in enumerate((cast.chengguan, cast.anning), start=1):
        held_day(office, today - timedelta(days=n + earlier), headcount=n * 3, category=cast.categories[0])
        make_visit(office, today, channel="call", headcount=n)
        make_case(office)
        for kind in (Activity.Kind.POLICY_TALK, Activity.Kind.PUBLIC_SERVICE, Activity.Kind.CONSULTATION):
            make_activity(office, today - timedelta(days=40), kind=kind, public_count=n)
    rollup.drain()


def figures_on(body: str):
    """(address, number shown) of every link to records, the cards' and bars' included."""
    for url, inside in re.findall(r'<a[^>]*href="(/rows/[^"]*)"[^>]*>(.*?)</a>', body, re.DOTALL):
        shown = re.findall(
            r"[\d,]+(?:\.\d+)?",
            re.sub(r"<[^>]*>", " ", re.sub(r'<span class="kpi-change.*', "", inside, flags=re.DOTALL)),
        )
        yield unescape(url), shown[0]


def total_of(client, url: str) -> str:
    body = client.get(url).content.decode()
    whole = re.search(r'id="total">([\d,.]+)', body)[1]
    part = re.search(r'aria-current="page">\s*(?:接待来访|开展活动) ([\d,]+)', body)
    return part[1] if part else whole


def test_cards_months_parts_and_groups_agree_with_each_other(cast, reader, today):
    fill(cast, today)
    shown = reader.get("/dashboard/").context["board"]
    lines = {line.indicator.code: line.now.value for _, group in shown.groups for line in group}
    assert shown.first.value == lines["people_served"] == sum(row.numbers[0].value for row in shown.months) > 0
    assert [number.value for number in shown.total.numbers[:-1]] == [lines[i.code] for i in board.COMPARED]


# The trend


@pytest.mark.parametrize(
    ("code", "span"),
    [
        ("2026", "2026-01-01..2026-11-20"), ("2025", "2025-01-01..2025-12-31"), ("2026-11", "2025-12-01..2026-11-20"),
        ("2026Q3", "2025-10-01..2026-09-30"), ("cum", "2024-12-01..2026-11-20"),
        ("since_last_year", "2025-01-01..2026-11-20"), ("2020-01-15..2026-11-20", "2024-12-01..2026-11-20"),
        ("2026-01-15..2026-07-10", "2026-01-15..2026-07-10"), ("1949-09-21..1949-09-30", "1949-09-21..1949-09-30"),
    ],
)  # fmt: skip
def test_the_trend_is_neither_a_single_column_nor_endless(code, span):
    day = date(2026, 11, 20)
    assert board.trend_span(parse(code, day), day).address == span


def test_a_period_that_lies_ahead_has_no_trend(cast, reader):
    assert board.trend_span(parse("2027", date(2026, 11, 20)), date(2026, 11, 20)) is None
    response = reader.get("/dashboard/?period=2099")
    assert "这个时段还没有开始" in text_of(response)


# What it costs


def cost(client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("period", ["2026", "ytd"])
def test_queries_grow_neither_with_rows_nor_with_counties(cast, today, period):
    url = f"/dashboard/?period={period}"
    one_county, two_counties = signed_in(cast.qingyang.leader), signed_in(cast.lanzhou.leader)
    make_visit(cast.xifeng)
    make_visit(cast.chengguan)
    rollup.drain()
    least = cost(one_county, url)
    for earlier in (0, 5):
        fill(cast, today, earlier)
        make_visit(cast.anning)
    third = Division.objects.create(code="620103", name="七里河区", level=Level.COUNTY, parent=cast.lanzhou.division)
    Organisation.objects.create(
        division=third, parent=cast.lanzhou.organisation, level=Level.COUNTY, name="政协七里河区委员会",
        short_name="七里河区政协", letters="QLH",
    )  # fmt: skip
    rollup.drain()
    assert cost(two_counties, url) == least


def test_figures_come_from_cells_not_from_the_records(cast, reader):
    """Proof that a whole year is read from the roll-up: with the cells gone, the figures are gone."""
    make_visit(cast.chengguan, headcount=7)
    rollup.drain()
    ask = Ask(cast.lanzhou.organisation, parse(str(timezone.localdate().year), timezone.localdate()))
    assert board.figures([board.FIRST], ask) == {"people_served": 7}
    Cell.objects.all().delete()
    Rolled.objects.all().delete()
    assert board.figures([board.FIRST], ask) == {"people_served": 0}
