"""There and back on the real server: everything as it was, or one sentence and nothing touched."""

import hashlib
import os
import re
import resource
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from cases.models import Case
from liaison import trail
from liaison.backup import programs
from liaison.backup.archive import DUMP, MANIFEST, MARK, MEDIA, Archive, Writing
from liaison.backup.saving import PASSING
from liaison.management import Refusal
from liaison.models import Attachment, Department, Member
from reception.models import Visit
from reports import rollup
from tests.conftest import ROOT
from tests.database import address, tables, url
from tests.rows import one_of_each

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(
        not os.environ.get("BACKUP_DATABASE_URL"), reason="BACKUP_DATABASE_URL (role liaison_backup) is not given"
    ),
]


# The restore compares every cell before it swaps; what that notes is rolled back, and sequences never are.
COUNTED_ONCE = "reports_verification_id_seq"


@pytest.fixture
def site(cast, settings, tmp_path, client):
    """Two offices with a row of every kind, counted and sealed; somebody is signed in; uploads in a folder of their own."""
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = settings.VAR_DIR / "media"
    for office in (cast.chengguan, cast.xifeng):
        rows = one_of_each(office)
        rows[Case].visits.add(rows[Visit])
    (settings.MEDIA_ROOT / "ab").mkdir()
    (settings.MEDIA_ROOT / "ab/large.pdf").write_bytes(b"%PDF-" + bytes(range(256)) * 9999)
    client.force_login(cast.chengguan.clerk)
    rollup.drain()
    trail.seal()
    yield cast
    with psycopg.connect(address("owner", connection.settings_dict["NAME"]), autocommit=True) as owner:
        for name in beside(owner):
            owner.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.fixture
def saved(site, tmp_path) -> Path:
    call_command("backup", str(tmp_path / "site.tar"))
    return tmp_path / "site.tar"


def beside(owner) -> list[str]:
    own = connection.settings_dict["NAME"]
    rows = owner.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [f"{own}_"])
    return [name for (name,) in rows if not name.endswith("_building")]


def environment(**more: str) -> dict[str, str]:
    from django.conf import settings

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
    return {name: told for name, told in found.items() if name not in (*PASSING, COUNTED_ONCE)}


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
    from django.conf import settings

    found = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    return {str(p.relative_to(settings.MEDIA_ROOT)): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def spoil(site) -> None:
    """What may happen to an office in a day."""
    Visit.objects.update(headcount=7)
    Department.objects.create(organisation=site.xifeng.organisation, name="别的局")
    Member.objects.create(name="后来的人", organisation=site.anning.organisation)
    Attachment.objects.first().file.delete(save=False)
    Attachment.objects.all().delete()
    rollup.drain()


# --- There and back ---


def test_a_restored_backup_is_identical(site, tmp_path):
    before = rows(), structure(), files()

    saved = manage("backup", tmp_path / "site.tar")
    spoil(site)
    spoilt = rows()
    held = psycopg.connect(address("default", connection.settings_dict["NAME"]))
    held.execute("SELECT count(*) FROM liaison_account")  # the running site, in the middle of something
    restored = manage("restore", tmp_path / "site.tar", "--yes")

    assert (saved.returncode, saved.stderr) == (0, "")
    assert (restored.returncode, restored.stderr) == (0, "")
    assert spoilt != before[0]
    assert rows() == before[0]
    assert structure() == before[1]
    assert files() == before[2]
    with pytest.raises(psycopg.OperationalError):
        held.execute("SELECT 1")
    with psycopg.connect(address("owner", connection.settings_dict["NAME"])) as owner:
        (kept,) = beside(owner)
    assert rows(kept) == spoilt


def test_the_restored_site_stands_all_its_checks(site, saved, capsys):
    spoil(site)
    call_command("restore", str(saved), yes=True)
    told = capsys.readouterr().out

    for sentence in ("行数与备份时相同", "行级安全完好", " differ", "条操作记录与封存相符", "恢复完成"):
        assert sentence in told
    assert "注意" not in told
    capsys.readouterr()
    call_command("check_wall")
    call_command("audit_verify")
    call_command("rollup", verify=True)
    assert ", 0 differ" in capsys.readouterr().out


def test_the_backup_is_for_its_owner_only_and_holds_no_session_and_no_key(site, saved, settings):
    assert saved.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in saved.parent.iterdir() if path.is_file()] == ["site.tar"]
    content = saved.read_bytes()
    for secret in (settings.SECRET_KEY, *settings.PERSONAL_DATA_KEYS):
        assert secret.encode() not in content
    assert "django_session" not in Archive(saved).manifest["rows"]


def test_progress_is_told(site, tmp_path):
    told = manage("backup", tmp_path / "site.tar").stdout

    count = len(Archive(tmp_path / "site.tar").manifest["rows"])
    assert f"正在清点：{count} / {count} 张表" in told
    assert re.search(rf"正在写出数据库：\d+ / {count} 张表，0\.\d MB", told)
    assert re.search(r"正在写出附件：\d+ 个，\d\.\d MB", told)
    assert "备份完成：" in told


def test_an_older_backup_is_migrated(site, tmp_path, capsys):
    call_command("migrate", "reports", "0002", verbosity=0)
    call_command("backup", str(tmp_path / "older.tar"))
    call_command("migrate", verbosity=0)
    before, visits = structure(), Visit.objects.count()

    call_command("restore", str(tmp_path / "older.tar"), yes=True)

    assert (structure(), Visit.objects.count()) == (before, visits)
    call_command("check_wall")


def test_without_a_yes_nothing_happens(saved):
    before = rows()

    assert_refused(manage("restore", saved), "没有确认，什么也没有改动。")
    assert rows() == before


def test_check_alone_changes_nothing(saved):
    before = rows()
    checked = manage("restore", saved, "--check")

    assert (checked.returncode, "备份文件完好" in checked.stdout) == (0, True)
    assert rows() == before


# --- Damaged and foreign files ---


def flipped(path: Path, member: str, at: int = 100) -> None:
    with tarfile.open(path) as tar:
        offset = tar.getmember(member).offset_data + at
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


def foreign_tar(path: Path) -> None:
    with tarfile.open(path, "w") as tar:
        tar.add(ROOT / "README.md", arcname="README.md")


def newer_format(path: Path) -> None:
    with tarfile.open(path) as tar:
        offset = tar.getmember(MARK).offset_data
    content = bytearray(path.read_bytes())
    content[offset : offset + 1] = b"2"
    path.write_bytes(content)


def rewritten(path: Path, **changes) -> None:
    """Whole and with right digests, but with another manifest."""
    whole = Archive(path)
    with path.with_suffix(".new").open("w+b") as file:
        archive = Writing(file)
        for name in (DUMP, MEDIA):
            with archive.part(name) as part:
                part.write(whole.part(name).read())
        archive.finish(whole.manifest | changes)
    path.with_suffix(".new").rename(path)


DAMAGE = {
    "cut in the middle": (lambda path: os.truncate(path, path.stat().st_size // 2), "不完整"),
    "cut at the end": (lambda path: os.truncate(path, path.stat().st_size - 3000), "不完整"),
    "a byte of the dump": (lambda path: flipped(path, DUMP), "database.dump 与校验和不符"),
    "a byte of the uploads": (lambda path: flipped(path, MEDIA, 1000), "media.tar 与校验和不符"),
    "a byte of the manifest": (lambda path: flipped(path, MANIFEST), "清单与校验和不符"),
    "a foreign tar": (foreign_tar, "不是本平台的备份文件"),
    "a text": (lambda path: path.write_text("备份\n" * 1000), "不是本平台的备份文件"),
    "nothing in it": (lambda path: path.write_text(""), "不是本平台的备份文件"),
    "no file": (Path.unlink, "读不出来"),
    "a newer format": (newer_format, "请先升级本程序"),
    "a newer product": (lambda path: rewritten(path, migrations=[["cases", "9999_later"]]), "请先升级本程序"),
    "a newer server": (lambda path: rewritten(path, postgresql=99), "版本太旧"),
    "a newer pg_dump": (lambda path: rewritten(path, pg_dump=99), "需要不低于 99 版"),
    "another owner": (lambda path: rewritten(path, owner="somebody"), "两者应当同名"),
    "another role": (lambda path: rewritten(path, roles=["somebody"]), "没有备份所授权的角色 somebody"),
    "another key": (lambda path: rewritten(path, keys=["0" * 16]), "PERSONAL_DATA_KEYS"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_or_foreign_is_refused_before_anything_is_touched(saved, damage):
    before = rows(), files()
    harm, sentence = DAMAGE[damage]
    harm(saved)

    with pytest.raises(Refusal, match=sentence) as refusal:
        call_command("restore", str(saved), yes=True)

    assert str(refusal.value).count("。") <= 2
    assert_untouched(before)


def assert_untouched(before: tuple):
    assert (rows(), files()) == before
    with psycopg.connect(address("owner", connection.settings_dict["NAME"])) as owner:
        assert beside(owner) == []


def test_a_damaged_file_is_one_sentence_at_the_terminal(saved):
    flipped(saved, DUMP)

    assert_refused(manage("restore", saved, "--yes"), "已损坏")


# --- What fails on the way ---


def test_rows_that_are_not_all_there_stop_the_restore(saved):
    before = rows(), files()
    rewritten(saved, rows=Archive(saved).manifest["rows"] | {"reception_visit": 9})

    with pytest.raises(Refusal, match="表 reception_visit 备份时有 9 行，恢复后有 2 行"):
        call_command("restore", str(saved), yes=True)
    assert_untouched(before)


def test_a_dump_that_breaks_off_stops_the_restore(saved):
    before = rows(), files()
    whole = Archive(saved)
    with saved.with_suffix(".new").open("w+b") as file:
        archive = Writing(file)
        with archive.part(DUMP) as part:
            part.write(whole.part(DUMP).read()[:-5000])
        with archive.part(MEDIA) as part:
            part.write(whole.part(MEDIA).read())
        archive.finish(whole.manifest)

    with pytest.raises(Refusal, match="pg_restore 没有完成"):
        call_command("restore", str(saved.with_suffix(".new")), yes=True)
    assert_untouched(before)


def test_a_strangers_session_stops_the_swap_and_nothing_else(saved, superuser_url):
    before = rows(), files()
    with psycopg.connect(superuser_url), pytest.raises(Refusal, match=r"还有别的会话连着数据库.*postgres"):
        call_command("restore", str(saved), yes=True)
    assert_untouched(before)


def assert_refused(done: subprocess.CompletedProcess, *words: str):
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert [word for word in words if word not in done.stderr] == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BACKUP_DATABASE_URL", "", "请设置环境变量 BACKUP_DATABASE_URL"),
        ("BACKUP_DATABASE_URL", "postgres://backup:hunter2@127.0.0.1:1/liaison", "环境变量 BACKUP_DATABASE_URL"),
        ("PG_BIN", "/nowhere", "/nowhere 里没有 pg_dump"),
    ],
)
def test_a_backup_that_cannot_be_made_says_why_and_leaves_no_file(site, tmp_path, name, value, sentence):
    done = manage("backup", tmp_path / "site.tar", environment={name: value})

    assert_refused(done, sentence)
    assert "hunter2" not in done.stdout + done.stderr
    assert leftovers(tmp_path) == []


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file()]


def test_a_role_that_does_not_see_every_row_is_refused(site, tmp_path):
    done = manage("backup", tmp_path / "site.tar", environment={"BACKUP_DATABASE_URL": url("default")})

    assert_refused(done, "受行级安全限制，备份会不完整")


def test_a_full_disk_leaves_no_half_file(site, tmp_path):
    done = manage(
        "backup", tmp_path / "site.tar", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
    )

    assert_refused(done, "没有写成")
    assert leftovers(tmp_path) == []


def test_a_file_that_is_there_is_not_overwritten(saved):
    content = saved.read_bytes()

    assert_refused(manage("backup", saved), "已经存在")
    assert saved.read_bytes() == content


def test_restore_without_the_owner_says_what_is_missing(saved):
    assert_refused(manage("restore", saved, "--yes", environment={"DATABASE_OWNER_URL": ""}), "DATABASE_OWNER_URL")


def program(folder: Path, name: str, script: str) -> dict[str, str]:
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return {"PG_BIN": str(folder)}


def test_an_older_pg_dump_is_refused(site, tmp_path):
    older = program(tmp_path / "bin", "pg_dump", "echo 'pg_dump (PostgreSQL) 9.6.24'")

    assert_refused(manage("backup", tmp_path / "site.tar", environment=older), "pg_dump 是 9 版，需要不低于")


def test_no_password_stands_on_a_command_line(site, tmp_path):
    with psycopg.connect(address("backup", connection.settings_dict["NAME"])) as backup:
        real = programs.found("pg_dump", backup.info.server_version // 10_000)
    watched = program(tmp_path / "bin", "pg_dump", f'echo "$@" >>{tmp_path}/words; exec {real} "$@"')
    manage("backup", tmp_path / "site.tar", environment=watched)

    from django.conf import settings

    words = (tmp_path / "words").read_text()
    assert "user=" in words
    assert [known["PASSWORD"] for known in settings.DATABASES.values() if known["PASSWORD"] in words] == []


def test_a_backup_under_another_key_is_told_apart(saved, settings):
    settings.PERSONAL_DATA_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(Refusal, match="请把备份当时的密钥加在现有密钥之后"):
        call_command("restore", str(saved), check=True)
