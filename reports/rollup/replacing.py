"""Stored rows become what a recount found: changed ones written, missing ones removed, equal ones left alone."""

from collections.abc import Iterable

from django.db import connection

from reports.rollup.columns import differ, listed

# The condition under which a recount covers every row of its source.
ALL = "true"


def replace(
    table: str,
    fixed: dict[str, str],
    keys: tuple[str, ...],
    columns: list[str],
    fresh: str,
    stored: str,
    params: Iterable,
):
    """fixed: the columns of the key that are the same in all rows of this recount, and their codes · keys: the others ·
    fresh: the beginning of a statement, common table expressions of which one is `fresh` (keys and columns) ·
    stored: condition on rows `t` of the table that the recount covers, or ALL · params: of both, in this order.

    A FULL JOIN can only be hashed or merged: it takes time that grows with the rows, however wrong the planner guessed
    their number, and reads each side once. What is removed is addressed by its place for the same reason: joined by its
    keys, it was once looked for in the whole table. The place stays, for only who holds the lock of the source writes here.
    """
    names, values, whole_key = ", ".join(keys), ", ".join(columns), ", ".join((*fixed, *keys))
    codes = ", ".join(f"'{code}'" for code in fixed.values())
    of_these = " AND ".join(f"t.{name} = '{code}'" for name, code in fixed.items())
    found = f"""{fresh},
stored AS (SELECT t.ctid AS place, {listed((*keys, *columns), "t")} FROM {table} t WHERE {of_these} AND {stored})"""
    differing = f"""
SELECT {names}, {listed(columns, "fresh")}, stored.place, fresh.{keys[0]} IS NULL AS is_gone
FROM fresh FULL JOIN stored USING ({names}) WHERE {differ(columns, "fresh", "stored")}"""
    written = f"""
gone AS (DELETE FROM {table} t WHERE t.ctid = ANY (ARRAY(SELECT d.place FROM differing d WHERE d.is_gone)))
INSERT INTO {table} AS t ({whole_key}, {values})
SELECT {codes}, {names}, {values} FROM differing WHERE NOT is_gone ORDER BY {names}
ON CONFLICT ({whole_key}) DO UPDATE SET {", ".join(f"{column} = EXCLUDED.{column}" for column in columns)}"""
    with connection.cursor() as cursor:
        if stored != ALL:
            cursor.execute(f"{found},\ndiffering AS MATERIALIZED ({differing}),{written}", list(params))
            return
        # What is much is looked for by several processes, which a statement that also writes may not do.
        cursor.execute(f"CREATE TEMP TABLE differing AS {found}{differing}", list(params) or None)
        cursor.execute(f"WITH {written}")
        cursor.execute("DROP TABLE differing")
