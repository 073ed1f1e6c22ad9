"""The weekly brief: five numbers that open, compared with the week before; what is late; typical cases; one page."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document
from playwright.sync_api import expect

from cases.models import Case
from cases.workflow import State
from liaison import jobs
from liaison.models import Job
from liaison.periods import PeriodError
from reception.models import ReceptionDay
from reports import pdf, rollup
from reports.brief import EARLIEST, FIVE, asked_week, brief, week_of
from reports.word import Template
from reports.word.brief import BRIEF, own_template
from tests.cast import make_activity, make_case, make_day, make_visit
from tests.pages import signed_in, text_of

MONDAY, THURSDAY, SUNDAY = date(2026, 3, 9), date(2026, 3, 12), date(2026, 3, 15)
BEFORE = date(2026, 3, 5)
ADDRESS = "/reports/brief/?org=620100&week=2026-03-12"


@pytest.fixture
def city(cast):
    """Lanzhou in the week of 9 March, with Chengguan below it and Xifeng beside it."""
    for day, headcount in ((MONDAY, 12), (SUNDAY, 3), (BEFORE, 5), (date(2026, 3, 16), 100)):
        make_visit(cast.chengguan, day, headcount=headcount)
    make_visit(cast.xifeng, THURSDAY, headcount=999)
    make_day(cast.chengguan, THURSDAY, state=ReceptionDay.State.HELD)
    make_day(cast.chengguan, MONDAY)
    ReceptionDay.objects.note_missed(date(2026, 3, 20))
    make_activity(cast.chengguan, THURSDAY, kind="policy_talk")
    rollup.drain()
    return cast.lanzhou


def told(office):
    return brief(office.organisation, week_of(THURSDAY))


def test_a_week_goes_from_monday_to_sunday(city):
    assert (week_of(SUNDAY).start, week_of(SUNDAY).last) == (MONDAY, SUNDAY)
    served = told(city).five[0]
    assert (served.now.phrase, served.then.phrase, served.change) == ("15人次", "5人次", "比上周多10人次")


def test_fewer_and_the_same_are_said_too(city, cast):
    make_visit(cast.chengguan, BEFORE, headcount=40)
    rollup.drain()
    changes = {one.now.indicator.code: one.change for one in told(city).five}
    assert (changes["people_served"], changes["cases_registered"]) == ("比上周少30人次", "与上周持平")


def test_every_number_opens_to_records_with_the_same_total(city):
    client = signed_in(city.leader)
    page = client.get(ADDRESS)
    found = page.context["brief"]
    figures = [figure for one in found.five for figure in (one.now, one.then)]
    figures += [*found.changed.figures, *found.late.figures]
    assert len(figures) >= 2 * len(FIVE) + 5
    for figure in figures:
        assert figure.url.replace("&", "&amp;") in page.content.decode()
        rows = client.get(figure.url)
        assert rows.status_code == 200
        assert rows.context["total"] == figure.value, figure.indicator.code


def test_what_was_due_and_not_held_is_said(city):
    assert "本周应开展接待日2次，已开展1次，未开展1次。" in told(city).late.told


def test_other_work_that_changed_is_said(city):
    assert told(city).changed.told == "政策宣讲1场次，比上周多1场次。"


def test_typical_cases_of_the_week_alone_without_numbers_of_people(city, cast):
    for title, on in (("路灯不亮", THURSDAY), ("从前的事", BEFORE)):
        case = make_case(cast.chengguan, BEFORE, title=title)
        values = {
            "state": State.RESOLVED,
            "resolved_on": on,
            "is_typical": True,
            "result": "已换灯，电话13912345678。" + "长" * 200,
        }
        Case.objects.filter(pk=case.pk).update(**values)
    (case,) = told(city).cases
    assert (case.name, len(case.told)) == ("路灯不亮", 72)
    assert "13912345678" not in case.told


def test_an_empty_week_says_so(cast):
    found = told(cast.qingyang)
    assert found.changed.told == "履职活动、建言成果和帮扶成效与上周持平。"
    assert found.late.told.startswith("本周没有应开展的接待日。")
    assert found.cases == ()


def test_a_week_that_is_not_over_or_cannot_be_read_is_answered_with_a_sentence(city):
    today = date(2026, 3, 18)
    assert asked_week("", today).start == MONDAY
    for text, sentence in (("2026-03-17", "还没有过完"), ("下周", "看不懂这个日期"), ("9999-12-31", "看不懂|没有过完")):
        with pytest.raises(PeriodError, match=sentence):
            asked_week(text, today)
    answer = signed_in(city.leader).get("/reports/brief/?week=abc")
    assert (answer.status_code, "看不懂这个日期" in text_of(answer)) == (400, True)


def test_a_week_is_chosen_by_a_click_or_by_one_of_its_days(city):
    client, latest = signed_in(city.leader), asked_week("", timezone.localdate())
    page = client.get("/reports/brief/?org=620100")
    assert [week for *_, week in page.context["recent"]][:2] == [latest, week_of(latest.start - timedelta(days=7))]
    assert client.get(page.context["recent"][3][1]).context["brief"].week.last == latest.last - timedelta(days=21)
    assert client.get(f"/reports/brief/?week={EARLIEST}").context["before_url"] == ""
    early = client.get("/reports/brief/?week=1949-09-22")
    assert (early.status_code, "简报从1949年10月3日起的一周开始。" in text_of(early)) == (400, True)
    chosen = client.get(ADDRESS)
    assert (chosen.context["week"].start, 'value="2026-03-09"' in chosen.content.decode()) == (MONDAY, True)


def test_only_readers_of_the_office_have_it(cast):
    for account in (cast.xifeng.clerk, cast.chengguan.account, cast.admin):
        assert signed_in(account).get("/reports/brief/?org=620100").status_code == 404


def test_its_template_names_what_is_declared():
    assert Template(own_template(), BRIEF).used == set()


def made(client, kind: str) -> bytes:
    answer = client.post(f"/jobs/brief/{kind}/?org=620100&week=2026-03-12")
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
    job = Job.objects.latest("id")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert job.file_name.startswith("兰州市政协每周简报（2026年3月9日至2026年3月15日）.")
    return client.get(f"/jobs/{job.pk}/file/").content


def test_the_document_says_what_the_page_says(city):
    word = Document(BytesIO(made(signed_in(city.leader), "word")))
    found = told(city)
    rows = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert rows[0] == ["指标", "本周", "上周", "变化"]
    assert rows[1:] == [[one.now.indicator.name, one.now.phrase, one.then.phrase, one.change] for one in found.five]
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert {found.changed.told, found.late.told, "本周没有新的典型案例。"} <= set(texts)


def fill(cast):
    """As much as a week can have."""
    for n in range(5):
        case = make_case(cast.chengguan, BEFORE, title="老旧小区停车难、加装电梯和路灯长期不亮的问题")
        values = {"state": State.RESOLVED, "resolved_on": THURSDAY, "is_typical": True, "result": "长" * (200 + n)}
        Case.objects.filter(pk=case.pk).update(**values)
    for kind in ("public_service", "consultation", "assistance", "listening", "research"):
        make_activity(cast.chengguan, THURSDAY, kind=kind)
    rollup.drain()


@pytest.mark.skipif(
    pdf.program() is None, reason="no LibreOffice on this machine: sudo apt-get install libreoffice-writer-nogui"
)
def test_a_full_week_fits_on_one_page_as_pdf(city, cast):
    fill(cast)
    assert made(signed_in(city.leader), "pdf").count(b"/MediaBox[0 0 595") == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_full_week_prints_on_one_page(city, cast, desktop_page, sign_in):
    fill(cast)
    sign_in(desktop_page, city.leader)
    desktop_page.goto(ADDRESS)
    expect(desktop_page.get_by_role("heading", name="三、典型案例")).to_be_visible()
    assert desktop_page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
