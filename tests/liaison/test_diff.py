"""What the trail says of a change: plain values whole, personal ones masked, texts by their hash, secrets never."""

import pytest

from cases.models import Case
from liaison.models import Account, Entry, Member
from liaison.models.diff import differences, picture, said_fields
from liaison.privacy import ERASED, keyed_hash
from reception.models import Visit
from tests.cast import make_activity, make_case, make_visit

NAME, PHONE = "欧阳晓明", "13912345678"


def diff(record, **changes) -> dict[str, tuple]:
    """By name, before and after, when some columns change."""
    before = picture(record)
    type(record).objects.filter(pk=record.pk).update(**changes)
    return {row["name"]: (row["before"], row["after"]) for row in differences(before, picture(record))}


@pytest.fixture
def visit(cast):
    return make_visit(cast.chengguan, visitor_name=NAME, visitor_phone=PHONE, consented=True, content="路灯不亮")


def test_plain_values_stand_as_they_read(cast, visit):
    category = cast.categories[1]
    assert diff(visit, headcount=3, channel="call", category=category, is_urgent=True, visited_on="2026-03-04") == {
        "headcount": ("1", "3"), "channel": ("现场", "电话"), "category": ("", "教育"), "is_urgent": ("否", "是"),
        "visited_on": (f"{visit.visited_on:%Y-%m-%d}", "2026-03-04"),
    }  # fmt: skip


def test_personal_data_is_masked(visit):
    changed = diff(visit, visitor_name="王五", visitor_phone="13800001111")
    assert changed == {"visitor_name": ("欧*", "王*"), "visitor_phone": ("139****5678", "138****1111")}
    assert diff(visit, visitor_name=ERASED, visitor_phone="") == {
        "visitor_name": ("王*", ERASED), "visitor_phone": ("138****1111", ""),
    }  # fmt: skip


def test_of_free_text_only_length_and_keyed_hash_remain(visit):
    told = {text: {"length": len(text), "hash": keyed_hash(text)} for text in ("路灯不亮", "路灯亮了一盏")}
    assert diff(visit, content="路灯亮了一盏") == {"content": tuple(told.values())}


def test_a_long_line_is_a_text_too(visit):
    (before, after) = diff(visit, void_reason="重复登记", voided_at="2026-03-04T09:00+08:00")["void_reason"]
    assert (before, after["length"]) == ("", 4)


def test_lists_are_told_by_name(cast, visit):
    before = picture(visit)
    visit.receivers.set([cast.chengguan.member, cast.anning.member])
    (row,) = differences(before, picture(visit))
    assert (row["label"], row["before"], row["after"]) == ("接待委员", "张新民", "张新民、赵宁远")


def test_an_array_and_a_decimal_read_as_on_the_page(cast):
    assert diff(cast.chengguan.member, expertise=["教育", "法律"]) == {"expertise": ("", "教育、法律")}
    activity = make_activity(cast.chengguan)
    assert diff(activity, member_count=12)["member_count"] == ("0", "12")


def test_secrets_never_appear(cast):
    assert diff(cast.chengguan.clerk, password="changed", name="李机关") == {"name": ("城关区机关", "李机关")}
    case = make_case(cast.chengguan)
    assert diff(case, query_code="ABCDEFGHJKMNP") == {}
    entry = Entry.note(Entry.Act.ADD, case, by=cast.chengguan.clerk)
    assert case.query_code not in str(entry.changes)
    entry = Entry.note(Entry.Act.ADD, cast.chengguan.clerk, by=cast.admin)
    assert "pbkdf2" not in str(entry.changes) and "md5" not in str(entry.changes)


@pytest.mark.parametrize("model", [Visit, Case, Member, Account])
def test_what_is_made_for_searching_is_not_told(model):
    names = {field.name for field in said_fields(model)}
    assert "password" not in names
    assert not {name for name in names if name.endswith(("_hash", "pinyin"))}


def test_an_addition_tells_what_there_is_and_a_deletion_what_there_was(cast, visit):
    added = Entry.note(Entry.Act.ADD, visit, by=cast.chengguan.clerk).changes["diff"]
    deleted = Entry.note(Entry.Act.DELETE, visit, by=cast.chengguan.clerk).changes["diff"]
    assert {row["before"] for row in added} == {""} == {row["after"] for row in deleted}
    assert {row["name"]: row["after"] for row in added} == {row["name"]: row["before"] for row in deleted}
    told = {row["label"]: row["after"] for row in added}
    assert (told["称呼"], told["联系电话"], told["接待委员"], told["人数"]) == ("欧*", "139****5678", "张新民", "1")
    assert "紧急" not in told
    assert NAME not in str(added) and PHONE not in str(added) and "路灯" not in str(added)


def test_an_entry_belongs_to_the_office_of_its_record(cast, visit):
    """Also where the record hangs on another, and whoever did it."""
    account = cast.gansu.clerk
    posting = cast.chengguan.studio.postings.get()
    base = cast.chengguan.member.bases.get()
    for record in (visit, posting, base, cast.chengguan.organisation, cast.chengguan.clerk):
        entry = Entry.note(Entry.Act.VOID, record, by=account)
        assert entry.organisation == cast.chengguan.organisation
    assert Entry.note(Entry.Act.IMPORT).organisation is None


def test_what_belongs_to_no_office_is_the_auditors_to_read(cast):
    entry = Entry.note(Entry.Act.IMPORT, fields=["节假日：新增 3 天"])
    assert entry in Entry.objects.visible_to(cast.auditor)
    assert entry not in Entry.objects.visible_to(cast.chengguan.clerk)
