"""A county's March from the empty list to the city's acceptance, and what a correction does to it."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from reports import rollup
from reports.models import PeriodReport
from tests.cast import make_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MARCH = date(2026, 3, 10)
LIST = "/reports/periods/?period=2026-03"


def row(page, name: str):
    return page.get_by_role("row").filter(has_text=name)


def test_a_county_s_march_is_signed_accepted_and_stays(cast, desktop_page, sign_in):
    page, visit = desktop_page, make_visit(cast.chengguan, MARCH, headcount=12)
    sign_in(page, cast.chengguan.clerk)
    page.goto(LIST)
    page.get_by_role("button", name="开始填报").click()
    page.get_by_label("情况说明").fill("三月来访集中。")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("已提交，由兰州市政协审核。")

    sign_in(page, cast.lanzhou.clerk)
    page.goto(LIST)
    expect(page.locator(".lede")).to_contain_text("下级还有 1 个单位没有报：安宁区政协")
    row(page, "城关区政协").get_by_role("link", name="审核").click()
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_text("请写明退回的原因。").first).to_be_visible()
    page.get_by_role("button", name="审定").click()
    expect(page.get_by_role("status")).to_contain_text("已审定。")

    visit.headcount = 10
    visit.save()
    rollup.drain()
    page.reload()
    changed = page.get_by_role("row", name=re.compile("^联系服务群众"))
    expect(changed.get_by_role("cell")).to_have_text(["12", "−2", "10", "人次"])
    changed.get_by_role("link", name="10").click()
    expect(page.locator("#total")).to_have_text("10人次")


def test_a_supplement_is_proposed_approved_and_stands_beside_the_figure(cast, desktop_page, sign_in):
    page = desktop_page
    sign_in(page, cast.chengguan.clerk)
    page.goto("/reports/supplements/new/")
    page.get_by_label("月份").fill("2026-03")
    page.get_by_label("指标").select_option("people_served")
    page.get_by_label("数值").fill("95")
    page.get_by_label("补录原因").fill("启用以前的纸质台账")
    paper = {"name": "台账.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    page.get_by_label("依据材料").set_input_files(paper)
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_role("status")).to_contain_text("已提交，由兰州市政协审批。")

    sign_in(page, cast.lanzhou.clerk)
    page.goto("/notices/")
    page.get_by_role("button", name=re.compile("^城关区政协2026年3月补录联系服务群众等待审批。")).click()
    page.get_by_role("button", name="批准", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已批准。")
    page.goto("/dashboard/?org=620102&period=2026-03")
    expect(page.locator("#first-figures")).to_contain_text("含补录 95")


def test_nothing_is_wider_than_a_phone_and_no_word_is_english(cast, page, sign_in):
    report = PeriodReport.objects.create(
        organisation=cast.chengguan.organisation, grain="month", starts_on=date(2026, 3, 1)
    )
    sign_in(page, cast.chengguan.clerk)
    for address in (LIST, report.url, f"{report.url}checks/", "/reports/supplements/", "/notices/"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert re.findall(r"[A-Za-z]+", page.locator("main").inner_text()) == []
