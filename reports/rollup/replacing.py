"""Stored rows become what a recount found: changed ones written, missing ones removed, equal ones left alone."""

from collections.abc import Iterable

from django.db import connection


def replace(table: str, keys: tuple[str, ...], fresh: str, stored: str, params: Iterable):
    """fresh: the beginning of a statement, common table expressions of which one is `fresh` (keys and value) ·
    stored: condition on rows `t` of the table that the recount covers · params: of both, in this order.

    A FULL JOIN can only be hashed or merged: it takes time that grows with the rows, however wrong the planner guessed
    their number, and reads each side once. What is removed is addressed by its place for the same reason: joined by its
    keys, it was once looked for in the whole table. The place stays, for only who holds the lock of the source writes here.
    """
    names = ", ".join(keys)
    sql = f"""{fresh},
stored AS (SELECT t.ctid AS place, {", ".join(f"t.{key}" for key in keys)}, t.value FROM {table} t WHERE {stored}),
differing AS MATERIALIZED (
  SELECT {names}, fresh.value AS found, stored.place FROM fresh FULL JOIN stored USING ({names})
  WHERE fresh.value IS DISTINCT FROM stored.value
),
gone AS (DELETE FROM {table} t WHERE t.ctid = ANY (ARRAY(SELECT d.place FROM differing d WHERE d.found IS NULL)))
INSERT INTO {table} AS t ({names}, value) SELECT {names}, found FROM differing WHERE found IS NOT NULL
ON CONFLICT ({names}) DO UPDATE SET value = EXCLUDED.value"""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
