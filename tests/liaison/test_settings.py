"""A wrong value stops the start with one sentence; the real interpreter is asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "DATABASE_URL": "postgres://app:secret@127.0.0.1:1/liaison",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "for this test only",
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
        ("SESSION_HOURS", "half a day"),
        ("SECRET_KEY", ""),
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


def test_password_is_not_repeated_in_the_sentence():
    assert "hunter2" not in ask("1", DATABASE_URL="postgres://app:hunter2@host:x/liaison").stderr


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
    migrated = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | GOOD,
        capture_output=True,
        text=True,
    )

    assert migrated.returncode == 1
    assert "DATABASE_OWNER_URL" in migrated.stderr
    assert "Traceback" not in migrated.stderr
