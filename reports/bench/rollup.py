"""The roll-up: all of it, and what one, a hundred, ten thousand and a hundred thousand changes cost."""

from collections.abc import Iterable, Iterator
from random import randint

from django.db import connection

from liaison import reach
from reports import rollup
from reports.bench.clock import Part, Result, Spent, best
from reports.bench.sizes import Size
from reports.rollup import above, cells
from reports.rollup.scopes import Everything, split
from reports.sources import SOURCE, SOURCES, Source

# The plain question behind each fact table's cells.
BARE = {
    "reception_visit": "SELECT organisation_id, date_trunc('month', visited_on::timestamp), sector_id, sum(headcount), count(*)",
    "cases_case": "SELECT organisation_id, date_trunc('month', registered_on::timestamp), sector_id, count(*)",
    "activities_activity": "SELECT organisation_id, date_trunc('month', held_on::timestamp), kind, sum(public_count), count(*)",
    "reception_receptionday": "SELECT organisation_id, date_trunc('month', held_on::timestamp), studio_id, count(*)",
}
OTHER_HEADCOUNT = "UPDATE reception_visit SET headcount = headcount %% 6 + 1"
# One row that heads are counted by is changed.
OF_HEADS = {
    "任职": "UPDATE liaison_seat SET ends_on = coalesce(ends_on, date '2090-01-01') + 1",
    "接待日": "UPDATE reception_receptionday SET summary = summary || '。'",
}


def measure(size: Size, first: Spent) -> Part:
    """first: what the rebuild from nothing took."""
    part = Part("汇总")
    part.results.append(Result("首次汇总（从空）", first.seconds, "秒", note=f"{first.statements} 句"))
    whole = best(rollup.rebuild, times=1)
    part.results += [*_rebuild(whole.seconds, size.rebuild_goal), *_drains(whole.seconds, size.changes)]
    return part


@reach.everything()
def _rebuild(whole: float, goal: float) -> list[Result]:
    """Cells against one GROUP BY of each fact table that finds the same cells (docs/decisions/0038).

    A list and no generator: what is decorated reaches nothing any more when a generator at last runs.
    """

    def ask(sql: str, params: Iterable = ()):
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE bare AS {sql}", list(params) or None)
            cursor.execute("DROP TABLE bare")

    bare = sum(
        best(lambda sql=f"{select} FROM {table} GROUP BY 1, 2, 3": ask(sql), times=2).seconds
        for table, select in BARE.items()
    )
    every = [cells.fresh_cells(source, Everything()) for source in SOURCES]
    grouped = sum(
        best(lambda sql=sql, params=params: ask(f"{sql} SELECT * FROM fresh", params), times=2).seconds
        for sql, params in every
    )
    own = sum(best(lambda source=source: _recount(source), times=2).seconds for source in SOURCES)
    return [
        Result("每张事实表一次 GROUP BY（全部指标、全部维度）", grouped, "秒"),
        Result("重建全部单元", own, "秒"),
        Result("重建全部单元 ÷ GROUP BY", own / grouped, goal=goal),
        Result("连同上级汇总和备好的人数一起重建", whole, "秒"),
        Result("连同上级汇总和备好的人数一起重建 ÷ GROUP BY", whole / grouped),
        Result("连同上级汇总和备好的人数一起重建 ÷ 只按一个维度的 GROUP BY", whole / bare, note=f"{bare:.1f} 秒"),
    ]


def _recount(source: Source):
    rollup.lock(source.code)
    cells.recount(source, Everything())


def _drains(whole: float, changes: tuple[int, ...]) -> Iterator[Result]:
    changed = best(_drain_own_level, times=5, before=lambda: _change_one(OTHER_HEADCOUNT))
    yield Result("改一条来访后重算本级", 1000 * changed.seconds, "毫秒", goal=10)
    with reach.everything():
        above.refresh("visit", Everything())  # what is compared at the end is the drains' own work
    changed = best(rollup.drain, times=5, before=lambda: _change_one(OTHER_HEADCOUNT))
    yield Result("改一条来访后重算各级", 1000 * changed.seconds, "毫秒", goal=50)
    for words, sql in OF_HEADS.items():
        changed = best(rollup.drain, times=3, before=lambda sql=sql: _change_one(sql))
        yield Result(f"改一条{words}后重算", 1000 * changed.seconds, "毫秒")
    for count in changes:
        changed = best(rollup.drain, times=1, before=lambda count=count: change(count))
        goal = None if count < 10_000 else 1.2
        yield Result(f"改 {count:,} 条来访后重算", 1000 * changed.seconds, "毫秒")
        yield Result(f"改 {count:,} 条来访后重算 ÷ 全部重建", changed.seconds / whole, goal=goal)


@reach.everything()
def change(count: int):
    """Some visits all over the place get another headcount; what they dirty is the trigger's doing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM reception_visit")
        first, last = cursor.fetchone()
        cursor.execute(
            f"{OTHER_HEADCOUNT} WHERE id IN "
            "(SELECT floor(%s + random() * (%s - %s))::bigint FROM generate_series(1, %s))",
            [first, last, first, count],
        )


@reach.everything()
def _change_one(sql: str):
    table = sql.split()[1]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), max(id) FROM {table}")
        first, last = cursor.fetchone()
        cursor.execute(
            f"{sql} WHERE id = (SELECT id FROM {table} WHERE id >= %s ORDER BY id LIMIT 1)", [randint(first, last)]
        )


@reach.everything()
def _drain_own_level():
    """As a drain does, without the levels above."""
    for scope in split(rollup.take_notes("visit")):
        cells.recount(SOURCE["visit"], scope)
