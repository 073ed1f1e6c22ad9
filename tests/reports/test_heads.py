"""Distinct figures held ready: what notes their changes, what they are where people come, go and sit in two places."""

from datetime import date, timedelta

from django.db import connection

from activities.models import MediaReport
from liaison.models import Base, Division, Organisation, Party, PartyMembership, Seat
from liaison.periods import between, month_of
from reports import rollup
from reports.ask import Ask
from reports.counting import head_counts, head_rows
from reports.heads import Standing, held_as
from reports.indicators import DISTINCT, INDICATOR, heads_of
from reports.models import Dirty, Rolled
from studios.models import Studio
from tests.cast import make_day
from tests.reports.counted import assert_exact

MARCH = date(2026, 3, 10)


def held(code: str, organisation: Organisation, day: date = MARCH) -> int:
    """As stored for the day's month; the answer is held ready, for no record is read."""
    ask = Ask(organisation, month_of(day))
    return int(head_counts([INDICATOR[code]], ask)[code])


def counted(code: str, organisation: Organisation, day: date = MARCH) -> int:
    return one_by_one(code, Ask(organisation, month_of(day)))


def one_by_one(code: str, ask: Ask) -> int:
    rows = head_rows(INDICATOR[code], ask)
    return len({*rows.values_list(INDICATOR[code].heads.column, flat=True)} - {None})


def test_whatever_a_figure_of_who_stands_is_read_from_notes_its_changes(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE p.proname LIKE 'reports\\_note\\_basis%' GROUP BY 1, 2 HAVING count(*) = 4"
        )
        noting = dict(cursor.fetchall())
    for indicator in heads_of(Standing):
        query = indicator.heads.stretches().query
        tables = {join.table_name for alias, join in query.alias_map.items() if query.alias_refcount[alias]}
        # What joins two tables by a person's number alone changes nothing of either.
        for table in tables - {"liaison_member"}:
            assert f"'{held_as(indicator.heads.basis)}'" in noting[table], (indicator.code, table)


def test_a_change_of_what_no_head_is_counted_by_is_no_note(cast):
    rollup.drain()
    Seat.objects.update(duty=Seat.Duty.STANDING)
    Studio.objects.update(address="西津西路")
    notes = Dirty.objects.filter(source__startswith="heads:").values_list("source", flat=True)
    assert not notes
    Seat.objects.filter(pk=cast.anning.seat.pk).update(ends_on=MARCH)
    assert {*notes.all()} == {"heads:seat", "heads:base"}


def test_who_sits_in_two_places_comes_once_and_goes_with_the_last(cast):
    member, province = cast.chengguan.member, cast.gansu.organisation
    before = held("members", province, MARCH) if rollup.drain() else None
    Seat.objects.create(
        member=member, organisation=cast.xifeng.organisation, term=cast.xifeng.term, sector=cast.xifeng.sectors[0],
        starts_on=MARCH, ends_on=date(2026, 5, 30),
    )  # fmt: skip
    Seat.objects.filter(pk=cast.chengguan.seat.pk).update(ends_on=date(2026, 4, 15))
    rollup.drain()
    months = [date(2026, month, 1) for month in (2, 3, 4, 5)]
    assert [held("members", province, month) for month in months] == [before, before, before, before - 1]
    assert [held("members", cast.qingyang.organisation, month) for month in months] == [2, 3, 3, 2]
    assert [held("members", cast.lanzhou.organisation, month) for month in months] == [3, 3, 2, 2]
    assert_exact()


def test_a_gap_of_one_day_over_the_end_of_a_month_shows(cast):
    Seat.objects.filter(pk=cast.anning.seat.pk).update(ends_on=date(2026, 3, 30))
    Seat.objects.create(
        member=cast.anning.member, organisation=cast.anning.organisation, term=cast.anning.term,
        sector=cast.anning.sectors[0], starts_on=date(2026, 4, 1),
    )  # fmt: skip
    rollup.drain()
    of_months = [held("members", cast.lanzhou.organisation, date(2026, month, 1)) for month in (2, 3, 4)]
    assert of_months == [3, 2, 3]
    assert_exact()


def test_what_stands_only_together_ends_with_the_first_of_both(cast):
    """A seat and a party, a base and a seat, a posting and its studio."""
    party = PartyMembership.objects.filter(member=cast.xifeng.member, party=Party.CPC)
    party.delete()
    PartyMembership.objects.create(
        member=cast.xifeng.member, party=Party.CPC, starts_on=MARCH, ends_on=date(2026, 4, 30)
    )
    Studio.objects.filter(pk=cast.xifeng.studio.pk).update(closed_on=date(2026, 5, 31))
    Base.objects.filter(member=cast.xifeng.member).update(ends_on=date(2026, 5, 30))
    rollup.drain()
    city = cast.qingyang.organisation
    for day in (date(2026, month, 1) for month in range(2, 7)):
        for indicator in heads_of(Standing):
            assert held(indicator.code, city, day) == counted(indicator.code, city, day), (indicator.code, day)
    of_party = [held("party_members", city, date(2026, month, 1)) for month in (2, 3, 4, 5)]
    assert [n - of_party[0] for n in of_party] == [0, 1, 1, 0]
    of_leads = [held("leads", city, date(2026, month, 1)) for month in (4, 5)]
    assert of_leads == [1, 0]
    assert_exact()


def test_an_office_founded_above_others_has_their_heads(cast):
    make_day(cast.xifeng, MARCH, state="held")
    rollup.drain()
    nation = Organisation.founded_in(Division.objects.get(code=Division.NATION_CODE))
    nation.save()
    rollup.drain()
    for indicator in DISTINCT:
        assert held(indicator.code, nation) == counted(indicator.code, nation), indicator.code
    assert held("members", nation) == len(cast.offices)
    assert_exact()


def test_a_studio_of_two_months_counts_once_in_each_longer_period(cast):
    for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)):
        make_day(cast.xifeng, day, state="held")
    rollup.drain()
    studios = INDICATOR["reception_studios"]
    rows = Rolled.objects.filter(source="heads:reception_day", organisation=cast.qingyang.organisation, dimension="")
    assert {*rows.values_list("grain", "starts_on", studios.code)} == {
        ("month", date(2026, 6, 1), 1), ("month", date(2026, 7, 1), 1), ("quarter", date(2026, 4, 1), 1),
        ("quarter", date(2026, 7, 1), 1), ("half", date(2026, 1, 1), 1), ("half", date(2026, 7, 1), 1),
        ("year", date(2026, 1, 1), 1),
    }  # fmt: skip


def test_from_new_year_on_a_studio_counts_from_its_first_day(cast):
    for day in (date(2026, 3, 9), date(2026, 3, 10), date(2026, 7, 1)):
        make_day(cast.chengguan, day, state="held")
    make_day(cast.anning, date(2026, 7, 1), state="held")
    rollup.drain()
    city, new_year = cast.lanzhou.organisation, date(2026, 1, 1)
    lasts = {date(2026, 3, 8): 0, date(2026, 3, 9): 1, date(2026, 6, 29): 1, date(2026, 7, 1): 2, date(2026, 12, 30): 2}
    for last, studios in lasts.items():
        assert head_counts(DISTINCT, Ask(city, between(new_year, last)))["reception_studios"] == studios, last


def test_whom_something_is_recorded_of_in_any_other_period_is_counted(cast):
    make_day(cast.xifeng, MARCH, state="held")
    rollup.drain()
    Rolled.objects.all().delete()
    some_days = Ask(cast.qingyang.organisation, between(MARCH - timedelta(days=40), MARCH))
    assert some_days.period.start.year == MARCH.year
    found = head_counts(DISTINCT, some_days)
    assert [found["reception_studios"], held("reception_studios", cast.qingyang.organisation)] == [1, 0]


def test_who_stands_is_held_ready_for_any_day(cast):
    seat = Seat.objects.get(member=cast.xifeng.member)
    seat.ends_on = date(2026, 4, 17)
    seat.save()
    rollup.drain()
    city = cast.qingyang.organisation
    asks = [Ask(city, between(MARCH, last)) for last in (date(2026, 4, 16), date(2026, 4, 17), date(2026, 4, 18))]
    found = [head_counts(DISTINCT, ask) for ask in asks]
    for ask, values in zip(asks, found, strict=True):
        for indicator in heads_of(Standing):
            assert values[indicator.code] == one_by_one(indicator.code, ask), (indicator.code, ask.period)
    assert found[0]["members"] == found[1]["members"] == found[2]["members"] + 1
    Rolled.objects.filter(dimension="day").delete()
    assert head_counts(DISTINCT, asks[2])["members"] != found[2]["members"]


def test_heads_held_ready_that_are_wrong_are_found(cast):
    report = MediaReport.objects.create(
        organisation=cast.anning.organisation, title="报道", outlet="日报", level="city", published_on=MARCH
    )
    report.praised.add(cast.anning.member)
    make_day(cast.xifeng, MARCH, state="held")
    rollup.drain()
    assert_exact()
    for source, code in (
        ("heads:seat", "sectors"),
        ("heads:posting", "leads"),
        ("heads:media_report", "members_praised"),
    ):
        rows = Rolled.objects.filter(source=source, organisation=cast.gansu.organisation, grain="year", dimension="")
        assert rows.update(**{code: 7}) == 1
    rows = Rolled.objects.filter(source="heads:reception_day", organisation=cast.qingyang.organisation, grain="half")
    assert rows.delete()[0] == 1
    assert rollup.verify().differing == 4
    rollup.rebuild()
    assert_exact()
