"""A case that a program opens under a client key is one case, however often it is sent."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from cases.models import Case
from liaison.api.schema import schema
from liaison.models import Entry
from tests.cast import make_case, make_visit
from tests.pages import signed_in
from tests.programs import send, with_token

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"


def told(office, **values) -> dict:
    return {
        "client_key": str(uuid.uuid4()), "organisation": office.organisation.pk, "studio": office.studio.pk,
        "title": "南昌路路灯不亮", "channel": "call", "registered_on": "2026-06-01", "member": office.member.pk,
    } | values  # fmt: skip


@pytest.fixture
def clerk(cast, program):
    return program(cast.chengguan.clerk)


def counts(case: Case) -> tuple[int, int, int]:
    """Cases, steps of this one, and entries that something was added."""
    return Case.objects.count(), case.steps.count(), Entry.objects.filter(act="add").count()


def test_the_same_content_again_is_the_first_record_and_uses_up_no_number(cast, clerk):
    office = cast.chengguan
    sent = told(office, visits=[make_visit(office).pk], joint_departments=[office.department.pk], deadline="2026-06-20")
    answers = [send(clerk, CASES, one) for one in (sent, sent, sent | {"client_key": sent["client_key"].upper()})]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert answers[0].json() == answers[1].json() == answers[2].json()
    case = Case.objects.get()
    assert (answers[0].json()["client_key"], case.recorded_by) == (sent["client_key"], office.clerk)
    assert counts(case) == (1, 1, 1)
    assert send(clerk, CASES, told(office)).json()["number"] == "CGQ-2026-000002"


def test_what_was_left_out_both_times_is_the_same_a_day_later(cast, clerk):
    """Without a date the first was registered on its own day, not on that of the repetition."""
    office, yesterday = cast.chengguan, timezone.now() - timedelta(days=1)
    sent = {"client_key": str(uuid.uuid4()), "organisation": office.organisation.pk, "title": "南昌路路灯不亮"}
    case = Case(organisation=office.organisation, title=sent["title"], client_key=uuid.UUID(sent["client_key"]))
    case.open(by=office.clerk, at=yesterday)
    again = send(clerk, CASES, sent)
    assert (again.status_code, again.json()["number"]) == (200, case.number)
    assert again.json()["registered_on"] == timezone.localdate(yesterday).isoformat()
    today = send(clerk, CASES, sent | {"registered_on": timezone.localdate().isoformat()})
    assert (today.status_code, list(today.json()["fields"])) == (409, ["registered_on"])


def test_a_repetition_leads_to_the_first_also_when_it_has_moved_on(cast, clerk):
    sent = told(cast.chengguan)
    del sent["member"]
    first = send(clerk, CASES, sent).json()
    case = Case.objects.get()
    case.move("accepted", by=cast.chengguan.clerk, at=timezone.now(), member=cast.chengguan.member)
    case.move("resolved", by=cast.chengguan.clerk, at=timezone.now(), result="已修好", result_class="A")
    again = send(clerk, CASES, sent)
    assert (again.status_code, again.json()["id"], again.json()["state"]) == (200, first["id"], "resolved")
    other = send(clerk, CASES, sent | {"result": "没有修"})
    assert (other.status_code, list(other.json()["fields"])) == (409, ["result"])


@pytest.mark.parametrize("keyless", [{}, {"client_key": None}])
def test_without_a_key_each_request_opens_a_case(cast, clerk, keyless):
    sent = told(cast.chengguan)
    del sent["client_key"]
    answers = [send(clerk, CASES, sent | keyless) for _ in range(2)]
    assert [(answer.status_code, answer.json()["client_key"]) for answer in answers] == [(201, None)] * 2
    assert [answer.json()["number"] for answer in answers] == ["CGQ-2026-000001", "CGQ-2026-000002"]


@pytest.mark.parametrize(
    "other",
    [
        {"title": "另一件事"},
        {"content": "晚上看不清"},
        {"registered_on": "2026-06-02"},
        {"is_urgent": True},
        {"member": None},
        {"visits": "one"},
        {"joint_departments": "one"},
    ],
)
def test_other_content_under_the_same_key_changes_nothing(cast, clerk, other):
    office, sent = cast.chengguan, told(cast.chengguan)
    first = send(clerk, CASES, sent).json()
    rows = {"visits": make_visit(office).pk, "joint_departments": office.department.pk}
    answer = send(clerk, CASES, sent | {name: [rows[name]] if name in rows else value for name, value in other.items()})
    (field,) = other
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["fields"] == {field: ["与已登记的不同。"]}
    assert first["number"] in answer.json()["message"]
    assert clerk.get(f"{CASES}{first['id']}/").json() == first
    assert counts(Case.objects.get()) == (1, 1, 1)


def test_a_field_left_out_this_time_is_other_content_and_a_bad_one_is_bad(cast, clerk):
    sent = told(cast.chengguan)
    send(clerk, CASES, sent)
    for left_out in ("channel", "registered_on", "member"):
        answer = send(clerk, CASES, {name: value for name, value in sent.items() if name != left_out})
        assert (answer.status_code, list(answer.json()["fields"])) == (409, [left_out])
    for bad in ({"priority": 1}, {"title": ""}):
        answer = send(clerk, CASES, sent | bad)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [*bad])


def test_a_key_of_somebody_elses_case_tells_nothing_of_it(cast, clerk):
    for office in (cast.xifeng, cast.chengguan):
        taken = make_case(office)
        Case.objects.filter(pk=taken.pk).update(client_key=uuid.uuid4(), recorded_by=office.officer)
        taken.refresh_from_db()
        answer = send(clerk, CASES, told(cast.chengguan, client_key=str(taken.client_key)))
        assert (answer.status_code, answer.json()["fields"]) == (400, {"client_key": ["这件事项已经提交过。"]})
        assert taken.number not in answer.text


def test_what_is_no_key_is_refused_and_a_stored_key_stays(cast, clerk):
    assert list(send(clerk, CASES, told(cast.chengguan, client_key="abc")).json()["fields"]) == ["client_key"]
    case = send(clerk, CASES, told(cast.chengguan)).json()
    for key in (str(uuid.uuid4()), None):
        answer = send(clerk, f"{CASES}{case['id']}/", {"client_key": key}, "patch")
        assert answer.json()["fields"] == {"client_key": ["登记以后不能更改。"]}


@pytest.mark.django_db(transaction=True)
def test_twenty_equal_requests_at_one_moment_open_one_case_and_leave_no_gap(cast):
    sent = told(cast.chengguan)
    with transaction.atomic():
        client = with_token(cast.chengguan.clerk)

    def ask(_):
        try:
            return send(client, CASES, sent)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert counts(Case.objects.get()) == (1, 1, 1)
    assert send(client, CASES, told(cast.chengguan)).json()["number"] == "CGQ-2026-000002"


def test_schema_and_page_of_addresses_tell_it(cast):
    opening = schema()["paths"][CASES]["post"]
    assert {"200", "201", "409"} <= opening["responses"].keys()
    page = signed_in(cast.chengguan.clerk).get("/api/").text
    assert opening["description"] in page
    assert "可附提交标识" in opening["description"]
