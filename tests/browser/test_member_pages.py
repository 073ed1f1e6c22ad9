"""A reception day on a member's phone, from signing in to closing the day."""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from cases.models import Case
from reception.models import Duty, ReceptionDay, Visit
from tests.cast import PASSWORD, make_case, make_day, make_visit
from tests.conftest import PHONE

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)
# The only Latin letters a member may meet: a case's number and its query code.
CODES = re.compile(r"CGQ-\d{4}-\d{6}|[0-9A-HJKMNP-TV-Z]{5} [0-9A-HJKMNP-TV-Z]{4} [0-9A-HJKMNP-TV-Z]{4}")


@pytest.fixture
def office(cast):
    return cast.chengguan


@pytest.fixture
def day(office):
    return make_day(office)


def photo() -> dict:
    picture = io.BytesIO()
    Image.new("RGB", (1200, 900), "green").save(picture, "JPEG")
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def open_form(page, day):
    page.goto(f"/my/days/{day.pk}/visits/new/", wait_until="load")
    page.get_by_label("反映事项").fill("南昌路路灯不亮。老人晚上出行不安全。")


def send(page):
    page.get_by_role("button", name="提交登记").click()


def said(page):
    return page.locator("#messages")


def test_a_reception_day_from_signing_in_to_closing(page, sign_in, office, day):
    sign_in(page, office.account)
    page.goto("/my/")
    page.get_by_role("button", name="签到").click()
    expect(said(page)).to_contain_text("张新民已签到。")

    page.get_by_role("link", name="登记来访").click()
    page.wait_for_load_state()
    for _ in range(2):
        page.get_by_role("button", name="增加一人").click()
    expect(page.get_by_label("人数")).to_have_value("3")
    page.get_by_label("反映事项").fill("南昌路路灯不亮。老人晚上出行不安全。")
    page.get_by_role("radio", name="道路交通", exact=True).check()
    expect(page.get_by_label("办理期限")).to_be_hidden()
    page.get_by_role("radio", name="帮办", exact=True).check()
    expect(page.get_by_label("办理期限")).to_be_visible()
    page.get_by_label("拍照或选图").set_input_files(photo())
    expect(page.get_by_role("img", name="已选照片：现场.jpg")).to_be_visible()
    send(page)

    expect(said(page)).to_contain_text("已登记 3 人次，今日累计 3 人次。")
    case = Case.objects.get()
    expect(page.locator(".case-slip")).to_contain_text(case.number)
    expect(page.locator(".query-code")).to_contain_text(case.query_code[:5])
    page.get_by_alt_text("现场照片 1").scroll_into_view_if_needed()
    expect(page.locator(".shown-photos img").first).not_to_have_js_property("naturalWidth", 0)

    page.get_by_role("link", name="今日来访").click()
    expect(page.locator(".running")).to_contain_text("3人次")
    page.get_by_role("link", name="结束登记").click()
    page.get_by_label("小结").fill("以路灯问题为主。")
    page.get_by_role("button", name="确定结束登记").click()
    expect(said(page)).to_contain_text("接待日已登记为已开展。")
    day.refresh_from_db()
    assert (day.state, day.people()) == (ReceptionDay.State.HELD, 3)


def test_the_list_shows_what_a_colleague_logs_meanwhile(page, sign_in, office, day):
    sign_in(page, office.account)
    page.clock.install()
    page.goto(f"/my/days/{day.pk}/", wait_until="load")
    expect(page.locator(".running")).to_contain_text("0人次")

    make_visit(office, reception_day=day, headcount=12, content="同事登记的一批")
    page.clock.fast_forward(16_000)

    expect(page.locator(".running")).to_contain_text("12人次")
    expect(page.get_by_text("同事登记的一批")).to_be_visible()


def test_going_back_and_sending_again_stores_nothing_twice(page, sign_in, office, day):
    sign_in(page, office.account)
    open_form(page, day)
    send(page)
    expect(said(page)).to_contain_text("已登记 1 人次")

    page.go_back(wait_until="load")
    expect(page.get_by_label("反映事项")).to_have_value("南昌路路灯不亮。老人晚上出行不安全。")
    send(page)

    expect(said(page)).to_contain_text("这条来访刚才已经登记，没有重复记录。")
    assert Visit.objects.count() == 1


def test_going_back_and_sending_something_else_shows_both(page, sign_in, office, day):
    sign_in(page, office.account)
    open_form(page, day)
    send(page)
    expect(said(page)).to_contain_text("已登记 1 人次")

    page.go_back(wait_until="load")
    page.get_by_label("反映事项").fill("另一批人说的另一件事。")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("这份表单已经登记过另一内容")
    expect(page.get_by_text("南昌路路灯不亮。老人晚上出行不安全。")).to_be_visible()
    page.get_by_role("button", name="作为另一批登记").click()

    expect(said(page)).to_contain_text("今日累计 2 人次")
    stored = set(Visit.objects.values_list("content", flat=True))
    assert stored == {"南昌路路灯不亮。老人晚上出行不安全。", "另一批人说的另一件事。"}


def test_what_was_typed_survives_an_expired_log_in(page, sign_in, office, day):
    sign_in(page, office.account)
    open_form(page, day)
    page.context.clear_cookies(name="sessionid")
    send(page)

    # The page that is left has a word like it in its head.
    page.wait_for_url("**/login/**")
    page.get_by_label("账号").fill(office.account.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

    expect(page.get_by_text("已提交")).to_be_visible()
    assert Visit.objects.get().content == "南昌路路灯不亮。老人晚上出行不安全。"


def test_bad_input_is_named_beside_its_field_and_can_be_mended(page, sign_in, office, day):
    sign_in(page, office.account)
    open_form(page, day)
    page.get_by_label("人数").fill("100000")
    page.get_by_role("radio", name="转送", exact=True).check()
    send(page)

    expect(page.get_by_text("来访人数最多为 9999，请核对。")).to_be_visible()
    expect(page.get_by_text("转送的事项请填写转送单位。")).to_be_visible()
    expect(page.get_by_label("反映事项")).to_have_value("南昌路路灯不亮。老人晚上出行不安全。")
    page.get_by_label("人数").fill("4")
    page.get_by_label("转送单位").fill("市住建局")
    send(page)

    expect(said(page)).to_contain_text("已登记 4 人次")


def test_a_visit_is_logged_without_any_script(browser, live_server, sign_in, office, day):
    Duty.sign_in(day, office.member, timezone.now())
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, **PHONE)
    page = context.new_page()
    sign_in(page, office.account)
    open_form(page, day)
    expect(page.get_by_role("button", name="增加一人")).to_be_hidden()
    page.get_by_label("人数").fill("2")
    page.get_by_role("radio", name="帮办", exact=True).check()
    send(page)

    expect(said(page)).to_contain_text("已登记 2 人次，今日累计 2 人次。")
    context.close()
    assert Case.objects.count() == 1


@pytest.fixture(params=["phone", "desktop"])
def screen(request):
    return request.getfixturevalue("page" if request.param == "phone" else "desktop_page")


def test_no_page_is_wider_than_the_screen_or_speaks_english(screen, sign_in, office, day):
    visit = make_visit(office, reception_day=day, recorded_by=office.account, content="路灯不亮")
    case = make_case(office)
    case.visits.add(visit)
    yesterday = make_day(office, timezone.localdate() - timedelta(days=1))
    sign_in(screen, office.account)
    addresses = [
        "", f"days/{day.pk}/", f"days/{day.pk}/visits/new/", f"days/{day.pk}/hold/", "days/new/", "visits/",
        "visits/new/", f"visits/{visit.pk}/", f"visits/{visit.pk}/correct/", f"visits/{visit.pk}/void/", "cases/",
        f"cases/{case.pk}/", f"days/{yesterday.pk}/",
    ]  # fmt: skip
    for address in addresses:
        screen.goto(f"/my/{address}", wait_until="load")
        assert not screen.evaluate("document.documentElement.scrollWidth > innerWidth"), address
        words = re.findall(r"[A-Za-z]{2,}", CODES.sub("", screen.locator("body").inner_text()))
        assert words == [], address
