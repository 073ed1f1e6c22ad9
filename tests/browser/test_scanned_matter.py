"""From the code on the wall to a member's claim: a phone of somebody without an account, and two members' phones."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from cases.models import Case
from tests.cases.test_choices import colleague

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)


def test_a_scanned_matter_is_declined_and_claimed_by_another(
    page, browser, live_server, sign_in, cast, settings, tmp_path
):
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    cache.clear()
    office, second = cast.chengguan, colleague(cast.chengguan)
    page.goto(f"/s/{office.studio.code}/")
    page.get_by_role("link", name="现在就反映一件事").click()
    # The widget has worked by itself, under the strict policy; the sum is out of the way.
    expect(page.get_by_text("已验证")).to_be_visible()
    expect(page.locator("[data-sum]")).to_be_hidden()
    page.get_by_label("想反映什么事").fill("南昌路路灯不亮。老人晚上出行不安全。")
    page.get_by_label(re.compile("^张新民")).check()
    page.get_by_label("联系电话").fill("13912345678")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("留下称呼或电话，请先勾选同意")).to_be_visible()
    expect(page.get_by_label("想反映什么事")).to_have_value("南昌路路灯不亮。老人晚上出行不安全。")
    page.get_by_label("我同意保存和使用以上联系方式").check()
    # Sent before the new puzzle is solved, the form waits for it.
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="已收到")).to_be_visible()
    code = Case.objects.get().query_code
    expect(page.locator(".public-code")).to_have_text(f"{code[:5]} {code[5:9]} {code[9:]}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    sign_in(page, office.account)
    page.goto("/my/")
    page.get_by_role("link", name=re.compile("南昌路路灯不亮.*请张新民委员答复")).click()
    page.get_by_text("不受理", exact=True).click()
    page.get_by_label("原因", exact=True).last.fill("本月在外地开会")
    page.get_by_role("button", name="答复不受理").click()
    expect(page.locator("#messages")).to_contain_text("原因会告诉反映人")

    sign_in(page, second)
    page.goto("/my/")
    page.get_by_role("link", name=re.compile("南昌路路灯不亮.*待认领")).click()
    page.get_by_role("button", name="由我认领").click()
    expect(page.locator("#messages")).to_contain_text("已受理，记为今天的一次来访")
    case = Case.objects.get()
    assert (case.state, case.member, case.visits.get().visitor_phone) == ("accepted", second.member, "13912345678")
