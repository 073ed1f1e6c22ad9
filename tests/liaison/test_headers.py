"""Every kind of answer carries the headers; reports of faults and the log tell no secrets."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from secrets import token_hex

import pytest
from django.core.files.base import ContentFile
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter

from liaison.backup.databases import url
from liaison.models import Attachment
from tests.conftest import ROOT

STRICT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture
def answers(cast, settings, monkeypatch) -> dict[int | str, object]:
    """One of every kind, by what it is."""
    settings.WHITENOISE_USE_FINDERS = True  # no collectstatic in the tests
    clerk, stranger = Client(raise_request_exception=False), Client()
    clerk.force_login(cast.chengguan.clerk)
    attachment = Attachment(
        organisation=cast.chengguan.organisation, name="a.pdf", kind="application/pdf", size=5, checksum="ab" * 32
    )
    attachment.file.save("a.pdf", ContentFile(b"%PDF-"))
    found = {
        200: clerk.get("/admin/"), 302: stranger.get("/admin/"), 404: clerk.get("/nowhere/"),
        403: clerk.get("/admin/liaison/entry/"), "log-in": stranger.get("/login/"),
        "static file": stranger.get("/static/css/admin-choose.css"), "media file": clerk.get(f"/files/{attachment.pk}/"),
        405: clerk.post(f"/files/{attachment.pk}/"), 400: stranger.get("/login/", headers={"host": "evil.example"}),
        "CSRF": Client(enforce_csrf_checks=True).post("/login/"),
    }  # fmt: skip
    monkeypatch.setattr("liaison.views.get_object_or_404", None)
    found[500] = clerk.get(f"/files/{attachment.pk}/")
    settings.SECURE_SSL_REDIRECT = True
    found["to https"] = Client().get("/login/")
    return found


def test_every_kind_of_answer_carries_the_headers(answers):
    codes = {200: 200, 302: 302, 403: 403, 404: 404, 405: 405, 400: 400, 500: 500, "to https": 301, "CSRF": 403}
    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(answers, 200) | codes
    for kind, answer in answers.items():
        carried = {name: answer.headers.get(name) for name in STRICT}
        assert (kind, carried) == (kind, STRICT)
        policy = answer.headers["Content-Security-Policy"]
        assert (kind, "unsafe" in policy, "*" in policy) == (kind, False, False)
        wanted = "default-src 'none'; sandbox" if kind == "media file" else "script-src 'self'"
        assert wanted in policy, kind


def test_https_is_remembered_by_the_browser(client, settings):
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    assert Client().get("/login/", secure=True).headers["Strict-Transport-Security"].startswith("max-age=31536000")


# --- Reports of faults, and the log ---


# Not written in this file, whose lines a report quotes.
TYPED, HELD, BROKER = (token_hex(8) for _ in range(3))


def report(settings) -> str:
    settings.CELERY_BROKER_URL = f"redis://:{BROKER}@127.0.0.1:6379/0"
    request = RequestFactory().post("/my/", {"visitor_phone": TYPED})
    held = HELD
    try:
        raise ValueError(len(held))
    except ValueError:
        reporter = ExceptionReporter(request, *sys.exc_info())
        return reporter.get_traceback_text() + reporter.get_traceback_html()


def test_a_report_of_a_fault_holds_nothing_that_was_typed_and_no_password(settings):
    told = report(settings)

    database = settings.DATABASES["default"]["PASSWORD"]
    assert [word in told for word in (TYPED, HELD, BROKER, settings.SECRET_KEY, database)] == [False] * 5
    assert "test_headers.py" in told


def test_while_debugging_only_what_opens_doors_is_hidden(settings):
    settings.DEBUG = True
    told = report(settings)

    assert [word in told for word in (TYPED, HELD, BROKER)] == [True, True, False]


@pytest.mark.django_db(transaction=True)
def test_the_access_log_keeps_no_query(tmp_path):
    port = str(20_000 + os.getpid() % 20_000)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", port, "--access-log"]
    environment = os.environ | {"DATABASE_URL": url("default")}
    with (tmp_path / "log").open("w") as log:
        web = subprocess.Popen(
            [*command, "liaison.wsgi:application"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        for page in ("/login/?code=QUERY-SECRET", "/nowhere/?code=QUERY-SECRET"):
            ask(f"http://127.0.0.1:{port}{page}")
        assert waited_for(tmp_path / "log", "/nowhere/"), (tmp_path / "log").read_text()
    finally:
        web.terminate()
        web.wait(20)
    assert "/login/" in (tmp_path / "log").read_text()
    assert "QUERY-SECRET" not in (tmp_path / "log").read_text()


def ask(address: str) -> None:
    for _ in range(300):
        with suppress(urllib.error.HTTPError):
            try:
                return urllib.request.urlopen(address, timeout=10).close()
            except urllib.error.URLError as error:
                if isinstance(error, urllib.error.HTTPError):
                    return None
        time.sleep(0.1)
    return None


def waited_for(log, word: str) -> bool:
    for _ in range(50):
        if word in log.read_text():
            return True
        time.sleep(0.1)
    return False
