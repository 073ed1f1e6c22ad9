"""Workbooks and csv that leave the house. No cell becomes a formula, whatever somebody typed into the record."""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_767
# Beyond fifteen digits Excel rounds: a number of a card or a code stays text.
MOST_DIGITS = 10**15
NARROWEST, WIDEST = 6, 60

# XML cannot hold them, or they turn the reading direction.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")
# What a spreadsheet takes for the beginning of a formula; the full-width ones too, where the keyboard is Chinese.
FORMULA = re.compile(r"^[\s\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")
FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
FORMATS = {datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy-mm-dd", time: "hh:mm"}

HEAD = Font(bold=True)
HEAD_FILL = PatternFill("solid", fgColor="FFE8EDF4")
TOP = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True)
class Sheet:
    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]


def workbook(*sheets: Sheet) -> bytes:
    """A whole file, so that it is made inside the caller's transaction: numbers are numbers, days are days, the head stays
    in sight. Values may be text, numbers, dates, truths, lists of words or None."""
    book = Workbook(write_only=True)
    titles: set[str] = set()
    for sheet in sheets:
        _write(book.create_sheet(_title(sheet.title, titles)), sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write(page, sheet: Sheet):
    rows = [[plain(value) for value in row] for row in sheet.rows]
    page.freeze_panes = "A2"
    for index, heading in enumerate(sheet.headings):
        widest = max([_width(heading), *(_width(row[index]) for row in rows if index < len(row))])
        page.column_dimensions[get_column_letter(index + 1)].width = min(max(widest + 2, NARROWEST), WIDEST)
    page.append([_head(page, heading) for heading in sheet.headings])
    for row in rows:
        page.append([_cell(page, value) for value in row])


def _head(page, heading: str):
    cell = _cell(page, plain(heading))
    cell.font, cell.fill = HEAD, HEAD_FILL
    return cell


def _cell(page, value):
    cell = WriteOnlyCell(page, value)
    if isinstance(value, str):
        # openpyxl takes text with "=" in front for a formula. The quote prefix keeps it text when somebody edits the cell.
        cell.data_type = "s"
        cell.quotePrefix = bool(FORMULA.match(value))
        cell.alignment = TOP
    elif type(value) in FORMATS:
        cell.number_format = FORMATS[type(value)]
    return cell


def plain(value) -> str | int | float | Decimal | date | datetime | time | None:
    """A value as a cell holds it: local time without a zone, words instead of truths, nothing that XML cannot hold."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | Decimal):
        return value if math.isfinite(value) and abs(value) < MOST_DIGITS else str(value)
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if value is None or isinstance(value, date | time):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        value = "、".join(str(one) for one in value)
    return UNWRITABLE.sub("", str(value))[:LONGEST_TEXT] or None


def _width(value) -> int:
    """In half-width characters, the longest line of the text."""
    lines = str(value if value is not None else "").splitlines() or [""]
    return max(sum(1 if sign.isascii() else 2 for sign in line) for line in lines)


def _title(wanted: str, taken: set[str]) -> str:
    """What Excel accepts as the name of a sheet: short, without some signs, no other sheet's."""
    name = FORBIDDEN_IN_TITLE.sub(" ", UNWRITABLE.sub("", wanted)).strip(" '")[:28] or "数据"
    name = f"{name}表" if name.lower() == "history" else name
    title, number = name, 1
    while title.lower() in taken:
        number += 1
        title = f"{name}{number}"
    taken.add(title.lower())
    return title


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """With the mark by which Excel knows UTF-8; text that a spreadsheet would take for a formula gets an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in (headings, *rows):
        writer.writerow([neutralised(plain(value)) for value in row])
    return text.getvalue().encode("utf-8-sig")


def neutralised(value):
    """Text alone: a negative number is a number."""
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    return "" if value is None else value
