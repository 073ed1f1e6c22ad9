"""A wrong value stops the start with one sentence; the real interpreter is asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from liaison.environment import SECRETS

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "DATABASE_URL": "postgres://app:secret@127.0.0.1:1/liaison",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "for this test only, and long enough to be taken seriously",
    "PERSONAL_DATA_KEYS": Fernet.generate_key().decode(),
}


def ask(expression: str, **environment: str) -> subprocess.CompletedProcess:
    program = f"from liaison import settings; print({expression})"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | GOOD | environment,
        capture_output=True,
        text=True,
    )


def run(*words: str, **environment: str) -> subprocess.CompletedProcess:
    """A command of the product, in production settings."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | GOOD | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "liaison"),
        ("DATABASE_URL", "mysql://app@127.0.0.1/liaison"),
        ("DATABASE_URL", "postgres://app@127.0.0.1:port/liaison"),
        ("DATABASE_URL", "postgres://app@127.0.0.1:5432"),
        ("DATABASE_URL", "postgres://[::1/liaison"),
        ("DATABASE_OWNER_URL", "sqlite:///liaison.db"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("REDIS_URL", "redis://127.0.0.1:99999/0"),
        ("REDIS_URL", "redis://127.0.0.1:6379/first"),
        ("DEBUG", "perhaps"),
        ("HTTPS", "2"),
        ("MFA_REQUIRED", "sometimes"),
        ("PASSWORD_DAYS", "-1"),
        ("IDLE_MINUTES_OFFICE", "0"),
        ("PUBLIC_URL", "lz.example.cn"),
        ("PUBLIC_URL", "https://lz.example.cn/zx"),
        ("PUBLIC_URL", "https://兰州.cn"),
        ("SESSION_HOURS", "half a day"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "abcd" * 20),
        ("SECRET_KEY", "django-insecure-" + "0123456789" * 6),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "liaison.example,*"),
        ("BACKUP_DATABASE_URL", "liaison"),
        ("TRAIL_DAYS", "199"),
        ("TRAIL_DAYS", "half a year"),
        ("PERSONAL_DATA_KEYS", ""),
        ("PERSONAL_DATA_KEYS", "short,shorter"),
    ],
)
def test_wrong_value_stops_the_start_with_one_sentence(name, value):
    started = ask("1", **{name: value})

    assert started.returncode == 1
    assert started.stdout == ""
    assert started.stderr.startswith("无法启动：")
    assert started.stderr.endswith("。\n")
    assert started.stderr.count("\n") == 1
    assert name in started.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://app:hunter2@host:x/liaison"),
        ("DATABASE_OWNER_URL", "mysql://owner:hunter2@host/liaison"),
        ("BACKUP_DATABASE_URL", "postgres://backup:hunter2@host:70000/liaison"),
        ("REDIS_URL", "redis://:hunter2@host:port/0"),
        ("SECRET_KEY", "hunter2"),
        ("PERSONAL_DATA_KEYS", "hunter2"),
    ],
)
def test_a_secret_is_not_repeated_in_the_sentence(name, value):
    started = ask("1", **{name: value})

    assert started.returncode == 1
    assert "hunter2" not in started.stdout + started.stderr


def test_a_wrong_option_of_the_address_is_told_without_the_password():
    address = "postgres://app:hunter2@127.0.0.1:1/liaison?sslmode=perhaps"
    checked = run("check", "--database", "default", DATABASE_URL=address)

    assert checked.returncode == 1
    assert "hunter2" not in checked.stdout + checked.stderr


# --- Secrets from files ---


def written(path: Path, content: str, mode: int = 0o600) -> str:
    path.write_text(content)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "PERSONAL_DATA_KEYS"])
def test_a_secret_may_stand_in_a_file(tmp_path, name):
    asked = "(settings.SECRET_KEY, settings.DATABASES, settings.CELERY_BROKER_URL, settings.PERSONAL_DATA_KEYS)"
    file = written(tmp_path / "secret", GOOD[name] + "\n")

    started = ask(asked, **{name: "", f"{name}_FILE": file})

    assert started.stdout == ask(asked).stdout


@pytest.mark.parametrize("name", ["DATABASE_OWNER_URL", "BACKUP_DATABASE_URL"])
def test_the_other_roles_may_stand_in_files_too(tmp_path, name):
    file = written(tmp_path / "secret", "postgres://other:secret@127.0.0.1:1/liaison", 0o440)

    started = ask("sorted(settings.DATABASES)", **{f"{name}_FILE": file})

    assert started.stdout == f"{['backup', 'default'] if 'BACKUP' in name else ['default', 'owner']}\n"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_given_twice_stops_the_start(tmp_path, name):
    given = {name: GOOD.get(name, GOOD["DATABASE_URL"])}

    assert_refused(ask("1", **given, **{f"{name}_FILE": written(tmp_path / "secret", "x")}), f"{name}_FILE")


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [("", 0o600, "是空的"), (" \n", 0o600, "是空的"), (GOOD["SECRET_KEY"], 0o644, "不能让其他用户访问")],
)
def test_an_empty_or_open_file_stops_the_start(tmp_path, content, mode, sentence):
    file = written(tmp_path / "secret", content, mode)

    assert_refused(ask("1", SECRET_KEY="", SECRET_KEY_FILE=file), f"SECRET_KEY_FILE 指向的文件 {file} ", sentence)


def test_a_missing_or_binary_file_stops_the_start(tmp_path):
    binary = tmp_path / "binary"
    binary.touch(mode=0o600)
    binary.write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path / "nowhere", tmp_path, binary):
        tmp_path.chmod(0o700)
        assert_refused(ask("1", SECRET_KEY="", SECRET_KEY_FILE=str(file)), "读不出来")


def assert_refused(started: subprocess.CompletedProcess, *words: str):
    assert (started.returncode, started.stdout) == (1, "")
    assert started.stderr.startswith("无法启动：")
    assert started.stderr.count("\n") == 1
    assert [word for word in words if word not in started.stderr] == []


# --- Production ---


def test_check_deploy_finds_nothing_in_production():
    assert ask("getattr(settings, 'SILENCED_SYSTEM_CHECKS', [])").stdout == "[]\n"

    checked = run("check", "--deploy", "--fail-level", "DEBUG")

    assert (checked.returncode, checked.stdout, checked.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


COOKIES = """
from django.conf import settings
names = [f"{kind}_COOKIE_{what}" for kind in ("SESSION", "CSRF") for what in ("SECURE", "HTTPONLY", "SAMESITE")]
print([getattr(settings, name) for name in names], end="")
"""


def test_cookies_of_production_stay_in_the_browser_and_on_https():
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "liaison.settings"} | GOOD
    asked = subprocess.run([sys.executable, "-c", COOKIES], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert asked.stdout == str([True, True, "Lax"] * 2)


def test_debug_is_off_and_https_on_unless_said_otherwise():
    answer = ask("(settings.DEBUG, settings.HTTPS, settings.SESSION_COOKIE_SECURE)")

    assert answer.stdout == "(False, True, True)\n"


def test_the_second_factor_is_required_and_passwords_grow_old_but_in_the_demo():
    asked = "settings.MFA_REQUIRED, settings.PASSWORD_DAYS"
    assert ask(asked).stdout.split() == ["True", "90"]
    assert ask(asked, DEMO="true").stdout.split() == ["False", "0"]


def test_demo_makes_its_own_key_for_its_owner_only(tmp_path):
    variables = {"SECRET_KEY": "", "DEMO": "yes", "VAR_DIR": str(tmp_path / "var")}

    first, second = (ask("settings.SECRET_KEY", **variables).stdout for _ in range(2))

    assert first == second
    assert len(first) > 50
    assert (tmp_path / "var/secret-key").stat().st_mode & 0o777 == 0o600


def test_owner_is_known_only_where_its_address_is_given():
    owner = "postgres://owner:secret@127.0.0.1:1/liaison"

    assert ask("sorted(settings.DATABASES)").stdout == "['default']\n"
    assert ask("sorted(settings.DATABASES)", DATABASE_OWNER_URL=owner).stdout == ("['default', 'owner']\n")


def test_migrate_without_the_owner_says_what_is_missing():
    migrated = run("migrate")

    assert migrated.returncode == 1
    assert "DATABASE_OWNER_URL" in migrated.stderr
    assert "Traceback" not in migrated.stderr
