"""What leaves the house: numbers are numbers, days are days, and no cell becomes a formula."""

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from liaison.workbooks import Sheet, csv_file, workbook

DANGEROUS = (
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1",
    "－1",
    '=HYPERLINK("x")',
    "=cmd|'/C calc'!A0",
)


def opened(*rows, head=("一", "二", "三")):
    return load_workbook(io.BytesIO(workbook(Sheet("名单", head, rows)))).active


def test_numbers_days_and_times_keep_their_kind():
    page = opened(
        (12, Decimal("3.50"), -1.5), (date(2026, 3, 4), datetime(2026, 3, 4, 1, 2, 3, tzinfo=UTC), time(9, 30))
    )
    assert [cell.value for cell in page[2]] == [12, 3.5, -1.5]
    assert {cell.data_type for cell in page[2]} == {"n"}
    days = [datetime(2026, 3, 4), datetime(2026, 3, 4, 9, 2, 3)]  # noqa: DTZ001  a workbook knows no zones
    assert [cell.value for cell in page[3]] == [*days, time(9, 30)]
    assert [cell.number_format for cell in page[3]] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm"]


def test_truths_lists_nothing_and_long_numbers_are_written_out():
    page = opened((True, ["教育", "法律"], None), (12345678901234567890, float("nan"), False))
    assert [cell.value for cell in page[2]] == ["是", "教育、法律", None]
    assert [cell.value for cell in page[3]] == ["12345678901234567890", "nan", "否"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(text):
    for page in (opened((text,)), opened(head=(text,))):
        cell = page.cell(page.max_row, 1)
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
        assert cell.value.lstrip() == text.replace("\r", "\n").lstrip()


def test_ordinary_text_carries_no_mark():
    page = opened(("张三", "0931-1234567", "a=b"))
    assert [(cell.value, cell.quotePrefix) for cell in page[2]] == [
        ("张三", False),
        ("0931-1234567", False),
        ("a=b", False),
    ]


def test_what_xml_cannot_hold_is_left_out_and_what_is_too_long_is_cut():
    page = opened(("张\x00\x0b三\ud800", "a\u202eb", "长" * 40_000))
    assert [cell.value for cell in page[2][:2]] == ["张三", "ab"]
    assert len(page["C2"].value) == 32_767


def test_the_head_stays_in_sight_and_columns_fit_their_words():
    page = opened(("短", "这一列里有一段长一些的话", "话" * 300), head=("编号", "内容", "备注"))
    assert page.freeze_panes == "A2"
    assert page["A1"].font.bold
    widths = [page.column_dimensions[letter].width for letter in "ABC"]
    assert widths == [6, 26, 60]


def test_sheets_get_names_that_excel_accepts():
    names = ["2026/03 [来访]", "", "History", "同名", "同名", "很" * 60]
    book = load_workbook(io.BytesIO(workbook(*(Sheet(name, ("一",), ()) for name in names))))
    assert book.sheetnames == ["2026 03  来访", "数据", "History表", "同名", "同名2", "很" * 28]


# --- csv ---


@pytest.mark.parametrize("text", DANGEROUS)
def test_csv_text_that_begins_like_a_formula_gets_an_apostrophe(text):
    body = csv_file(("一", text), [("二", text)]).decode("utf-8-sig")
    assert body.count("'" + text[:1]) == 2


def test_csv_keeps_numbers_and_says_that_it_is_utf8():
    content = csv_file(
        ("姓名", "数", "日期", "无"), [("张三", -5, date(2026, 3, 4), None), ("a,b\nc", "-5", True, "a=b")]
    )
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == ('姓名,数,日期,无\r\n张三,-5,2026-03-04,\r\n"a,b\nc",\'-5,是,a=b\r\n')
