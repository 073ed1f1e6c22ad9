"""The statistics as a workbook: the figures of the page, as numbers, for those who may see them."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liaison.models import Entry, Organisation
from liaison.periods import parse
from reports import rollup
from reports.ask import Ask
from reports.excel import heading
from reports.indicators import INDICATORS
from reports.table import figures
from tests.cast import make_activity, make_case, make_visit
from tests.test_every_act import noted

URL = "/figures.xlsx"


@pytest.fixture
def world(cast):
    make_visit(cast.chengguan, headcount=12)
    make_visit(cast.anning, headcount=7)
    make_visit(cast.xifeng, headcount=500)
    make_case(cast.chengguan).move("accepted", by=None, at="2026-01-01T00:00Z")
    make_activity(cast.lanzhou, title="=1+1", public_count=30)
    rollup.drain()
    return cast


def book(client, account, **asked) -> dict[str, list[tuple]]:
    client.force_login(account)
    answer = client.get(URL, asked)
    assert answer.status_code == 200
    found = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in found}


def test_every_indicator_stands_there_as_on_the_page(client, world):
    sheets = book(client, world.lanzhou.leader, period="cum")
    expected = figures(INDICATORS, Ask(world.lanzhou.organisation, parse("cum", timezone.localdate())))
    for indicator in INDICATORS:
        (value,) = (row[2] for row in sheets["汇总"] if row[1] == indicator.name)
        assert value == expected[indicator.code], indicator.code
        assert isinstance(value, int | float)
        assert heading(indicator) in sheets["按单位"][0]
        assert [row for row in sheets["指标口径"] if row[1] == indicator.name and row[3] == indicator.definition]


def test_places_months_and_sectors_add_up_to_the_whole(client, world):
    sheets = book(client, world.lanzhou.clerk)
    people = "联系服务群众（人次）"
    (whole,) = (row[2] for row in sheets["汇总"] if row[1] == "联系服务群众")
    assert whole == 12 + 7 + 30
    for name in ("按单位", "按月"):
        head, *rows = sheets[name]
        assert sum(row[head.index(people)] for row in rows) == whole
    head, *rows = sheets["按接待委员界别"]
    assert sum(row[head.index(people)] for row in rows) == 12 + 7
    assert [row[0] for row in sheets["按单位"][1:]] == ["本级", "城关区政协", "安宁区政协"]


def test_a_county_has_no_places_below(client, world):
    assert "按单位" not in book(client, world.chengguan.leader)


def test_another_offices_figures_do_not_exist(client, world):
    client.force_login(world.lanzhou.leader)
    for code in (world.xifeng.organisation.code, world.gansu.organisation.code, "999999"):
        assert client.get(URL, {"org": code}).status_code == 404
    client.force_login(world.chengguan.account)
    assert client.get(URL).status_code == 404


def test_a_bad_period_leads_to_the_page_that_says_so(client, world):
    client.force_login(world.lanzhou.leader)
    answer = client.get(URL, {"period": "2026-13"}, follow=True)
    assert answer.status_code == 400
    assert "2026-13" in answer.request["QUERY_STRING"]


def test_the_download_is_on_record_and_offered_on_the_dashboard(client, world):
    client.force_login(world.lanzhou.leader)
    page = client.get("/dashboard/").content.decode()
    assert f"{URL}?org=620100" in page
    answer = client.get(URL)
    assert "attachment" in answer["Content-Disposition"]
    assert noted(Entry.Act.EXPORT, Organisation.objects.get(pk=world.lanzhou.organisation.pk))


def test_queries_do_not_grow_with_rows_and_months(client, world):
    client.force_login(world.gansu.leader)
    counts = []
    for n in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(URL, {"period": "2026"}).status_code == 200
        counts.append(len(asked))
        for month in (1, 3, 5):
            make_visit(world.xifeng, date(2026, month, 5 + n), sector=world.xifeng.sectors[n])
        rollup.drain()
    assert counts[0] == counts[1]
