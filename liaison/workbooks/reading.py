"""Rows of the first sheet of a workbook that somebody sent, under the headings that an import asks for."""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from .archive import WORKBOOK, opened, refuse
from .parts import MOST_COLUMNS, must_be_moderate

MOST_ROWS = 5_000
# Rows without anything in them, such as formats leave behind.
MOST_EMPTY_ROWS = 5_000
# Complaints about one file; more are of no help.
MOST_SENTENCES = 20
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff]")

Value = str | int | float | bool | date | datetime | time | None


@dataclass(frozen=True)
class Row:
    """number: as the sheet counts it, to tell people where · values: by heading; text trimmed, empty cells None."""

    number: int
    values: dict[str, Value]


def read_rows(upload, *, headings: Sequence[str], most_rows: int = MOST_ROWS) -> list[Row]:
    """All rows below the headings, empty ones left out; other columns are passed over.

    `upload`: an uploaded file, or any binary file with `name` and `size`. The first row that is not empty must hold every
    heading, in any order. Raises ValidationError: what is wrong with the file, or with each cell that cannot be read.
    """
    with opened(upload) as archive:
        must_be_moderate(upload, archive)
        with _openpyxl(upload) as sheet:
            limit = most_rows + MOST_EMPTY_ROWS + 1
            cells = sheet.iter_rows(max_row=limit, max_col=MOST_COLUMNS)
            return _Reader(upload, headings, most_rows).read(cells, limit)


@contextmanager
def _openpyxl(upload) -> Iterator[Any]:
    """The first sheet. What openpyxl makes of a malformed file is one of many exceptions, and always the file's fault."""
    upload.seek(0)
    book = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(upload, read_only=True, keep_links=False)
            if not book.worksheets:
                refuse(upload, "里没有工作表。")
            sheet = book.worksheets[0]
            # What the file says of its own size may be wrong, by accident or on purpose: it is not believed.
            sheet.reset_dimensions()
            yield sheet
    except (ValidationError, MemoryError):
        raise
    except Exception as broken:
        raise ValidationError(f"“{upload.name}”的内容不合规范，无法读取。{WORKBOOK.save_as}") from broken
    finally:
        if book is not None:
            book.close()


class _Reader:
    """Goes down one sheet; gathers complaints instead of stopping at the first."""

    def __init__(self, upload, headings: Sequence[str], most_rows: int):
        self.upload, self.headings, self.most_rows = upload, headings, most_rows
        self.columns: dict[int, str] = {}
        self.rows: list[Row] = []
        self.wrong: list[str] = []

    def read(self, cells, limit: int) -> list[Row]:
        for number, row in enumerate(cells, start=1):
            if number >= limit:
                refuse(
                    self.upload,
                    f"的行数太多（含空行），一次最多 {self.most_rows:,} 行，请分成几个文件，并删去多余的空行。",
                )
            self._take(number, row)
        if not self.columns:
            refuse(self.upload, "的第一张工作表是空的。")
        if self.wrong:
            raise ValidationError(self.wrong)
        return self.rows

    def _take(self, number: int, row):
        if not self.columns:
            if any(cell.value is not None for cell in row):
                self._take_headings(row)
            return
        values = {heading: self._value(number, index, row) for index, heading in self.columns.items()}
        if len(self.wrong) >= MOST_SENTENCES:
            raise ValidationError(self.wrong)
        if all(value is None for value in values.values()):
            return
        if len(self.rows) == self.most_rows:
            refuse(self.upload, f"超过 {self.most_rows:,} 行，请分成几个文件。")
        self.rows.append(Row(number, values))

    def _take_headings(self, row):
        found = [str(_clean(cell.value) or "") for cell in row]
        for heading in self.headings:
            if found.count(heading) > 1:
                refuse(self.upload, f"有 {found.count(heading)} 列都叫“{heading}”，请只留一列。")
        if missing := [heading for heading in self.headings if heading not in found]:
            refuse(self.upload, f"缺少列：{'、'.join(missing)}。请使用模板，不要改动表头。")
        self.columns = {index: name for index, name in enumerate(found) if name in self.headings}

    def _value(self, number: int, index: int, row) -> Value:
        cell = row[index] if index < len(row) else None
        if cell is None or cell.value is None:
            return None
        where = f"{get_column_letter(index + 1)}{number}"
        if cell.data_type == "f":
            self.wrong.append(f"单元格 {where} 是公式，请复制后用“选择性粘贴”改为数值。")
            return None
        if cell.data_type == "e":
            self.wrong.append(f"单元格 {where} 是错误值（{cell.value}），请改正。")
            return None
        return _clean(cell.value)


def _clean(value) -> Value:
    """Text without what cannot be seen, trimmed; whole numbers as such (a telephone number is stored as a number), and days
    without a time as days."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value).replace("\xa0", " ").strip() or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return str(value) if isinstance(value, timedelta) else value
