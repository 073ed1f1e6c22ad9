"""The bench's own database, beside the one that is in use: made anew, thrown away afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

NAME = "liaison_bench"
GRANTS = settings.BASE_DIR / "deploy/grants.sql"


@contextmanager
def database(keep: bool) -> Iterator[None]:
    """Within, all of Django's connections lead to it. keep: it stays, to be looked into."""
    home = settings.DATABASES["default"]["NAME"]
    _drop(home)
    with owner(home) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(NAME))
        )
    with owner(NAME) as connection:
        connection.execute(GRANTS.read_text())
    _use(NAME)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        _use(home)
        if not keep:
            _drop(home)


def _drop(home: str):
    with owner(home) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(NAME)))


def _use(name: str):
    connections.close_all()
    for alias in settings.DATABASES:
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


@contextmanager
def owner(name: str = NAME) -> Iterator[psycopg.Connection]:
    """A session of the owner role that reaches every row."""
    known = settings.DATABASES["owner"]
    address = psycopg.conninfo.make_conninfo(
        dbname=name, user=known["USER"], password=known["PASSWORD"], host=known["HOST"], port=known["PORT"] or 5432
    )
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET liaison.reach = '*'")
        yield connection


@contextmanager
def bare(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """The table without its triggers, references and secondary indexes, which are put up again from the whole."""
    name = sql.Identifier(table)
    references = _definitions(connection, "pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", table)
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


def _definitions(connection: psycopg.Connection, where: str, table: str) -> list[tuple[str, str]]:
    return connection.execute(f"SELECT conname, pg_get_constraintdef(oid) FROM {where}", [table]).fetchall()
