"""A leader's dashboard in a real browser, at both widths, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from reports import rollup
from tests.cast import make_activity, make_case, make_visit
from tests.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What is asked of a page that is still coming is waited for: a link that was pressed says nothing of what has arrived.
PEOPLE = {number: re.compile(rf"^\s*{number}\s*人次\s*$") for number in (12, 45)}


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
    expect(first_figure(desktop_page)).to_have_text(PEOPLE[45])
    desktop_page.wait_for_selector("figure.chart canvas")
    first_figure(desktop_page).click()
    expect(desktop_page.locator("#total")).to_have_text(PEOPLE[45])
    desktop_page.get_by_role("link", name="城关区政协").last.click()
    expect(desktop_page.locator("#total")).to_have_text(PEOPLE[12])
    desktop_page.locator(".rows-section .main-cell a").first.click()
    expect(desktop_page.locator("dl.facts")).to_be_visible()


def test_figures_change_without_a_reload_and_an_open_table_stays_open(cast, desktop_page, sign_in):
    sign_in(desktop_page, cast.lanzhou.leader)
    desktop_page.goto("/dashboard/")
    desktop_page.wait_for_selector("figure.chart canvas")
    desktop_page.get_by_text("逐月数据表").click()
    make_visit(cast.anning, headcount=5)
    rollup.drain()
    expect(first_figure(desktop_page)).to_have_text(re.compile("^50"), timeout=15_000)
    expect(desktop_page.locator("#trend-table")).to_be_visible()
    expect(desktop_page.locator("#comparison").get_by_text("安宁区政协")).to_be_visible()
    expect(desktop_page.locator("#as-of")).to_have_text(re.compile(r"^\s*截至"))
    expect(desktop_page.locator("figure.chart canvas")).to_have_count(1)


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
    show = desktop_page.locator("form", has=desktop_page.locator("#from")).get_by_role("button", name="查看")
    desktop_page.get_by_text("自定时段").press("Enter")
    desktop_page.locator("#from").fill("2026-05-02")
    desktop_page.locator("#to").fill("2026-05-01")
    show.click()
    expect(desktop_page.get_by_role("alert")).to_have_text(re.compile(r"^\s*开始日期不能晚于结束日期"))
    desktop_page.locator("#to").fill("2026-05-31")
    show.click()
    expect(desktop_page.locator(".lede")).to_contain_text("2026年5月2日至2026年5月31日")


def test_it_works_without_scripts(cast, browser, live_server, sign_in):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, **DESKTOP)
    page = context.new_page()
    sign_in(page, cast.lanzhou.leader)
    page.goto("/dashboard/")
    expect(first_figure(page)).to_have_text(PEOPLE[45])
    page.get_by_text("逐月数据表").click()
    expect(page.locator("#trend-table")).to_be_visible()
    page.get_by_role("link", name="本月").click()
    expect(page.get_by_role("navigation", name="时段").locator("[aria-current]")).to_have_text("本月")
    expect(first_figure(page)).to_be_visible()
    context.close()
