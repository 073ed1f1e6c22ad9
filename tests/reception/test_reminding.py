"""Members on duty are reminded the day before and on the day; once, and only who is on duty."""

import io
from datetime import date, time, timedelta

from django.core.management import call_command
from django.utils import timezone

from liaison.models import Notice
from reception.reminding import remind
from reception.tasks import remind as remind_task
from tests.cast import make_day
from tests.pages import signed_in

DAY = date(2030, 9, 10)


def texts(account) -> list[str]:
    return [notice.text for notice in Notice.objects.to(account)]


def on_duty(office, on: date = DAY, **values):
    day = make_day(office, on, **values)
    day.duties.create(member=office.member)
    return day


def test_who_is_on_duty_is_told_the_day_before_and_on_the_day_and_never_twice(cast):
    day = on_duty(cast.chengguan, place="街道二楼")
    on_duty(cast.chengguan, DAY + timedelta(days=7))
    make_day(cast.anning, DAY)
    on_duty(cast.xifeng, state="cancelled", cancel_reason="停电")
    assert remind(DAY - timedelta(days=2)) == 0
    for today, count in ((DAY - timedelta(days=1), 1), (DAY, 1), (DAY, 0), (DAY + timedelta(days=1), 0)):
        assert remind(today) == count
    assert texts(cast.chengguan.account) == [
        "今天 09:00–11:00 广武门委员工作室接待日，由您值班，地点：街道二楼。",
        "明天 09:00–11:00 广武门委员工作室接待日，由您值班，地点：街道二楼。",
    ]
    notice = Notice.objects.to(cast.chengguan.account).first()
    assert notice.url == f"/my/days/{day.pk}/"
    assert signed_in(cast.chengguan.account).get(notice.url).status_code == 200
    assert Notice.objects.count() == 2


def test_a_day_that_was_moved_is_told_again(cast):
    day = on_duty(cast.chengguan)
    remind(DAY)
    day.opens, day.closes = time(14), time(16)
    day.save()
    assert remind(DAY) == 1
    assert texts(cast.chengguan.account)[0].startswith("今天 14:00–16:00")


def test_task_and_command_do_the_same(cast):
    on_duty(cast.chengguan, timezone.localdate())
    remind_task()
    out = io.StringIO()
    call_command("remind_duties", stdout=out)
    assert (out.getvalue(), Notice.objects.count()) == ("新通知 0 条。\n", 1)


def test_the_number_of_queries_does_not_depend_on_the_days(cast, django_assert_max_num_queries):
    for hour in range(8, 12):
        on_duty(cast.chengguan, opens=time(hour), closes=time(hour, 30))
    with django_assert_max_num_queries(12):
        assert remind(DAY) == 4
