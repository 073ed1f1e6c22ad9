"""The databases of one test run: made by the owner role, used by the app role.

Migrating takes many seconds, so it is done once into a template; every worker of every run
gets a copy of that. A change to anything a migration may read makes a new template.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "test_liaison_"
# Migrations freeze what they need from models; these files cannot change what they make.
UNREAD = {"views", "urls", "forms", "filters", "admin", "api", "tasks", "apps", "models"}
UNREAD |= {"management", "templatetags", "embedded", "settings", "processes", "scoped_admin", "constraints", "sites"}


def run_name() -> str:
    """Of this worker in this run, e.g. test_liaison_4711_gw0; runs may go on side by side."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"{PREFIX}{os.environ['TEST_RUN']}_{worker}"


def template_name() -> str:
    read = [ROOT / "deploy/grants.sql", ROOT / "requirements.txt"]
    for app in ("liaison", "studios", "activities", "reception", "cases", "reports"):
        for file in sorted((ROOT / app).rglob("*.py")):
            if UNREAD.isdisjoint(file.relative_to(ROOT / app).with_suffix("").parts):
                read.append(file)
    contents = b"".join(str(f.relative_to(ROOT)).encode() + f.read_bytes() for f in read)
    return f"{PREFIX}template_{hashlib.sha256(contents).hexdigest()[:12]}"


class TestDatabase:
    """The database of this process."""

    __test__ = False

    def __init__(self) -> None:
        self.home = settings.DATABASES["default"]["NAME"]
        self.name = run_name()
        self.kept: set[str] = set()

    def make(self) -> None:
        with self.owner(self.home) as owner:
            # One process builds the template, the others wait for it.
            owner.execute("SELECT pg_advisory_lock(hashtext('liaison test template'))")
            self.drop_leftovers(owner)
            template = template_name()
            if template not in names(owner):
                self.build(owner, template)
            self.drop(owner, self.name)
            create(owner, self.name, template)
        self.use(self.name)
        call_command("migrate", verbosity=0)  # nothing to apply: permissions and roles of today
        with self.owner(self.name) as owner:
            self.kept = {name for name in tables(owner) if has_rows(owner, name)}

    def build(self, owner: psycopg.Connection, template: str) -> None:
        building = f"{self.name}_building"
        self.drop(owner, building)
        create(owner, building, "template0")
        with self.owner(building) as inside:
            inside.execute((ROOT / "deploy/grants.sql").read_text())
        self.use(building)
        call_command("migrate", verbosity=0)
        connections.close_all()
        for old in names(owner):
            if old.startswith(f"{PREFIX}template_"):
                self.drop(owner, old)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        owner.execute(rename.format(sql.Identifier(building), sql.Identifier(template)))

    def use(self, name: str) -> None:
        connections.close_all()
        for alias in settings.DATABASES:
            settings.DATABASES[alias]["NAME"] = name
            connections[alias].settings_dict["NAME"] = name

    def empty(self) -> None:
        """As after migrating. By the owner: the app role may not truncate."""
        with self.owner(self.name) as owner:
            emptied = [sql.Identifier(name) for name in tables(owner) if name not in self.kept]
            statement = sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(emptied))
            owner.execute("SET lock_timeout = '2s'")
            for _ in range(10):  # a worker that counts just now holds locks the other way round
                try:
                    owner.execute(statement)
                    return
                except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                    time.sleep(0.2)
            owner.execute(statement)

    def end(self) -> None:
        connections.close_all()
        self.use(self.home)
        with self.owner(self.home) as owner:
            self.drop(owner, self.name)

    def drop_leftovers(self, owner: psycopg.Connection) -> None:
        """Of runs that were killed. Only on our own machine can we know that they were."""
        for name in names(owner):
            run = name.removeprefix(PREFIX).split("_")[0]
            is_gone = run.isdigit() and not psutil.pid_exists(int(run))
            if is_gone and "TEST_SERVERS_ARE_EMBEDDED" in os.environ:
                self.drop(owner, name)

    def drop(self, owner: psycopg.Connection, name: str) -> None:
        """Each role ends its own sessions. DROP itself sends autovacuum away; with FORCE it would be refused to."""
        if name in names(owner):
            with psycopg.connect(address("default", self.home), autocommit=True) as app:
                end_own_sessions(app, name)
            end_own_sessions(owner, name)
            owner.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    @contextmanager
    def owner(self, database: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(address("owner", database), autocommit=True) as connection:
            yield connection


def address(alias: str, database: str) -> str:
    """Connection string of libpq."""
    known = settings.DATABASES[alias]
    parts = {"user": known["USER"], "password": known["PASSWORD"], "host": known["HOST"]}
    return psycopg.conninfo.make_conninfo(dbname=database, port=known["PORT"] or 5432, **parts)


def create(owner: psycopg.Connection, name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY FILE_COPY")
    owner.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def names(owner: psycopg.Connection) -> set[str]:
    rows = owner.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return {name for (name,) in rows}


def end_own_sessions(connection: psycopg.Connection, database: str) -> None:
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
        [database],
    )


def tables(owner: psycopg.Connection) -> list[str]:
    rows = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return sorted(name for (name,) in rows)


def has_rows(owner: psycopg.Connection, table: str) -> bool:
    question = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
    return owner.execute(question).fetchone()[0]
