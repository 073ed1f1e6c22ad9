"""INSERT … SELECT of many invented rows."""

import psycopg
from psycopg import sql

# What a column that is not asked about holds, by its type.
NOTHING = {"boolean": "false", "ARRAY": "'{}'", "text": "''", "character varying": "''", "uuid": "gen_random_uuid()",
           "timestamp with time zone": "now()"}  # fmt: skip


def insert(connection: psycopg.Connection, table: str, columns: dict[str, str], source: str):
    """Rows of `SELECT columns FROM source`; columns that must hold something and are not named hold nothing."""
    columns = _needed(connection, table) | columns
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    values = sql.SQL(", ").join(sql.SQL(expression) for expression in columns.values())
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
        sql.Identifier(table), names, values, sql.SQL(source)
    )
    connection.execute(statement)


def _needed(connection: psycopg.Connection, table: str) -> dict[str, str]:
    rows = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO' "
        "AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'",
        [table],
    )
    return {name: NOTHING.get(kind, "0") for name, kind in rows}
