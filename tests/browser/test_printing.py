"""The trail hears of a page that is printed, by its button and by the browser's own keys."""

import time

import pytest
from playwright.sync_api import expect

from liaison.models import Entry
from reports import rollup
from tests.cast import make_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/dashboard/?org=620102"


def printed() -> list[tuple]:
    """Waits for the note: the page does not."""
    until = time.monotonic() + 10
    while not (entries := Entry.objects.filter(act=Entry.Act.PRINT)) and time.monotonic() < until:
        time.sleep(0.1)
    return list(entries.values_list("account__username", "changes"))


@pytest.fixture
def dashboard(cast, desktop_page, sign_in):
    make_visit(cast.chengguan)
    rollup.drain()
    sign_in(desktop_page, cast.chengguan.leader)
    desktop_page.goto(PAGE)
    return desktop_page


def test_a_page_printed_by_the_browser_is_noted(dashboard):
    dashboard.pdf()
    assert printed() == [("chengguan-leader", {"path": PAGE})]


def test_the_button_prints_and_is_noted_once(dashboard):
    button = dashboard.get_by_role("button", name="打印")
    expect(button).to_be_visible()
    button.click()
    assert len(printed()) <= 1
    time.sleep(0.5)
    assert len(printed()) <= 1


def test_only_a_page_of_ours_is_noted(client, cast):
    client.force_login(cast.chengguan.clerk)
    for page in ("", "https://elsewhere/", "/no/such/page/"):
        assert client.post("/printed/", {"page": page}).status_code == 400
    assert client.get("/printed/").status_code == 405
    assert client.post("/printed/", {"page": "/my/"}).status_code == 204
    assert Entry.objects.get(act=Entry.Act.PRINT).changes == {"path": "/my/"}
