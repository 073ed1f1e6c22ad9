"""The hall: the officer shows the day's code, a member scans it and is signed in; a sheet of paper is typed in by keyboard."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from reception.models import Visit
from tests.cast import make_day

pytestmark = pytest.mark.browser


def test_a_member_scans_the_code_and_a_sheet_is_typed_without_a_mouse(page, sign_in, cast):
    office = cast.chengguan
    day = make_day(office)
    sign_in(page, office.officer)
    page.goto(f"/my/days/{day.pk}/")
    page.get_by_role("link", name="签到码").click()
    picture = page.get_by_alt_text("委员签到二维码").screenshot()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)), formats=zxingcpp.BarcodeFormat.QRCode)
    page.goto("/my/register/")
    page.get_by_label("反映事由").first.focus()
    page.keyboard.type("路灯不亮")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("处理").first).to_be_focused()
    page.get_by_role("button", name="全部保存").press("Enter")
    expect(page.locator("#messages")).to_contain_text("已登记 1 批 1 人次。")
    assert Visit.objects.get().content == "路灯不亮"
    page.context.clear_cookies()
    sign_in(page, office.account)
    page.goto(found.text)
    page.get_by_role("button", name="签到").click()
    expect(page.locator("#messages")).to_contain_text("您已签到。")
    assert day.duties.get().member == office.member
