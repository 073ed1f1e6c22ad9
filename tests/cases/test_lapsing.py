"""What turns true by time alone is stored, once, and no longer counts when it is no longer true."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from cases.lapsing import Lapsed, lapse
from cases.models import Case
from cases.tasks import lapse as task
from reception.models import ReceptionDay
from studios.models import Studio
from tests.cast import make_case, make_day

State = ReceptionDay.State


@pytest.fixture
def today(db) -> date:
    return timezone.localdate()


def due() -> list[ReceptionDay]:
    return list(ReceptionDay.objects.due())


def late() -> list[Case]:
    return list(Case.objects.filter(Case.LATE))


# Reception days


def test_a_day_that_passed_without_being_held_is_noted_once(cast, today):
    day = make_day(cast.chengguan, today - timedelta(days=3))
    make_day(cast.anning, today)
    assert (lapse(today), lapse(today)) == (Lapsed(1, 0), Lapsed(0, 0))
    day.refresh_from_db()
    assert (day.missed_on, day.is_missed, day.state_words) == (today - timedelta(days=2), True, "未开展")
    assert list(ReceptionDay.objects.missed()) == due() == [day]


def test_today_is_not_over_yet(cast, today):
    make_day(cast.chengguan, today)
    assert lapse(today).missed == 0
    assert lapse(today + timedelta(days=1)).missed == 1


def test_a_day_recorded_late_as_held_is_due_but_not_missed(cast, today):
    day = make_day(cast.chengguan, today - timedelta(days=1))
    lapse(today)
    ReceptionDay.objects.get(pk=day.pk).hold()
    assert due() == list(ReceptionDay.objects.counted()) == [day]
    assert not ReceptionDay.objects.missed()


def test_a_day_that_was_called_off_or_voided_is_not_due(cast, today):
    day, other = (make_day(office, today - timedelta(days=1)) for office in (cast.chengguan, cast.anning))
    lapse(today)
    day.cancel(why="暴雨")
    other.void(by=cast.anning.clerk, why="重复登记", at=timezone.now())
    assert due() == []


def test_a_day_moved_ahead_is_due_again_when_the_new_day_has_passed(cast, today):
    day = make_day(cast.chengguan, today - timedelta(days=1))
    lapse(today)
    ReceptionDay.objects.filter(pk=day.pk).update(held_on=today + timedelta(days=5))
    assert due() == []
    assert lapse(today + timedelta(days=5)).missed == 0
    assert lapse(today + timedelta(days=6)).missed == 1


def test_days_count_from_the_month_in_which_the_studio_opened(cast):
    Studio.objects.filter(pk=cast.chengguan.studio.pk).update(opened_on=date(2026, 3, 20))
    for on in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 1)):
        make_day(cast.chengguan, on)
    assert lapse(date(2026, 5, 1)).missed == 2
    assert {day.held_on.month for day in due()} == {3, 4}


def test_a_closed_studio_owes_nothing(cast):
    make_day(cast.chengguan, date(2026, 3, 1))
    make_day(cast.chengguan, date(2026, 4, 1))
    Studio.objects.filter(pk=cast.chengguan.studio.pk).update(closed_on=date(2026, 4, 1))
    lapse(date(2026, 5, 1))
    assert [day.held_on for day in due()] == [date(2026, 3, 1)]


def test_days_on_which_leaders_receive_members_are_not_owed_to_the_public(cast, today):
    make_day(cast.chengguan, today - timedelta(days=1), kind=ReceptionDay.Kind.MEMBERS)
    lapse(today)
    assert due() == []


# Matters


def test_an_open_matter_past_its_deadline_is_noted_once(cast, today):
    past, due_today = (today - timedelta(days=n) for n in (2, 0))
    case = make_case(cast.chengguan, past, deadline=past)
    make_case(cast.chengguan, deadline=due_today)
    make_case(cast.chengguan)
    assert (lapse(today), lapse(today)) == (Lapsed(0, 1), Lapsed(0, 0))
    case.refresh_from_db()
    assert (case.overdue_on, late()) == (today - timedelta(days=1), [case])


def test_a_deadline_put_off_takes_it_back_until_the_new_one_has_passed(cast, today):
    case = make_case(cast.chengguan, today - timedelta(days=9), deadline=today - timedelta(days=2))
    lapse(today)
    Case.objects.filter(pk=case.pk).update(deadline=today + timedelta(days=2))
    assert late() == []
    lapse(today + timedelta(days=3))
    assert late() == [case]


def test_what_was_resolved_too_late_stays_late_and_what_was_resolved_in_time_is_not(cast, today):
    case = make_case(cast.chengguan, today - timedelta(days=9), deadline=today - timedelta(days=2))
    lapse(today)
    case.refresh_from_db()
    case.move("resolved", by=cast.chengguan.clerk, at=timezone.now())
    assert late() == [case]
    # Put on record only now, but done in time.
    Case.objects.filter(pk=case.pk).update(resolved_on=today - timedelta(days=2))
    assert late() == []


def test_a_matter_that_is_nobodys_work_any_more_is_not_late(cast, today):
    case = make_case(cast.chengguan, today - timedelta(days=9), deadline=today - timedelta(days=2))
    case.move("withdrawn", by=cast.chengguan.clerk, at=timezone.now(), note="群众撤回")
    assert (lapse(today).overdue, late()) == (0, [])


# How it is run


def test_task_and_command_do_the_same(cast, today, capsys):
    make_day(cast.chengguan, today - timedelta(days=1))
    make_case(cast.xifeng, today - timedelta(days=5), deadline=today - timedelta(days=1))
    task()
    call_command("lapse")
    assert "未开展的接待日 0 个，超期事项 0 件" in capsys.readouterr().out
    assert (len(due()), len(late())) == (1, 1)


def test_it_runs_just_after_midnight():
    (schedule,) = (s["schedule"] for s in settings.CELERY_BEAT_SCHEDULE.values() if s["task"] == task.name)
    assert (0 in schedule.hour, schedule.minute) == (True, {1})


def test_a_noted_day_can_still_be_cancelled_only_with_a_reason(cast, today):
    day = make_day(cast.chengguan, today - timedelta(days=1))
    lapse(today)
    day.refresh_from_db()
    day.state = State.CANCELLED
    with pytest.raises(ValidationError, match="说明原因"):
        day.full_clean()
