"""A leader's dashboard in a real browser, at both widths, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from reports import rollup
from tests.cast import make_activity, make_case, make_visit
from tests.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(cast):
    make_visit(cast.chengguan, headcount=12, category=cast.categories[0])
    make_visit(cast.anning, headcount=3, channel="call")
    make_activity(cast.anning, public_count=30)
    make_case(cast.chengguan)
    rollup.drain()
    return cast


def first_figure(page):
    return page.locator(".kpi.emphasis .kpi-value")


def test_a_figure_opens_its_records_with_the_same_total(cast, desktop_page, sign_in):
    sign_in(desktop_page, cast.lanzhou.leader)
    desktop_page.goto("/")
    assert first_figure(desktop_page).inner_text().replace("\n", "") == "45人次"
    desktop_page.wait_for_selector("figure.chart canvas")
    first_figure(desktop_page).click()
    assert desktop_page.locator("#total").inner_text().replace("\n", "") == "45人次"
    desktop_page.get_by_role("link", name="城关区政协").last.click()
    assert desktop_page.locator("#total").inner_text().replace("\n", "") == "12人次"
    desktop_page.locator(".rows-section .main-cell a").first.click()
    assert desktop_page.locator("dl.facts").is_visible()


def test_figures_change_without_a_reload_and_an_open_table_stays_open(cast, desktop_page, sign_in):
    sign_in(desktop_page, cast.lanzhou.leader)
    desktop_page.goto("/dashboard/")
    desktop_page.wait_for_selector("figure.chart canvas")
    desktop_page.get_by_text("逐月数据表").click()
    make_visit(cast.anning, headcount=5)
    rollup.drain()
    expect(first_figure(desktop_page)).to_have_text(re.compile("^50"), timeout=15_000)
    assert desktop_page.locator("#trend-table").is_visible()
    assert desktop_page.locator("#comparison").get_by_text("安宁区政协").is_visible()
    assert desktop_page.locator("#as-of").inner_text().startswith("截至")
    assert desktop_page.locator("figure.chart canvas").count() == 1


@pytest.mark.parametrize(
    "path", ["/dashboard/", "/dashboard/?period=x", "/rows/?indicator=people_served", "/rows/?indicator=members"]
)
@pytest.mark.parametrize("who", ["leader", "clerk"])
def test_nothing_is_wider_than_a_phone(cast, page, sign_in, path, who):
    sign_in(page, getattr(cast.lanzhou, who))
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_a_span_of_days_is_chosen_by_keyboard_and_form(cast, desktop_page, sign_in):
    sign_in(desktop_page, cast.lanzhou.leader)
    desktop_page.goto("/dashboard/")
    desktop_page.get_by_text("自定时段").press("Enter")
    desktop_page.locator("#from").fill("2026-05-02")
    desktop_page.locator("#to").fill("2026-05-01")
    desktop_page.get_by_role("button", name="查看").click()
    assert desktop_page.get_by_role("alert").inner_text().startswith("开始日期不能晚于结束日期")
    desktop_page.locator("#to").fill("2026-05-31")
    desktop_page.get_by_role("button", name="查看").click()
    assert "2026年5月2日至2026年5月31日" in desktop_page.locator(".lede").inner_text()


def test_it_works_without_scripts(cast, browser, live_server, sign_in):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, **DESKTOP)
    page = context.new_page()
    sign_in(page, cast.lanzhou.leader)
    page.goto("/dashboard/")
    assert first_figure(page).inner_text().replace("\n", "") == "45人次"
    page.get_by_text("逐月数据表").click()
    assert page.locator("#trend-table").is_visible()
    page.get_by_role("link", name="本月").click()
    assert first_figure(page).is_visible()
    context.close()
