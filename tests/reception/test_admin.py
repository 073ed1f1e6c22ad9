from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from liaison.models import Entry
from reception.models import ReceptionDay, Visit
from tests.cast import make_day, make_visit
from tests.pages import add, address, change, errors


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.chengguan.clerk)
    return client


@pytest.fixture
def visit_form(cast):
    """A visit as the office types it in; a test changes what it is about."""
    return {
        "studio": cast.chengguan.studio.pk, "channel": "desk", "visited_on": "2026-06-01", "headcount": 3,
        "receivers": [cast.chengguan.member.pk], "handling": "answered",
    }  # fmt: skip


def test_a_visit_keeps_office_sector_and_who_recorded_it(clerk, cast, visit_form):
    answer = add(clerk, "reception.visit", **visit_form)
    assert answer.status_code == 302, errors(answer)
    visit = Visit.objects.get()
    assert visit.organisation == cast.chengguan.organisation
    assert visit.sector == cast.chengguan.sectors[0]
    assert visit.recorded_by == cast.chengguan.clerk
    assert Entry.objects.get(act="add").object_id == str(visit.pk)


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
BAD_VISITS = [
    ({"headcount": 0}, "headcount", "来访人数至少为 1。"),
    ({"headcount": 100000}, "headcount", "来访人数最多为 9999，请核对。"),
    ({"visited_on": TOMORROW}, "visited_on", "来访日期不能晚于今天。"),
    ({"visited_on": "去年"}, "visited_on", "请填写正确的日期，例如 2026/11/22。"),
    ({"visitor_phone": "12345"}, "visitor_phone", "请填写 11 位手机号码，或带区号的固定电话。"),
    ({"visitor_phone": "13912345678"}, "consented", "留存联系电话须经来访人同意。"),
    ({"handling": "referred"}, "referred_to", "转送的事项请填写转送单位。"),
    ({"handling": "out_of_scope"}, "exclusion", "不属受理范围的事项请选择原因。"),
]


@pytest.mark.parametrize(("wrong", "field", "sentence"), BAD_VISITS)
def test_a_bad_visit_gets_its_sentence_beside_the_field(clerk, visit_form, wrong, field, sentence):
    answer = add(clerk, "reception.visit", **visit_form | wrong)
    assert (answer.status_code, errors(answer)) == (200, {field: [sentence]})
    assert not Visit.objects.exists()


def test_a_closed_studio_takes_no_visit(clerk, cast, visit_form):
    cast.chengguan.studio.closed_on = "2026-05-01"
    cast.chengguan.studio.save()
    answer = add(clerk, "reception.visit", **visit_form)
    assert errors(answer) == {"studio": ["广武门委员工作室已于2026年5月1日撤销，不再接受登记。"]}


def test_a_held_day_takes_no_visit(clerk, cast, visit_form):
    day = make_day(cast.chengguan, state="held")
    answer = add(clerk, "reception.visit", **visit_form | {"reception_day": day.pk, "visited_on": day.held_on})
    assert errors(answer) == {
        "reception_day": ["这个接待日已经结束登记，不能再登记来访；需要补登，请政协机关重新开放登记。"]
    }


def test_a_visit_on_a_reception_day_carries_its_date(clerk, cast, visit_form):
    answer = add(clerk, "reception.visit", **visit_form | {"reception_day": make_day(cast.chengguan).pk})
    assert errors(answer) == {"visited_on": ["接待日的来访，日期应与接待日一致。"]}


def test_voiding_asks_for_a_reason_and_keeps_the_row(clerk, cast):
    visit = make_visit(cast.chengguan, headcount=12)
    page = address("void", "reception.visit", visit.pk)
    assert clerk.post(page, {"why": " "}).context["form"].errors["why"] == ["请填写这一项。"]
    clerk.post(page, {"why": "重复登记"})
    visit.refresh_from_db()
    assert (visit.void_reason, visit.voided_by, visit.headcount) == ("重复登记", cast.chengguan.clerk, 12)
    assert list(Visit.objects.counted()) == []
    assert Entry.objects.get(act="void").account == cast.chengguan.clerk
    assert not clerk.get(address("change", "reception.visit", visit.pk)).context["has_change_permission"]
    assert "现在不能作废" in clerk.get(page, follow=True).content.decode()


def test_nothing_counted_can_be_deleted(clerk, cast):
    visit = make_visit(cast.chengguan)
    assert clerk.post(address("delete", "reception.visit", visit.pk), {"post": "yes"}).status_code == 403
    actions = dict(clerk.get(address("changelist", "reception.visit")).context["action_form"].fields["action"].choices)
    assert set(actions) == {"", "change_category", "void_selected"}


def test_several_visits_are_voided_with_one_reason(clerk, cast):
    visits = [make_visit(cast.chengguan) for _ in range(3)]
    chosen = {"action": "void_selected", "_selected_action": [visit.pk for visit in visits[:2]]}
    asked = clerk.post(address("changelist", "reception.visit"), chosen)
    assert "作废原因" in asked.content.decode()
    clerk.post(address("changelist", "reception.visit"), chosen | {"confirmed": "1", "why": "试登"})
    assert list(Visit.objects.counted()) == [visits[2]]


def test_the_category_of_several_visits_is_changed_in_one_update(clerk, cast):
    visits = [make_visit(cast.chengguan) for _ in range(2)]
    chosen = {"action": "change_category", "_selected_action": [visit.pk for visit in visits], "confirmed": "1"}
    clerk.post(address("changelist", "reception.visit"), chosen | {"category": cast.categories[1].pk})
    assert set(Visit.objects.values_list("category", flat=True)) == {cast.categories[1].pk}


def test_a_higher_office_sees_the_visitor_masked(client, cast):
    visit = make_visit(cast.chengguan, visitor_name="欧阳晓明", visitor_phone="13912345678", consented=True)
    for account, is_whole in (
        (cast.chengguan.clerk, True),
        (cast.lanzhou.clerk, False),
        (cast.chengguan.officer, False),
    ):
        client.force_login(account)
        form = client.get(address("change", "reception.visit", visit.pk)).content.decode()
        assert ("欧阳晓明" in form, "13912345678" in form) == (is_whole, is_whole), account
        listed = client.get(address("changelist", "reception.visit")).content.decode()
        assert "欧*" in listed
        assert "欧阳晓明" not in listed


def test_no_search_in_an_address_finds_a_visitors_name(clerk, cast):
    make_visit(cast.chengguan, visitor_name="欧阳晓明")
    listed = clerk.get(address("changelist", "reception.visit"), {"q": "欧阳晓明"})
    assert list(listed.context["cl"].queryset) == []


def test_an_officers_correction_leaves_the_visitors_phone_alone(client, cast):
    visit = make_visit(cast.chengguan, visitor_name="欧阳晓明", visitor_phone="13912345678", consented=True)
    client.force_login(cast.chengguan.officer)
    answer = change(client, "reception.visit", visit.pk, headcount=7)
    assert answer.status_code == 302, errors(answer)
    visit.refresh_from_db()
    assert (visit.headcount, visit.visitor_phone) == (7, "13912345678")


def test_a_reception_day_is_announced_held_and_stays_so(clerk, cast):
    day = make_day(cast.chengguan, state="planned")
    for verb, state in (("announce", "announced"), ("hold", "held")):
        clerk.post(address(verb, "reception.receptionday", day.pk), {"summary": "接待 3 人"})
        day.refresh_from_db()
        assert day.state == state
    assert (
        "现在不能取消" in clerk.get(address("cancel", "reception.receptionday", day.pk), follow=True).content.decode()
    )


def test_a_day_ahead_is_not_held(clerk, cast):
    day = make_day(cast.chengguan, timezone.localdate() + timedelta(days=3))
    answer = clerk.post(address("hold", "reception.receptionday", day.pk), {}, follow=True)
    assert "现在不能登记已开展" in answer.content.decode()
    with pytest.raises(ValidationError, match="接待日还没有到，不能登记为已开展。"):
        day.hold()
    day.refresh_from_db()
    assert day.state == "announced"


def test_a_closed_day_is_opened_again_for_what_was_forgotten(clerk, cast):
    day = make_day(cast.chengguan, state="held")
    clerk.post(address("reopen", "reception.receptionday", day.pk), {})
    answer = add(
        clerk, "reception.visit", reception_day=day.pk, visited_on=day.held_on, receivers=cast.chengguan.member.pk
    )
    assert answer.status_code == 302, errors(answer)
    clerk.post(address("hold", "reception.receptionday", day.pk), {})
    day.refresh_from_db()
    assert (day.state, day.people()) == ("held", 1)
    history = clerk.get(address("history", "reception.receptionday", day.pk)).content.decode()
    assert "重新开放登记" in history


def test_a_day_with_visits_is_not_voided(clerk, cast):
    day = make_day(cast.chengguan)
    visit = make_visit(cast.chengguan, reception_day=day)
    page = address("void", "reception.receptionday", day.pk)
    said = clerk.post(page, {"why": "登记错了"}).context["form"].non_field_errors()
    assert said == ["这个接待日还有 1 批来访，请先作废这些来访，或只修改接待日。"]
    visit.void(by=cast.chengguan.clerk, why="登记错了", at=timezone.now())
    assert clerk.post(page, {"why": "登记错了"}).status_code == 302


def test_cancelling_needs_a_reason_and_an_empty_day(clerk, cast):
    day = make_day(cast.chengguan)
    page = address("cancel", "reception.receptionday", day.pk)
    assert "why" in clerk.post(page, {}).context["form"].errors
    make_visit(cast.chengguan, reception_day=day)
    refused = clerk.post(page, {"why": "大雪"}).context["form"].non_field_errors()
    assert refused == ["这个接待日已登记来访，不能取消。"]


def test_a_second_day_at_the_same_hour_is_refused_beside_the_hour(clerk, cast):
    day = make_day(cast.chengguan)
    answer = add(
        clerk, "reception.receptionday", studio=day.studio_id, kind="public", held_on=day.held_on, opens="09:00",
        closes="10:00",
    )  # fmt: skip
    assert errors(answer) == {"opens": ["这个工作室当天已有同一时间的接待日。"]}
    assert ReceptionDay.objects.count() == 1


def test_a_day_with_visits_keeps_its_date(clerk, cast):
    day = make_day(cast.chengguan)
    make_visit(cast.chengguan, reception_day=day)
    form = clerk.get(address("change", "reception.receptionday", day.pk)).context["adminform"].form
    assert "held_on" not in form.fields
