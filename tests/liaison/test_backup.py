"""There and back on the real server: everything as it was, or one sentence and nothing touched."""

import os
import re
import resource
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cases import erasure
from cases.models import Erasure
from liaison.backup import programs
from liaison.backup.archive import Archive
from liaison.backup.databases import url
from liaison.models import Attachment, Department, Member
from reception.models import Visit
from reports import rollup
from reports.models import Supplement
from tests.backups import assert_refused, beside, files, manage, rows, structure
from tests.database import address

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(
        not os.environ.get("BACKUP_DATABASE_URL"), reason="BACKUP_DATABASE_URL (role liaison_backup) is not given"
    ),
]


def spoil(site) -> None:
    """What may happen to an office in a day."""
    Visit.objects.update(headcount=7)
    Department.objects.create(organisation=site.xifeng.organisation, name="别的局")
    Member.objects.create(name="后来的人", organisation=site.anning.organisation)
    Attachment.objects.first().file.delete(save=False)
    Attachment.objects.exclude(pk__in=Supplement.objects.values("paper")).delete()
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

    for sentence in ("行数与备份时相同", "行级安全完好", "，0 个不一致", "条操作记录与封存相符", "恢复完成"):
        assert sentence in told
    assert "注意" not in told
    capsys.readouterr()
    call_command("check_wall")
    call_command("audit_verify")
    call_command("rollup", verify=True)
    assert "，0 个不一致" in capsys.readouterr().out


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


def test_an_older_backup_is_migrated_and_its_figures_hold(site, tmp_path, capsys):
    # Adds up to nothing in its month, and stood on the days between all the same.
    site.anning.studio.opened_on, site.anning.studio.closed_on = date(2026, 5, 4), date(2026, 5, 21)
    site.anning.studio.save()
    rollup.drain()
    call_command("migrate", "reports", "0002", verbosity=0)
    call_command("backup", str(tmp_path / "older.tar"))
    call_command("migrate", verbosity=0)
    before, visits = structure(), Visit.objects.count()

    call_command("restore", str(tmp_path / "older.tar"), yes=True)

    assert (structure(), Visit.objects.count()) == (before, visits)
    call_command("check_wall")
    assert rollup.verify().differing == 0


def test_a_visitor_who_was_erased_stays_erased_and_their_photo_gone(site, tmp_path):
    visit = Visit.objects.get(organisation=site.chengguan.organisation)
    upload = SimpleUploadedFile("a.jpg", b"a photograph")
    photo = Attachment.store(
        upload, kind="image/jpeg", target=visit, organisation=visit.organisation, by=None
    ).file.name
    call_command("backup", str(tmp_path / "before.tar"))
    erasure.erase([visit], reason=Erasure.Reason.WITHDRAWN, at=timezone.now(), by=None)
    there = files()

    call_command("restore", str(tmp_path / "before.tar"), yes=True)

    assert Visit.objects.get(pk=visit.pk).visitor_name == ""
    assert Visit.objects.exclude(pk=visit.pk).get().visitor_name != ""
    assert (photo in there, files()) == (False, there)


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
