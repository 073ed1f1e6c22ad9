"""The records behind a figure as a file: what the page lists, whole, with the figure beneath."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liaison.models import Entry
from liaison.paging import SIZE
from reports import rollup
from reports.views import rows_files
from tests.cast import make_activity, make_visit
from tests.pages import signed_in, text_of
from tests.test_every_act import noted

PHONE = "13900001111"


def sheets(answer) -> dict[str, list[tuple]]:
    assert answer.status_code == 200, answer
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def lines(answer) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def address(cast) -> str:
    """Of 55 visits and one activity."""
    today = timezone.localdate()
    for n in range(SIZE + 5):
        make_visit(cast.chengguan, today - timedelta(days=n % 3), headcount=2)
    make_activity(cast.chengguan, today, title="=1+1", public_count=30)
    make_visit(cast.xifeng, today, headcount=500)
    rollup.drain()
    return "?indicator=people_served&period=cum"


def test_both_files_hold_what_all_pages_list(address, reader):
    page = reader.get(f"/rows/{address}")
    found = sheets(reader.get(f"/rows.xlsx{address}"))
    assert list(found) == [section.title for section in page.context["sections"]] == ["来访", "活动"]
    for section in page.context["sections"]:
        head, *rows, total = found[section.title]
        assert head == (*(column.label for column in section.columns), section.value)
        assert total[-1] == section.total == sum(row[-1] for row in rows)
    assert len(found["来访"]) == 1 + SIZE + 5 + 1
    table = lines(reader.get(f"/rows.csv{address}"))
    assert len(table) == SIZE + 7 + 1 + 3
    assert [row[-1] for row in table if row and row[0] == "合计"] == ["110", "30"]


def test_one_source_alone_is_one_sheet(address, reader):
    assert list(sheets(reader.get(f"/rows.xlsx{address}&part=activity"))) == ["活动"]


def test_what_looks_like_a_formula_stays_text(address, reader):
    (row,) = [row for row in lines(reader.get(f"/rows.csv{address}&part=activity")) if "1+1" in "".join(row)]
    assert "'=1+1" in row
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"/rows.xlsx{address}&part=activity").content))
    assert {cell.data_type for row in book["活动"] for cell in row if cell.value == "=1+1"} == {"s"}


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_citizens_are_masked_and_nobody_has_a_telephone(cast, reader, ending):
    make_visit(cast.chengguan, visitor_name="欧阳建国", visitor_phone=PHONE, consented=True, content="欧阳建国家的路灯")
    rollup.drain()
    answer = reader.get(f"/rows.{ending}?indicator=visits")
    words = str(sheets(answer)) if ending == "xlsx" else answer.content.decode()
    assert "欧*" in words
    assert "建国" not in words
    assert PHONE not in words


def test_more_rows_than_a_file_takes_are_refused_with_a_sentence(address, reader, monkeypatch):
    monkeypatch.setattr(rows_files, "MOST_ROWS", 55)
    answer = reader.get(f"/rows.xlsx{address}", follow=True)
    assert answer.redirect_chain == [(f"/rows/{address}", 302)]
    assert "一个文件装不下" in text_of(answer)
    assert not Entry.objects.filter(act=Entry.Act.EXPORT).exists()
    assert reader.get(f"/rows.xlsx{address}&part=visit").status_code == 200


def test_a_download_is_on_record_and_offered_on_the_page(address, reader, cast):
    page = reader.get(f"/rows/{address}")
    for words, url in page.context["downloads"]:
        assert words in text_of(page)
        answer = reader.get(url)
        assert "attachment" in answer["Content-Disposition"]
    entry = noted(Entry.Act.EXPORT, cast.lanzhou.organisation)
    assert entry


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?indicator=x",
        "?indicator=visits&org=621000",
        "?indicator=visits&part=activity",
        "?indicator=visits&studio=0",
    ],
)
def test_what_does_not_exist_is_not_found(reader, query):
    for ending in ("xlsx", "csv"):
        assert reader.get(f"/rows.{ending}{query}").status_code == 404


def test_only_those_who_read_totals_have_it(cast):
    for account in (cast.chengguan.account, cast.chengguan.officer, cast.admin):
        assert signed_in(account).get("/rows.xlsx?indicator=visits").status_code == 404


def test_a_bad_period_leads_to_the_page_that_says_so(reader):
    answer = reader.get("/rows.csv?indicator=visits&period=2026-13", follow=True)
    assert answer.status_code == 400
    assert "2026-13" in answer.request["QUERY_STRING"]


@pytest.mark.parametrize("indicator", ["people_served", "members", "studios", "matters"])
def test_queries_do_not_grow_with_rows(cast, reader, indicator):
    def cost() -> int:
        rollup.drain()
        with CaptureQueriesContext(connection) as queries:
            reader.get(f"/rows.xlsx?indicator={indicator}&period=cum")
        return len(queries)

    make_visit(cast.chengguan)
    cost()  # once a process Django looks up what kinds of records there are
    one = cost()
    for office in (cast.chengguan, cast.anning):
        make_visit(office)
        make_activity(office)
    assert cost() == one
