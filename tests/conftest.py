"""Real servers for every test: PostgreSQL as the app role, Redis, Chromium, Celery."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from liaison import embedded
from tests.standing import Standing

ROOT = Path(__file__).resolve().parent.parent
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STANDING = Standing()
CELERY = [sys.executable, "-m", "celery", "--app", "liaison", "worker", "--beat"]


def start_servers() -> None:
    """Once per run, before Django reads its settings; xdist's workers inherit the environment."""
    if "TEST_RUN" in os.environ:
        return
    os.environ |= {"TEST_RUN": str(os.getpid()), "DEMO": "true", "DEBUG": "false"}
    os.environ["VAR_DIR"] = folder = tempfile.mkdtemp(prefix="liaison-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if not os.environ.get("DATABASE_URL"):
        urls = embedded.start(embedded.default_base("test"), durable=False)
        os.environ |= {
            "DATABASE_URL": urls.database_url,
            "DATABASE_OWNER_URL": urls.owner_url,
            "BACKUP_DATABASE_URL": urls.backup_url,
            "REDIS_URL": urls.redis_url,
            "PG_BIN": str(embedded.programs(embedded.default_base("test"))),
            "TEST_SERVERS_ARE_EMBEDDED": "1",
        }


def own_redis() -> str:
    """A Redis database that no other worker and hardly another run uses."""
    server, _, _ = os.environ["REDIS_URL"].rpartition("/")
    count = 256 if "TEST_SERVERS_ARE_EMBEDDED" in os.environ else 16
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    return f"{server}/{1 + (int(os.environ['TEST_RUN']) * 4 + worker) % (count - 1)}"


start_servers()
os.environ["REDIS_URL"] = own_redis()
os.environ["DJANGO_SETTINGS_MODULE"] = "liaison.settings"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    from django.conf import settings

    # Static files straight from their folders, no collectstatic; passwords without the wait.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    # Tests ask faster than any program; tests/api/test_door.py sets a limit of its own.
    settings.API_PER_MINUTE = 1_000_000


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """In place of pytest-django's: the owner makes the database, the tests run as the app role."""
    from django.test import TransactionTestCase

    from tests.database import TestDatabase

    database = TestDatabase()
    TransactionTestCase._fixture_teardown = lambda case: database.empty()
    with django_db_blocker.unblock():
        database.make()
    STANDING.blocker = django_db_blocker
    yield
    STANDING.end()
    with django_db_blocker.unblock():
        database.end()


@pytest.fixture(autouse=True, scope="session")
def reach_of_the_tests():
    """What tests write and read themselves is all there; the live server's requests must say whose rows they want."""
    from django.db.backends.signals import connection_created

    def reach_everything(connection, **_):
        if "process_request_thread" not in threading.current_thread().name:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('liaison.reach', '*', false)")

    connection_created.connect(reach_everything)
    yield
    connection_created.disconnect(reach_everything)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    STANDING.before(item)


@pytest.fixture
def cast(db):
    """Six organisations and their people, see tests/cast.py."""
    from tests.cast import build_cast

    return STANDING.cast() or build_cast()


@pytest.fixture
def program() -> Callable:
    """program(account): a client that asks the API with a token of the account."""
    from tests.programs import with_token

    return with_token


@pytest.fixture
def superuser_url(db) -> str:
    """The embedded server's administrator, on this process's database."""
    from django.db import connection

    if "TEST_SERVERS_ARE_EMBEDDED" not in os.environ:
        pytest.skip("the superuser of a real server is nobody's to borrow")
    return embedded.Pair(embedded.default_base("test")).postgres.url("postgres", connection.settings_dict["NAME"])


# --- Celery ---


@pytest.fixture(scope="module")
def celery_running(django_db_setup, tmp_path_factory) -> Iterator[subprocess.Popen]:
    """A real worker with beat inside, on this process's database and broker, for a whole module."""
    from django.conf import settings

    from liaison.backup.databases import url

    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        broker.flushdb()
    folder = tmp_path_factory.mktemp("celery")
    with (folder / "log").open("w") as log:
        worker = subprocess.Popen(
            [*CELERY, "--concurrency", "1", "--loglevel", "INFO", "--schedule", folder / "beat"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url("default"), "DATABASE_OWNER_URL": ""},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        await_ready(worker, folder / "log")
        yield worker
    finally:
        worker.terminate()
        with suppress(subprocess.TimeoutExpired):
            worker.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, 9)
        worker.wait()


def await_ready(worker: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 90
    while " ready." not in log.read_text():
        if worker.poll() is not None or time.monotonic() > until:
            pytest.fail(f"Celery did not start:\n{log.read_text()}")
        time.sleep(0.1)


# --- Browser ---


def chromium_program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser():
    program = chromium_program()
    if not program:
        pytest.skip("no Chromium on this machine: sudo apt-get install chromium fonts-noto-cjk")
    driver = subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True, text=True)
    if driver.returncode:
        pytest.skip(f"what drives Chromium does not start (sudo apt-get install libatomic1): {driver.stderr.strip()}")
    from playwright.sync_api import sync_playwright

    # Playwright's own event loop runs in this thread, and Django takes that for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield chromium
        STANDING.end()  # without Playwright's event loop Django would look for its connection in another place
        chromium.close()


@pytest.fixture
def page(browser, live_server):
    """A member's phone. Any console error or broken file fails the test, CSP violations included."""
    yield from watched_page(browser, live_server, PHONE)


@pytest.fixture
def desktop_page(browser, live_server):
    yield from watched_page(browser, live_server, DESKTOP)


def watched_page(browser, live_server, screen: dict):
    where = {"base_url": live_server.url, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    context = browser.new_context(**where, **screen)
    page = context.new_page()
    complaints = []

    def hear(message):
        # The answer itself is judged below: a page may rightly be refused with a 4xx.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def judge(response):
        is_file = response.request.resource_type in {"script", "stylesheet", "image", "font"}
        if response.status >= (400 if is_file else 500):
            complaints.append(f"{response.status} {response.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", judge)
    page.set_default_timeout(30_000)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def sign_in(live_server) -> Callable:
    """sign_in(page, account): the browser is signed in as that account, without the form."""
    from django.conf import settings
    from django.test import Client

    def sign_in(page, account):
        client = Client()
        client.force_login(account)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    return sign_in
