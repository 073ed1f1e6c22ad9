"""Reception days that follow from the rules: planned ahead, off holidays, in line with every change, never twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liaison.models import Entry, Holiday, Member
from reception import rota
from reception.models import Duty, ReceptionDay
from studios.models import Posting, ReceptionRule, Studio
from tests.cast import LONG_AGO

pytestmark = pytest.mark.django_db
State = ReceptionDay.State
TODAY = date(2030, 9, 10)  # a Tuesday, beyond every known holiday


def make_rule(office, **more) -> ReceptionRule:
    monthly = {"pattern": "month_day", "day_of_month": 5, "opens": time(9), "closes": time(11), "starts_on": LONG_AGO}
    return ReceptionRule.objects.create(studio=office.studio, **(monthly | more))


def dates(**which) -> list[date]:
    return list(ReceptionDay.objects.filter(**which).order_by("held_on").values_list("held_on", flat=True))


def test_days_are_planned_to_the_end_of_the_third_month_off_weekends(cast):
    make_rule(cast.chengguan, place="议事厅")
    assert rota.plan(TODAY).added == 3
    # 5 October 2030 is a Saturday.
    assert dates() == [date(2030, 10, 7), date(2030, 11, 5), date(2030, 12, 5)]
    day = ReceptionDay.objects.first()
    assert (day.state, day.place, day.organisation) == (State.PLANNED, "议事厅", cast.chengguan.organisation)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"pattern": "weekly", "weekday": 2}, [date(2030, 9, 11), date(2030, 9, 18), date(2030, 9, 25)]),
        ({"pattern": "nth_weekday", "nth": 2, "weekday": 1}, [date(2030, 9, 10)]),
        ({"pattern": "nth_weekday", "nth": 5, "weekday": 2}, []),
        ({"day_of_month": 31}, [date(2030, 9, 30)]),
        ({"day_of_month": 20, "starts_on": date(2030, 9, 21)}, []),
        ({"day_of_month": 20, "ends_on": date(2030, 9, 19)}, []),
    ],
)
def test_what_a_rule_names_in_a_september(rule, expected):
    monthly = {"pattern": "month_day", "starts_on": LONG_AGO}
    assert list(ReceptionRule(**(monthly | rule)).dates(TODAY, date(2030, 9, 30))) == expected


def test_a_holiday_moves_a_day_and_a_rule_may_stay_where_it_is(cast):
    Holiday.objects.create(date=date(2030, 10, 7), name="国庆节", kind="off")
    Holiday.objects.create(date=date(2030, 10, 12), name="国庆节", kind="work")
    make_rule(cast.chengguan)
    make_rule(cast.anning, moves_off_holidays=False)
    make_rule(cast.xifeng, day_of_month=12)  # a Saturday, but worked
    rota.plan(TODAY)
    october = {"held_on__month": 10}
    assert dates(studio=cast.chengguan.studio, **october) == [date(2030, 10, 8)]
    assert dates(studio=cast.anning.studio, **october) == [date(2030, 10, 5)]
    assert dates(studio=cast.xifeng.studio, **october) == [date(2030, 10, 12)]


def test_planned_twice_is_planned_once_and_what_was_cancelled_stays_so(cast):
    make_rule(cast.chengguan)
    rota.plan(TODAY)
    ReceptionDay.objects.order_by("held_on").first().cancel(why="道路施工")
    assert str(rota.plan(TODAY)) == "新排 0 个，改期 0 个，取消 0 个"
    assert ReceptionDay.objects.count() == 3


def test_a_day_made_by_hand_at_that_hour_is_the_days_own(cast):
    rule = make_rule(cast.chengguan)
    by_hand = ReceptionDay.objects.create(
        studio=rule.studio, held_on=date(2030, 11, 5), opens=rule.opens, closes=rule.closes, theme="专场"
    )
    assert rota.plan(TODAY).added == 2
    assert ReceptionDay.objects.get(held_on=by_hand.held_on) == by_hand


def test_an_edited_calendar_moves_what_is_planned_and_names_what_is_announced(cast):
    make_rule(cast.chengguan)
    make_rule(cast.anning)
    rota.plan(TODAY)
    ReceptionDay.objects.get(studio=cast.anning.studio, held_on=date(2030, 11, 5)).announce()
    Holiday.objects.create(date=date(2030, 11, 5), name="调休", kind="off")
    planned = rota.plan(TODAY)
    assert (planned.moved, [one.day.studio for one in planned.announced]) == (1, [cast.anning.studio])
    assert dates(held_on__month=11) == [date(2030, 11, 5), date(2030, 11, 6)]
    entry = Entry.objects.filter(act=Entry.Act.CHANGE).first()
    assert entry.changes["fields"] == ["随接待日规则或节假日调整"]
    assert [row["name"] for row in entry.changes["diff"]] == ["held_on"]


def test_a_changed_rule_cancels_what_it_no_longer_names_and_plans_anew(cast):
    rule = make_rule(cast.chengguan)
    rota.plan(TODAY)
    rule.day_of_month, rule.opens = 12, time(8, 30)
    rule.save()
    planned = rota.plan(TODAY)
    assert (planned.added, planned.cancelled) == (4, 3)
    assert {day.cancel_reason for day in ReceptionDay.objects.filter(state=State.CANCELLED)} == {rota.RULE_CHANGED}
    assert set(ReceptionDay.objects.expected().values_list("opens", flat=True)) == {time(8, 30)}


def test_hours_and_place_of_planned_days_follow_the_rule(cast):
    rule = make_rule(cast.chengguan)
    rota.plan(TODAY)
    ReceptionRule.objects.filter(pk=rule.pk).update(opens=time(10), closes=time(12), place="三楼会议室")
    assert rota.plan(TODAY).moved == 3
    hours = set(ReceptionDay.objects.values_list("opens", "closes", "place"))
    assert hours == {(time(10), time(12), "三楼会议室")}


def test_a_closed_studio_and_a_deleted_rule_take_their_days_along(cast):
    make_rule(cast.chengguan)
    rule = make_rule(cast.anning)
    rota.plan(TODAY)
    Studio.objects.filter(pk=cast.chengguan.studio.pk).update(closed_on=date(2030, 11, 1))
    rule.delete()
    assert rota.plan(TODAY).cancelled == 5
    reasons = {(day.studio, day.cancel_reason) for day in ReceptionDay.objects.filter(state=State.CANCELLED)}
    assert reasons == {(cast.chengguan.studio, rota.STUDIO_CLOSED), (cast.anning.studio, rota.RULE_CHANGED)}


def test_members_of_the_team_are_on_duty_in_turn(cast):
    office = cast.chengguan
    people = [office.member] + [Member.objects.create(organisation=office.organisation, name=n) for n in ("甲", "乙")]
    Posting.objects.filter(studio=office.studio).delete()
    for member in people:
        Posting.objects.create(studio=office.studio, member=member, starts_on=LONG_AGO)
    Posting.objects.filter(member=people[2]).update(ends_on=date(2030, 11, 30))
    make_rule(office, on_duty=2, starts_on=date(2030, 9, 1))
    rota.plan(TODAY)
    on_duty = [[d.member.name for d in day.duties.all()] for day in ReceptionDay.objects.order_by("held_on")]
    # 5 September was the first turn and is over: 甲乙 would have been, had the rota been there.
    assert on_duty == [["乙", "张新民"], ["甲", "乙"], ["张新民", "甲"]]


def test_the_cost_does_not_follow_the_number_of_rules(cast):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rota.plan(TODAY)
        return len(captured)

    make_rule(cast.chengguan)
    one = queries()
    Duty.objects.all().delete()
    ReceptionDay.objects.all().delete()
    make_rule(cast.anning)
    make_rule(cast.xifeng)
    assert queries() == one


def test_the_command_says_what_it_did_and_what_is_left_to_people(cast, capsys):
    make_rule(cast.chengguan, day_of_month=28)
    call_command("plan_rota")
    assert capsys.readouterr().out.startswith("新排 ")
    day = ReceptionDay.objects.order_by("held_on").last()
    day.announce()
    Holiday.objects.update_or_create(date=day.held_on, defaults={"name": "放假", "kind": "off"})
    call_command("plan_rota")
    assert f"已公布，请人工处理：{day}" in capsys.readouterr().out


def test_a_saved_rule_rings_for_its_own_studio(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rung:
        make_rule(cast.chengguan)
    assert [(c.args[0].name, c.args[1:]) for c in rung] == [("reception.tasks.plan_rota", (cast.chengguan.studio.pk,))]


@pytest.mark.django_db(transaction=True)
def test_planners_at_once_make_no_day_twice(cast):
    for office in (cast.chengguan, cast.anning, cast.xifeng):
        make_rule(office)

    def plan(_) -> int:
        try:
            return rota.plan(TODAY).added
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(plan, range(4))) == [0, 0, 0, 9]
    assert ReceptionDay.objects.count() == 9
