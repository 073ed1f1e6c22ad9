"""Stored rows become what a recount found: changed ones written, missing ones removed, equal ones left alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from reports.rollup.columns import differ, listed

# The condition under which a recount covers every row of its source.
ALL = "true"


@dataclass(frozen=True)
class Rows:
    """Rows of one table. fixed: the columns of its key that are the same in all of them, and their codes · keys: the others ·
    columns: what is stored under them."""

    table: str
    fixed: dict[str, str]
    keys: tuple[str, ...]
    columns: list[str]


def replace(rows: Rows, fresh: str, stored: str, params: Iterable):
    """fresh: the beginning of a statement, common table expressions of which one is `fresh` (keys and columns) ·
    stored: condition on rows `t` of the table that the recount covers, or ALL · params: of both, in this order."""
    found, differing, written = f"{fresh},\n{_stored(rows, stored)}", _differing(rows), _written(rows)
    with connection.cursor() as cursor:
        if stored != ALL:
            cursor.execute(f"{found},\ndiffering AS MATERIALIZED ({differing}),\n{written}", list(params))
            return
        # What is much is looked for by several processes, which a statement that also writes may not do.
        cursor.execute(f"CREATE TEMP TABLE differing AS {found}\n{differing}", list(params) or None)
        cursor.execute(f"WITH {written}")
        cursor.execute("DROP TABLE differing")


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
