"""The trail as the audit administrator reads, filters and exports it, and as clerks see a record's history."""

import io
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from liaison import trail
from liaison.admin import entries
from liaison.models import Entry
from liaison.models.diff import picture
from tests.cast import make_visit
from tests.database import address as database_address
from tests.pages import address, change

LIST = "/admin/liaison/entry/"
EXPORT = f"{LIST}export/"


@pytest.fixture
def auditor(client, cast):
    client.force_login(cast.auditor)
    return client


@pytest.fixture
def visit(cast):
    return make_visit(cast.chengguan, visitor_name="欧阳晓明", visitor_phone="13912345678", consented=True)


def changed(cast, visit, **values) -> Entry:
    before = picture(visit)
    type(visit).objects.filter(pk=visit.pk).update(**values)
    return Entry.note(Entry.Act.CHANGE, visit, by=cast.chengguan.clerk, before=before)


def listed(client, query="") -> set[int]:
    return {entry.pk for entry in client.get(LIST + query).context["cl"].result_list}


# --- The list ---


def test_the_list_is_narrowed_by_act_account_kind_record_source_and_office(auditor, cast, visit, rf):
    entry = changed(cast, visit, headcount=4)
    request = rf.get("/", REMOTE_ADDR="10.1.2.3")
    request.user = cast.xifeng.clerk
    other = Entry.note(Entry.Act.VOID, cast.xifeng.member, request=request)
    for query in (
        "?act__exact=change", "?who=chengguan-clerk", "?who=城关区机关", "?kind=reception.visit",
        f"?record=reception.visit-{visit.pk}", "?org=620102", f"?q={visit.masked_name}",
    ):  # fmt: skip
        assert (query, listed(auditor, query)) == (query, {entry.pk})
    for query in ("?source=10.1.2.3", "?kind=liaison.member", f"?record=liaison.member-{cast.xifeng.member.pk}"):
        assert (query, listed(auditor, query)) == (query, {other.pk})
    for query in ("?source=10.1", "?kind=nothing", "?record=nothing-1", "?who=nobody"):
        assert (query, listed(auditor, query)) == (query, set())


@pytest.mark.django_db(transaction=True)
def test_a_period_ends_at_midnight_of_this_country(client, cast):
    """00:30 in Lanzhou is still the day before in UTC."""
    client.force_login(cast.auditor)
    entry = Entry.note(Entry.Act.ADD, cast.chengguan.member, by=cast.chengguan.clerk)
    at = datetime(2026, 3, 1, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    with psycopg.connect(database_address("owner", connection.settings_dict["NAME"]), autocommit=True) as owner:
        owner.execute("ALTER TABLE liaison_entry DISABLE TRIGGER USER")
        owner.execute("UPDATE liaison_entry SET at = %s WHERE id = %s", [at, entry.pk])
        owner.execute("ALTER TABLE liaison_entry ENABLE TRIGGER USER")
    assert listed(client, "?period=2026-03") == {entry.pk}
    assert listed(client, "?period=2026-02") == set()


def test_the_head_tells_how_far_the_chain_is_sealed_and_when_it_was_verified(auditor, cast, visit):
    assert "还没有核对" in auditor.get(LIST).content.decode()
    trail.seal()
    last = Entry.objects.latest("id")
    trail.verify()
    page = auditor.get(LIST).content.decode()
    assert f"已封存至第 {last.pk} 号" in page
    assert "待封存 1 条" in page
    assert "核对相符" in page


def test_a_fault_of_the_chain_stands_in_the_head(auditor, cast):
    Entry.note(Entry.Act.VERIFY, fault="第 7 号操作记录与封存不符；它之前的 6 条相符。")
    assert "核对：第 7 号操作记录与封存不符" in auditor.get(LIST).content.decode()


def test_the_list_costs_the_same_with_three_rows_as_with_one(auditor, cast, visit):
    changed(cast, visit, headcount=2)
    auditor.get(LIST)
    with CaptureQueriesContext(connection) as one:
        auditor.get(LIST)
    for headcount in (3, 4, 5):
        changed(cast, visit, headcount=headcount)
    with CaptureQueriesContext(connection) as many:
        auditor.get(LIST)
    assert len(many) == len(one)


# --- One entry ---


def test_an_entry_shows_what_changed_in_words_of_the_form(auditor, cast, visit):
    entry = changed(cast, visit, headcount=4, visitor_name="王五", content="路灯亮了", is_urgent=True)
    page = auditor.get(address("change", "liaison.entry", entry.pk)).content.decode()
    for words in ("字段", "原值", "新值", "人数", "称呼", "欧*", "王*", "紧急", "反映事项", "文本 4 字（校验 "):
        assert words in page
    assert "王五" not in page and "欧阳晓明" not in page and "路灯亮了" not in page
    assert f"{LIST}?record=reception.visit-{visit.pk}" in page
    assert f"{LIST}?who=chengguan-clerk" in page


@pytest.mark.parametrize("who", ["admin", "security"])
def test_nobody_but_the_auditor_reads_the_trail(client, cast, who):
    entry = Entry.note(Entry.Act.ADD, cast.chengguan.member, by=cast.chengguan.clerk)
    for account in (getattr(cast, who), cast.gansu.clerk):
        client.force_login(account)
        for page in (LIST, EXPORT, address("change", "liaison.entry", entry.pk)):
            assert client.get(page).status_code == 403


def test_nothing_can_be_typed_into_the_trail(auditor, cast, visit):
    entry = changed(cast, visit, headcount=4)
    for page in (address("change", "liaison.entry", entry.pk), address("delete", "liaison.entry", entry.pk)):
        assert auditor.post(page, {"act": "add", "post": "yes"}).status_code == 403
    assert auditor.get(address("add", "liaison.entry")).status_code == 403


# --- Exporting ---


def exported(answer) -> list[tuple]:
    return list(load_workbook(io.BytesIO(answer.content)).active.values)


def test_the_export_holds_what_the_list_shows_and_is_noted(auditor, cast, visit):
    entry = changed(cast, visit, headcount=4, visitor_name="王五")
    answer = auditor.get(f"{EXPORT}?act__exact=change")
    head, row = exported(answer)
    assert head == entries.COLUMNS
    assert row[0] == entry.pk
    assert row[1].date() == timezone.localdate()
    assert row[2:8] == ("修改", "chengguan-clerk", "城关区机关", "来访", str(visit.pk), str(visit))
    assert row[8] == "人数：1 → 4；称呼：欧* → 王*"
    assert quote("操作记录（") in answer["Content-Disposition"]
    noted = Entry.objects.get(act=Entry.Act.EXPORT)
    assert (noted.account, noted.changes["rows"], noted.changes["filters"]) == (cast.auditor, 1, "?act__exact=change")
    page = auditor.get(address("change", "liaison.entry", noted.pk)).content.decode()
    assert "条数：1" in page


def test_no_name_of_a_record_becomes_a_formula(auditor, cast):
    cast.chengguan.member.name = '=HYPERLINK("http://x/","点我")'
    Entry.note(Entry.Act.ADD, cast.chengguan.member, by=cast.chengguan.clerk)
    sheet = load_workbook(io.BytesIO(auditor.get(f"{EXPORT}?act__exact=add").content)).active
    assert (sheet["H2"].data_type, sheet["H2"].quotePrefix) == ("s", True)


def test_too_much_is_narrowed_first(auditor, cast, monkeypatch):
    monkeypatch.setattr(entries, "MOST_EXPORTED", 3)
    for _ in range(4):
        Entry.note(Entry.Act.ADD, cast.chengguan.member, by=cast.chengguan.clerk)
    answer = auditor.get(f"{EXPORT}?act__exact=add", follow=True)
    assert answer.redirect_chain[0][0] == f"{LIST}?act__exact=add"
    assert "超过 3 条，请先用时间等条件缩小范围再导出。" in answer.content.decode()
    assert not Entry.objects.filter(act=Entry.Act.EXPORT).exists()


# --- A record's history ---


def test_clerks_see_the_same_differences_in_a_records_history(client, cast, visit):
    client.force_login(cast.chengguan.clerk)
    change(client, "reception.visit", visit.pk, headcount=7, visitor_name="王五")
    page = client.get(address("history", "reception.visit", visit.pk)).content.decode()
    for words in ("修改", "人数", "7", "欧*", "王*"):
        assert words in page
    assert "王五" not in page


def test_of_a_guest_from_elsewhere_the_history_shows_no_more_than_the_page(client, cast):
    """A member of Anning who sits in Chengguan too: its directory line is open there, employer and birth year are not."""
    member = cast.anning.member
    seat = cast.chengguan.seat
    seat.pk, seat.member, seat.starts_on = None, member, date(2022, 1, 1)
    seat.save()
    client.force_login(cast.anning.clerk)
    change(client, "liaison.member", member.pk, name="赵宁", employer="安宁机械厂", phone="13912345678")
    client.force_login(cast.chengguan.clerk)
    page = client.get(address("history", "liaison.member", member.pk)).content.decode()
    assert "赵宁" in page
    assert "工作单位" in page
    assert "安宁机械厂" not in page and "139****5678" not in page
    assert "（无权查看）" in page
