"""What the tests of backup and restore compare, and how they run the commands."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from cases.models import Case
from liaison import trail
from liaison.backup import programs
from liaison.backup.databases import url
from liaison.backup.saving import PASSING
from reception.models import Visit
from reports import rollup
from tests.conftest import ROOT
from tests.database import address, tables
from tests.rows import one_of_each

# The restore compares every cell and the trail before it swaps; what that notes is rolled back, and sequences never are.
COUNTED_ONCE = ("reports_verification_id_seq", "liaison_entry_id_seq")


def fill(offices, media: Path) -> None:
    for office in offices:
        rows = one_of_each(office)
        rows[Case].visits.add(rows[Visit])
    (media / "ab").mkdir()
    (media / "ab/large.pdf").write_bytes(b"%PDF-" + bytes(range(256)) * 9999)
    rollup.drain()
    trail.seal()


def drop_kept() -> None:
    with psycopg.connect(address("owner", connection.settings_dict["NAME"]), autocommit=True) as owner:
        for name in beside(owner):
            owner.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def beside(owner) -> list[str]:
    own = connection.settings_dict["NAME"]
    rows = owner.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [f"{own}_"])
    return [name for (name,) in rows if not name.endswith("_building")]


def environment(**more: str) -> dict[str, str]:
    known = {"DATABASE_URL": url("default"), "DATABASE_OWNER_URL": url("owner"), "BACKUP_DATABASE_URL": url("backup")}
    known |= {"VAR_DIR": str(settings.VAR_DIR), "PERSONAL_DATA_KEYS": ",".join(settings.PERSONAL_DATA_KEYS)}
    return os.environ | known | more


def manage(*words, **options) -> subprocess.CompletedProcess:
    more = options.pop("environment", {})
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, words)],
        cwd=ROOT, env=environment(**more), capture_output=True, text=True, stdin=subprocess.DEVNULL, **options,
    )  # fmt: skip


def rows(database: str = "") -> dict[str, str]:
    """A checksum of every table's rows, and where every sequence stands."""
    with psycopg.connect(address("backup", database or connection.settings_dict["NAME"])) as backup:
        found = {}
        for table in tables(backup):
            question = "SELECT count(*) || md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), '')) FROM {} t"
            found[table] = backup.execute(sql.SQL(question).format(sql.Identifier(table))).fetchone()[0]
        found |= dict(backup.execute("SELECT sequencename, last_value::text FROM pg_sequences"))
    return {name: told for name, told in found.items() if name not in (*PASSING, *COUNTED_ONCE)}


def structure() -> str:
    """Tables, functions, triggers, policies, grants: whatever pg_dump has to say but its one-time word.

    Casts and brackets are left out: the server writes `(ARRAY[…])::text[]` of a check, read back, as `ARRAY[(…)::text]`.
    """
    with psycopg.connect(address("backup", connection.settings_dict["NAME"])) as backup:
        program = programs.found("pg_dump", backup.info.server_version // 10_000)
    dumped = subprocess.run(
        [program, "--schema-only", address("backup", connection.settings_dict["NAME"])],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return re.sub(r"^\\(un)?restrict .*$|::character varying|::text(\[\])?|[()]", "", dumped, flags=re.M)


def files() -> dict[str, str]:
    found = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    return {str(p.relative_to(settings.MEDIA_ROOT)): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def assert_refused(done: subprocess.CompletedProcess, *words: str):
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert [word for word in words if word not in done.stderr] == []


def assert_untouched(before: tuple):
    assert (rows(), files()) == before
    with psycopg.connect(address("owner", connection.settings_dict["NAME"])) as owner:
        assert beside(owner) == []
