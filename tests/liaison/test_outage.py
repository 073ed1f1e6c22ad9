"""While the database is away: a sentence, never a traceback and never a 500."""

import os
import subprocess
import sys

from tests.liaison.test_settings import GOOD, ROOT

ASK = """
import django; django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "somebody who was signed in before"
answer = client.get("/", headers={"host": "localhost"})
print(answer.status_code, answer.content.decode())
"""


def run(*words: str) -> subprocess.CompletedProcess:
    environment = GOOD | {"PATH": os.environ["PATH"], "DEMO": "true", "DJANGO_SETTINGS_MODULE": "liaison.settings"}
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_a_command_says_that_the_database_does_not_answer():
    done = run("manage.py", "rollup")
    assert done.returncode == 1
    assert done.stderr.startswith("数据库没有回应，请核对数据库服务器和环境变量 DATABASE_URL")
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


def test_a_page_says_so_too():
    code, _, body = run("-c", ASK).stdout.partition(" ")
    assert code == "503"
    assert "数据库暂时没有回应" in body
