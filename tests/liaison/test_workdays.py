from datetime import date

import pytest

from liaison.models import Holiday
from liaison.workdays import WorkingCalendar, WorkingCalendars, add_workdays, is_workday, next_workday

# National Day 2026: off from 1 to 7 October, the Saturday after it worked instead.
FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)
SEPTEMBER_30, MAKE_UP_SATURDAY = date(2026, 9, 30), date(2026, 10, 10)


@pytest.fixture
def national_day(db):
    Holiday.objects.bulk_create(Holiday(date=date(2026, 10, day), name="国庆节") for day in range(1, 8))
    Holiday.objects.create(date=MAKE_UP_SATURDAY, name="国庆节", kind=Holiday.Kind.WORK)


def test_without_rows_the_week_alone_decides(db):
    assert [is_workday(date(2026, 3, day)) for day in range(6, 10)] == [True, False, False, True]


def test_holidays_are_off_and_make_up_days_are_worked(national_day):
    assert not is_workday(date(2026, 10, 1))
    assert is_workday(MAKE_UP_SATURDAY)


def test_next_workday_is_the_day_itself_when_it_is_worked(national_day):
    assert next_workday(SEPTEMBER_30) == SEPTEMBER_30
    assert next_workday(date(2026, 10, 1)) == date(2026, 10, 8)


def test_the_day_of_receipt_does_not_count(db):
    assert add_workdays(FRIDAY, 0) == FRIDAY
    assert add_workdays(FRIDAY, 1) == MONDAY
    assert add_workdays(FRIDAY, 15) == date(2026, 3, 27)


def test_a_deadline_leaps_over_a_long_holiday(national_day):
    assert add_workdays(SEPTEMBER_30, 3) == MAKE_UP_SATURDAY


def test_ninety_days_stay_within_what_was_read(national_day):
    assert add_workdays(SEPTEMBER_30, 90) == date(2027, 2, 9)


def test_a_negative_number_of_days_is_refused(db):
    with pytest.raises(ValueError, match="不能为负"):
        add_workdays(FRIDAY, -1)


def test_a_rule_costs_one_query(national_day, django_assert_num_queries):
    for reckon in (is_workday, next_workday, lambda day: add_workdays(day, 30)):
        with django_assert_num_queries(1):
            reckon(SEPTEMBER_30)


def test_a_calendar_answers_without_queries(national_day, django_assert_num_queries):
    calendar = WorkingCalendar.between(SEPTEMBER_30, date(2026, 12, 31))
    with django_assert_num_queries(0):
        assert calendar.add_workdays(SEPTEMBER_30, 1) == date(2026, 10, 8)


def test_an_offices_own_day_stands_for_it_and_below_and_the_nearest_counts(cast, django_assert_num_queries):
    """古尔邦节 is off in a prefecture alone; one of its counties works all the same."""
    county, city = cast.chengguan.organisation, cast.lanzhou.organisation
    for office, kind in ((city, "off"), (county, "work")):
        Holiday.objects.create(organisation=office, date=MONDAY, name="古尔邦节", kind=kind)
    Holiday.objects.create(date=FRIDAY, name="放假一天", kind="off")
    assert [is_workday(MONDAY, office) for office in (None, city, cast.anning.organisation, county)] == [
        True, False, False, True,
    ]  # fmt: skip
    assert not is_workday(MONDAY, cast.anning.organisation)
    assert is_workday(MONDAY, cast.qingyang.organisation)
    assert not is_workday(FRIDAY, county)
    thursday = date(2026, 3, 5)
    assert add_workdays(thursday, 1, cast.anning.organisation) == date(2026, 3, 10)
    with django_assert_num_queries(1):
        calendars = WorkingCalendars(thursday, date(2026, 3, 31))
        answers = [calendars.of(o.organisation).is_workday(MONDAY) for o in (cast.anning, cast.chengguan, cast.xifeng)]
    assert answers == [False, True, True]
    with django_assert_num_queries(1):
        assert WorkingCalendar.between(thursday, MONDAY, county).is_workday(MONDAY)
