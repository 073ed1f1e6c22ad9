"""The whole way of a scanned matter: from the code on the wall over three members' phones to the rating of who brought it."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from cases.models import Case, Intake
from liaison.models import Account
from tests.browser.test_member_pages import photo
from tests.cases.test_choices import colleague

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)
MATTER = "南昌路路灯不亮"
# Photos that the browser still keeps, once those of the page before are gone.
KEPT = """() => new Promise((resolve) => {
  const request = indexedDB.open("photos", 1);
  const look = () => {
    const count = request.result.transaction("chosen").objectStore("chosen").count();
    count.onsuccess = () => (count.result ? setTimeout(look, 50) : resolve(0));
  };
  request.onsuccess = look;
})"""


@pytest.fixture
def opened(page, sign_in) -> Callable[[Account, str], Page]:
    """opened(account, matter's words on the home page): a member's phone with that matter open."""

    def opened(account: Account, words: str) -> Page:
        page.context.clear_cookies()
        sign_in(page, account)
        page.goto("/my/")
        page.get_by_role("link", name=re.compile(f"{MATTER}.*{words}")).first.click()
        return page

    return opened


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    cache.clear()


def test_from_scan_to_rating(page, cast, opened):
    office = cast.chengguan
    second, third = colleague(office), colleague(office, "何建国")
    scan_and_choose(page, office)
    case = Case.objects.get()
    expect(page.locator(".public-code")).to_have_text(spaced(case.query_code))

    decline(opened(office.account, "请张新民委员答复"))
    pass_on(opened(second, "待认领"), "何建国")
    accept(opened(third, "请何建国委员答复"))
    case.refresh_from_db()
    assert (case.state, case.member, case.visits.get().visitor_phone) == ("accepted", third.member, "13912345678")
    resolve(page, case)

    page.context.clear_cookies()
    follow_and_rate(page, case)
    case.refresh_from_db()
    assert (case.state, case.satisfaction, case.times_reopened) == ("confirmed", "satisfied", 1)


def scan_and_choose(page: Page, office):
    page.goto(f"/s/{office.studio.code}/")
    page.get_by_role("link", name="现在就反映一件事").click()
    # The widget has worked by itself, under the strict policy; the sum is out of the way.
    expect(page.get_by_text("已验证")).to_be_visible()
    expect(page.locator("[data-sum]")).to_be_hidden()
    page.get_by_label("想反映什么事").fill(f"{MATTER}。老人晚上出行不安全。")
    page.get_by_label(re.compile("^张新民")).check()
    page.get_by_label("联系电话").fill("13912345678")
    page.locator("input[name=photos]").set_input_files([photo()])
    expect(page.get_by_role("img", name="已选照片")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("留下称呼或电话，请先勾选同意")).to_be_visible()
    # A browser gives no form its files back; the page does.
    expect(page.get_by_role("img", name="已选照片")).to_be_visible()
    expect(page.get_by_text("照片需要重新选择")).to_have_count(0)
    expect(page.get_by_label("想反映什么事")).to_have_value(f"{MATTER}。老人晚上出行不安全。")
    page.get_by_label("我同意保存和使用以上联系方式").check()
    # Sent before the new puzzle is solved, the form waits for it.
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="已收到")).to_be_visible()
    assert Intake.objects.get().photos.count() == 1
    assert page.evaluate(KEPT) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def decline(page: Page):
    page.get_by_text("不受理", exact=True).click()
    page.get_by_label("原因", exact=True).last.fill("本月在外地开会")
    page.get_by_role("button", name="答复不受理").click()
    expect(page.locator("#messages")).to_contain_text("原因会告诉反映人")


def pass_on(page: Page, name: str):
    page.get_by_text("转给别的委员或工作室", exact=True).click()
    form = page.locator("form", has_text="转给")
    form.get_by_label("转给").select_option(label=name)
    form.get_by_label("原因").fill("何委员在市政部门工作")
    form.get_by_role("button", name="转交", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已转交")


def accept(page: Page):
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已受理，记为今天的一次来访")


def resolve(page: Page, case: Case):
    page.goto(f"/my/cases/{case.pk}/")
    page.get_by_label("已办结").check()
    page.get_by_label("办理结果").fill("路灯已修复")
    page.get_by_role("button", name="提交办理").click()
    expect(page.locator(".card-head + .visit-content, .facts").first).to_be_visible()
    expect(page.locator("#messages")).to_contain_text("已办结")


def follow_and_rate(page: Page, case: Case):
    page.goto("/q/")
    page.get_by_role("textbox", name="查询码").fill(case.query_code)
    page.get_by_label("手机号后四位").fill("5678")
    page.get_by_role("button", name="查询", exact=True).click()
    for told in ("本月在外地开会", "路灯已修复"):
        expect(page.get_by_role("main")).to_contain_text(told)
    page.get_by_label("还有什么没有解决").fill("昨晚又不亮了")
    page.get_by_role("button", name="没有解决，请继续办理").click()
    expect(page.get_by_role("status")).to_be_visible()
    case.refresh_from_db()
    case.move("resolved", by=case.member.account, at=now(), result="换了新灯")
    page.goto("/q/matter/")
    page.get_by_label("满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("您的评价：满意")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def spaced(code: str) -> str:
    return f"{code[:5]} {code[5:9]} {code[9:]}"
