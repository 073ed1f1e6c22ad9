"""Visits written without network: kept on the phone, sent once each when the network is back, whatever happens between."""

from contextlib import suppress

import pytest
from django.test import Client
from playwright.sync_api import Error, expect

from liaison.models import Attachment
from reception.models import Visit
from tests.browser.test_member_pages import open_form, photo, said, send
from tests.cast import PASSWORD, make_day, make_visit
from tests.conftest import CHROMIUM_FLAGS, PHONE, chromium_program

pytestmark = pytest.mark.browser
PARTIES = 20
# Whether the worker has both pages of the day, so that they open without network.
KEPT = "async paths => { for (const path of paths) while (!(await caches.match(path))) await new Promise(r => setTimeout(r, 50)) }"
# What a thief of the browser's files would find: every entry as it lies there.
STORED = """async () => {
  const request = indexedDB.open("visits");
  const db = await new Promise(resolve => request.onsuccess = () => resolve(request.result));
  const all = db.transaction("entries").objectStore("entries").getAll();
  return (await new Promise(resolve => all.onsuccess = () => resolve(all.result))).map(entry => [
    entry.state, Boolean(entry.text?.iv), entry.text ? new TextDecoder().decode(entry.text.bytes) : ""]);
}"""


@pytest.fixture
def office(cast):
    return cast.chengguan


@pytest.fixture
def day(office):
    return make_day(office)


@pytest.fixture
def phone(browser, live_server, tmp_path):
    """phone(): a browser that remembers, opened once more."""
    opened = []

    def open_again(*flags, url=live_server.url):
        for one in opened:
            with suppress(Error):
                one.close()
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "phone", executable_path=chromium_program(), args=[*CHROMIUM_FLAGS, *flags],
            base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="allow", **PHONE,
        )  # fmt: skip
        opened.append(context)
        context.set_default_timeout(30_000)
        return context

    yield open_again
    for one in opened[-1:]:
        one.close()


def write_down(page, words: str):
    page.get_by_label("反映事项").fill(words)
    send(page)
    expect(page.get_by_text("可以接着登记下一批")).to_be_visible()
    expect(page.get_by_label("反映事项")).to_have_value("")


def waiting(page):
    return page.locator("[data-queue-count]")


def test_twenty_visits_without_network_become_twenty_rows(phone, sign_in, office, day):
    form = f"/my/days/{day.pk}/visits/new/"
    context = phone()
    page = context.new_page()
    sign_in(page, office.account)
    page.goto("/my/", wait_until="load")
    page.evaluate(KEPT, ["/my/", f"/my/days/{day.pk}/", form])

    context.set_offline(True)
    page.goto(form, wait_until="load")
    page.get_by_label("拍照或选图").set_input_files(photo())
    for n in range(PARTIES):
        write_down(page, f"第 {n} 件事")
    expect(waiting(page)).to_have_text(f"{PARTIES} 条待提交")
    stored = page.evaluate(STORED)
    assert [(state, is_sealed) for state, is_sealed, _ in stored] == [("saved", True)] * PARTIES
    assert "件事" not in "".join(text for _, _, text in stored)
    page.close()  # as a phone does: nothing is asked, nothing is told

    page = context.new_page()
    page.goto(f"/my/days/{day.pk}/", wait_until="load")
    expect(said(page)).to_contain_text("存在本机的页面")
    expect(waiting(page)).to_have_text(f"{PARTIES} 条待提交")
    expect(page.get_by_text("已保存在本机")).to_have_count(PARTIES)
    assert Visit.objects.count() == 0

    context = phone()  # switched on again where there is network; the log-in has expired meanwhile
    page = context.new_page()
    page.goto(f"/my/days/{day.pk}/", wait_until="load")
    page.get_by_label("账号").fill(office.account.username)
    page.get_by_label("密码").fill(PASSWORD)
    assert [name for name in page.evaluate("caches.keys()") if name.startswith("pages-")] == []
    page.get_by_role("button", name="登录").click()
    other = context.new_page()
    other.goto("/my/visits/", wait_until="load")

    expect(page.get_by_text("已提交").first).to_be_visible()
    expect(waiting(page)).to_have_text("", timeout=120_000)  # twenty requests, also on a machine that has much to do
    expect(waiting(other)).to_have_text("")
    assert sorted(Visit.objects.values_list("content", flat=True)) == sorted(f"第 {n} 件事" for n in range(PARTIES))
    assert Attachment.objects.count() == 1
    assert {(state, text) for state, _, text in page.evaluate(STORED)} == {("done", "")}


def test_the_worker_sends_when_the_network_is_back_and_no_page_is_open(phone, sign_in, office, day):
    """The browser wakes it; here it is told to, since waiting for its own time would take minutes."""
    context = phone()
    page = context.new_page()
    sign_in(page, office.account)
    open_form(page, day)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    write_down(page, "合上手机以后才有信号")
    expect(waiting(page)).to_have_text("1 条待提交")

    blank = context.new_page()
    page.close()
    browser, registered = context.new_cdp_session(blank), []
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda told: registered.extend(told["registrations"]))
    browser.send("ServiceWorker.enable")
    context.set_offline(False)
    woken = {"origin": page.url.split("/my/")[0], "registrationId": registered[0]["registrationId"]}
    browser.send("ServiceWorker.dispatchSyncEvent", {**woken, "tag": "visits", "lastChance": True})

    wait_until(lambda: Visit.objects.filter(content="合上手机以后才有信号").count() == 1, blank)


def wait_until(condition, page, seconds: int = 30):
    for _ in range(seconds * 10):
        if condition():
            return
        page.wait_for_timeout(100)
    assert condition()


def test_plain_http_has_the_queue_too_and_says_what_is_missing(phone, sign_in, office, day, settings, live_server):
    """As in a local network, or a browser like WeChat's: no worker, no seal, no locks."""
    url = live_server.url.replace("localhost", "hall.test")
    settings.ALLOWED_HOSTS = ["*"]
    context = phone("--host-resolver-rules=MAP hall.test 127.0.0.1", url=url)
    page = context.new_page()
    client = Client()
    client.force_login(office.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    open_form(page, day)
    expect(page.get_by_text("没有提交完之前请不要关闭")).to_contain_text("未加密保存")

    context.set_offline(True)
    page.get_by_role("radio", name="转送", exact=True).check()
    write_down(page, "写得不全的一件事")
    write_down(page, "另一件事")
    key = page.evaluate("document.forms['visit-form'].elements.client_key.value")
    page.get_by_label("反映事项").fill("点了两下的一件事")
    page.get_by_role("button", name="提交登记").dblclick()
    expect(waiting(page)).to_have_text("3 条待提交")
    make_visit(office, reception_day=day, recorded_by=office.account, client_key=key, content="别处已登记的一件事")
    context.set_offline(False)

    expect(page.get_by_text("有冲突")).to_be_visible()
    expect(waiting(page)).to_have_text("2 条待提交")
    page.get_by_role("button", name="作为另一批登记").click()
    expect(waiting(page)).to_have_text("1 条待提交")
    expect(page.get_by_text("转送的事项请填写转送单位。")).to_be_visible()
    page.get_by_role("link", name="修改").click()
    expect(page.get_by_label("反映事项")).to_have_value("写得不全的一件事")
    page.get_by_label("转送单位").fill("市住建局")
    send(page)

    expect(said(page)).to_contain_text("今日累计 4 人次")
    expected = ["写得不全的一件事", "另一件事", "点了两下的一件事", "别处已登记的一件事"]
    assert sorted(Visit.objects.values_list("content", flat=True)) == sorted(expected)
