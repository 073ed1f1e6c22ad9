"""Periodic reports: what is signed stays as it was signed, and each office does its own part."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liaison.models import Account, Entry, Grant, Organisation, Role
from liaison.periods import month_of, parse
from reports import rollup, signing
from reports.indicators import INDICATORS
from reports.models import PeriodReport, ReportFigure, grain_of
from tests.cast import make_activity, make_visit
from tests.pages import signed_in, text_of
from tests.reports.signed import LIST, MARCH, act, line, said, start, submitted


@pytest.fixture
def county(cast):
    return signed_in(cast.chengguan.clerk)


@pytest.fixture
def city(cast):
    return signed_in(cast.lanzhou.clerk)


# What was signed stays


def test_an_accepted_march_stays_as_signed_when_a_visit_is_corrected(cast, county, city):
    visit = make_visit(cast.chengguan, MARCH, headcount=12)
    make_visit(cast.chengguan, MARCH, headcount=3)
    report = start(county, cast.chengguan)
    act(county, report, "submit", note="三月来访集中在两天。")
    act(city, report, "accept")
    assert report.state == "accepted"

    visit.headcount = 10
    visit.save()
    rollup.drain()

    changed = line(report, "people_served")
    assert (changed.signed, changed.now, changed.adjustment) == (15, 13, -2)
    assert line(report, "visits").adjustment == 0
    page = text_of(county.get(report.url))
    assert "现有 2 项调整" in page  # 联系服务群众, and the same in studios
    assert "−2" in page


def test_every_figure_is_fixed_with_the_version_of_its_definition(cast, county):
    make_activity(cast.chengguan, MARCH, public_count=30)
    report = submitted(cast.chengguan)
    rows = {row.indicator: (row.value, row.since) for row in report.figures.all()}
    assert set(rows) == {indicator.code for indicator in INDICATORS}
    assert rows["policy_talks"] == (1, "0.1.0")
    assert rows["people_served"] == (30, "0.1.0")
    assert rows["studios"] == (1, "0.1.0")
    assert report.submitted_at and report.submitted_by == cast.chengguan.clerk


def test_what_was_recorded_a_moment_ago_is_counted_in(cast):
    """Nobody waits for the roll-up before submitting."""
    make_visit(cast.chengguan, MARCH, headcount=7)
    report = submitted(cast.chengguan)
    assert line(report, "people_served").signed == 7


def test_money_is_fixed_to_the_cent(cast):
    from studios.models import Fund

    Fund.objects.create(
        organisation=cast.chengguan.organisation, year=2026, amount=Decimal("1000.55"), allocated_on=MARCH
    )
    report = submitted(cast.chengguan)
    assert line(report, "funds").signed == Decimal("1000.55")


def test_the_database_keeps_signed_figures(cast):
    report = submitted(cast.chengguan)
    figure = report.figures.get(indicator="visits")
    for change in (
        lambda: ReportFigure.objects.filter(pk=figure.pk).update(value=9),
        lambda: figure.delete(),
        lambda: ReportFigure.objects.create(report=report, indicator="more", value=1, since="0.1.0"),
    ):
        with pytest.raises(IntegrityError, match="数字不能再改"), transaction.atomic():
            change()


def test_the_database_keeps_the_table_of_moves(cast):
    report = submitted(cast.chengguan)
    with pytest.raises(IntegrityError, match="“已报”的报告不能变为“待报”。"), transaction.atomic():
        PeriodReport.objects.filter(pk=report.pk).update(state="draft", submitted_at=None, submitted_by=None)


# Who does what


def test_nobody_accepts_their_own_office_s_report(cast, county):
    report = submitted(cast.chengguan)
    answer = act(county, report, "accept")
    assert answer.status_code == 422
    assert said(answer) == "城关区政协的定期报告由兰州市政协审核，本单位不能审核。"
    assert report.state == "submitted"


def test_who_submitted_does_not_accept_even_as_a_clerk_of_both(cast, city):
    Grant.objects.create(account=cast.lanzhou.clerk, role=Role.CLERK, organisation=cast.chengguan.organisation)
    report = start(city, cast.chengguan)
    act(city, report, "submit")
    answer = act(city, report, "accept")
    assert (answer.status_code, said(answer)) == (422, "自己提交的不能自己审核，请另一位工作人员审核。")
    with pytest.raises(IntegrityError, match="period_report_not_decided_by_its_author"), transaction.atomic():
        PeriodReport.objects.filter(pk=report.pk).update(
            state="accepted", decided_by=cast.lanzhou.clerk, decided_at=timezone.now()
        )


def test_the_topmost_office_s_report_is_accepted_by_a_second_clerk(cast):
    report = submitted(cast.gansu)
    first, second = signed_in(cast.gansu.clerk), Account.objects.create(username="second", name="第二人")
    Grant.objects.create(account=second, role=Role.CLERK, organisation=cast.gansu.organisation)
    assert act(first, report, "accept").status_code == 422
    assert act(signed_in(second), report, "accept").status_code == 302
    assert (report.state, report.decided_by) == ("accepted", second)


def test_the_province_does_not_decide_past_the_city(cast):
    report = submitted(cast.chengguan)
    answer = act(signed_in(cast.gansu.clerk), report, "accept")
    assert said(answer) == "城关区政协的定期报告由兰州市政协审核，本单位不能审核。"


def test_the_office_above_neither_starts_nor_submits_nor_writes(cast, city, county):
    answer = city.post(f"{LIST}start/", {"org": "620102", "period": "2026-03"}, follow=True)
    assert "城关区政协的报告由该单位的工作人员填报。" in text_of(answer)
    assert not PeriodReport.objects.exists()
    report = start(county, cast.chengguan)
    for verb in ("submit", "save"):
        answer = act(city, report, verb, note="代写")
        assert (answer.status_code, said(answer)) == (422, "定期报告由城关区政协的工作人员填报。")
    assert (report.state, report.note) == ("draft", "")


def test_who_records_for_a_lower_office_submits_for_it(cast, city):
    Grant.objects.filter(account=cast.lanzhou.clerk).update(records_below=True)
    report = start(city, cast.chengguan)
    assert act(city, report, "submit").status_code == 302


def test_a_leader_reads_and_signs_nothing(cast, county):
    report = submitted(cast.chengguan)
    leader = signed_in(cast.lanzhou.leader)
    assert leader.get(report.url).status_code == 200
    assert act(leader, report, "accept").status_code == 422
    assert act(leader, report, "return", why="不清楚").status_code == 422
    assert report.state == "submitted"


@pytest.mark.parametrize("who", ["account", "officer"])
def test_who_reads_no_totals_finds_no_reports(cast, who):
    report = submitted(cast.chengguan)
    client = signed_in(getattr(cast.chengguan, who))
    assert client.get(LIST).status_code == client.get(report.url).status_code == 404


def test_another_county_s_report_does_not_exist(cast):
    report = submitted(cast.xifeng)
    for client in (signed_in(cast.chengguan.clerk), signed_in(cast.lanzhou.clerk)):
        assert client.get(report.url).status_code == 404
        for verb in ("save", "submit", "return", "accept"):
            assert act(client, report, verb, why="不清楚").status_code == 404
    assert report.state == "submitted"


# Returned and submitted again


def test_a_return_needs_a_reason_and_the_next_submission_fixes_anew(cast, county, city):
    make_visit(cast.chengguan, MARCH, headcount=5)
    report = submitted(cast.chengguan)
    answer = act(city, report, "return", why="  ")
    assert (answer.status_code, said(answer)) == (422, "请写明退回的原因。")
    act(city, report, "return", why="来访人数请核对。")
    assert (report.state, report.why) == ("returned", "来访人数请核对。")
    assert "来访人数请核对。" in text_of(county.get(report.url))

    make_visit(cast.chengguan, MARCH, headcount=2)
    act(county, report, "submit", note="已核对。")
    assert (report.state, report.why, report.decided_by, report.note) == ("submitted", "", None, "已核对。")
    assert line(report, "people_served").signed == 7


def test_an_accepted_report_is_neither_returned_nor_written(cast, county, city):
    report = submitted(cast.chengguan)
    act(city, report, "accept")
    answer = act(city, report, "return", why="再看看")
    assert said(answer) == "定期报告现在是“已审定”，不能变为“退回”，请刷新后核对。"
    assert said(act(county, report, "save", note="补充")) == "定期报告现在是“已审定”，内容不能再改。"
    assert said(act(county, report, "submit")) == "定期报告现在是“已审定”，不能变为“已报”，请刷新后核对。"
    assert (report.state, report.note) == ("accepted", "")


def test_nothing_typed_is_lost_when_it_is_refused(cast, city):
    report = submitted(cast.chengguan)
    act(city, report, "return", why="请核对")
    long = "核" * 501
    PeriodReport.objects.filter(pk=report.pk).update(state="submitted", decided_at=None, decided_by=None)
    answer = act(city, report, "return", why=long)
    assert answer.status_code == 422
    assert long in answer.content.decode()


# Periods


def test_a_running_period_is_not_submitted(cast, county):
    running = month_of(timezone.localdate()).code
    report = start(county, cast.chengguan, running)
    answer = act(county, report, "submit", note="提前报")
    assert answer.status_code == 422
    assert "还没有结束" in said(answer)
    assert "提前报" in answer.content.decode()


@pytest.mark.parametrize(
    ("code", "grain"), [("2026-03", "month"), ("2026Q1", "quarter"), ("2026", "year"), ("2026H1", ""), ("ytd", "")]
)
def test_the_kind_of_a_report_follows_from_its_period(code, grain):
    assert grain_of(parse(code, MARCH)) == grain


@pytest.mark.parametrize("period", ["2026H1", "三月", "2026-03-02..2026-03-30"])
def test_other_spans_are_refused_with_a_sentence(cast, county, period):
    answer = county.get(LIST, {"period": period})
    assert answer.status_code == 400
    assert answer.context["problem"]


def test_one_report_for_each_office_and_period(cast, county):
    report = start(county, cast.chengguan)
    assert start(county, cast.chengguan) == report
    with pytest.raises(ValidationError, match="已经开始填报"):
        PeriodReport(organisation=report.organisation, grain="month", starts_on=report.starts_on).full_clean()
    for wrong in ({"grain": "month", "starts_on": MARCH}, {"grain": "quarter", "starts_on": date(2026, 2, 1)}):
        with pytest.raises(ValidationError, match="整月、整季或整年"):
            PeriodReport(organisation=report.organisation, **wrong).full_clean()


# The list


def test_the_list_says_who_is_missing_and_by_when(cast, city):
    submitted(cast.chengguan)
    page = city.get(LIST, {"period": "2026-03"})
    # Five working days after Tuesday, 31 March, without rows of holidays.
    assert page.context["due_on"] == date(2026, 4, 7)
    assert [one.organisation.short_name for one in page.context["missing"]] == ["安宁区政协"]
    lines = page.context["lines"]
    assert [(one["due"].organisation.short_name, one["due"].label, one["is_late"]) for one in lines] == [
        ("兰州市政协", "待报", True), ("城关区政协", "已报", True), ("安宁区政协", "待报", True),
    ]  # fmt: skip
    assert [(words, count) for words, count, *_ in page.context["states"]] == [
        ("全部", 3), ("待报", 2), ("已报", 1), ("退回", 0), ("已审定", 0),
    ]  # fmt: skip
    only = city.get(LIST, {"period": "2026-03", "state": "submitted"})
    assert [one["act"] for one in only.context["lines"]] == ["审核"]


def test_a_report_within_its_days_is_not_late(cast):
    report = submitted(cast.chengguan)
    due = signing.Due(report.organisation, report, date(2026, 4, 8))
    for day, late in ((date(2026, 4, 8), False), (date(2026, 4, 9), True)):
        report.submitted_at = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 23))
        assert due.is_late(MARCH) is late
    assert signing.Due(report.organisation, None, date(2026, 4, 8)).is_late(date(2026, 4, 9))


def test_as_many_queries_for_three_offices_as_for_one(cast, city):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            city.get(LIST, {"period": "2026-03"})
        return len(captured)

    submitted(cast.chengguan)
    queries()
    with_one = queries()
    submitted(cast.anning)
    Organisation.objects.filter(pk=cast.xifeng.organisation.pk).update(parent=cast.lanzhou.organisation)
    assert queries() == with_one


# The trail


def test_every_verb_is_noted(cast, county, city):
    report = start(county, cast.chengguan)
    act(county, report, "save", note="草稿")
    act(county, report, "submit", note="草稿")
    act(city, report, "return", why="请核对")
    act(county, report, "submit", note="草稿")
    act(city, report, "accept")
    entries = Entry.objects.about(report).order_by("id")
    told = [(entry.act, "".join(entry.changes.get("fields", [])), entry.account) for entry in entries]
    clerk, above = cast.chengguan.clerk, cast.lanzhou.clerk
    assert told == [
        ("add", "", clerk), ("change", "", clerk), ("change", "提交", clerk), ("change", "退回", above),
        ("change", "提交", clerk), ("change", "审定", above),
    ]  # fmt: skip
    states = [row["after"] for entry in entries for row in entry.changes["diff"] if row["name"] == "state"]
    assert states == ["待报", "已报", "退回", "已报", "已审定"]
    assert {entry.organisation for entry in entries} == {cast.chengguan.organisation}
