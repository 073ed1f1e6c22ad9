"""Reminders and notices: who is told, once, and where it leads."""

import io
from datetime import date

import pytest
from django.core.management import call_command

from liaison.models import Notice
from liaison.periods import parse
from reports.models import PeriodReport
from reports.reminding import last_over, remind
from reports.tasks import remind as remind_task
from tests.pages import signed_in, text_of
from tests.reports.signed import act, submitted
from tests.reports.test_supplements import act as decide
from tests.reports.test_supplements import proposed

LATE, SOON, OPEN = date(2026, 4, 20), date(2026, 4, 6), date(2026, 4, 1)


def told(account) -> list[str]:
    return [notice.text for notice in Notice.objects.to(account)]


def march(account) -> list[str]:
    return [text for text in told(account) if "2026年3月" in text]


@pytest.mark.parametrize(
    ("today", "text"),
    [
        (OPEN, "2026年3月月报可以填报了，2026年4月7日前提交。"),
        (SOON, "2026年3月月报还没有提交，2026年4月7日到期。"),
        (LATE, "2026年3月月报应于2026年4月7日前提交，已经逾期。"),
    ],
)
def test_the_office_s_clerks_are_told_by_the_day(cast, today, text):
    remind(today)
    assert march(cast.chengguan.clerk) == [text]
    assert told(cast.chengguan.leader) == told(cast.chengguan.account) == []


def test_who_has_reported_is_left_alone(cast):
    report = submitted(cast.chengguan)
    Notice.objects.all().delete()
    remind(LATE)
    assert march(cast.chengguan.clerk) == []
    act(signed_in(cast.lanzhou.clerk), report, "return", why="请核对")
    remind(LATE)
    assert "2026年3月月报应于2026年4月7日前提交，已经逾期。" in march(cast.chengguan.clerk)


def test_the_office_above_is_told_who_is_late(cast):
    submitted(cast.chengguan)
    remind(LATE)
    assert "2026年3月月报逾期未报：安宁区政协。" in march(cast.lanzhou.clerk)
    assert not any("城关" in text for text in march(cast.gansu.clerk))


def test_nobody_is_told_the_same_twice(cast):
    first = remind(SOON)
    assert first == Notice.objects.count() > 0
    assert remind(SOON) == 0
    remind_task()
    before = Notice.objects.count()
    out = io.StringIO()
    call_command("remind_reports", stdout=out)
    assert out.getvalue() == "新通知 0 条。\n"
    assert Notice.objects.count() == before


def test_the_number_of_queries_does_not_depend_on_the_offices(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        remind(LATE)


def test_the_last_periods_that_are_over():
    assert [last_over(grain, OPEN).code for grain in PeriodReport.Grain] == ["2026-03", "2026Q1", "2025"]
    assert [last_over(grain, date(2026, 3, 31)).code for grain in PeriodReport.Grain] == ["2026-02", "2025Q4", "2025"]
    assert parse("2026Q1", OPEN).last == date(2026, 3, 31)


# Verbs


def test_each_verb_tells_the_other_office(cast):
    report = submitted(cast.chengguan)
    assert told(cast.lanzhou.clerk) == ["城关区政协2026年3月月报等待审核。"]
    act(signed_in(cast.lanzhou.clerk), report, "return", why="来访人数请核对。")
    assert told(cast.chengguan.clerk) == ["城关区政协2026年3月月报退回：来访人数请核对。"]
    one = proposed(cast.anning)
    assert told(cast.lanzhou.clerk)[0] == "安宁区政协2026年3月补录接待日活动等待审批。"
    decide(signed_in(cast.lanzhou.clerk), one, "approve")
    assert told(cast.anning.clerk) == ["安宁区政协2026年3月补录接待日活动已批准"]


# The inbox


def test_the_bell_counts_and_a_notice_leads_to_its_page(cast):
    report = submitted(cast.chengguan)
    city = signed_in(cast.lanzhou.clerk)
    assert "通知，1 条未读" in city.get("/dashboard/").content.decode()
    [notice] = Notice.objects.to(cast.lanzhou.clerk)
    assert notice.text in text_of(city.get("/notices/"))
    answer = city.post(f"/notices/{notice.pk}/read/")
    assert answer.url == report.url
    notice.refresh_from_db()
    assert (notice.state, notice.read_at is not None) == ("read", True)
    assert "未读" not in city.get("/dashboard/").content.decode()


def test_all_are_marked_as_read_at_once(cast):
    remind(LATE)
    client = signed_in(cast.chengguan.clerk)
    count = Notice.objects.to(cast.chengguan.clerk).count()
    answer = client.post("/notices/read/", follow=True)
    assert f"{count} 条通知已标为已读。" in text_of(answer)
    assert Notice.objects.to(cast.chengguan.clerk).unread().count() == 0
    assert Notice.objects.to(cast.anning.clerk).unread().exists()


def test_another_s_notice_does_not_exist(cast):
    submitted(cast.chengguan)
    [notice] = Notice.objects.to(cast.lanzhou.clerk)
    for account in (cast.lanzhou.leader, cast.chengguan.clerk, cast.gansu.clerk):
        assert signed_in(account).post(f"/notices/{notice.pk}/read/").status_code == 404
        assert notice.text not in text_of(signed_in(account).get("/notices/"))
    notice.refresh_from_db()
    assert notice.state == "unread"
