"""Figures by the API: the pages' own values, broken down, each with the records behind it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reception.models import ReceptionDay
from reports import rollup
from reports.indicators import INDICATORS
from reports.models import Dirty
from reports.ratios import RATIOS
from tests.cast import make_activity, make_day, make_visit
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
FIGURES = "/api/v1/figures/"


def asked(client, **query) -> dict:
    answer = client.get(FIGURES, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def refused(client, **query) -> tuple[int, dict]:
    answer = client.get(FIGURES, query)
    return answer.status_code, answer.json()["fields"]


@pytest.fixture
def filled(cast):
    for office, people in ((cast.chengguan, 3), (cast.anning, 4), (cast.xifeng, 9)):
        day = make_day(office, date(2026, 6, 9))
        make_visit(office, day.held_on, reception_day=day, headcount=people, category=cast.categories[0])
        make_activity(office, date(2026, 5, 9), public_count=10)
    rollup.drain()
    return cast


def test_all_figures_of_an_office_and_year_are_the_dashboards(filled, program):
    told = asked(program(filled.lanzhou.leader), org="620100", period="2026")
    assert (told["organisation"], told["org"], told["scope"]) == ("政协兰州市委员会", "620100", "subtree")
    assert (told["first"], told["last"], told["waiting_since"]) == ("2026-01-01", "2026-12-31", None)
    assert [figure["indicator"] for figure in told["figures"]] == [i.code for i in INDICATORS]
    by_code = {figure["indicator"]: figure for figure in told["figures"]}
    assert (by_code["people_served"]["unit"], by_code["people_served"]["kind"]) == ("人次", "flow")
    page = signed_in(filled.lanzhou.leader).get(by_code["people_served"]["rows"].partition("testserver")[2])
    assert Decimal(by_code["people_served"]["value"]) == page.context["total"] == 27


def test_a_figure_by_place_opens_to_each_places_records(filled, program):
    (figure,) = asked(program(filled.lanzhou.clerk), indicator="reception_people", period="2026", by="organisation")[
        "figures"
    ]
    assert (figure["value"], figure["phrase"]) == ("7", "7人次")
    parts = [(part["key"], part["name"], part["value"]) for part in figure["parts"]]
    assert parts == [("620100", "兰州市政协本级", "0"), ("620102", "城关区政协", "3"), ("620105", "安宁区政协", "4")]
    page = signed_in(filled.lanzhou.clerk).get(figure["parts"][1]["rows"].partition("testserver")[2])
    assert page.context["total"] == 3


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("month", {"2026年6月": "7"}),
        ("category", {"道路交通": "7"}),
        ("channel", {"现场": "7"}),
        ("studio", {"广武门委员工作室": "3", "培黎委员工作室": "4"}),
    ],
)
def test_a_flow_is_broken_down(filled, program, by, expected):
    (figure,) = asked(program(filled.lanzhou.clerk), indicator="reception_people", period="2026", by=by)["figures"]
    assert {part["name"]: part["value"] for part in figure["parts"] if part["value"] != "0"} == expected


def test_one_studio_and_the_offices_own(filled, program):
    client, studio = program(filled.lanzhou.clerk), filled.anning.studio
    one = {"indicator": "reception_people", "period": "2026"}
    assert asked(client, **one, studio=studio.pk)["figures"][0]["value"] == "4"
    assert asked(client, **one, scope="own")["figures"][0]["value"] == "0"


def test_what_waits_is_told(filled, program):
    make_visit(filled.chengguan)
    assert asked(program(filled.lanzhou.clerk), indicator="visits")["waiting_since"]
    assert Dirty.objects.exists()


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({"period": "2026-13"}, "period", "看不懂这个时段"),
        ({"period": "2026-12-31..2026-01-01"}, "period", "开始日期不能晚于结束日期"),
        ({"indicator": "happiness"}, "indicator", "不是"),
        ({"scope": "all"}, "scope", "不是"),
        ({"org": "62"}, "org", ""),
        ({"by": "month"}, "by", "请用 indicator 指明一个指标"),
        ({"by": "month", "indicator": "studios"}, "by", "“委员工作室”不能按月份分组。"),
        ({"by": "category", "indicator": "reception_days"}, "by", "不能按事项类别分组。"),
        ({"by": "weather", "indicator": "visits"}, "by", "不是"),
        ({"studio": "x"}, "studio", "整数"),
        ({"organisation": "620100"}, "organisation", "没有这个查询参数。"),
    ],
)
def test_each_fault_is_told_beside_its_parameter(cast, program, query, field, sentence):
    status, fields = refused(program(cast.lanzhou.clerk), **query)
    assert (status, list(fields)) == (400, [field])
    assert sentence in fields[field][0]


def test_another_offices_totals_and_studios_do_not_exist(cast, program):
    client = program(cast.chengguan.clerk)
    for query in ({"org": "621002"}, {"org": "999999"}, {"studio": cast.xifeng.studio.pk}, {"studio": 2**40}):
        assert client.get(FIGURES, query).status_code == 404


def test_members_and_officers_read_no_totals(cast, program):
    for account in (cast.chengguan.account, cast.chengguan.officer):
        for address in (FIGURES, "/api/v1/indicators/"):
            assert program(account).get(address).status_code == 403


def test_the_definitions_are_the_pages(cast, program):
    told = program(cast.chengguan.leader).get("/api/v1/indicators/").json()
    assert [(one["code"], one["definition"]) for one in told] == [(i.code, i.definition) for i in INDICATORS]
    assert {one["code"]: one["dimensions"] for one in told}["visits"] == ["studio", "sector", "category", "channel"]


def test_the_cost_does_not_follow_the_records(cast, program):
    client = program(cast.lanzhou.clerk)

    def cost(**query) -> int:
        with CaptureQueriesContext(connection) as captured:
            asked(client, period="2026", **query)
        return len(captured)

    def fill():
        for office in (cast.chengguan, cast.anning):
            make_visit(office, category=cast.categories[0])
        rollup.drain()

    fill()
    cost()
    queries = ({}, {"by": "organisation"}, {"by": "category", "indicator": "visits"})
    before = [cost(**query) for query in queries]
    fill(), fill()
    assert [cost(**query) for query in queries] == before


def test_ratios_come_with_all_figures_cut_after_one_decimal(filled, program):
    for n in range(3):
        day = make_day(filled.chengguan, date(2026, 6, 10 + n))
        ReceptionDay.objects.filter(pk=day.pk).update(
            **({"state": "held"} if n < 2 else {"missed_on": date(2026, 6, 20)})
        )
    rollup.drain()
    told = asked(program(filled.chengguan.clerk), period="2026-06")
    by_code = {one["ratio"]: one for one in told["ratios"]}
    assert list(by_code) == [ratio.code for ratio in RATIOS]
    assert by_code["completion_rate"] == {
        "ratio": "completion_rate", "name": "接待日完成率", "part": "reception_days", "whole": "reception_days_due",
        "value": "66.6",
    }  # fmt: skip
    assert by_code["satisfaction_rate"]["value"] is None
    assert asked(program(filled.chengguan.clerk), indicator="visits")["ratios"] == []
