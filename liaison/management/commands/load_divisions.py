import csv
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from liaison.management import Refusal
from liaison.models import Division, Entry, Level

FILE = settings.BASE_DIR / "liaison" / "data" / "divisions.csv"
COLUMNS = ["code", "name", "parent", "level"]
STORED = ["id", "code", "name", "parent__code", "level"]
LEVELS = [str(level) for level in Level]  # from the nation down
CODES = {level: re.compile(r"\d{9}" if level == Level.TOWNSHIP else r"\d{6}") for level in LEVELS}


@dataclass(frozen=True)
class Row:
    """One line of the file; `number` as an editor shows it, the heading being line 1."""

    number: int
    code: str
    name: str
    parent: str
    level: str

    @cached_property
    def path(self) -> str:
        return self.code if self.level == Level.TOWNSHIP else _path(self.code)

    @property
    def above(self) -> str | None:
        """The file leaves the parent of a province empty: it is the nation, which the file does not list."""
        return self.parent or (NATION.code if self.level == Level.PROVINCE else None)

    @property
    def content(self) -> list:
        return [self.name, self.above, self.level]


NATION = Row(0, Division.NATION_CODE, "全国", "", Level.NATION)


def _path(code: str) -> str:
    return re.sub(r"(00)+$", "", code)


class Command(BaseCommand):
    help = "装入全国行政区划，或其中一部分；可反复执行，已装入的不改动。"

    def add_arguments(self, parser):
        parser.add_argument("--within", default="", metavar="代码", help="只装入这一地区及其上级，如 62 或 620100")
        parser.add_argument(
            "--file", type=Path, default=FILE, metavar="文件", help="csv 文件，列为 code,name,parent,level"
        )
        parser.add_argument("--good-rows", action="store_true", help="有错误的行时，仍装入其余各行")

    @transaction.atomic
    def handle(self, **options):
        started = time.monotonic()
        rows, faults = sound(read(options["file"]))
        for row, reason in faults:
            self.stderr.write(f"第 {row.number} 行（{row.code} {row.name}）：{reason}")
        if faults and not options["good_rows"]:
            raise Refusal(
                f"文件中有 {len(faults)} 行不正确，没有装入任何行。改正后重试，或加 --good-rows 只装入其余各行。"
            )
        added, mended, unchanged = store(chosen(rows, options["within"]))
        done = f"行政区划：新增 {added} 条，更正 {mended} 条，未变 {unchanged} 条"
        Entry.note(Entry.Act.IMPORT, fields=[done])
        self.stdout.write(f"{done}，用时 {time.monotonic() - started:.1f} 秒。")


def read(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            if lines.fieldnames != COLUMNS:
                raise Refusal(f"文件第 1 行应为 {','.join(COLUMNS)}。")
            return [Row(n, *((line[c] or "").strip() for c in COLUMNS)) for n, line in enumerate(lines, start=2)]
    except OSError as error:
        raise Refusal(f"无法读取文件 {path}。") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal("文件不是 UTF-8 编码的 csv。") from error


def sound(rows: list[Row]) -> tuple[dict[str, Row], list[tuple[Row, str]]]:
    """The good rows by code, upper levels first, and the others with what is wrong."""
    good = {NATION.code: NATION}
    faults = []
    for row in sorted(rows, key=lambda row: LEVELS.index(row.level) if row.level in LEVELS else -1):
        reason = next(_faults(row, good), None)
        if reason:
            faults.append((row, reason))
        else:
            good[row.code] = row
    return good, sorted(faults, key=lambda fault: fault[0].number)


def _faults(row: Row, good: dict[str, Row]) -> Iterator[str]:
    """What is wrong with a row, the most telling first."""
    if row.level not in LEVELS[1:]:
        yield f"级别“{row.level}”应为 province、city、county 或 township。"
        return
    if not CODES[row.level].fullmatch(row.code):
        yield "行政区划代码应为 6 位数字，乡级为 9 位。"
    if not 1 <= len(row.name) <= 60:
        yield "名称应为 1 到 60 个字。"
    if row.code in good:
        yield f"代码与第 {good[row.code].number} 行重复。"
    parent = good.get(row.above)
    if not row.above:
        yield "只有省级可以不填上级。"
    elif parent is None:
        yield f"上级 {row.parent} 不在文件中，或该行不正确。"
    elif not row.code.startswith(parent.path):
        yield f"代码应以上级的代码 {parent.path} 开头。"


def chosen(rows: dict[str, Row], within: str) -> list[Row]:
    """All rows, or those of one subtree with everything above it."""
    path = _path(within)
    if within and path not in {row.path for row in rows.values()}:
        raise Refusal(f"没有代码为“{within}”的行政区划，请写成 62、6201 或 620100 这样的代码。")
    inside = [row for row in rows.values() if row.path.startswith(path)]
    above = [row for row in rows.values() if path.startswith(row.path) and row.path != path]
    return above + inside


def store(rows: list[Row]) -> tuple[int, int, int]:
    """Add what is missing, mend what differs; how many were added, mended, left. One insert per level and 2,000 rows."""
    stored = {code: (pk, content) for pk, code, *content in Division.objects.values_list(*STORED)}
    ids = {code: pk for code, (pk, _) in stored.items()}
    new = [row for row in rows if row.code not in stored]
    for level in LEVELS:
        made = [_division(row, ids) for row in new if row.level == level]
        ids |= {division.code: division.pk for division in Division.objects.bulk_create(made, batch_size=2000)}
    differing = [row for row in rows if row.code in stored and stored[row.code][1] != row.content]
    for row in differing:
        _division(row, ids).save()
    return len(new), len(differing), len(rows) - len(new) - len(differing)


def _division(row: Row, ids: dict[str, int]) -> Division:
    return Division(pk=ids.get(row.code), code=row.code, name=row.name, parent_id=ids.get(row.above), level=row.level)
