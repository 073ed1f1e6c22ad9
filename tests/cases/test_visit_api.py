"""Visits by the API: once under a client key, the office's rules, nobody's name to whom it does not belong."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.utils import timezone

from cases.models import Case
from liaison.models import Entry, Member
from liaison.workdays import add_workdays
from reception.models import Visit
from tests.cases.my import ONE_DAY
from tests.cast import make_case, make_day, make_visit
from tests.programs import send, with_token

pytestmark = pytest.mark.django_db
VISITS = "/api/v1/visits/"
NAMED = {
    "visitor_name": "欧阳晓明",
    "visitor_phone": "13912345678",
    "consented": True,
    "content": "欧阳晓明说路灯坏了。",
}


def told(office, **values) -> dict:
    """A visit as a program tells it."""
    return {
        "client_key": str(uuid.uuid4()), "studio": office.studio.pk, "channel": "call", "visited_on": "2026-06-01",
        "receivers": [office.member.pk], "headcount": 3, "content": "南昌路路灯不亮。晚上看不清。",
    } | values  # fmt: skip


@pytest.fixture
def clerk(cast, program):
    return program(cast.chengguan.clerk)


# --- Log a visit ---


def test_a_visit_is_stored_with_office_sector_and_who_told_it(cast, clerk):
    office, sent = cast.chengguan, told(cast.chengguan, **NAMED, category=cast.categories[0].pk)
    answer = send(clerk, VISITS, sent)
    assert answer.status_code == 201, answer.json()
    visit = Visit.objects.get()
    assert (visit.organisation, visit.sector, visit.recorded_by) == (
        office.organisation,
        office.sectors[0],
        office.clerk,
    )
    assert (list(visit.receivers.all()), visit.headcount, visit.category) == ([office.member], 3, cast.categories[0])
    assert (visit.visitor_name, visit.visitor_phone, visit.consent_version) == ("欧阳晓明", "13912345678", "2026-11")
    assert {name: answer.json()[name] for name in sent} == sent
    assert clerk.get(f"{VISITS}{visit.pk}/").json() == answer.json()
    (entry,) = Entry.objects.about(visit)
    assert (entry.act, entry.account) == ("add", office.clerk)
    assert "欧阳晓明" not in str(entry.changes)


def test_studio_and_date_follow_from_the_reception_day(cast, clerk):
    day = make_day(cast.chengguan)
    sent = told(cast.chengguan, reception_day=day.pk, channel="desk")
    del sent["studio"], sent["visited_on"]
    assert send(clerk, VISITS, sent).status_code == 201
    visit = Visit.objects.get()
    assert (visit.studio, visit.visited_on, visit.reception_day) == (day.studio, day.held_on, day)


def test_the_first_named_receiver_lends_the_sector(cast, clerk):
    office = cast.chengguan
    other = Member.objects.create(organisation=office.organisation, name="艾海霞")
    other.seats.create(
        organisation=office.organisation, term=office.term, sector=office.sectors[1], starts_on="2021-01-01"
    )
    send(clerk, VISITS, told(office, receivers=[other.pk, office.member.pk]))
    visit = Visit.objects.get()
    assert (set(visit.receivers.all()), visit.sector) == ({other, office.member}, office.sectors[1])


def test_a_visit_outside_every_studio_is_the_offices_own_and_an_officer_has_none(cast, clerk, program):
    assert send(clerk, VISITS, told(cast.chengguan, studio=None)).status_code == 201
    assert Visit.objects.get().organisation == cast.chengguan.organisation
    officer = program(cast.chengguan.officer)
    assert send(officer, VISITS, told(cast.chengguan)).status_code == 201
    answer = send(officer, VISITS, told(cast.chengguan, studio=None))
    assert (answer.status_code, answer.json()["fields"]) == (400, {"studio": ["请选择工作室。"]})


def test_what_is_taken_up_opens_its_case_in_the_same_act(cast, clerk):
    sent = told(
        cast.chengguan, **NAMED | {"content": "欧阳晓明家门口路灯坏了。晚上看不清。"}, handling="case", is_urgent=True
    )
    answer = send(clerk, VISITS, sent)
    visit, case = Visit.objects.get(), Case.objects.get()
    assert (answer.status_code, answer.json()["cases"]) == (201, [case.pk])
    assert (case.title, case.member, case.is_urgent) == ("欧*家门口路灯坏了", cast.chengguan.member, True)
    assert case.deadline == add_workdays(timezone.localdate(), 15)
    assert (list(case.visits.all()), case.steps.count()) == ([visit], 1)
    assert Entry.objects.about(case).get().act == "add"


def test_a_visit_taken_up_later_opens_its_case_then_and_keeps_it(cast, clerk):
    visit = make_visit(cast.chengguan, content="路灯坏了")
    address = f"{VISITS}{visit.pk}/"
    assert send(clerk, address, {"handling": "case"}, "patch").status_code == 200
    assert send(clerk, address, {"headcount": 5}, "patch").status_code == 200
    assert Case.objects.get().title == "路灯坏了"
    answer = send(clerk, address, {"handling": "answered"}, "patch")
    assert answer.json()["fields"] == {"handling": ["这次来访已经开了帮办事项，处理方式不能再改。"]}


# --- The rules ---

TOMORROW = (timezone.localdate() + ONE_DAY).isoformat()
BAD = [
    ({"client_key": None}, "client_key", ""),
    ({"client_key": "abc"}, "client_key", ""),
    ({"headcount": 0}, "headcount", "来访人数至少为 1。"),
    ({"headcount": 100000}, "headcount", "来访人数最多为 9999，请核对。"),
    ({"headcount": 10**20}, "headcount", ""),
    ({"visited_on": TOMORROW}, "visited_on", "来访日期不能晚于今天。"),
    ({"visited_on": "去年"}, "visited_on", ""),
    ({"visitor_phone": "12345"}, "visitor_phone", "请填写 11 位手机号码，或带区号的固定电话。"),
    ({"visitor_phone": "13912345678"}, "consented", "留存联系电话须经来访人同意。"),
    ({"handling": "referred"}, "referred_to", "转送的事项请填写转送单位。"),
    ({"handling": "out_of_scope"}, "exclusion", "不属受理范围的事项请选择原因。"),
    ({"handling": "case", "content": ""}, "content", "帮办的事项请写明反映事项。"),
    ({"receivers": []}, "receivers", ""),
    ({"receivers": [10**15]}, "receivers", "没有这条记录，或不能在这里选用。"),
    ({"category": 10**15}, "category", "没有这条记录，或不能在这里选用。"),
    ({"organisation": 1}, "organisation", "这个字段由系统填写，不能提交。"),
    ({"name": "王女士"}, "name", "没有这个字段。"),
]


@pytest.mark.parametrize(("values", "field", "sentence"), BAD)
def test_each_rule_is_told_beside_its_field_and_nothing_is_stored(cast, clerk, values, field, sentence):
    answer = send(clerk, VISITS, told(cast.chengguan, **values))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    (said,) = answer.json()["fields"][field]
    assert sentence in said
    assert not any("a" <= letter <= "z" for letter in said)
    assert (Visit.objects.count(), Case.objects.count()) == (0, 0)


def test_a_closed_studio_and_a_day_that_is_over_take_no_visit(cast, clerk):
    office = cast.chengguan
    day = make_day(office, state="held")
    answer = send(clerk, VISITS, told(office, reception_day=day.pk, visited_on=day.held_on))
    sentence = "这个接待日已经结束登记，不能再登记来访；需要补登，请政协机关重新开放登记。"
    assert answer.json()["fields"] == {"reception_day": [sentence]}
    office.studio.closed_on = "2026-05-01"
    office.studio.save()
    answer = send(clerk, VISITS, told(office))
    assert answer.json()["fields"] == {"studio": ["广武门委员工作室已于2026年5月1日撤销，不再接受登记。"]}
    assert not Visit.objects.exists()


def test_a_date_that_is_not_the_reception_days_is_refused(cast, clerk):
    answer = send(clerk, VISITS, told(cast.chengguan, reception_day=make_day(cast.chengguan).pk))
    assert answer.json()["fields"] == {"visited_on": ["接待日的来访，日期应与接待日一致。"]}


@pytest.mark.parametrize("field", ["studio", "reception_day", "receivers"])
def test_another_offices_rows_are_told_as_missing_ones(cast, clerk, field):
    foreign = cast.xifeng
    keys = {"studio": foreign.studio.pk, "reception_day": make_day(foreign).pk, "receivers": [foreign.member.pk]}
    missing = [10**15] if field == "receivers" else 10**15
    for key in (keys[field], missing):
        answer = send(clerk, VISITS, told(cast.chengguan, **{field: key}))
        assert answer.json()["fields"] == {field: ["没有这条记录，或不能在这里选用。"]}
    assert not Visit.objects.exists()


# --- The same key again ---


def test_the_same_content_again_is_the_first_record(cast, clerk):
    sent = told(cast.chengguan, handling="case")
    answers = [send(clerk, VISITS, sent) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert (Visit.objects.count(), Case.objects.count(), Entry.objects.filter(act="add").count()) == (1, 1, 2)


def test_a_repetition_leads_to_the_first_even_after_the_day_was_closed(cast, clerk):
    day = make_day(cast.chengguan)
    sent = told(cast.chengguan, reception_day=day.pk, visited_on=day.held_on)
    first = send(clerk, VISITS, sent)
    day.hold()
    again = send(clerk, VISITS, sent)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    "other",
    [
        {"headcount": 4},
        {"content": "另一件事"},
        {"handling": "case"},
        {"visitor_name": "马师傅"},
        {"identity": "villager"},
    ],
)
def test_other_content_under_the_same_key_changes_nothing(cast, clerk, other):
    sent = told(cast.chengguan)
    first = send(clerk, VISITS, sent).json()
    answer = send(clerk, VISITS, sent | other)
    (field,) = other
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["fields"] == {field: ["与已登记的不同。"]}
    assert f"第 {first['id']} 号来访" in answer.json()["message"]
    assert clerk.get(f"{VISITS}{first['id']}/").json() == first
    assert (Visit.objects.count(), Case.objects.count()) == (1, 0)


def test_other_receivers_or_a_field_left_out_are_other_content(cast, clerk):
    office, sent = cast.chengguan, told(cast.chengguan)
    other = Member.objects.create(organisation=office.organisation, name="艾海霞")
    send(clerk, VISITS, sent)
    assert send(clerk, VISITS, sent | {"receivers": [other.pk]}).json()["fields"].keys() == {"receivers"}
    del sent["headcount"]
    assert send(clerk, VISITS, sent).json()["fields"].keys() == {"headcount"}


def test_a_key_of_somebody_elses_visit_tells_nothing_of_it(cast, clerk):
    for office in (cast.xifeng, cast.chengguan):
        taken = make_visit(office, content="别人的来访", recorded_by=office.officer)
        answer = send(clerk, VISITS, told(cast.chengguan, client_key=str(taken.client_key)))
        assert (answer.status_code, answer.json()["fields"]) == (400, {"client_key": ["这条来访已经提交过。"]})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["studio", "day"])
def test_twenty_equal_requests_at_one_moment_store_one_visit(cast, where):
    office, sent = cast.chengguan, told(cast.chengguan, handling="case")
    if where == "day":
        day = make_day(office)
        sent |= {"reception_day": day.pk, "visited_on": day.held_on}
    with transaction.atomic():
        clients = [with_token(office.clerk)] * 20

    def ask(client):
        try:
            return send(client, VISITS, sent)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, clients))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert (Visit.objects.count(), Case.objects.count(), Case.objects.get().steps.count()) == (1, 1, 1)


# --- Correct and void ---


def test_a_correction_is_noted_and_studio_day_and_key_stay(cast, clerk):
    visit, day = make_visit(cast.chengguan), make_day(cast.chengguan)
    address = f"{VISITS}{visit.pk}/"
    answer = send(clerk, address, {"headcount": 7}, "patch")
    assert (answer.status_code, answer.json()["headcount"]) == (200, 7)
    assert Entry.objects.about(visit).get().act == "change"
    for field, value in {"client_key": str(uuid.uuid4()), "studio": None, "reception_day": day.pk}.items():
        answer = send(clerk, address, {field: value}, "patch")
        assert answer.json()["fields"] == {field: ["登记以后不能更改。"]}


def test_a_visit_is_voided_with_a_reason_and_stays_so(cast, clerk):
    visit = make_visit(cast.chengguan, headcount=12)
    address = f"{VISITS}{visit.pk}/"
    assert list(send(clerk, f"{address}void/").json()["fields"]) == ["why"]
    answer = send(clerk, f"{address}void/", {"why": "重复登记"})
    assert (answer.status_code, answer.json()["void_reason"]) == (200, "重复登记")
    assert list(Visit.objects.counted()) == []
    assert Entry.objects.about(visit).get().act == "void"
    again = [send(clerk, f"{address}void/", {"why": "再次"}), send(clerk, address, {"headcount": 1}, "patch")]
    assert [a.json()["message"] for a in again] == ["这条记录已经作废，不能再改。"] * 2


# --- Who sees the visitor ---


def test_a_visitor_is_masked_in_lists_and_to_everybody_but_the_offices_clerk(cast, program):
    office = cast.chengguan
    visit = make_visit(office, **NAMED)
    accounts = {"clerk": office.clerk, "officer": office.officer, "member": office.account, "city": cast.lanzhou.clerk}
    for who, account in accounts.items():
        client = program(account)
        (listed,) = client.get(VISITS).json()["results"]
        shown = client.get(f"{VISITS}{visit.pk}/").json()
        masked = {"visitor_name": "欧*", "visitor_phone": "139****5678", "content": "欧*说路灯坏了。"}
        whole = {name: NAMED[name] for name in masked}
        assert {name: listed[name] for name in masked} == masked, who
        assert {name: shown[name] for name in masked} == (whole if who == "clerk" else masked), who
    assert program(office.leader).get(VISITS).status_code == 403
    assert program(cast.xifeng.clerk).get(f"{VISITS}{visit.pk}/").status_code == 404


def test_an_officer_corrects_a_visit_but_not_what_is_shown_masked(cast, program):
    visit, client = make_visit(cast.chengguan, **NAMED), program(cast.chengguan.officer)
    address = f"{VISITS}{visit.pk}/"
    assert send(client, address, {"headcount": 7}, "patch").status_code == 200
    for field in ("visitor_name", "visitor_phone", "content"):
        assert list(send(client, address, {field: "欧*"}, "patch").json()["fields"]) == [field]
    visit.refresh_from_db()
    assert (visit.headcount, visit.visitor_name, visit.content) == (7, "欧阳晓明", NAMED["content"])


def test_no_parameter_asks_for_a_visitor(cast, clerk):
    make_visit(cast.chengguan, **NAMED)
    for name in ("visitor_name", "visitor_phone", "visitor_phone_hash", "content", "find"):
        answer = clerk.get(f"{VISITS}?{name}=欧阳晓明")
        assert (answer.status_code, answer.json()["fields"]) == (400, {name: ["没有这个查询参数。"]})


def test_a_member_reads_and_does_not_write(cast, program):
    client, visit = program(cast.chengguan.account), make_visit(cast.chengguan)
    make_visit(cast.anning)
    assert [row["id"] for row in client.get(VISITS).json()["results"]] == [visit.pk]
    assert send(client, VISITS, told(cast.chengguan)).status_code == 403
    assert send(client, f"{VISITS}{visit.pk}/void/", {"why": "试"}).status_code == 403


def test_the_list_is_narrowed_by_office_period_day_studio_category_and_handling(cast, program):
    client, office = program(cast.lanzhou.clerk), cast.chengguan
    day = make_day(office)
    own = make_visit(office, reception_day=day, category=cast.categories[1])
    older = make_visit(
        cast.anning, timezone.localdate().replace(year=2025, day=1), handling="referred", referred_to="街道"
    )
    for query, found in {
        "": [own, older], "org=620102": [own], "period=2025": [older], f"reception_day={day.pk}": [own],
        f"studio={cast.anning.studio.pk}": [older], f"category={cast.categories[1].pk}": [own],
        "handling=referred": [older], "channel=call": [],
    }.items():  # fmt: skip
        assert [row["id"] for row in client.get(f"{VISITS}?{query}").json()["results"]] == [v.pk for v in found], query


def test_a_visit_that_already_has_a_case_names_it(cast, clerk):
    visit = make_visit(cast.chengguan, handling="case", content="路灯坏了")
    case = make_case(cast.chengguan)
    case.visits.add(visit)
    assert clerk.get(f"{VISITS}{visit.pk}/").json()["cases"] == [case.pk]
