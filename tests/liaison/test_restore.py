"""What cannot be restored is refused with one sentence, and nothing is touched."""

import os
import tarfile
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from liaison.backup.archive import DUMP, MANIFEST, MARK, MEDIA, Archive, Writing
from liaison.management import Refusal
from tests.backups import assert_refused, assert_untouched, files, manage, rows
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(
        not os.environ.get("BACKUP_DATABASE_URL"), reason="BACKUP_DATABASE_URL (role liaison_backup) is not given"
    ),
]


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


def test_restore_without_the_owner_says_what_is_missing(saved):
    assert_refused(manage("restore", saved, "--yes", environment={"DATABASE_OWNER_URL": ""}), "DATABASE_OWNER_URL")


def test_a_backup_under_another_key_is_told_apart(saved, settings):
    settings.PERSONAL_DATA_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(Refusal, match="请把备份当时的密钥加在现有密钥之后"):
        call_command("restore", str(saved), check=True)
