"""The paper register: typed in all at once or not at all, and printed blank or filled."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.models import Case
from liaison.models import Entry, Member
from reception.models import Visit
from studios.models import Posting
from tests.cast import make_case, make_day, make_visit
from tests.pages import signed_in, text_of

pytestmark = pytest.mark.django_db
BAD = {"row-1-content": "", "row-1-headcount": "0", "row-2-visited_on": "2999-01-01", "row-2-handling": "referred"}


@pytest.fixture
def officer(office):
    return signed_in(office.officer)


def as_shown(page) -> dict:
    """What a browser would send back for the sheet as it stands."""
    rows = page.context["rows"]
    sent = {f"row-{name}": rows.management_form[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    for row in rows:
        for bound in row:
            value = bound.value()
            if value not in (None, "", False):
                sent[bound.html_name] = str(getattr(value, "pk", value))
    return sent


def typed(client, address="/my/register/", **cells) -> dict:
    """Three rows as they were written on paper; the other seven stay empty."""
    sent = as_shown(client.get(address))
    for n, (name, content, people) in enumerate(
        (("王女士", "路灯不亮", 1), ("", "公交站台太远", 12), ("李先生", "补贴没有到账", 2))
    ):
        sent |= {f"row-{n}-visitor_name": name, f"row-{n}-content": content, f"row-{n}-headcount": str(people)}
    return sent | cells


def test_a_sheet_is_stored_at_once_and_a_second_click_stores_nothing(office, officer):
    sent = typed(
        officer, **{
            "row-0-channel": "letter", "row-1-handling": "case", "row-2-handling": "referred", "row-2-referred_to": "社保局",
            "row-0-visitor_phone": "13900001111", "row-0-consented": "on",
        },
    )  # fmt: skip
    for _ in range(2):
        assert officer.post("/my/register/", sent).status_code == 302
    visits = list(Visit.objects.order_by("pk"))
    assert [(v.content, v.headcount, v.channel, v.handling) for v in visits] == [
        ("路灯不亮", 1, "letter", "answered"), ("公交站台太远", 12, "call", "case"), ("补贴没有到账", 2, "call", "referred"),
    ]  # fmt: skip
    assert {v.recorded_by for v in visits} == {office.officer}
    assert [m.name for m in visits[0].receivers.all()] == ["张新民"]
    assert visits[0].sector == office.sectors[0]
    case = Case.objects.get()
    assert (case.title, list(case.visits.all())) == ("公交站台太远", [visits[1]])
    for record in (*visits, case):
        assert [entry.act for entry in Entry.objects.about(record)] == ["add"]


def test_bad_rows_say_what_is_wrong_beside_their_cells_and_nothing_is_stored(officer):
    page = officer.post("/my/register/", typed(officer, **BAD))
    assert page.status_code == 422
    text = text_of(page)
    assert "一行都还没有保存。" in text
    assert "请修改第 2、3 行" in text
    errors = [{name: list(said) for name, said in row.errors.items()} for row in page.context["rows"]]
    assert errors[0] == {}
    assert errors[1] == {"content": ["请写明反映事由。"], "headcount": ["来访人数至少为 1。"]}
    assert errors[2] == {"visited_on": ["来访日期不能晚于今天。"], "referred_to": ["转送的事项请填写转送单位。"]}
    assert errors[3:] == [{}] * 7
    assert "路灯不亮" in page.content.decode()
    assert not Visit.objects.exists()
    mended = as_shown(page) | {
        "row-1-content": "噪声", "row-1-headcount": "3", "row-2-visited_on": f"{timezone.localdate()}", "row-2-handling": "answered",
    }  # fmt: skip
    assert officer.post("/my/register/", mended).status_code == 302
    assert Visit.objects.count() == 3


def test_another_content_under_a_stored_key_is_told_and_both_are_kept(officer):
    sent = typed(officer)
    officer.post("/my/register/", sent)
    page = officer.post("/my/register/", sent | {"row-0-content": "另一件事"})
    assert "先前已登记过另外的内容" in text_of(page)
    assert Visit.objects.count() == 3
    assert officer.post("/my/register/", as_shown(page)).status_code == 302
    assert sorted(Visit.objects.values_list("content", flat=True)) == sorted(
        ["路灯不亮", "公交站台太远", "补贴没有到账", "另一件事"]
    )


def test_an_empty_sheet_is_told_and_more_rows_lose_nothing(officer):
    assert "还没有填写任何一行。" in text_of(officer.post("/my/register/", as_shown(officer.get("/my/register/"))))
    page = officer.post("/my/register/", typed(officer, **BAD) | {"more": "1"})
    assert (page.status_code, len(page.context["rows"].forms)) == (200, 20)
    assert "路灯不亮" in page.content.decode()
    assert "请写明反映事由" not in text_of(page)
    last = {
        "row-19-content": "第二十行",
        "row-1-content": "噪声",
        "row-1-headcount": "1",
        "row-2-visited_on": f"{timezone.localdate()}",
    }
    assert officer.post("/my/register/", as_shown(page) | last | {"row-2-handling": "answered"}).status_code == 302
    assert Visit.objects.count() == 4


def test_a_reception_days_sheet_carries_its_date_and_a_closed_day_takes_none(office, officer):
    day = make_day(office, timezone.localdate() - timedelta(days=2))
    address = f"/my/register/?day={day.pk}"
    sent = typed(officer, address)
    officer.post(address, sent)
    assert {(v.reception_day, v.visited_on, v.channel) for v in Visit.objects.all()} == {(day, day.held_on, "desk")}
    day.hold()
    assert officer.get(address).status_code == 404
    assert officer.post(address, typed(officer)).status_code == 404


def test_only_studios_that_are_theirs_to_record_for(cast, office, officer):
    foreign = f"/my/register/?studio={cast.anning.studio.pk}"
    assert officer.get(foreign).status_code == 404
    assert signed_in(office.clerk).get("/my/register/").status_code == 200
    assert "没有由您登记的工作室" in text_of(signed_in(office.account).get("/my/register/"))
    forged = typed(officer) | {"row-0-receiver": cast.anning.member.pk}
    assert officer.post("/my/register/", forged).status_code == 422
    assert not Visit.objects.exists()


def test_the_printed_register_is_masked_until_a_reason_is_given(office, officer):
    day = make_day(office)
    visit = make_visit(
        office, reception_day=day, visitor_name="王秀英", visitor_phone="13912345678", consented=True, content="王秀英说路灯不亮",
        handling="out_of_scope", exclusion="lawsuit", channel_named="区法院立案庭", is_group_matter=True, headcount=12,
    )  # fmt: skip
    case = make_case(office)
    case.visits.add(visit)
    address = f"/my/days/{day.pk}/register/"
    masked = text_of(officer.get(address))
    assert "王秀英" not in masked
    for words in (
        "王* 139****5678",
        "王*说路灯不亮",
        "不属受理范围：诉讼，区法院立案庭",
        "群体性",
        f"{case.number} ",
        "共 1 批 12 人次",
        "负责人（签名）：",
    ):
        assert words in masked
    assert "请填写查看原因" in text_of(officer.post(address, {"why": ""}))
    whole = text_of(officer.post(address, {"why": "装订存档"}))
    assert "王秀英 13912345678" in whole
    entry = Entry.objects.get(act="reveal")
    assert (entry.changes["reason"], entry.changes["rows"]) == ("装订存档", 1)
    blank = officer.get(f"{address}?blank=1").content.decode()
    assert len(re.findall(r'<tr class="blank">', blank)) == 12
    assert "王*" not in blank


def test_the_ledger_holds_a_month_of_ones_own_office(cast, office):
    today = timezone.localdate()
    for content in ("路灯不亮", "站台太远", "补贴"):
        make_visit(office, content=content)
    make_visit(office, today.replace(day=1) - timedelta(days=1), content="上个月的事")
    make_visit(cast.anning, content="安宁的事")
    clerk = signed_in(office.clerk)
    text = text_of(clerk.get(f"/my/ledger/?month={today:%Y-%m}"))
    assert "共 3 批 3 人次" in text
    assert ("路灯不亮" in text, "上个月的事" in text, "安宁的事" in text) == (True, False, False)
    assert clerk.get(f"/my/ledger/?studio={cast.anning.studio.pk}").status_code == 404
    assert "没有来访记录" in text_of(signed_in(office.account).get("/my/ledger/"))


def test_an_offices_clerk_begins_at_the_register_and_nobody_is_named_by_the_alphabet(cast):
    office = cast.chengguan
    clerk = signed_in(office.clerk)
    home = text_of(clerk.get("/my/"))
    assert "登记来信、来电和走访" in home and "还没有您的工作室" not in home
    assert clerk.get("/my/visits/new/").url == "/my/register/"
    made = Member.objects.create(organisation=office.organisation, name="安第一")
    Posting.objects.create(studio=office.studio, member=made, starts_on=date(2021, 1, 1))
    address = f"/my/register/?studio={office.studio.pk}"
    sheet = clerk.get(address)
    assert sheet.context["rows"].forms[0].initial["receiver"] is None
    sent = as_shown(sheet) | {"row-0-content": "路灯不亮", "row-0-headcount": 1, "row-0-handling": "answered"}
    assert "请选择接待委员。" in text_of(clerk.post(address, sent))
    assert not Visit.objects.exists()


def test_the_ledger_leads_to_the_months_beside_it(cast):
    page = signed_in(cast.chengguan.clerk).get("/my/ledger/?month=2026-03").content.decode()
    assert "?month=2026-02" in page and "?month=2026-04" in page
