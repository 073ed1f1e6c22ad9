"""Data checks: what is odd is found, what was found right stays so until its numbers change, open ones ask for a sentence."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from liaison.models import Entry
from liaison.periods import month_of
from reception.models import ReceptionDay
from reports import checks
from reports.models import DataCheck, PeriodReport
from tests.cast import make_activity, make_case, make_day, make_visit
from tests.pages import signed_in, text_of
from tests.reports.signed import act, start

DAY = date(2026, 3, 10)
MARCH = month_of(DAY)


def found(office) -> list[tuple[str, int]]:
    return [(one.check, len(one.rows)) for one in checks.open_findings(office.organisation, MARCH)]


def held(office, on: date = DAY) -> ReceptionDay:
    return make_day(office, on, state=ReceptionDay.State.HELD)


# What is found, and what is not


def test_a_held_day_without_a_visit(cast):
    empty, full = held(cast.chengguan), held(cast.chengguan, DAY + timedelta(1))
    make_visit(cast.chengguan, full.held_on, reception_day=full)
    make_day(cast.chengguan, DAY + timedelta(2), state="announced")
    held(cast.anning)
    held(cast.chengguan, date(2026, 4, 1))
    [one] = checks.open_findings(cast.chengguan.organisation, MARCH)
    assert (one.check, one.rows) == ("empty_day", (empty,))
    assert one.sentence == "2026年3月10日广武门委员工作室的接待日已开展，没有一条来访登记。"


def test_a_voided_visit_fills_no_day(cast):
    day = held(cast.chengguan)
    visit = make_visit(cast.chengguan, DAY, reception_day=day)
    assert found(cast.chengguan) == []
    type(visit).objects.filter(pk=visit.pk).update(voided_at="2026-03-11T00:00+08:00", void_reason="填错")
    assert found(cast.chengguan) == [("empty_day", 1)]


@pytest.mark.parametrize(("headcount", "is_found"), [(60, True), (10, False), (9, False)])
def test_a_headcount_far_above_the_studio_s_usual(cast, headcount, is_found):
    for _ in range(4):
        make_visit(cast.chengguan, DAY, headcount=2)
    make_visit(cast.chengguan, DAY, headcount=headcount)
    assert [check for check, _ in found(cast.chengguan)] == (["high"] if is_found else [])


def test_a_studio_that_always_receives_many_is_not_odd(cast):
    for _ in range(2):
        make_visit(cast.chengguan, DAY, headcount=57)
    make_visit(cast.chengguan, DAY, headcount=91)
    assert found(cast.chengguan) == []


def test_many_visits_with_one_text(cast):
    for n in range(checks.MANY):
        assert found(cast.chengguan) == []
        make_visit(cast.chengguan, DAY, content="反映路灯不亮", headcount=1 + n % 2)
        make_visit(cast.chengguan, DAY, content="", headcount=1)
    assert found(cast.chengguan) == [("same_text", checks.MANY)]


def test_cases_resolved_on_the_day_they_were_registered_in_bulk(cast):
    cases = [make_case(cast.chengguan, DAY) for _ in range(checks.MANY)]
    Case.objects.update(state="resolved", resolved_on=DAY, result="已换灯")
    assert found(cast.chengguan) == [("at_once", checks.MANY)]
    Case.objects.filter(pk=cases[0].pk).update(resolved_on=DAY + timedelta(1))
    assert found(cast.chengguan) == []


def test_round_numbers(cast):
    for count in (100, 200, 300):
        make_activity(cast.chengguan, DAY, public_count=count)
    assert found(cast.chengguan) == [("round", 3)]
    for count in (101, 203, 307):
        make_activity(cast.chengguan, DAY, public_count=count)
    assert found(cast.chengguan) == []


# Found right


@pytest.fixture
def county(cast):
    return signed_in(cast.chengguan.clerk)


def confirm(client, report: PeriodReport, one: checks.Finding, **sent):
    return client.post(f"{report.url}checks/confirm/", {"check": one.check, "key": one.key} | sent)


def test_what_was_found_right_stays_so_until_its_numbers_change(cast, county):
    for _ in range(4):
        make_visit(cast.chengguan, DAY, headcount=2)
    large = make_visit(cast.chengguan, DAY, headcount=61)
    report = start(county, cast.chengguan)
    [one] = checks.open_findings(cast.chengguan.organisation, MARCH)
    page = county.get(f"{report.url}checks/")
    assert f"/admin/reception/visit/{large.pk}/change/" in page.content.decode()
    confirm(county, report, one, note="已与签到表核对")
    confirm(county, report, one)
    [known] = DataCheck.objects.all()
    assert (known.checked_by, known.note) == (cast.chengguan.clerk, "已与签到表核对")
    assert found(cast.chengguan) == []
    assert "张新民" not in known.note
    assert "已与签到表核对" in text_of(county.get(f"{report.url}checks/"))
    assert [entry.act for entry in Entry.objects.about(known)] == ["add"]
    large.headcount = 67
    large.save()
    assert found(cast.chengguan) == [("high", 1)]


def test_only_the_office_itself_says_so(cast, county):
    held(cast.chengguan)
    report = start(county, cast.chengguan)
    [one] = checks.open_findings(cast.chengguan.organisation, MARCH)
    assert confirm(signed_in(cast.lanzhou.clerk), report, one).status_code == 404
    assert confirm(signed_in(cast.anning.clerk), report, one).status_code == 404
    assert signed_in(cast.lanzhou.clerk).get(f"{report.url}checks/").status_code == 200
    assert signed_in(cast.anning.clerk).get(f"{report.url}checks/").status_code == 404
    answer = county.post(f"{report.url}checks/confirm/", {"check": "empty_day", "key": "0"}, follow=True)
    assert "这一条已经不是疑点。" in text_of(answer)
    assert confirm(county, report, one, note="核" * 201).status_code == 422
    assert not DataCheck.objects.exists()


# Submitting


def test_open_findings_ask_for_a_sentence_before_submitting(cast, county):
    held(cast.chengguan)
    report = start(county, cast.chengguan)
    assert "数据核验发现 1 条疑点还没有核实" in text_of(county.get(report.url))
    answer = act(county, report, "submit", note="三月情况")
    assert answer.status_code == 422
    assert answer.context["note_form"].errors["doubts"] == [
        "还有 1 条疑点没有核实。请逐条核对，或在这里写明为什么照此提交。"
    ]
    assert "三月情况" in answer.content.decode()
    assert report.state == "draft"
    act(county, report, "submit", doubts="当天大雪，确无群众来访。")
    assert (report.state, report.doubts) == ("submitted", "当天大雪，确无群众来访。")
    assert "当天大雪" in text_of(signed_in(cast.lanzhou.clerk).get(report.url))


def test_checked_findings_do_not(cast, county):
    held(cast.chengguan)
    report = start(county, cast.chengguan)
    confirm(county, report, *checks.open_findings(cast.chengguan.organisation, MARCH))
    act(county, report, "submit")
    assert report.state == "submitted"


def test_the_number_of_queries_does_not_grow_with_the_findings(cast):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            checks.findings(cast.chengguan.organisation, MARCH)
        return len(captured)

    def more(first: int):
        for n in range(first, first + 5):
            held(cast.chengguan, DAY + timedelta(n))
            make_visit(cast.chengguan, DAY, content="一样的话", headcount=40)

    more(0)
    once = queries()
    more(5)
    assert queries() == once
