"""Web server and worker start behind the wall, or say why not."""

import os
import subprocess
import sys

import pytest

from liaison.backup.databases import url
from tests.conftest import CELERY, ROOT

WEB = [sys.executable, "-c", "import liaison.wsgi"]
AWAY_AT_FIRST = """
import django; django.setup()
from django.db import OperationalError, connection
from liaison.starting import stand_behind_the_wall
there, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], 1
stand_behind_the_wall()
connection.settings_dict["PORT"] = there
for _ in range(2):
    try:
        connection.ensure_connection()
        print("connected")
    except OperationalError as error:
        print(error)
"""
SENTENCE = "应用使用的数据库角色是超级用户或可绕过行级安全"


def start(command: list[str], address: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"DATABASE_URL": address, "DATABASE_OWNER_URL": "", "BACKUP_DATABASE_URL": ""}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("command", [WEB, [*CELERY, "--concurrency", "1"]], ids=["web server", "worker"])
def test_a_start_as_superuser_is_refused(db, superuser_url, command):
    started = start(command, superuser_url)

    assert started.returncode == 1
    assert f"无法启动：{SENTENCE}" in started.stderr
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize("alias", ["owner", "backup"])
def test_a_start_as_one_of_the_other_roles_is_refused(db, settings, alias):
    if alias not in settings.DATABASES:
        pytest.skip(f"no address of the role {alias} is given")
    started = start(WEB, url(alias))

    assert started.returncode == 1
    assert "无法启动：" in started.stderr
    assert ("的所有者" if alias == "owner" else SENTENCE) in started.stderr


def test_the_app_role_starts(db):
    started = start(WEB, url("default"))

    assert (started.returncode, "行级安全完好" in started.stderr) == (0, True)


def test_a_database_that_was_away_at_the_start_is_asked_at_the_first_connection(db, superuser_url):
    asked = [sys.executable, "-c", AWAY_AT_FIRST]

    assert [SENTENCE in line for line in start(asked, superuser_url).stdout.splitlines()] == [True, True]
    assert start(asked, url("default")).stdout.splitlines() == ["connected", "connected"]
