"""The bench's own database, beside the one that is in use: made anew, thrown away afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from psycopg import sql

from liaison.backup import databases

NAME = "liaison_bench"
GRANTS = settings.BASE_DIR / "deploy/grants.sql"


@contextmanager
def database(keep: bool) -> Iterator[psycopg.Connection]:
    """Within, Django's connections lead to it; yields a session of its owner. keep: it stays, to be looked into."""
    with databases.connected("owner") as home:
        databases.make(home, NAME)
        try:
            with databases.pointed_at(NAME), _owner() as owner:
                owner.execute(GRANTS.read_text())
                call_command("migrate", verbosity=0)
                yield owner
        finally:
            if not keep:
                databases.drop(home, NAME)


def _owner() -> psycopg.Connection:
    """A session that reaches every row."""
    connection = databases.connected("owner")
    connection.execute("SET liaison.reach = '*'")
    return connection


@contextmanager
def bare(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """The table without its triggers, references and secondary indexes, which are put up again from the whole."""
    name = sql.Identifier(table)
    references = connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
        [table],
    ).fetchall()
    indexes = connection.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "WHERE i.indrelid = %s::regclass AND NOT i.indisunique",
        [table],
    ).fetchall()
    connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    for constraint, _ in references:
        connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, sql.Identifier(constraint)))
    for index, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(index)))
    yield
    connection.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        connection.execute(definition)
    for constraint, definition in references:
        add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
        connection.execute(add.format(name, sql.Identifier(constraint), sql.SQL(definition)))
    connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
