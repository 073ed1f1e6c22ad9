"""Stored rows become what a recount found: changed ones written, missing ones removed, equal ones left alone."""

from collections.abc import Iterable

from django.db import connection


def replace(table: str, keys: tuple[str, ...], fresh: str, stored: str, params: Iterable):
    """fresh: the beginning of a statement, common table expressions of which one is `fresh` (keys and value) ·
    stored: condition on rows `t` of the table that the recount covers · params: of both, in this order.

    EXCEPT instead of an anti join: it takes time that grows with the rows, however wrong the planner guessed their
    number.
    """
    names, same = ", ".join(keys), " AND ".join(f"t.{key} = g.{key}" for key in keys)
    sql = f"""{fresh},
stored AS MATERIALIZED (SELECT {", ".join(f"t.{key}" for key in keys)}, t.value FROM {table} t WHERE {stored}),
gone AS (
  DELETE FROM {table} t USING (SELECT {names} FROM stored EXCEPT SELECT {names} FROM fresh) g WHERE {same}
)
INSERT INTO {table} AS t ({names}, value)
SELECT {names}, value FROM (SELECT {names}, value FROM fresh EXCEPT SELECT {names}, value FROM stored) n
ON CONFLICT ({names}) DO UPDATE SET value = EXCLUDED.value"""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
