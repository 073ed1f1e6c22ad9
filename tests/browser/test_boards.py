"""The pages beside the dashboard in a real browser: calendar, comparison, saved views, the big screen."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from reports import rollup
from tests.cast import make_case, make_day, make_visit
from tests.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOTALS = {number: re.compile(rf"^{number}\s*次$") for number in (1, 2)}


@pytest.fixture
def cast(cast):
    for opens in ("08:00", "09:00"):
        make_day(cast.chengguan, opens=opens).hold()
    make_visit(cast.chengguan, headcount=12, category=cast.categories[0])
    make_visit(cast.anning, headcount=3)
    make_case(cast.chengguan)
    rollup.drain()
    return cast


def test_a_day_of_the_calendar_opens_its_reception_days(cast, desktop_page, sign_in):
    sign_in(desktop_page, cast.lanzhou.leader)
    desktop_page.goto("/dashboard/")
    desktop_page.get_by_role("navigation", name="页面").get_by_role("link", name="接待日历").click()
    today = timezone.localdate()
    row = desktop_page.get_by_role("row", name=f"{today.year}年{today.month}月")
    expect(row.get_by_role("cell").nth(today.day - 1)).to_have_text("2")
    row.get_by_role("cell").nth(today.day - 1).get_by_role("link").click()
    expect(desktop_page.locator("#total")).to_have_text(TOTALS[2])


def test_a_comparison_is_chosen_by_form_and_kept_under_a_name(cast, desktop_page, sign_in):
    sign_in(desktop_page, cast.lanzhou.leader)
    desktop_page.goto("/dashboard/compare/")
    desktop_page.get_by_label("城关区政协").check()
    desktop_page.get_by_label("与哪个时段比较").select_option(label="上年")
    desktop_page.get_by_role("button", name="比较").click()
    people = desktop_page.get_by_role("row", name=re.compile("^联系服务群众")).first
    expect(people).to_contain_text("15")
    expect(people).to_contain_text("+12")
    desktop_page.get_by_text("常用视图").click()
    desktop_page.get_by_role("link", name="存下当前页面").click()
    desktop_page.get_by_label("名称").fill("城关与全市")
    desktop_page.get_by_role("button", name="保存").click()
    expect(desktop_page.get_by_role("heading", name="数量")).to_be_visible()
    desktop_page.goto("/dashboard/views/")
    expect(desktop_page.get_by_role("link", name="城关与全市")).to_be_visible()
    desktop_page.get_by_role("button", name="删除“城关与全市”").click()
    expect(desktop_page.get_by_role("heading", name="还没有存过视图")).to_be_visible()


def test_a_quarter_of_any_year_is_picked_by_form(cast, desktop_page, sign_in):
    sign_in(desktop_page, cast.lanzhou.leader)
    desktop_page.goto("/dashboard/spread/")
    desktop_page.get_by_text("自定时段").click()
    desktop_page.get_by_label("年份").fill("2025")
    desktop_page.get_by_label("全年、半年、季度或月份").select_option(label="第三季度")
    desktop_page.get_by_role("button", name="查看").first.click()
    expect(desktop_page.locator(".lede")).to_contain_text("2025年第三季度")


def test_the_screen_is_dark_and_its_figures_change_by_themselves(cast, desktop_page, sign_in):
    sign_in(desktop_page, cast.lanzhou.leader)
    desktop_page.goto("/dashboard/")
    desktop_page.get_by_role("link", name="大屏").click()
    first = desktop_page.locator(".kpi.emphasis .kpi-value")
    expect(first).to_have_text(re.compile(r"^15\s*人次"))
    expect(desktop_page.locator("body")).to_have_css("background-color", "rgb(17, 22, 30)")
    expect(desktop_page.locator("figure.chart canvas")).to_have_count(1)
    make_visit(cast.anning, headcount=5)
    rollup.drain()
    expect(first).to_have_text(re.compile(r"^20\s*人次"), timeout=15_000)
    desktop_page.get_by_role("link", name="退出大屏").click()
    expect(desktop_page.get_by_role("navigation", name="页面")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/dashboard/calendar/", "/dashboard/spread/", "/dashboard/compare/?with=620102,620105", "/dashboard/views/",
             "/dashboard/lamps/", "/dashboard/quiet/", "/dashboard/screen/"],
)  # fmt: skip
def test_nothing_is_wider_than_a_phone(cast, page, sign_in, path):
    sign_in(page, cast.lanzhou.leader)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
