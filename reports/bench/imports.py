"""Many visits brought in at once: by COPY into a table beside and one checked INSERT, or row by row through the model."""

import time
import uuid
from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.utils import timezone

from liaison import reach
from reception.models import Visit
from reports.bench.clock import Part, Result
from studios.models import Studio

COLUMNS = (
    "client_key", "organisation_id", "studio_id", "visited_on", "headcount", "channel", "handling", "content", "recorded_at",
)  # fmt: skip
TYPES = ("uuid", "int8", "int8", "date", "int4", "varchar", "varchar", "text", "timestamptz")


def measure(rows: int) -> Part:
    part = Part("导入")
    copied, created = (min(_seconds(bring_in, rows) for _ in range(2)) for bring_in in (_copied, _created))
    part.results += [
        Result(f"导入 {rows:,} 条来访：COPY 到临时表，再核对写入", rows / copied, "条/秒"),
        Result(f"导入 {rows:,} 条来访：bulk_create", rows / created, "条/秒"),
        Result("COPY 核对写入 ÷ bulk_create", created / copied, goal=5, at_least=True),
    ]
    return part


@reach.everything()
def _seconds(bring_in: Callable[[list[tuple]], object], rows: int) -> float:
    """None of it is kept."""
    incoming = list(_incoming(rows))
    before = Visit.objects.count()
    with transaction.atomic():
        began_at = time.perf_counter()
        bring_in(incoming)
        seconds = time.perf_counter() - began_at
        if Visit.objects.count() - before != rows:
            raise RuntimeError("some visits were not brought in")
        transaction.set_rollback(True)
    return seconds


def _incoming(rows: int) -> Iterator[tuple]:
    """In the order of COLUMNS, as they would stand in a file."""
    studios = list(Studio.objects.order_by("pk").values_list("organisation_id", "pk"))
    today, now = timezone.localdate(), timezone.now()
    for n in range(rows):
        organisation, studio = studios[n % len(studios)]
        yield uuid.uuid4(), organisation, studio, today, 1 + n % 6, "desk", "answered", f"反映路灯损坏 {n}", now


def _copied(incoming: list[tuple]):
    """Rows whose studio is of another office, or not open on that day, or that have no people, stay outside."""
    names = ", ".join(COLUMNS)
    others = [field.column for field in Visit._meta.concrete_fields if field.column not in (*COLUMNS, "id")]
    empty = Visit()
    values = [getattr(empty, field.attname) for field in Visit._meta.concrete_fields if field.column in others]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {names} FROM reception_visit WHERE false")
        with cursor.copy(f"COPY incoming ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(TYPES)
            for row in incoming:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO reception_visit ({names}, {', '.join(others)}) "
            f"SELECT {', '.join(f'i.{name}' for name in COLUMNS)}, {', '.join(['%s'] * len(others))} FROM incoming i "
            "JOIN studios_studio s ON s.id = i.studio_id AND s.organisation_id = i.organisation_id "
            "WHERE i.headcount >= 1 AND s.opened_on <= i.visited_on AND (s.closed_on IS NULL OR s.closed_on > i.visited_on) "
            # In the order of the largest index: with ten million rows each leaf of it is met once.
            "ORDER BY i.organisation_id, i.visited_on",
            values,
        )


def _created(incoming: list[tuple]):
    Visit.objects.bulk_create((Visit(**dict(zip(COLUMNS, row, strict=True))) for row in incoming), batch_size=1000)
