"""What comes in as a workbook: read whole, or refused with a sentence before it costs anything."""

import io
import struct
import tracemalloc
import zipfile
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from liaison.workbooks import Row, Sheet, read_rows, workbook
from liaison.workbooks.archive import MOST_BYTES

HEADINGS = ("姓名", "电话", "日期")
MEGABYTE = 1024 * 1024


def upload(content: bytes, name="名单.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def made(*rows, head=HEADINGS) -> bytes:
    """As an office program would save it."""
    book = Workbook()
    for row in (head, *rows):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def altered(content: bytes, **parts: bytes | None) -> bytes:
    """The same archive with some parts replaced, added or (None) left out; "." is written "__" in the names."""
    parts = {name.replace("__", "."): body for name, body in parts.items()}
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, body in parts.items():
            if body is not None:
                new.writestr(name, body)
    return result.getvalue()


def with_sheet(data: str, before: str = "") -> bytes:
    """A workbook whose first sheet holds this XML."""
    xmlns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'{before}<worksheet xmlns="{xmlns}">{data}</worksheet>'
    return altered(made(), **{"xl/worksheets/sheet1__xml": xml.encode()})


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD_ROW = '<row r="1">' + "".join(inline(f"{c}1", h) for c, h in zip("ABC", HEADINGS, strict=True)) + "</row>"


def refusal(content: bytes, name="名单.xlsx", **limits) -> str:
    with pytest.raises(ValidationError) as refused:
        read_rows(upload(content, name), headings=HEADINGS, **limits)
    return "".join(refused.value.messages)


def rows(content: bytes, **limits) -> list[Row]:
    return read_rows(upload(content), headings=HEADINGS, **limits)


# --- Reading ---


def test_rows_come_with_their_numbers_under_the_headings_asked_for():
    content = made(["张三", 13912345678, date(2026, 3, 4)], [None, None, None], [" 李四\u200b ", "0931-1234567", None])
    assert rows(content) == [
        Row(2, {"姓名": "张三", "电话": 13912345678, "日期": date(2026, 3, 4)}),
        Row(4, {"姓名": "李四", "电话": "0931-1234567", "日期": None}),
    ]


def test_other_columns_and_any_order_are_fine_and_a_title_may_not_stand_above():
    content = made(["x", date(2026, 3, 4), "张三", 1], head=("备注", "日期", "姓名", "电话"))
    assert rows(content)[0].values == {"姓名": "张三", "电话": 1, "日期": date(2026, 3, 4)}
    assert refusal(made(head=("委员名单",))) == "“名单.xlsx”缺少列：姓名、电话、日期。请使用模板，不要改动表头。"
    assert refusal(made(head=(*HEADINGS, "姓名"))) == "“名单.xlsx”有 2 列都叫“姓名”，请只留一列。"


def test_what_we_write_we_read():
    content = workbook(Sheet("名单", HEADINGS, [("=1+1", 12, date(2026, 3, 4))]))
    assert rows(content) == [Row(2, {"姓名": "=1+1", "电话": 12, "日期": date(2026, 3, 4)})]


def test_a_formula_is_refused_with_its_cell():
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append(["=A1", 1, None])
    book.active.append(["张三", "=SUM(B2:B2)", None])
    book.active["C3"] = ArrayFormula("C3:C3", "=TODAY()")
    content = io.BytesIO()
    book.save(content)
    said = refusal(content.getvalue())
    assert [cell for cell in ("A2", "B2", "B3", "C3") if f"单元格 {cell} 是公式" in said] == ["A2", "B3", "C3"]


def test_a_formula_in_a_column_nobody_asked_for_does_not_matter():
    assert len(rows(made(["张三", 1, None, "=1+1"], head=(*HEADINGS, "备注")))) == 1


def test_an_error_value_is_refused_with_its_cell():
    sheet = HEAD_ROW + '<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>'
    assert refusal(with_sheet(f"<sheetData>{sheet}</sheetData>")) == "单元格 A2 是错误值（#REF!），请改正。"


def test_at_most_twenty_complaints():
    assert refusal(made(*(["=A1", 1, None] for _ in range(500)))).count("是公式") == 20


# --- What is no workbook ---


def test_other_files_are_refused_by_what_they_are():
    old_excel = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "是旧版 Excel 文件（.xls）" in refusal(old_excel)
    assert "设有打开密码" in refusal(old_excel + "EncryptedPackage".encode("utf-16-le") + bytes(100))
    assert "不是 Excel 工作簿（.xlsx）" in refusal("姓名,电话\n张三,1\n".encode())
    assert "不是 Excel 工作簿（.xlsx）" in refusal(b"")
    assert "不是 Excel 工作簿（.xlsx）" in refusal(altered(made(), **{"xl/workbook__xml": None}))
    assert "含有宏" in refusal(altered(made(), **{"xl/vbaProject__bin": b"x"}))


def test_a_file_cut_short_or_changed_is_broken():
    content = made(["张三", 1, None])
    assert "结构不是普通的工作簿" in refusal(content[: len(content) // 2])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    spoiled = bytearray(content)
    spoiled[part.header_offset + 60] ^= 0xFF
    assert "已损坏" in refusal(bytes(spoiled))


def test_what_openpyxl_cannot_make_sense_of_is_the_files_fault():
    assert "没有工作表" in refusal(altered(made(), **{"xl/workbook__xml": b"<nothing/>"}))
    sheet = f'<sheetData>{HEAD_ROW}<row r="2"><c r="A2" t="s"><v>999</v></c></row></sheetData>'
    assert "无法读取" in refusal(with_sheet(sheet))


def test_an_encrypted_part_is_refused():
    content = bytearray(made())
    start = content.rindex(b"PK\x01\x02")
    content[start + 8] |= 1
    assert "设有打开密码" in refusal(bytes(content))


def test_a_directory_with_a_comment_or_zip64_is_not_followed():
    content = io.BytesIO(made())
    with zipfile.ZipFile(content, "a") as archive:
        archive.comment = b"hello"
    assert "结构不是普通的工作簿" in refusal(content.getvalue())
    plain = made()
    assert "结构不是普通的工作簿" in refusal(plain[:-22] + b"PK\x06\x07" + bytes(16) + plain[-22:])


def test_too_many_parts_and_doubled_names_are_refused():
    many = {f"xl/media/{n}__png": b"" for n in range(500)}
    assert "部分太多" in refusal(altered(made(), **many))
    content = io.BytesIO(made())
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"<other/>")
    assert "有重复" in refusal(content.getvalue())


def test_a_file_over_ten_megabytes_is_not_opened():
    assert refusal(b"PK\x03\x04" + bytes(MOST_BYTES)) == "“名单.xlsx”超过 10 MB，请分成几个文件。"


def test_entities_are_refused():
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    assert "内容不合规范" in refusal(with_sheet("<sheetData/>", before=bomb))
    outside = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    assert "内容不合规范" in refusal(with_sheet("<sheetData/>", before=outside))


# --- Too much ---


def test_rows_are_counted_and_what_the_file_says_of_its_size_is_not_believed():
    content = made(*(["张三", n, None] for n in range(30)))
    assert len(rows(content, most_rows=30)) == 30
    assert refusal(content, most_rows=29) == "“名单.xlsx”超过 29 行，请分成几个文件。"
    row = f'<row r="2">{inline("A2", "张三")}</row>'
    for said in ("A1:XFD1048576", "A1:A1", "B7"):
        lying = with_sheet(f'<dimension ref="{said}"/><sheetData>{HEAD_ROW}{row}</sheetData>')
        assert rows(lying) == [Row(2, {"姓名": "张三", "电话": None, "日期": None})]


def test_a_row_far_below_is_refused_without_walking_there():
    far = f'<row r="1048576">{inline("A1048576", "张三")}</row>'
    assert "行数太多（含空行）" in refusal(with_sheet(f"<sheetData>{HEAD_ROW}{far}</sheetData>"))


def test_a_cell_far_to_the_right_and_a_row_of_many_cells():
    far = f'<row r="2">{inline("A2", "张三")}{inline("XFD2", "x")}</row>'
    assert rows(with_sheet(f"<sheetData>{HEAD_ROW}{far}</sheetData>"))[0].values["姓名"] == "张三"
    wide = "<row>" + "<c/>" * 201 + "</row>"
    assert "一行超过 200 列" in refusal(with_sheet(f"<sheetData>{HEAD_ROW}{wide}</sheetData>"))


def test_a_cell_longer_than_a_cell_can_be():
    long = f'<row r="2">{inline("A2", "长" * 40_000)}</row>'
    assert "超过 32,767 字的单元格" in refusal(with_sheet(f"<sheetData>{HEAD_ROW}{long}</sheetData>"))


def bomb(megabytes: int, name="xl/worksheets/sheet1.xml", start=b"", piece=b" ") -> bytes:
    """A small file with one part of so many megabytes of the same piece."""
    result = io.BytesIO(altered(made(), **{name.replace(".", "__"): None}))
    with (
        zipfile.ZipFile(result, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=False) as part,
    ):
        part.write(start)
        block = piece * (MEGABYTE // len(piece))
        for _ in range(megabytes):
            part.write(block)
    return result.getvalue()


def peak_of_refusing(content: bytes) -> tuple[str, int]:
    """The sentence, and the most memory that was in use on the way there."""
    sent = upload(content)
    tracemalloc.start()
    try:
        with pytest.raises(ValidationError) as refused:
            read_rows(sent, headings=HEADINGS)
        return "".join(refused.value.messages), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_of_three_hundred_megabytes_is_refused_unopened():
    content = bomb(300)
    assert len(content) < MEGABYTE
    sentence, peak = peak_of_refusing(content)
    assert "展开后过大，没有打开" in sentence
    assert peak < 2 * MEGABYTE


def test_a_bomb_that_lies_about_its_size_is_refused_at_the_size_it_claims():
    content = bytearray(bomb(300))
    start = content.rindex(b"PK\x01\x02")
    content[start + 24 : start + 28] = struct.pack("<L", 60_000)
    sentence, peak = peak_of_refusing(bytes(content))
    assert sentence
    assert peak < 4 * MEGABYTE


@pytest.mark.parametrize(
    ("name", "start", "piece"),
    [
        ("xl/styles.xml", b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>', b"<xf/>"),
        ("xl/sharedStrings.xml", b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">', b"<si/>"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>", b"<row/>"),
    ],
)  # fmt: skip
def test_many_small_pieces_are_counted_before_anything_is_built_of_them(name, start, piece, monkeypatch):
    """Under every limit of size: what is dangerous is what openpyxl would make of it."""
    monkeypatch.setattr("liaison.workbooks.archive.MOST_SHRUNK", 10_000)
    monkeypatch.setattr("liaison.workbooks.parts.MOST_STREAMED_ELEMENTS", 60_000)  # tracemalloc is slow
    sentence, peak = peak_of_refusing(bomb(24, name, start, piece))
    assert "内容或格式太多" in sentence
    assert peak < 4 * MEGABYTE
