"""The main job, end to end: a visit logged on a phone raises the figures of its county, city and province.

Real worker and beat, real Redis of this module's own (it is stopped and started again), real browser.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from datetime import date
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from liaison.celery import app
from reception.models import Visit
from reports import rollup
from reports.models import Dirty
from tests.cast import build_cast, make_activity, make_day, make_visit
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The sweep runs every 10 seconds; the page refreshes itself or is loaded anew.
LATEST = 15


class Broker:
    """A Redis server that may be stopped."""

    def __init__(self, program: str, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]
        self.command += ["--appendonly", "yes"]

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            wait_until(lambda: answers(client), 10)

    def stop(self):
        self.process.kill()
        self.process.wait()


def answers(client) -> bool:
    try:
        return client.ping()
    except redis.ConnectionError:
        return False


def wait_until(claim, seconds: float):
    until = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < until, f"not true after {seconds} s"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    program = shutil.which("redis-server") or shutil.which("valkey-server") or ROOT / "var/redis-server"
    if not Path(program).exists():
        pytest.skip("no redis-server on this machine that could be stopped")
    before = settings.CELERY_BROKER_URL
    broker = Broker(str(program), tmp_path_factory.mktemp("redis"))
    broker.start()
    use_broker(broker.url)
    yield broker
    use_broker(before)
    broker.stop()


def use_broker(url: str):
    os.environ["REDIS_URL"] = settings.CELERY_BROKER_URL = app.conf.broker_url = url
    app.amqp._producer_pool = None


@pytest.fixture
def stage(broker, celery_running, transactional_db):
    cast = build_cast()
    make_day(cast.chengguan)
    rollup.drain()
    return cast


def log_visit(page, headcount: int):
    page.goto("/my/")
    page.get_by_role("link", name="登记来访").first.click()
    page.locator("input[name=headcount]").fill(str(headcount))
    page.locator("textarea[name=content]").fill("楼道的路灯坏了半个月，晚上老人上下楼不方便。")
    page.get_by_role("button", name="提交登记").click()
    page.wait_for_url(lambda url: "new" not in url)


def people_served(page, office) -> int:
    page.goto(f"/dashboard/?org={office.organisation.code}&period={timezone.localdate().year}")
    card = page.locator(".kpi", has_text="联系服务群众").first
    return int(re.search(r"[\d,]+", card.inner_text().replace("联系服务群众", ""))[0].replace(",", ""))


def assert_rises(desktop_page, sign_in, cast, people: int):
    """On the dashboards of county, city and province, each seen by its own leader."""
    until = time.monotonic() + LATEST
    for office in (cast.chengguan, cast.lanzhou, cast.gansu):
        sign_in(desktop_page, office.leader)
        while people_served(desktop_page, office) != people:
            assert time.monotonic() < until, f"{office.organisation} does not show {people}"
            time.sleep(0.5)


def test_a_visit_of_three_is_on_all_dashboards_within_seconds(stage, page, desktop_page, sign_in):
    sign_in(page, stage.chengguan.account)
    log_visit(page, 3)
    assert_rises(desktop_page, sign_in, stage, 3)
    sign_in(desktop_page, stage.qingyang.leader)
    assert people_served(desktop_page, stage.qingyang) == 0


def test_with_redis_stopped_a_visit_is_stored_and_counted_after_its_return(stage, broker, page, desktop_page, sign_in):
    sign_in(page, stage.chengguan.account)
    broker.stop()
    log_visit(page, 3)
    assert Visit.objects.get().headcount == 3
    sign_in(desktop_page, stage.lanzhou.leader)
    # Old, and said to be old, but not wrong.
    assert people_served(desktop_page, stage.lanzhou) == 0
    assert Dirty.objects.exists()
    broker.start()
    # Worker and beat notice the return by themselves before the sweep can do its work.
    wait_until(lambda: not Dirty.objects.exists(), 60)
    assert_rises(desktop_page, sign_in, stage, 3)


def test_nothing_differs_after_the_whole_scenario(stage, client):
    """Bulk update in the admin, raw SQL that moves a visit, a void, a writer that commits late."""
    visits = [make_visit(stage.chengguan, date(2026, 3, 10), headcount=n) for n in (1, 2, 3, 4)]
    make_activity(stage.chengguan, date(2026, 3, 11), public_count=30)
    client.force_login(stage.chengguan.clerk)
    bulk_update(client, visits[:2], stage.categories[0])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reception_visit SET visited_on = '2026-02-02', organisation_id = %s, studio_id = %s WHERE id = %s",
            [stage.xifeng.organisation.pk, stage.xifeng.studio.pk, visits[2].pk],
        )
    visits[3].void(by=stage.chengguan.clerk, why="重复登记", at=timezone.now())
    known = connection.get_connection_params()
    with psycopg.connect(**{k: known[k] for k in ("host", "port", "dbname", "user", "password")}) as late:
        late.execute("SET liaison.reach = '*'")
        late.execute("UPDATE reception_visit SET headcount = 50 WHERE id = %s", [visits[0].pk])
        wait_until(lambda: not Dirty.objects.exists(), LATEST)
        late.commit()
    wait_until(lambda: not Dirty.objects.exists(), LATEST)
    result = rollup.verify()
    assert (result.compared > 50, result.differing) == (True, 0)


def bulk_update(client, visits, category):
    answer = client.post(
        "/admin/reception/visit/",
        {
            "action": "change_category",
            "_selected_action": [v.pk for v in visits],
            "confirmed": "1",
            "category": category.pk,
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:500]
    assert Visit.objects.filter(category=category).count() == len(visits)
