"""The report text as a leader reads it, a clerk finishes it and a printer gets it."""

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from playwright.sync_api import expect

from cases.models import Case
from cases.workflow import State
from reception.models import ReceptionDay
from reports import rollup
from tests.cast import make_case, make_day, make_visit
from tests.conftest import DESKTOP, watched_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MARCH = date(2026, 3, 10)
ADDRESS = "/reports/text/?org=620100&period=2025-07-01..2026-11-21"


@pytest.fixture
def office(cast):
    make_visit(cast.chengguan, MARCH, headcount=2037)
    make_day(cast.chengguan, MARCH, state=ReceptionDay.State.HELD)
    case = make_case(cast.chengguan, MARCH)
    Case.objects.filter(pk=case.pk).update(
        state=State.RESOLVED, resolved_on=MARCH, is_typical=True, result="换灯12盏。"
    )
    rollup.drain()
    return cast.lanzhou


def sheet(page):
    return page.locator("article.sheet")


def test_a_number_of_the_text_opens_records_with_the_same_total(office, desktop_page, sign_in):
    sign_in(desktop_page, office.leader)
    desktop_page.goto(ADDRESS)
    figure = sheet(desktop_page).get_by_role("link", name="2000余人次")
    assert figure.get_attribute("title").startswith("准确数：2,037 人次")
    figure.click()
    expect(desktop_page.locator("main")).to_contain_text("2,037")


def test_the_last_paragraph_is_written_on_the_page_and_goes_into_the_document(office, desktop_page, sign_in):
    sign_in(desktop_page, office.clerk)
    desktop_page.goto(ADDRESS)
    desktop_page.get_by_label("下一步").fill("下一步，再接再厉。")
    with desktop_page.expect_download() as download:
        desktop_page.get_by_role("button", name="下载文档").click()
    assert download.value.suggested_filename == (
        "兰州市政协委员联系界别群众工作报告（2025年7月1日至2026年11月21日）.docx"
    )
    word = Document(BytesIO(download.value.path().read_bytes()))
    assert "下一步，再接再厉。" in [paragraph.text for paragraph in word.paragraphs]
    desktop_page.reload()
    expect(desktop_page.get_by_label("下一步")).to_have_value("下一步，再接再厉。")


def test_kind_period_and_organisation_are_changed_on_the_page(office, desktop_page, sign_in):
    sign_in(desktop_page, office.leader)
    desktop_page.goto(ADDRESS)
    desktop_page.get_by_role("link", name="平台型").click()
    expect(sheet(desktop_page)).to_contain_text("围绕“怎么联”")
    desktop_page.get_by_role("link", name="去年以来", exact=True).click()
    expect(sheet(desktop_page)).to_contain_text("围绕“怎么联”")
    expect(sheet(desktop_page)).to_contain_text("去年以来，兰州市政协")
    desktop_page.locator("summary", has_text="兰州市政协").click()
    desktop_page.get_by_role("link", name="城关区政协").click()
    expect(desktop_page.get_by_role("heading", level=1)).to_have_text("城关区政协报告文稿")


def test_a_wrong_period_says_what_to_mend(office, page, sign_in):
    sign_in(page, office.leader)
    assert page.goto("/reports/text/?org=620100&period=去年").status == 400
    expect(page.get_by_role("alert")).to_contain_text("看不懂这个时段")
    expect(page.get_by_role("link", name="今年以来")).to_be_visible()


def test_paper_shows_the_document_and_nothing_else(office, desktop_page, sign_in):
    sign_in(desktop_page, office.leader)
    desktop_page.goto(ADDRESS)
    expect(desktop_page.get_by_role("button", name="打印")).to_be_visible()
    desktop_page.emulate_media(media="print")
    for hidden in (".page-head", ".choosers", ".periods", ".sidebar", ".closing label"):
        expect(desktop_page.locator(hidden).first).to_be_hidden()
    for shown in ("article.sheet", ".closing textarea", ".appendix table"):
        expect(desktop_page.locator(shown)).to_be_visible()


@pytest.mark.parametrize("kind", ["lanzhou", "qingyang"])
def test_nothing_is_wider_than_a_phone_and_no_word_is_english(office, page, sign_in, kind):
    sign_in(page, office.leader)
    page.goto(f"{ADDRESS}&kind={kind}")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert set(re.findall(r"[A-Za-z]+", page.locator("body").inner_text())) <= {"Word"}


def test_without_scripts_the_report_is_read_and_downloaded(office, browser, live_server, sign_in):
    for page in watched_page(browser, live_server, DESKTOP | {"java_script_enabled": False}):
        sign_in(page, office.clerk)
        page.goto(ADDRESS)
        expect(page.get_by_role("button", name="打印")).to_be_hidden()
        with page.expect_download() as download:
            page.get_by_role("button", name="下载文档").click()
        assert download.value.suggested_filename.endswith(".docx")
