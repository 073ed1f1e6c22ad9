"""`manage.py backup`: everything of one snapshot into one file, or no file at all."""

import hashlib
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import psycopg
from django.conf import settings
from psycopg import sql

from liaison.backup import programs
from liaison.backup.archive import DUMP, MEDIA, Say, Writing, megabytes
from liaison.backup.databases import connected, major
from liaison.management import Refusal

# Tables whose rows stay behind: who is signed in just now. A stolen copy opens no session.
PASSING = ("django_session",)


def save(path: Path, at: datetime, say: Say) -> dict:
    """Write the backup and return its manifest. Raises Refusal; then there is no file of that name."""
    if "backup" not in settings.DATABASES:
        raise Refusal("备份要用只读的备份角色，请设置环境变量 BACKUP_DATABASE_URL（角色由 deploy/roles.sql 建立）。")
    if path.exists():
        raise Refusal(f"{path} 已经存在，请换一个文件名。")
    with connected("backup") as connection, snapshot(connection) as name:
        program = programs.found("pg_dump", major(connection))
        programs.must_write_to(major(connection), program)
        with fresh(path) as file:
            archive = Writing(file)
            manifest = {"made_at": at.isoformat(timespec="seconds"), "pg_dump": programs.version(program)}
            manifest |= told(connection, say)
            dump(archive, program, name, len(manifest["rows"]), say)
            manifest["media"] = copy_media(archive, say)
            archive.finish(manifest)
    return manifest


@contextmanager
def fresh(path: Path) -> Iterator[BinaryIO]:
    """A file for this user's eyes that gets its name when it is whole, and vanishes when it does not become so."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
        partial.rename(path)
    except OSError as error:
        raise Refusal(f"备份文件 {path} 没有写成：{error.strerror or error}。") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def snapshot(connection: psycopg.Connection) -> Iterator[str]:
    """One moment of the database, for the counts and for pg_dump alike: its name."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with connection.transaction():
        role, bypasses = connection.execute(
            "SELECT rolname, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if not bypasses:
            raise Refusal(
                f"BACKUP_DATABASE_URL 的角色 {role} 受行级安全限制，备份会不完整：请用 deploy/roles.sql 建立的备份角色。"
            )
        yield connection.execute("SELECT pg_export_snapshot()").fetchone()[0]


def told(connection: psycopg.Connection, say: Say) -> dict:
    """What the manifest says of the database."""
    try:
        return {
            "version": product_version(),
            "postgresql": major(connection),
            "database": connection.info.dbname,
            "owner": connection.execute(OWNER).fetchone()[0],
            "roles": [role for (role,) in connection.execute(ROLES)],
            "keys": [fingerprint(key) for key in settings.PERSONAL_DATA_KEYS],
            "migrations": [list(row) for row in connection.execute(MIGRATIONS)],
            "last_seal": next((digest for (digest,) in connection.execute(LAST_SEAL)), ""),
            "rows": count_rows(connection, say),
        }
    except psycopg.errors.UndefinedTable as error:
        raise Refusal(f"数据库 {connection.info.dbname} 里还没有本平台的表，没有可备份的内容。") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refusal(
            f"备份角色缺少读取权限，请由所有者执行 deploy/grants.sql：{error.diag.message_primary}"
        ) from error


OWNER = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'django_migrations'::regclass"
# Whom the dump names in its grants: they must be there where it is restored.
ROLES = """
SELECT DISTINCT pg_get_userbyid(a.grantee) FROM (
    SELECT relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL SELECT defaclacl FROM pg_default_acl
) AS granted (acl), aclexplode(acl) AS a WHERE a.grantee <> 0 ORDER BY 1"""
MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"
LAST_SEAL = "SELECT digest FROM liaison_seal ORDER BY id DESC LIMIT 1"
TABLES = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s) ORDER BY 1"""


def count_rows(connection: psycopg.Connection, say: Say) -> dict[str, int]:
    tables = [name for (name,) in connection.execute(TABLES, [list(PASSING)])]
    counted = {}
    for done, table in enumerate(tables, 1):
        statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        counted[table] = connection.execute(statement).fetchone()[0]
        say(f"正在清点：{done} / {len(tables)} 张表")
    return counted


def product_version() -> str:
    found = re.search(r"^## (\S+)", (settings.BASE_DIR / "CHANGELOG.md").read_text(), flags=re.M)
    return found[1] if found else ""


def fingerprint(key: str) -> str:
    """Says which key it is without telling anything of it."""
    return hashlib.sha256(b"liaison-backup" + key.encode()).hexdigest()[:16]


def dump(archive: Writing, program: Path, snapshot_name: str, tables: int, say: Say) -> None:
    done = 0

    def hear(line: str) -> None:
        nonlocal done
        done += "dumping contents of table" in line

    left_out = [f"--exclude-table-data=public.{table}" for table in PASSING]
    arguments = ["--format=custom", "--verbose", "--lock-wait-timeout=60s", f"--snapshot={snapshot_name}", *left_out]
    with (
        archive.part(DUMP) as part,
        programs.running(program, *arguments, alias="backup", database="", hear=hear, stdout=subprocess.PIPE) as child,
    ):
        while content := child.stdout.read1(1024 * 1024):
            part.write(content)
            say(f"正在写出数据库：{min(done, tables)} / {tables} 张表，{megabytes(part.bytes)} MB")


def copy_media(archive: Writing, say: Say) -> dict[str, int]:
    """The uploads as they are now, no row of the snapshot without its file: they are stored before their rows."""
    root, count = Path(settings.MEDIA_ROOT), 0
    with archive.part(MEDIA) as part, tarfile.open(fileobj=part, mode="w|", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink()):
            with suppress(FileNotFoundError), path.open("rb") as file:  # deleted meanwhile, on purpose
                tar.addfile(tar.gettarinfo(arcname=str(path.relative_to(root)), fileobj=file), file)
                count += 1
                say(f"正在写出附件：{count} 个，{megabytes(part.bytes)} MB")
    return {"files": count}
