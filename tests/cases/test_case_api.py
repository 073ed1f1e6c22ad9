"""Cases by the API: numbered without gaps, moved only along the table, each move a step that nobody changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from cases.api import CaseResource
from cases.models import Case, Step
from cases.workflow import TRANSITIONS, State
from liaison.models import Account, Entry, Grant, Role
from tests.cast import make_case, make_visit
from tests.programs import send, with_token

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"
# Each move by the name of its act.
ACTS = {
    "accept": State.ACCEPTED, "progress": State.IN_PROGRESS, "resolve": State.RESOLVED, "confirm": State.CONFIRMED,
    "decline": State.DECLINED, "refer": State.REFERRED, "convert": State.CONVERTED, "withdraw": State.WITHDRAWN,
    "merge": State.MERGED,
}  # fmt: skip


def told(office, **values) -> dict:
    return {
        "organisation": office.organisation.pk, "studio": office.studio.pk, "title": "南昌路路灯不亮", "channel": "call",
        "registered_on": "2026-06-01", "member": office.member.pk,
    } | values  # fmt: skip


@pytest.fixture
def clerk(cast, program):
    return program(cast.chengguan.clerk)


def department_account(office) -> Account:
    account = Account.objects.create(username="road-bureau", name="交通局")
    Grant.objects.create(
        account=account, role=Role.DEPARTMENT, organisation=office.organisation, department=office.department
    )
    return account


# --- Open and change ---


def test_a_case_gets_number_sector_and_first_step(cast, clerk):
    office, visit = cast.chengguan, make_visit(cast.chengguan)
    answer = send(clerk, CASES, told(office, visits=[visit.pk], joint_departments=[office.department.pk]))
    assert answer.status_code == 201, answer.json()
    case = Case.objects.get()
    assert (case.number, case.sector, case.state) == ("CGQ-2026-000001", office.sectors[0], "received")
    assert ([*case.visits.all()], [*case.joint_departments.all()]) == ([visit], [office.department])
    (step,) = answer.json()["steps"]
    assert (step["state"], step["by"], step["note"]) == ("received", str(office.clerk), "登记")
    assert clerk.get(f"{CASES}{case.pk}/").json() == answer.json()
    assert Entry.objects.about(case).get().act == "add"


def test_without_a_date_it_is_registered_today(cast, clerk):
    sent = told(cast.chengguan)
    del sent["registered_on"]
    assert send(clerk, CASES, sent).json()["registered_on"] == timezone.localdate().isoformat()


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
BAD = [
    ({"title": ""}, "title", ""),
    ({"title": "长" * 81}, "title", ""),
    ({"title": "请给13912345678回电"}, "title", "请不要写来访人的姓名、电话和证件号码。"),
    ({"registered_on": TOMORROW}, "registered_on", "日期不能晚于今天。"),
    ({"deadline": "2026-05-01"}, "deadline", "办理期限不能早于登记日期。"),
    ({"state": "resolved"}, "state", "这个字段由系统填写，不能提交。"),
    ({"number": "CGQ-2026-000009"}, "number", "这个字段由系统填写，不能提交。"),
    ({"steps": []}, "steps", "这个字段由系统填写，不能提交。"),
    ({"channel": "传真"}, "channel", ""),
    ({"organisation": None}, "organisation", ""),
    ({"priority": 1}, "priority", "没有这个字段。"),
]


@pytest.mark.parametrize(("values", "field", "sentence"), BAD)
def test_each_rule_is_told_beside_its_field_and_no_number_is_used_up(cast, clerk, values, field, sentence):
    answer = send(clerk, CASES, told(cast.chengguan, **values))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    (said,) = answer.json()["fields"][field]
    assert sentence in said
    assert not any("a" <= letter <= "z" for letter in said)
    assert not Case.objects.exists()
    assert send(clerk, CASES, told(cast.chengguan)).json()["number"] == "CGQ-2026-000001"


def test_a_visitor_is_not_named_in_a_title(cast, clerk):
    visit = make_visit(cast.chengguan, visitor_name="欧阳晓明")
    sent = told(cast.chengguan, visits=[visit.pk], title="欧阳晓明家路灯不亮")
    assert list(send(clerk, CASES, sent).json()["fields"]) == ["title"]
    case = make_case(cast.chengguan)
    case.visits.add(visit)
    assert send(clerk, f"{CASES}{case.pk}/", {"title": sent["title"]}, "patch").status_code == 400


@pytest.mark.parametrize(
    "field", ["organisation", "studio", "member", "visits", "lead_department", "joint_departments"]
)
def test_another_offices_rows_are_told_as_missing_ones(cast, clerk, field):
    foreign = cast.xifeng
    keys = {
        "organisation": foreign.organisation.pk, "studio": foreign.studio.pk, "member": foreign.member.pk,
        "visits": [make_visit(foreign).pk], "lead_department": foreign.department.pk,
        "joint_departments": [foreign.department.pk],
    }  # fmt: skip
    for key in (keys[field], [10**15] if isinstance(keys[field], list) else 10**15):
        answer = send(clerk, CASES, told(cast.chengguan, **{field: key}))
        assert answer.json()["fields"] == {field: ["没有这条记录，或不能在这里选用。"]}
    assert not Case.objects.exists()


def test_a_studio_of_another_office_is_refused_beside_the_field(cast, program):
    cast.lanzhou.clerk.grants.update(records_below=True)
    client = program(cast.lanzhou.clerk)
    answer = send(client, CASES, told(cast.chengguan, studio=cast.anning.studio.pk, member=None))
    assert answer.json()["fields"] == {"studio": ["所选工作室不属于这个政协组织。"]}


def test_a_change_is_noted_and_office_studio_and_date_stay(cast, clerk):
    case = make_case(cast.chengguan)
    address = f"{CASES}{case.pk}/"
    answer = send(clerk, address, {"title": "路灯还是不亮", "lead_department": cast.chengguan.department.pk}, "patch")
    assert (answer.status_code, answer.json()["title"]) == (200, "路灯还是不亮")
    assert Entry.objects.about(case).get().act == "change"
    for field, value in {"studio": None, "registered_on": "2026-01-01"}.items():
        assert send(clerk, address, {field: value}, "patch").json()["fields"] == {field: ["登记以后不能更改。"]}
    assert case.steps.count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_whoever_asks_at_one_moment(cast):
    with transaction.atomic():
        client = with_token(cast.chengguan.clerk)
    sent = [told(cast.chengguan, **({"title": ""} if n % 3 == 0 else {})) for n in range(12)]

    def ask(one):
        try:
            return send(client, CASES, one)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(ask, sent))

    assert sorted(answer.status_code for answer in answers) == [201] * 8 + [400] * 4
    numbers = sorted(Case.objects.values_list("number", flat=True))
    assert numbers == [f"CGQ-2026-{n:06d}" for n in range(1, 9)]


# --- Moves ---


def asked(act: str, other: Case) -> dict:
    more = {"resolve": {"result": "已修好"}, "merge": {"merged_into": other.number}}
    return {"note": "已联系路灯所"} | more.get(act, {})


def brought_to(office, state: str) -> Case:
    ways = {
        State.RECEIVED: (), State.ACCEPTED: ("accepted",), State.IN_PROGRESS: ("accepted", "in_progress"),
        State.RESOLVED: ("resolved",), State.CONFIRMED: ("resolved", "confirmed"),
    }  # fmt: skip
    case = make_case(office)
    for to in ways.get(state, (state,)):
        more = {"merged_into": make_case(office)} if to == State.MERGED else {}
        case.move(to, by=office.clerk, at=timezone.now(), note="说明", **more)
    return case


def test_every_move_has_its_act():
    assert {to for moves in TRANSITIONS.values() for to in moves} == set(ACTS.values())
    assert all(hasattr(getattr(CaseResource, act), "asks") for act in ACTS)


@pytest.mark.parametrize("state", State)
def test_only_moves_of_the_table_are_made_and_each_writes_its_step(cast, clerk, state):
    office, other = cast.chengguan, make_case(cast.chengguan)
    for act, to in ACTS.items():
        case = brought_to(office, state)
        before = case.steps.count()
        answer = send(clerk, f"{CASES}{case.pk}/{act}/", asked(act, other))
        case.refresh_from_db()
        if to in TRANSITIONS[state]:
            assert (answer.status_code, answer.json()["state"], case.state) == (200, to, to), answer.json()
            step = answer.json()["steps"][-1]
            assert (step["state"], step["note"], case.steps.count()) == (to, "已联系路灯所", before + 1)
            assert Entry.objects.about(case).get().account == office.clerk
        else:
            sentence = f"“{state.label}”的事项不能变为“{to.label}”。"
            assert (answer.status_code, answer.json()["message"]) == (400, sentence)
            assert (case.state, case.steps.count(), Entry.objects.about(case).count()) == (state, before, 0)


def test_what_a_move_brings_is_kept(cast, clerk):
    case = make_case(cast.chengguan)
    address = f"{CASES}{case.pk}/"
    send(clerk, f"{address}resolve/", {"result": "已修好", "result_class": "A", "department_reply": "更换灯具两盏。"})
    answer = send(clerk, f"{address}confirm/", {"satisfaction": "satisfied"})
    shown = {name: answer.json()[name] for name in ("result", "result_class", "satisfaction", "resolved_on")}
    today = timezone.localdate().isoformat()
    assert shown == {"result": "已修好", "result_class": "A", "satisfaction": "satisfied", "resolved_on": today}
    assert Step.objects.get(state="resolved").department_reply == "更换灯具两盏。"


@pytest.mark.parametrize(
    ("act", "sent", "field", "sentence"),
    [
        ("decline", {}, "note", "请说明原因。"),
        ("refer", {"note": "  "}, "note", "请说明原因。"),
        ("withdraw", {}, "note", "请说明原因。"),
        ("resolve", {}, "result", "办结请写明办理结果。"),
        ("resolve", {"result": "好了", "result_class": "E"}, "result_class", ""),
        ("merge", {"merged_into": "CGQ-2020-000001"}, "merged_into", "请填写本组织另一件事项的编号。"),
        ("accept", {"state": "resolved"}, "state", "没有这个字段。"),
    ],
)
def test_what_a_move_needs_is_told_beside_its_field(cast, clerk, act, sent, field, sentence):
    case = make_case(cast.chengguan)
    answer = send(clerk, f"{CASES}{case.pk}/{act}/", sent)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    (said,) = answer.json()["fields"][field]
    assert sentence in said
    assert case.steps.count() == 1


def test_a_case_is_not_joined_to_itself_or_to_another_offices(cast, clerk):
    case, foreign = make_case(cast.chengguan), make_case(cast.anning)
    for number in (case.number, foreign.number):
        assert list(send(clerk, f"{CASES}{case.pk}/merge/", {"merged_into": number}).json()["fields"]) == [
            "merged_into"
        ]


def test_a_voided_case_is_neither_moved_nor_changed(cast, clerk):
    case = make_case(cast.chengguan)
    address = f"{CASES}{case.pk}/"
    assert send(clerk, f"{address}void/", {"why": "重复登记"}).status_code == 200
    assert send(clerk, f"{address}accept/").status_code == 400
    assert send(clerk, address, {"title": "另一件"}, "patch").status_code == 400
    assert case.steps.count() == 1


# --- Who reads ---


def test_a_department_reads_the_cases_handed_to_it_and_moves_none(cast, program):
    office = cast.chengguan
    led, joint, _ = (make_case(office) for _ in range(3))
    Case.objects.filter(pk=led.pk).update(lead_department=office.department)
    joint.joint_departments.add(office.department)
    client = program(department_account(office))
    assert {row["id"] for row in client.get(CASES).json()["results"]} == {led.pk, joint.pk}
    assert send(client, f"{CASES}{led.pk}/accept/").status_code == 403
    assert send(client, CASES, told(office)).status_code == 403


def test_a_member_reads_the_own_cases_and_another_office_none(cast, program):
    case = make_case(cast.chengguan)
    make_case(cast.anning)
    member, elsewhere = program(cast.chengguan.account), program(cast.xifeng.clerk)
    assert [row["id"] for row in member.get(CASES).json()["results"]] == [case.pk]
    assert send(member, f"{CASES}{case.pk}/accept/").status_code == 403
    assert elsewhere.get(f"{CASES}{case.pk}/").status_code == 404
    assert send(elsewhere, f"{CASES}{case.pk}/accept/").status_code == 404
    above = send(program(cast.lanzhou.clerk), f"{CASES}{case.pk}/accept/")
    assert (above.status_code, above.json()["message"]) == (403, "下级组织的记录只能查看。")


def test_texts_name_the_visitor_to_the_owning_office_alone(cast, program):
    office = cast.chengguan
    case = make_case(office, content="欧阳晓明，13912345678，路灯坏了。")
    case.visits.add(make_visit(office, visitor_name="欧阳晓明"))
    case.move("accepted", by=office.clerk, at=timezone.now(), note="已回复欧阳晓明 13912345678")
    Case.objects.filter(pk=case.pk).update(lead_department=office.department)
    accounts = {"clerk": office.clerk, "city": cast.lanzhou.clerk, "department": department_account(office)}
    for who, account in accounts.items():
        client = program(account)
        (listed,) = client.get(CASES).json()["results"]
        shown = client.get(f"{CASES}{case.pk}/").json()
        assert listed["content"] == "欧*，139****5678，路灯坏了。"
        assert shown["content"] == (case.content if who == "clerk" else listed["content"]), who
        assert {row["steps"][-1]["note"] for row in (listed, shown)} == {"已回复欧* 139****5678"}


def test_the_list_is_narrowed_by_words_number_state_lamp_and_period(cast, program):
    client = program(cast.lanzhou.clerk)
    late = make_case(cast.chengguan, timezone.localdate() - timedelta(9), deadline=timezone.localdate() - timedelta(1))
    done = make_case(cast.anning, title="水管漏水", category=cast.categories[0])
    done.move("resolved", by=cast.anning.clerk, at=timezone.now())
    year = done.registered_on.year
    for query, found in {
        "": {late, done}, "org=620105": {done}, "state=resolved": {done}, "lamp=overdue": {late}, "lamp=open": {late},
        "find=sgls": {done}, "find=路灯": {late}, f"find=anq-{year}": {done}, f"studio={cast.anning.studio.pk}": {done},
        f"category={cast.categories[0].pk}": {done}, "period=2020": set(),
    }.items():  # fmt: skip
        ids = {row["id"] for row in client.get(f"{CASES}?{query}").json()["results"]}
        assert ids == {case.pk for case in found}, query
