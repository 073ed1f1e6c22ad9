"""Stored rows become what a recount found: changed ones written, missing ones removed, equal ones left alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from reports.rollup.columns import differ, listed
from reports.rollup.server import NO_SHARED_SCANS, using


@dataclass(frozen=True)
class Rows:
    """Rows of one table. fixed: the columns of its key that are the same in all of them, and their codes · keys: the others ·
    columns: what is stored under them."""

    table: str
    fixed: dict[str, str]
    keys: tuple[str, ...]
    columns: list[str]


@dataclass(frozen=True)
class Recount:
    """fresh: the beginning of a statement, common table expressions of which one is `fresh` (keys and columns) ·
    covered: condition on rows `t` of the table that it is of · params: of both, in this order."""

    fresh: str
    covered: str
    params: list


def replace(rows: Rows, recounts: Sequence[Recount]):
    """Several recounts are of different rows; what differs is looked for by as many processes as the server has to spare."""
    if len(recounts) > 1:
        _replace_side_by_side(rows, recounts)
        return
    with connection.cursor() as cursor:
        found = f"{_found(rows, recounts[0])},\ndiffering AS MATERIALIZED ({_differing(rows)})"
        cursor.execute(f"{found},\n{_written(rows)}", recounts[0].params)


def _replace_side_by_side(rows: Rows, recounts: Sequence[Recount]):
    """By way of a temporary table: a statement that writes is never run by several processes (docs/decisions/0039)."""
    differing = "\nUNION ALL\n".join(f"({_found(rows, one)}\n{_differing(rows)})" for one in recounts)
    params = [param for one in recounts for param in one.params]
    with connection.cursor() as cursor:
        with using(NO_SHARED_SCANS):
            cursor.execute(f"CREATE TEMP TABLE differing AS {differing}", params)
        cursor.execute(f"WITH {_written(rows)}")
        cursor.execute("DROP TABLE differing")


def _found(rows: Rows, recount: Recount) -> str:
    return f"{recount.fresh},\n{_stored(rows, recount.covered)}"


def _stored(rows: Rows, condition: str) -> str:
    of_these = " AND ".join(f"t.{name} = '{code}'" for name, code in rows.fixed.items())
    columns = listed((*rows.keys, *rows.columns), "t")
    return f"stored AS (SELECT t.ctid AS place, {columns} FROM {rows.table} t WHERE {of_these} AND {condition})"


def _differing(rows: Rows) -> str:
    """A FULL JOIN can only be hashed or merged: it takes time that grows with the rows, however wrong the planner guessed
    their number, and reads each side once."""
    keys = ", ".join(rows.keys)
    return f"""SELECT {keys}, {listed(rows.columns, "fresh")}, stored.place, fresh.{rows.keys[0]} IS NULL AS is_gone
FROM fresh FULL JOIN stored USING ({keys}) WHERE {differ(rows.columns, "fresh", "stored")}"""


def _written(rows: Rows) -> str:
    """What is removed is addressed by its place: joined by its keys, it was once looked for in the whole table. The place
    stays, for only who holds the lock of the source writes here."""
    keys, values, whole_key = ", ".join(rows.keys), ", ".join(rows.columns), ", ".join((*rows.fixed, *rows.keys))
    codes = ", ".join(f"'{code}'" for code in rows.fixed.values())
    return f"""gone AS (DELETE FROM {rows.table} t WHERE t.ctid = ANY (ARRAY(SELECT d.place FROM differing d WHERE d.is_gone)))
INSERT INTO {rows.table} AS t ({whole_key}, {values})
SELECT {codes}, {keys}, {values} FROM differing WHERE NOT is_gone ORDER BY {keys}
ON CONFLICT ({whole_key}) DO UPDATE SET {", ".join(f"{column} = EXCLUDED.{column}" for column in rows.columns)}"""
