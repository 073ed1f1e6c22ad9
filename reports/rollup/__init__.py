"""From facts to cells: recount what was noted, never add to what is there (STATISTICS §4).

Lock, DELETE … RETURNING the notes, recount in a *later* statement (READ COMMITTED, so that it sees every writer whose
note was taken), write, commit. Two drains, two beats, a kill at any point can delay a figure, never make it wrong.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import connection
from django.db.models import Min

from liaison import reach
from reports.models import Cell, Dirty, Verification
from reports.rollup import above, cells, occurring, standing
from reports.rollup.scopes import Everything, split
from reports.rollup.server import WORK_MEMORY, use
from reports.sources import SOURCE, SOURCES


def drain() -> int:
    """Recount every noted month and return how many (source, organisation, month) there were."""
    noted = Dirty.objects.order_by("source").values_list("source", flat=True).distinct()
    return sum(drain_source(code) for code in noted)


@reach.everything()
def drain_source(code: str) -> int:
    lock(code)
    noted = take_notes(code)
    if code in standing.NOTED and noted:
        standing.recount(standing.NOTED[code])
        return len(noted)
    for scope in split(noted):
        cells.recount(SOURCE[code], scope)
        above.refresh(code, scope)
        occurring.refresh(code, scope)
    return len(noted)


@reach.everything()
def rebuild():
    """Recount everything from the facts; notes taken before are covered by it."""
    began_empty = not Cell.objects.exists()
    for source in SOURCES:
        lock(source.code)
        take_notes(source.code)
        cells.recount(source, Everything())
    if began_empty:
        # What was empty may now hold millions: the planner is to know before it adds them up.
        with connection.cursor() as cursor:
            cursor.execute("SELECT liaison_analyze()")
    for source in SOURCES:
        above.refresh(source.code, Everything())
        occurring.refresh(source.code, Everything())
    for code, basis in standing.NOTED.items():
        lock(code)
        take_notes(code)
        standing.recount(basis)


@reach.everything()
def verify() -> Verification:
    """Compare every cell and every row above with a recount, and keep the result.

    The locks hold other drains still; only months that a writer noted meanwhile are left out, being known as stale.
    """
    drain()
    compared = differing = 0
    for code in (*SOURCE, *standing.NOTED):
        lock(code)
        for compare in _comparisons(code):
            with connection.cursor() as cursor:
                cursor.execute(*compare)
                rows, wrong = cursor.fetchone()
            compared, differing = compared + rows, differing + wrong
    return Verification.objects.create(compared=compared, differing=differing)


def _comparisons(code: str) -> Iterator[tuple[str, list]]:
    if code in standing.NOTED:
        yield standing.compare(standing.NOTED[code])
        return
    yield from (cells.compare(SOURCE[code]), above.compare(code))
    if code in occurring.BASES:
        yield occurring.compare(code)


def oldest_note() -> datetime | None:
    """When the oldest change that is not yet in the cells was noted; None when the cells are up to date."""
    return Dirty.objects.aggregate(oldest=Min("noted_at"))["oldest"]


def lock(code: str):
    """Nobody else recounts this source until the transaction ends, which has a recount's memory from now on."""
    use(WORK_MEMORY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reports.rollup'), hashtext(%s))", [code])


def take_notes(code: str) -> set[tuple[int, date]]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_dirty WHERE source = %s RETURNING organisation_id, month", [code])
        return set(cursor.fetchall())
