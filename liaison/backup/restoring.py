"""`manage.py restore`: a new database beside the running one, proven, then swapped; the old one is kept.

STEPS are taken in order, while Django's connections (the app's and the owner's) lead to the new database, and its storage to
the new folder of uploads. Only the last one touches the running site.
"""

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import psycopg
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.signals import setting_changed
from django.db import DatabaseError, connections, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from liaison.backup import databases, programs
from liaison.backup.archive import CHUNK, DUMP, MEDIA, Archive, Say, megabytes
from liaison.backup.saving import LAST_SEAL, TABLES, fingerprint
from liaison.management import Refusal


@dataclass(frozen=True)
class Restoration:
    """One restore: the backup, what it takes the place of (database and folder of uploads), and where things lie meanwhile."""

    archive: Archive
    live: str
    media: Path
    at: datetime
    say: Say

    @property
    def fresh(self) -> str:
        return databases.name_beside(self.live, "_restoring")

    @property
    def before(self) -> str:
        return databases.name_beside(self.live, f"_before_{self.at:%Y%m%d%H%M%S}")

    @property
    def fresh_media(self) -> Path:
        return self.media.with_name(f"{self.media.name}_restoring")

    @property
    def media_before(self) -> Path:
        return self.media.with_name(f"{self.media.name}_before_{self.at:%Y%m%d%H%M%S}")

    @property
    def manifest(self) -> dict:
        return self.archive.manifest


def examined(archive: Archive, at: datetime, say: Say) -> Restoration:
    """A restore that this program and this server are able to do; raises Refusal, and has changed nothing."""
    if "owner" not in settings.DATABASES:
        raise Refusal("恢复要用表的所有者角色，请设置环境变量 DATABASE_OWNER_URL。")
    _is_known(archive.manifest)
    with databases.connected("owner") as owner:
        _is_able(owner, archive.manifest)
    return Restoration(archive, connections["owner"].settings_dict["NAME"], Path(settings.MEDIA_ROOT), at, say)


def _is_known(manifest: dict) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    unknown = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]
    if unknown:
        raise Refusal(f"备份来自更新的版本（{manifest['version']}，有本程序没有的迁移 {unknown[0]}），请先升级本程序。")
    own = {fingerprint(key) for key in settings.PERSONAL_DATA_KEYS}
    if missing := [key for key in manifest["keys"] if key not in own]:
        raise Refusal(
            f"备份里的个人信息所用的 {len(missing)} 个加密密钥不在 PERSONAL_DATA_KEYS 里，恢复后读不出来："
            "请把备份当时的密钥加在现有密钥之后。"
        )


def _is_able(owner: psycopg.Connection, manifest: dict) -> None:
    server, role = databases.major(owner), owner.info.user
    if server < manifest["postgresql"]:
        raise Refusal(f"备份来自 PostgreSQL {manifest['postgresql']}，这里的数据库服务器是 {server} 版，版本太旧。")
    programs.must_write_to(server, programs.found("pg_restore", max(server, manifest["pg_dump"])))
    if role != manifest["owner"]:
        raise Refusal(f"备份里的表属于角色 {manifest['owner']}，DATABASE_OWNER_URL 用的是 {role}，两者应当同名。")
    there = {name for (name,) in owner.execute("SELECT rolname FROM pg_roles")}
    if missing := [name for name in manifest["roles"] if name not in there]:
        raise Refusal(f"数据库服务器上没有备份所授权的角色 {'、'.join(missing)}，请先执行 deploy/roles.sql。")
    if not owner.execute("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()[0]:
        raise Refusal(f"角色 {role} 没有建立数据库的权限（CREATEDB），请先执行 deploy/roles.sql。")


def restore(restoration: Restoration) -> None:
    """Take every step; raises Refusal when one fails, and then the running site is as it was."""
    say, title = restoration.say, ""
    try:
        with databases.pointed_at(restoration.fresh), _uploads_at(restoration.fresh_media):
            for title, step in STEPS:
                say(f"{title}……")
                step(restoration)
    except Refusal:
        _clear_away(restoration)
        raise
    except (DatabaseError, psycopg.Error, OSError, ValueError, CommandError) as error:
        _clear_away(restoration)
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise Refusal(f"“{title}”没有完成，正在运行的数据没有改动：{reason}") from error
    except BaseException:
        _clear_away(restoration)
        raise


@contextmanager
def _uploads_at(folder: Path) -> Iterator[None]:
    """What a step deletes, it deletes beside: Django's storage leads to another folder, in this process."""
    before = settings.MEDIA_ROOT
    try:
        _lead_uploads_to(folder)
        yield
    finally:
        _lead_uploads_to(before)


def _lead_uploads_to(folder: Path) -> None:
    settings.MEDIA_ROOT = folder
    setting_changed.send(sender=Restoration, setting="MEDIA_ROOT", value=folder, enter=True)


def _clear_away(restoration: Restoration) -> None:
    shutil.rmtree(restoration.fresh_media, ignore_errors=True)
    with suppress(Refusal, psycopg.Error), databases.connected("owner", restoration.live) as owner:
        databases.drop(owner, restoration.fresh)


# --- The steps ---


def make_database(restoration: Restoration) -> None:
    with databases.connected("owner", restoration.live) as owner:
        databases.make(owner, restoration.fresh, like=restoration.live)


def load_rows(restoration: Restoration) -> None:
    """What may be done with tables comes with the dump: rights that a migration took away stay away."""
    tables, done = len(restoration.manifest["rows"]), 0

    def hear(line: str) -> None:
        nonlocal done
        done += "processing data for table" in line

    with databases.connected("owner", restoration.fresh) as owner:
        server = max(databases.major(owner), restoration.manifest["pg_dump"])
    program = programs.found("pg_restore", server)
    arguments = ["--format=custom", "--exit-on-error", "--no-owner", "--verbose"]
    with programs.running(
        program, *arguments, alias="owner", database=restoration.fresh, hear=hear, stdin=subprocess.PIPE
    ) as child:
        dump, written = restoration.archive.part(DUMP), 0
        while content := dump.read(CHUNK):
            child.stdin.write(content)
            written += len(content)
            restoration.say(f"正在装入：{min(done, tables)} / {tables} 张表，{megabytes(written)} MB")
        child.stdin.close()
    with databases.connected("owner", restoration.fresh) as owner:
        owner.execute("ANALYZE")


def count_rows(restoration: Restoration) -> None:
    expected = restoration.manifest["rows"]
    with databases.connected("owner", restoration.fresh) as owner:
        owner.execute("SELECT set_config('liaison.reach', '*', false)")
        count = sql.SQL("SELECT count(*) FROM {}")
        there = [name for (name,) in owner.execute(TABLES, [[]])]
        found = {name: owner.execute(count.format(sql.Identifier(name))).fetchone()[0] for name in there}
        seal = next((digest for (digest,) in owner.execute(LAST_SEAL)), "")
    for table, rows in expected.items():
        if found.get(table) != rows:
            raise Refusal(f"表 {table} 备份时有 {rows} 行，恢复后有 {found.get(table, 0)} 行，没有替换正在运行的数据。")
    if seal != restoration.manifest["last_seal"]:
        raise Refusal("操作记录封存链的链尾与备份时不同，没有替换正在运行的数据。")
    restoration.say(f"行数与备份时相同：{len(expected)} 张表，共 {sum(expected.values())} 行。")


def migrate(restoration: Restoration) -> None:
    """Only for an older backup: nothing of an equal one is written again."""
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    if known - {tuple(key) for key in restoration.manifest["migrations"]}:
        call_command("migrate", verbosity=0)


def check_wall(restoration: Restoration) -> None:
    call_command("check_wall", stdout=Lines(restoration.say))


def replay(restoration: Restoration) -> None:
    """Who was erased since stays erased: the journal lies outside the database."""
    call_command("retain", replay=True, stdout=Lines(restoration.say))


def prove(restoration: Restoration) -> None:
    """What the records say of themselves; a fault that was saved along is told, and the backup is still of use."""
    say = restoration.say
    for name, options in (("audit_verify", {}), ("rollup", {"verify": True})):
        try:
            with transaction.atomic():
                call_command(name, stdout=Lines(say), **options)
                transaction.set_rollback(True)  # that it was asked is not written into the restored records
        except (CommandError, SystemExit) as fault:
            say(
                f"注意：{fault if isinstance(fault, CommandError) else '统计与原始记录不一致，请运行 manage.py rollup --rebuild。'}"
            )


def unpack_media(restoration: Restoration) -> None:
    """Beside the uploads of now, on the same disk."""
    shutil.rmtree(restoration.fresh_media, ignore_errors=True)
    restoration.fresh_media.mkdir(parents=True)
    with tarfile.open(fileobj=restoration.archive.part(MEDIA), mode="r|") as tar:
        for member in tar:
            _unpack(tar, member, restoration.fresh_media)


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    if not member.isreg() or name.is_absolute() or ".." in name.parts:
        raise Refusal(f"备份里的附件 {member.name} 不是普通文件，没有替换正在运行的数据。")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        shutil.copyfileobj(tar.extractfile(member), file)
    path.chmod(member.mode & 0o777)
    os.utime(path, (member.mtime, member.mtime))


def swap(restoration: Restoration) -> None:
    connections.close_all()
    databases.swap(restoration.live, restoration.fresh, restoration.before, along=lambda: _swap_media(restoration))


def _swap_media(restoration: Restoration) -> None:
    """Both renamed or, when the second fails, neither."""
    kept = restoration.media.exists()
    if kept:
        restoration.media.rename(restoration.media_before)
    try:
        restoration.fresh_media.rename(restoration.media)
    except OSError:
        if kept:
            restoration.media_before.rename(restoration.media)
        raise


class Lines(io.StringIO):
    """A command's output, line by line into the progress."""

    def __init__(self, say: Say):
        super().__init__()
        self.say = say

    def write(self, text: str) -> int:
        if text.strip():
            self.say(text.strip())
        return len(text)


STEPS: tuple[tuple[str, Callable[[Restoration], None]], ...] = (
    ("建立新的数据库", make_database),
    ("装入数据", load_rows),
    ("核对行数", count_rows),
    ("按本程序的版本升级表结构", migrate),
    ("核对行级安全", check_wall),
    ("放好附件", unpack_media),
    ("重做备份之后的个人信息删除", replay),
    ("核对操作记录和统计", prove),
    ("换上恢复好的数据", swap),
)
