"""The records behind a figure: the same total, page by page, nobody's telephone, nothing of another office."""

import re
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity, Programme
from liaison.models import Member, Seat
from liaison.paging import SIZE
from reception.models import ReceptionDay, Visit
from reports import rollup
from reports.columns import LISTINGS, TABLES
from reports.indicators import INDICATORS
from reports.sources import SOURCES
from studios.models import Studio
from tests.cast import make_activity, make_case, make_day, make_visit
from tests.pages import signed_in, text_of
from tests.rows import one_of_each

PHONE = "13900001111"


def pages(client, url: str) -> list:
    """Every page's sections, from the first to the last by the link to older rows."""
    found = []
    while url:
        response = client.get(url if url.startswith("/") else f"/rows/{url}")
        assert response.status_code == 200
        section = response.context["sections"][0]
        found.append(section)
        url = section.older
    return found


def lines_of(section) -> list[str]:
    return [url for _, _, url in section.lines]


# The same rows, the same total


def test_people_served_are_two_lists_with_their_own_totals(cast, reader):
    make_visit(cast.chengguan, headcount=12)
    make_visit(cast.anning, headcount=3)
    make_activity(cast.anning, public_count=30)
    make_activity(cast.anning, public_count=0)  # adds nothing, so it is not behind the figure
    make_visit(cast.xifeng, headcount=500)
    rollup.drain()
    context = reader.get("/rows/?indicator=people_served").context
    assert context["total"] == 45
    assert [(s.title, s.total, s.page_total, len(s.lines)) for s in context["sections"]] == [
        ("来访", 15, 15, 2), ("活动", 30, 30, 1),
    ]  # fmt: skip
    assert [name for name, *_ in context["sources"]] == ["全部", "接待来访", "开展活动"]


def test_one_source_alone_can_be_read(cast, reader):
    make_visit(cast.chengguan, headcount=12)
    make_activity(cast.anning, public_count=30)
    rollup.drain()
    context = reader.get("/rows/?indicator=people_served&part=activity").context
    assert [(s.title, s.total) for s in context["sections"]] == [("活动", 30)]
    assert (context["total"], context["part"]) == (30, "开展活动")
    assert reader.get("/rows/?indicator=members&part=visit").status_code == 200


def test_every_indicator_opens_to_a_page(cast, reader):
    one_of_each(cast.chengguan)
    make_activity(cast.chengguan, kind=Activity.Kind.PUBLIC_SERVICE)
    rollup.drain()
    for indicator, period in product(INDICATORS, ("cum", "ytd")):
        context = reader.get(f"/rows/?indicator={indicator.code}&period={period}").context
        listed = sum(s.page_total for s in context["sections"])
        assert listed + sum(one.value for one in context.get("supplements", ())) == context["total"], indicator.code


def test_a_voided_record_leaves_the_list_with_the_figure(cast, reader):
    visit = make_visit(cast.chengguan, headcount=5)
    make_visit(cast.chengguan, headcount=2)
    rollup.drain()
    visit.void(by=cast.chengguan.clerk, why="重复登记", at=timezone.now())
    rollup.drain()
    context = reader.get("/rows/?indicator=visits").context
    assert (context["total"], len(context["sections"][0].lines)) == (1, 1)


def test_a_person_with_two_seats_is_listed_once_with_both(cast, reader):
    Seat.objects.create(
        member=cast.chengguan.member, organisation=cast.lanzhou.organisation, term=cast.lanzhou.term,
        sector=cast.lanzhou.sectors[1], starts_on=timezone.localdate(),
    )  # fmt: skip
    rollup.drain()
    context = reader.get("/rows/?indicator=members&period=cum").context
    assert context["total"] == len(context["sections"][0].lines) == 3
    assert "兰州市政协委员、城关区政协委员" in text_of(reader.get("/rows/?indicator=members&period=cum"))


# Paging


def test_pages_show_every_row_once_and_add_up(cast, reader):
    today = timezone.localdate()
    many = 2 * SIZE + 7
    for n in range(many):
        make_visit(cast.chengguan, today - timedelta(days=n % 3), headcount=n + 1)
    rollup.drain()
    found = pages(reader, "/rows/?indicator=people_served&part=visit&period=cum")
    assert [len(s.lines) for s in found] == [SIZE, SIZE, 7]
    assert len({url for s in found for url in lines_of(s)}) == many
    assert sum(s.page_total for s in found) == found[0].total == many * (many + 1) // 2
    dates = [cells[0][1] for s in found for cells, _, _ in s.lines]
    assert dates == sorted(dates, key=lambda words: [int(n) for n in re.findall(r"\d+", words)], reverse=True)


def test_the_way_back_shows_the_same_pages(cast, reader):
    for n in range(2 * SIZE + 7):
        make_visit(cast.chengguan, headcount=n + 1)
    rollup.drain()
    first, second, third = pages(reader, "/rows/?indicator=visits")
    back = reader.get(f"/rows/{third.newer}").context["sections"][0]
    assert lines_of(back) == lines_of(second)
    front = reader.get(f"/rows/{back.newer}").context["sections"][0]
    assert (lines_of(front), front.newer) == (lines_of(first), "")


def test_people_are_paged_by_name(cast, reader):
    office = cast.chengguan
    members = Member.objects.bulk_create(
        Member(organisation=office.organisation, name=f"王{'一二三四五'[n % 5]}{n}") for n in range(SIZE + 5)
    )
    Seat.objects.bulk_create(
        Seat(member=m, organisation=office.organisation, term=office.term, sector=office.sectors[0], starts_on=timezone.localdate())
        for m in members
    )  # fmt: skip
    rollup.drain()
    found = pages(reader, "/rows/?indicator=members&period=cum")
    assert [len(s.lines) for s in found] == [SIZE, 8]
    assert len({url for s in found for url in lines_of(s)}) == found[0].total == SIZE + 8


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "2026-01-01",
        "2026-01-01~x",
        "2026-13-01~1",
        "~",
        "2026-01-01~1~1",
        "0~0",
    ],
)
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_mangled_page_is_not_found(cast, reader, way, cursor):
    assert reader.get("/rows/", {"indicator": "visits", way: cursor}).status_code == 404


# Filters


def test_the_parts_of_the_subtree_are_one_click_away(cast, reader):
    make_visit(cast.chengguan)
    make_visit(cast.anning)
    make_activity(cast.lanzhou, studio=None, public_count=4)
    rollup.drain()
    places = reader.get("/rows/?indicator=people_served").context["places"]
    assert [(name, value) for name, value, _, _ in places] == [
        ("全部", 6),
        ("本级", 4),
        ("城关区政协", 1),
        ("安宁区政协", 1),
    ]
    for _, value, url, _ in places:
        assert reader.get(f"/rows/{url}").context["total"] == value


def test_a_studio_a_committee_and_a_programme_narrow_the_list(cast, reader):
    committee = cast.lanzhou.special_committee
    programme = Programme.objects.create(
        organisation=cast.lanzhou.organisation, name="助力方案", starts_on=timezone.localdate()
    )
    make_visit(cast.chengguan, headcount=2)
    make_visit(cast.anning, headcount=5)
    make_activity(cast.lanzhou, studio=None, public_count=7, special_committee=committee, programme=programme)
    rollup.drain()
    for name, chosen, total in (
        ("studio", cast.chengguan.studio, 2), ("special_committee", committee, 7), ("programme", programme, 7),
    ):  # fmt: skip
        response = reader.get(f"/rows/?indicator=people_served&{name}={chosen.pk}")
        assert response.context["total"] == sum(s.page_total for s in response.context["sections"]) == total
        assert str(chosen) in text_of(response)


def test_a_slice_does_not_name_another_offices_sector(cast, reader):
    foreign = cast.xifeng.sectors[0]
    type(foreign).objects.filter(pk=foreign.pk).update(name="外地界别")
    body = reader.get(f"/rows/?indicator=people_served&by=sector&key={foreign.pk}").content.decode()
    assert "外地界别" not in body


def test_a_slice_of_a_breakdown_narrows_the_list(cast, reader):
    roads = cast.categories[0]
    make_visit(cast.chengguan, category=roads)
    make_visit(cast.chengguan, category=None, channel="call")
    rollup.drain()
    for query, words in (
        (f"by=category&key={roads.pk}", "道路交通"),
        ("by=category", "未填写"),
        ("by=channel&key=call", "电话"),
    ):
        response = reader.get(f"/rows/?indicator=visits&{query}")
        assert response.context["total"] == len(response.context["sections"][0].lines) == 1
        assert words in response.context["chosen"][0][0]


@pytest.mark.parametrize(
    "query",
    ["", "indicator=x", "indicator=visits&part=activity", "indicator=people_served&part=x", "indicator=visits&by=x",
     "indicator=visits&by=category&key=x", "indicator=visits&by=category&key=9999999999999999999",
     "indicator=visits&studio=x", "indicator=visits&studio=-1", "indicator=visits&studio=99999999999999999999",
     "indicator=visits&scope=x", "indicator=visits&org=621000", "indicator=visits&by=channel&key=%00"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(cast, reader, query):
    response = reader.get(f"/rows/?{query}")
    assert response.status_code == 404
    assert "没有找到这个页面" in text_of(response)


@pytest.mark.parametrize("name", ["studio", "special_committee", "programme"])
def test_a_filter_of_another_office_does_not_exist(cast, reader, name):
    programme = Programme.objects.create(
        organisation=cast.xifeng.organisation, name="助力方案", starts_on=timezone.localdate()
    )
    chosen = {"studio": cast.xifeng.studio, "special_committee": cast.xifeng.special_committee, "programme": programme}
    assert reader.get(f"/rows/?indicator=visits&{name}={chosen[name].pk}").status_code == 404


def test_an_empty_list_says_what_to_do(cast, reader):
    rollup.drain()
    assert "换一个时段或单位再看" in text_of(reader.get("/rows/?indicator=visits"))


# Who sees what of it


def test_citizens_are_masked_and_nobody_has_a_telephone(cast, reader):
    Member.objects.filter(pk=cast.chengguan.member.pk).update(phone=PHONE)
    Studio.objects.filter(pk=cast.chengguan.studio.pk).update(phone=PHONE)
    visit = make_visit(
        cast.chengguan, visitor_name="欧阳建国", visitor_phone=PHONE, consented=True, content="欧阳建国家的路灯",
        reply="已电话答复欧阳建国",
    )  # fmt: skip
    rollup.drain()
    for client in (reader, signed_in(cast.lanzhou.clerk)):
        for path in (
            "/rows/?indicator=visits", f"/rows/visit/{visit.pk}/", f"/rows/member/{cast.chengguan.member.pk}/",
            f"/rows/studio/{cast.chengguan.studio.pk}/", "/rows/?indicator=members", "/rows/?indicator=studios",
        ):  # fmt: skip
            page = client.get(path).content.decode()
            assert PHONE not in page
            assert "建国" not in page
    assert "欧*" in text_of(reader.get("/rows/?indicator=visits"))


def test_a_clerk_opens_a_record_in_the_admin_and_a_leader_reads_it(cast, reader):
    visit = make_visit(cast.chengguan)
    rollup.drain()
    for client, url in (
        (signed_in(cast.lanzhou.clerk), f"/admin/reception/visit/{visit.pk}/change/"),
        (reader, f"/rows/visit/{visit.pk}/"),
    ):
        assert lines_of(client.get("/rows/?indicator=visits").context["sections"][0]) == [url]
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_record_of_another_office_does_not_exist(cast, reader, table):
    for office, status in ((cast.chengguan, 200), (cast.xifeng, 404)):
        rows = {type(row): row for row in (*one_of_each(office).values(), make_case(office), make_activity(office))}
        assert reader.get(f"/rows/{table}/{rows[TABLES[table]].pk}/").status_code == status


@pytest.mark.parametrize(
    "path", ["visit/0/", "visit/99999999999999999999/", "account/1/", "entry/1/", "x/1/", "visit/x/"]
)
def test_records_that_are_not_listed_do_not_exist(reader, path):
    assert reader.get(f"/rows/{path}").status_code == 404


def test_a_record_is_read_only_by_those_who_read_totals(cast):
    visit = make_visit(cast.chengguan)
    for account in (cast.chengguan.account, cast.chengguan.officer, cast.admin):
        assert signed_in(account).get(f"/rows/visit/{visit.pk}/").status_code == 404


def test_a_voided_record_says_so(cast, reader):
    visit = make_visit(cast.chengguan)
    visit.void(by=cast.chengguan.clerk, why="重复登记", at=timezone.now())
    assert "已作废" in text_of(reader.get(f"/rows/visit/{visit.pk}/"))


# Declarations and cost


def test_every_table_that_is_counted_has_a_listing():
    counted = {source.model for source in SOURCES}
    heads = {Member, Studio}
    assert counted | heads <= set(LISTINGS)


@pytest.mark.parametrize(
    "indicator", ["people_served", "reception_days", "matters", "members", "studios", "policy_talks"]
)
def test_queries_do_not_grow_with_rows(cast, reader, indicator):
    url = f"/rows/?indicator={indicator}&period=cum"

    def cost() -> int:
        rollup.drain()
        with CaptureQueriesContext(connection) as queries:
            reader.get(url)
        return len(queries)

    rows_in(cast.chengguan, 0)
    one = cost()
    for n in (1, 2):
        rows_in(cast.anning, n)
        rows_in(cast.chengguan, n)
    assert cost() == one


def rows_in(office, n: int):
    day = make_day(office, timezone.localdate() - timedelta(days=n))
    make_visit(office, day.held_on, reception_day=day)
    ReceptionDay.objects.filter(pk=day.pk).update(state=ReceptionDay.State.HELD)
    make_activity(office, public_count=2)
    case = make_case(office, day.held_on)
    case.move("resolved", by=office.clerk, at=timezone.now(), result="已修好")
    member = Member.objects.create(organisation=office.organisation, name=f"王{n}")
    Seat.objects.create(
        member=member, organisation=office.organisation, term=office.term, sector=office.sectors[0],
        starts_on=day.held_on,
    )  # fmt: skip
    Studio.objects.create(
        organisation=office.organisation, division=office.township, name=f"工作室{n}", opened_on=day.held_on
    )


def test_totals_are_exact_to_the_cent(cast, reader):
    one_of_each(cast.chengguan)
    rollup.drain()
    context = reader.get("/rows/?indicator=funds&period=cum").context
    assert isinstance(context["total"], Decimal)
    assert context["total"] == sum(s.page_total for s in context["sections"]) > 0


def test_listed_visits_are_those_of_the_period(cast, reader):
    today = timezone.localdate()
    make_visit(cast.chengguan, today)
    make_visit(cast.chengguan, today - timedelta(days=500))
    rollup.drain()
    url = f"/rows/?indicator=visits&period={today}..{today}"
    assert reader.get(url).context["total"] == 1
    assert Visit.objects.count() == 2


def test_a_city_s_list_is_found_by_its_offices_numbers(cast, reader):
    """Not by the beginning of their paths: its year would be read and sorted whole for one page (reports/ask.py)."""
    rows_in(cast.chengguan, 0)
    with CaptureQueriesContext(connection) as asked:
        reader.get("/rows/?indicator=visits&period=cum")
    (listed,) = [one["sql"] for one in asked if 'ORDER BY "reception_visit"."visited_on" DESC' in one["sql"]]
    assert re.search(r'"reception_visit"\."organisation_id" IN \(\d+, \d+, \d+\)', listed)
    assert "LIKE" not in listed
