"""The working calendar as offices edit it, and what follows for their reception days."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from liaison.models import Entry, Holiday, Notice
from reception import rota
from reception.models import ReceptionDay
from studios.models import ReceptionRule
from tests.cast import LONG_AGO
from tests.pages import add, address, change, errors, signed_in, text_of

pytestmark = pytest.mark.django_db
TODAY = date(2030, 9, 10)


def make_rule(office, **more) -> ReceptionRule:
    hours = {"opens": time(9), "closes": time(11), "starts_on": LONG_AGO, "pattern": "month_day", "day_of_month": 5}
    return ReceptionRule.objects.create(studio=office.studio, **(hours | more))


def november(office) -> ReceptionDay:
    return ReceptionDay.objects.get(studio=office.studio, held_on__year=2030, held_on__month=11)


def test_a_countys_day_off_moves_its_own_days_alone_and_a_citys_all_below(cast):
    for office in (cast.chengguan, cast.anning, cast.xifeng):
        make_rule(office)
    rota.plan(TODAY)
    Holiday.objects.create(organisation=cast.chengguan.organisation, date=date(2030, 11, 5), name="庙会", kind="off")
    assert rota.plan(TODAY).moved == 1
    assert [november(o).held_on.day for o in (cast.chengguan, cast.anning, cast.xifeng)] == [6, 5, 5]
    Holiday.objects.create(organisation=cast.lanzhou.organisation, date=date(2030, 11, 5), name="节日", kind="off")
    assert rota.plan(TODAY).moved == 1
    assert [november(o).held_on.day for o in (cast.chengguan, cast.anning, cast.xifeng)] == [6, 6, 5]


def test_an_announced_day_out_of_line_is_told_once_to_officer_and_clerk(cast):
    make_rule(cast.chengguan)
    rota.plan(TODAY)
    november(cast.chengguan).announce()
    Holiday.objects.create(date=date(2030, 11, 5), name="调休", kind="off")
    for _ in range(2):
        rota.plan(TODAY)
    told = Notice.objects.exclude(account=cast.chengguan.account).order_by("account__username")
    assert [one.account for one in told] == [cast.chengguan.clerk, cast.chengguan.officer]
    assert (
        told[0].text
        == "广武门委员工作室 2030年11月5日接待日已经公布，按规则和工作日历应在11月6日，不会自动调整，请处理。"
    )


def test_a_clerk_enters_a_day_off_and_is_led_to_the_announced_days(cast):
    today = timezone.localdate()
    rule = make_rule(
        cast.chengguan, pattern="weekly", day_of_month=None, weekday=today.weekday(), moves_off_holidays=True
    )
    rota.plan(today)
    day = ReceptionDay.objects.filter(rule=rule, ruled_on__gt=today + timedelta(days=7)).order_by("held_on").first()
    day.announce()
    clerk = signed_in(cast.chengguan.clerk)
    answer = add(clerk, "liaison.holiday", date=day.held_on, name="庙会", kind="off")
    assert errors(answer) == {}
    row = Holiday.objects.get()
    assert row.organisation == cast.chengguan.organisation
    assert Entry.objects.about(row).get().act == "add"
    page = text_of(clerk.get(answer.url))
    assert "有 1 个已公布的接待日与日历不符" in page
    assert "城关区政协及下级" in page
    listed = text_of(clerk.get(address("out-of-line", "reception.receptionday")))
    assert f"{day} ：按规则和工作日历应在" in listed
    clerk.post(address("delete", "liaison.holiday", row.pk), {"post": "yes"})
    assert "都与规则和工作日历一致" in text_of(clerk.get(address("out-of-line", "reception.receptionday")))


def test_the_same_day_twice_is_said_beside_the_date_and_offices_do_not_stand_in_each_others_way(cast):
    values = {"date": date(2030, 11, 5), "name": "庙会", "kind": "off"}
    Holiday.objects.create(**values)
    clerk = signed_in(cast.chengguan.clerk)
    assert errors(add(clerk, "liaison.holiday", **values)) == {}
    assert errors(add(clerk, "liaison.holiday", **values))["date"] == ["这一天已经登记过。"]
    admin = signed_in(cast.admin)
    assert errors(add(admin, "liaison.holiday", **values))["date"] == ["这一天已经登记过。"]


def test_a_clerk_changes_neither_the_common_list_nor_another_offices(cast):
    common = Holiday.objects.create(date=date(2030, 11, 5), name="庙会", kind="off")
    above, beside = (
        Holiday.objects.create(organisation=office.organisation, date=date(2030, 11, 6), name="邻县节日", kind="off")
        for office in (cast.lanzhou, cast.anning)
    )
    clerk = signed_in(cast.chengguan.clerk)
    listed = text_of(clerk.get(address("changelist", "liaison.holiday")))
    assert ("全国统一" in listed, "兰州市政协及下级" in listed, "安宁区政协" in listed) == (True, True, False)
    for row, status in ((common, 403), (above, 403), (beside, 404)):
        sent = {"date": "2030-11-08", "name": "改", "kind": "off"}
        assert clerk.post(address("change", "liaison.holiday", row.pk), sent).status_code == status
        assert clerk.post(address("delete", "liaison.holiday", row.pk), {"post": "yes"}).status_code == status
    assert Holiday.objects.filter(name="改").count() == 0
    own = Holiday.objects.create(
        organisation=cast.chengguan.organisation, date=date(2030, 11, 7), name="庙会", kind="off"
    )
    assert errors(change(clerk, "liaison.holiday", own.pk, name="春会")) == {}
    assert Holiday.objects.get(pk=own.pk).name == "春会"
