from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Case, Outcome, Step, Submission
from cases.workflow import TRANSITIONS, State
from reception.models import Visit
from tests.cast import make_case, make_visit
from tests.pages import add, address, change, errors


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.chengguan.clerk)
    return client


def move(client, case, to, **more):
    return client.post(address("move", "cases.case", case.pk), {"to": to, **more})


def test_a_new_case_gets_number_sector_and_first_step(clerk, cast):
    answer = add(
        clerk, "cases.case", title="路灯不亮", channel="call", registered_on="2026-06-01",
        studio=cast.chengguan.studio.pk, member=cast.chengguan.member.pk,
    )  # fmt: skip
    assert answer.status_code == 302, errors(answer)
    case = Case.objects.get()
    assert case.number == "CGQ-2026-000001"
    assert (case.organisation, case.sector) == (cast.chengguan.organisation, cast.chengguan.sectors[0])
    assert [(step.state, step.by) for step in case.steps.all()] == [("received", cast.chengguan.clerk)]


def test_another_countys_studio_is_refused_beside_the_field(client, cast):
    cast.lanzhou.clerk.grants.update(records_below=True)
    client.force_login(cast.lanzhou.clerk)
    answer = add(
        client, "cases.case", title="路灯不亮", channel="call", registered_on="2026-06-01",
        organisation=cast.chengguan.organisation.pk, studio=cast.anning.studio.pk,
    )  # fmt: skip
    assert errors(answer) == {"studio": ["所选工作室不属于这个政协组织。"]}


def test_a_case_is_worked_on_step_by_step(clerk, cast):
    case = make_case(cast.chengguan)
    for to, more in (("accepted", {}), ("in_progress", {}), ("resolved", {"result": "已修好", "result_class": "A"})):
        answer = move(clerk, case, to, note="已联系路灯所", **more)
        assert answer.status_code == 302, answer.context["form"].errors
    case.refresh_from_db()
    assert (case.state, case.result_class, case.resolved_on) == ("resolved", "A", timezone.localdate())
    assert case.steps.count() == 4


def test_a_state_is_no_field_of_the_form(clerk, cast):
    case = make_case(cast.chengguan)
    answer = change(clerk, "cases.case", case.pk, state="resolved", resolved_on="2026-06-01", title="路灯还是不亮")
    assert answer.status_code == 302, errors(answer)
    case.refresh_from_db()
    assert (case.state, case.title) == ("received", "路灯还是不亮")


def test_declining_needs_a_reason(clerk, cast):
    case = make_case(cast.chengguan)
    answer = move(clerk, case, "declined")
    assert answer.context["form"].non_field_errors() == ["变为“不予受理”必须说明原因。"]
    assert case.steps.count() == 1


def test_a_move_outside_the_table_is_not_offered(clerk, cast):
    answer = move(clerk, make_case(cast.chengguan), "confirmed")
    assert list(answer.context["form"].errors) == ["to"]


def test_a_case_is_joined_to_another_by_its_number(clerk, cast):
    first, second = make_case(cast.chengguan), make_case(cast.chengguan)
    elsewhere = make_case(cast.anning)
    answer = move(clerk, second, "merged", merged_into=elsewhere.number)
    assert answer.context["form"].errors["merged_into"] == ["请填写本组织另一件事项的编号。"]
    move(clerk, second, "merged", merged_into=first.number.lower())
    second.refresh_from_db()
    assert (second.state, second.merged_into) == ("merged", first)


def test_steps_are_shown_and_never_written(clerk, cast):
    case = make_case(cast.chengguan)
    page = clerk.get(address("change", "cases.case", case.pk))
    (steps,) = page.context["inline_admin_formsets"]
    assert not (steps.has_add_permission or steps.has_change_permission or steps.has_delete_permission)
    assert clerk.get(address("change", "cases.step", case.steps.get().pk)).context["has_change_permission"] is False


ALLOWED = [(old, new) for old, moves in TRANSITIONS.items() for new in moves]


def test_the_database_knows_the_table_of_moves(cast):
    case = make_case(cast.chengguan)
    for old in State:
        for new in State:
            assert moved(case, old, new) == (old == new or (old, new) in ALLOWED), (old, new)


def moved(case, old, new) -> bool:
    """Whether raw SQL can take the case from one state to another."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                replacement = Case.objects.create(**fields_in(case, old))
                Case.objects.filter(pk=replacement.pk).update(**standing_in(case, new))
            return True
        except IntegrityError as error:
            assert "不能变为" in str(error), (old, new, error)
            return False
        finally:
            transaction.set_rollback(True)


def standing_in(case, state) -> dict:
    done = state in (State.RESOLVED, State.CONFIRMED)
    return {
        "state": state,
        "resolved_on": case.registered_on if done else None,
        "merged_into": case if state == State.MERGED else None,
    }


def fields_in(case, state) -> dict:
    return {
        "organisation": case.organisation, "title": "又一件", "number": f"CGQ-{state}",
        "registered_on": case.registered_on, **standing_in(case, state),
    }  # fmt: skip


def test_the_database_keeps_steps_as_they_were(cast):
    case = make_case(cast.chengguan)
    for attempt in (lambda: case.steps.update(note="改写"), lambda: case.steps.all().delete()):
        with pytest.raises(IntegrityError, match="办理记录只能追加"), transaction.atomic():
            attempt()
    assert Step.objects.get().note == "登记"


def test_money_is_typed_in_ten_thousands_and_stored_in_yuan(clerk, cast):
    sent = {"kind": "financing", "amount": "350.5", "happened_on": "2026-06-01", "studio": cast.chengguan.studio.pk}
    answer = add(clerk, "cases.outcome", **sent)
    assert answer.status_code == 302, errors(answer)
    outcome = Outcome.objects.get()
    assert outcome.amount == Decimal(3_505_000)
    assert "350.5</span> 万元" in clerk.get(address("changelist", "cases.outcome")).content.decode()
    assert change(clerk, "cases.outcome", outcome.pk, note="两家企业").status_code == 302
    outcome.refresh_from_db()
    assert outcome.amount == Decimal(3_505_000)


def test_half_a_job_is_refused(clerk, cast):
    sent = {"kind": "jobs", "amount": "2.5", "happened_on": "2026-06-01", "studio": cast.chengguan.studio.pk}
    assert errors(add(clerk, "cases.outcome", **sent)) == {"amount": ["这类成效的数量应为整数。"]}


def test_several_instructions_stand_on_one_submission(clerk, cast):
    sent = {"kind": "opinion", "title": "路灯", "submitted_on": "2026-06-01", "first_author": cast.chengguan.member.pk}
    for n in (0, 1):
        sent |= {f"instructions-{n}-leader_level": "city", f"instructions-{n}-given_on": "2026-06-02"}
    answer = add(clerk, "cases.submission", **sent | {"instructions-TOTAL_FORMS": 2})
    assert answer.status_code == 302, errors(answer)
    assert Submission.objects.get().instructions.count() == 2


def test_a_submission_needs_an_author(clerk):
    sent = {"kind": "opinion", "title": "路灯", "submitted_on": "2026-06-01"}
    sentence = "请选择第一提交人，或一个集体（工作室、界别、专委会），或来源活动。"
    assert errors(add(clerk, "cases.submission", **sent)) == {"first_author": [sentence]}


def test_a_date_in_the_future_is_refused_beside_the_field(clerk, cast):
    sent = {"title": "路灯不亮", "channel": "call", "studio": cast.chengguan.studio.pk}
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = add(clerk, "cases.case", **sent, registered_on=tomorrow)
    assert errors(answer) == {"registered_on": ["日期不能晚于今天。"]}
    answer = add(clerk, "cases.case", **sent, registered_on="2026-06-02", deadline="2026-06-01")
    assert errors(answer) == {"deadline": ["办理期限不能早于登记日期。"]}
    assert Case.objects.count() == 0


@pytest.mark.parametrize("words", ["CGQ-{year}-000001", "cgq-{year}-0000", "CGQ-", "路灯", "ldbl", "LDBL"])
def test_a_case_is_found_by_number_title_and_initials(clerk, cast, words):
    case = make_case(cast.chengguan)
    words = words.format(year=case.registered_on.year)
    assert list(clerk.get(address("changelist", "cases.case"), {"q": words}).context["cl"].queryset) == [case]


def test_a_visit_that_the_office_takes_up_opens_its_case(clerk, cast):
    sent = {"visited_on": "2026-06-01", "receivers": cast.chengguan.member.pk, "studio": cast.chengguan.studio.pk}
    assert errors(add(clerk, "reception.visit", **sent, handling="case")) == {"content": ["帮办的事项请写明反映事项。"]}
    answer = add(clerk, "reception.visit", **sent, handling="case", content="路灯坏了。晚上看不清。")
    assert answer.status_code == 302, errors(answer)
    case = Case.objects.get()
    assert (case.title, case.member, list(case.visits.all())) == (
        "路灯坏了",
        cast.chengguan.member,
        [Visit.objects.get()],
    )
    page = clerk.get(address("change", "reception.visit", Visit.objects.get().pk)).content.decode()
    assert case.number in page


def test_a_visit_whose_case_is_open_stays_taken_up(clerk, cast):
    visit = make_visit(cast.chengguan, handling="case", content="路灯坏了")
    make_case(cast.chengguan).visits.add(visit)
    answer = change(clerk, "reception.visit", visit.pk, handling="answered")
    assert errors(answer) == {"handling": ["这次来访已经开了帮办事项，处理方式不能再改。"]}
    assert change(clerk, "reception.visit", visit.pk, headcount=4).status_code == 302
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("today", "deadline", "lamp"),
    [
        ("2026-11-25", "2026-11-30", "yellow"),  # Wednesday to Monday: three working days
        ("2026-11-25", "2026-12-01", "green"),
        ("2026-11-24", "2026-11-30", "green"),
        ("2026-11-30", "2026-11-30", "yellow"),
        ("2026-12-01", "2026-11-30", "red"),
    ],
)
def test_the_lamp_turns_yellow_in_the_last_three_working_days(db, today, deadline, lamp):
    case = Case(state=State.ACCEPTED, deadline=date.fromisoformat(deadline))
    assert case.lamp(date.fromisoformat(today)) == lamp


def test_what_the_department_answered_is_kept_with_the_step(clerk, cast):
    case = make_case(cast.chengguan)
    move(clerk, case, "resolved", result="已修好", department_reply="更换灯具两盏。")
    assert case.steps.get(state="resolved").department_reply == "更换灯具两盏。"


def test_a_long_opinion_is_stored_with_a_warning(clerk, cast):
    sent = {"kind": "opinion", "title": "关于路灯的建议", "submitted_on": "2026-06-01"}
    sent |= {"first_author": cast.chengguan.member.pk}
    answer = add(clerk, "cases.submission", **sent, text="字" * 1501)
    assert "一般不超过 1500 字" in clerk.get(answer["Location"]).content.decode()
    assert len(Submission.objects.get().text) == 1501
