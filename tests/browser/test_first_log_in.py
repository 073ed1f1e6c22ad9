"""An administrator's first day: the one-time password, a password of one's own, the phone, and every log-in after it."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from liaison.models import Account, Division
from tests.one_time import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OWN = "mei-Gui-1957-hua"


def fill_in(page, password: str):
    page.get_by_label("账号或手机号").fill("first.admin")
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()


@pytest.fixture
def one_time(settings, capsys) -> str:
    settings.MFA_REQUIRED = True
    Division.objects.create(code="620100", name="兰州市", level="city")
    call_command("create_account", "first.admin", "--name", "张管理", "--role", "admin", "--organisation", "620100")
    return capsys.readouterr().out.strip().rpartition("：")[2]


@pytest.mark.parametrize("screen", ["page", "desktop_page"])
def test_from_the_one_time_password_to_the_second_factor(request, screen, one_time):
    page = request.getfixturevalue(screen)
    page.goto("/admin/")
    fill_in(page, one_time)
    expect(page.get_by_role("heading", name="设置自己的密码")).to_be_visible()
    page.get_by_label("现在的密码").fill(one_time)
    page.get_by_label("新密码", exact=True).fill("lanzhou-2026")
    page.get_by_label("再输一次新密码").fill("lanzhou-2026")
    page.get_by_role("button", name="保存新密码").click()
    expect(page.get_by_text("这个密码太常见").first).to_be_visible()
    page.get_by_label("现在的密码").fill(one_time)
    page.get_by_label("新密码", exact=True).fill(OWN)
    page.get_by_label("再输一次新密码").fill(OWN)
    page.get_by_role("button", name="保存新密码").click()

    expect(page.get_by_role("heading", name="启用动态口令")).to_be_visible()
    expect(page.get_by_alt_text("二维码")).to_be_visible()
    expect(page.get_by_alt_text("二维码")).not_to_have_js_property("naturalWidth", 0)
    secret = page.locator("code.set-up-secret").inner_text()
    page.get_by_label("手机上显示的 6 位数字").fill(code_of(secret))
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("heading", name="备用码")).to_be_visible()
    page.get_by_role("link", name="已经保存，进入平台").click()
    page.get_by_label(re.compile("^账号：")).click()
    page.get_by_role("button", name="退出登录").click()

    fill_in(page, OWN)
    expect(page.get_by_role("heading", name="输入动态口令")).to_be_visible()
    page.get_by_label("动态口令").fill("12345x")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("动态口令不正确")).to_be_visible()
    page.get_by_label("动态口令").fill(code_of(secret, 1))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label(re.compile("^账号：张管理"))).to_be_visible()
    assert Account.objects.get().check_password(OWN)
