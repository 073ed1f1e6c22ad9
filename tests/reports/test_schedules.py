"""Two sessions in a fixed order: the roll-up is exact on each, and the schedules fail on broken protocols."""

from datetime import date

import pytest
from django.db import connection, transaction

from activities.models import Output
from liaison.models import PartyMembership, Seat
from reception.models import Visit
from reports import rollup
from reports.models import Dirty
from reports.rollup import cells
from reports.rollup.scopes import split
from reports.sources import SOURCE
from tests.cast import build_cast, make_activity, make_visit
from tests.reports.counted import assert_exact, cell, rolled

MARCH = date(2026, 3, 10)


@pytest.fixture
def stage(transactional_db):
    cast = build_cast()
    visit = make_visit(cast.chengguan, MARCH, headcount=1)
    rollup.drain()
    return cast, visit


def test_a_writer_that_commits_late_is_counted_late_but_counted(stage, other):
    cast, visit = stage
    other.execute("UPDATE reception_visit SET headcount = 5 WHERE id = %s", [visit.pk])
    rollup.drain()
    assert cell("people_served", cast.chengguan, MARCH) == 1
    other.commit()
    rollup.drain()
    assert cell("people_served", cast.chengguan, MARCH) == 5
    assert_exact()


def test_a_seat_and_a_party_written_side_by_side_count_together(stage, other):
    """Neither session sees the other's row; whoever commits last leaves a note that both are counted by."""
    cast, _ = stage
    member, place = cast.anning.member, cast.xifeng
    PartyMembership.objects.filter(member=member).delete()
    rollup.drain()
    before = rolled("party_members", cast.qingyang, "month", date(2026, 3, 1))
    other.execute(
        "INSERT INTO liaison_partymembership (member_id, party, starts_on) VALUES (%s, 'cpc', %s)", [member.pk, MARCH]
    )
    Seat.objects.create(
        member=member, organisation=place.organisation, term=place.term, sector=place.sectors[0], starts_on=MARCH
    )
    rollup.drain()
    assert rolled("party_members", cast.qingyang, "month", date(2026, 3, 1)) == before
    other.commit()
    rollup.drain()
    assert rolled("party_members", cast.qingyang, "month", date(2026, 3, 1)) == before + 1
    assert_exact()


def drain_then_write_between(recount_first: bool, write) -> None:
    """A drain into whose middle another session writes and commits; `recount_first` is the broken order."""
    with transaction.atomic():
        rollup.lock("visit")
        if recount_first:
            noted = set(Dirty.objects.filter(source="visit").values_list("organisation_id", "month"))
            cells.recount(SOURCE["visit"], split(noted)[0])
            write()
            rollup.take_notes("visit")
        else:
            noted = rollup.take_notes("visit")
            write()
            cells.recount(SOURCE["visit"], split(noted)[0])


@pytest.mark.parametrize("broken", [False, True])
def test_a_write_in_the_middle_of_a_drain_is_never_lost(stage, other, broken):
    cast, visit = stage

    def write():
        other.execute("UPDATE reception_visit SET headcount = headcount + 10 WHERE id = %s", [visit.pk])
        other.commit()

    write()
    drain_then_write_between(broken, write)
    rollup.drain()
    # The schedule is worth something only because the broken order fails on it.
    assert (cell("people_served", cast.chengguan, MARCH) == 21) is not broken


def test_a_drain_killed_in_the_middle_leaves_its_notes(stage, other):
    cast, _ = stage
    Visit.objects.update(headcount=8)
    other.execute("DELETE FROM reports_dirty")  # a drain that took its notes …
    other.rollback()  # … and died before it committed
    assert Dirty.objects.filter(source="visit").exists()
    rollup.drain()
    assert cell("people_served", cast.chengguan, MARCH) == 8


def test_a_child_cannot_slip_past_a_parent_that_is_being_changed(stage, other):
    """The voiding session holds the activity; a new output waits for it, and is then recounted as not counting."""
    cast, _ = stage
    activity = make_activity(cast.chengguan, MARCH)
    rollup.drain()
    other.execute("UPDATE activities_activity SET voided_at = now(), void_reason = '误录' WHERE id = %s", [activity.pk])
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        with pytest.raises(Exception, match="lock timeout"):
            Output.objects.create(activity=activity, kind=Output.Kind.SUGGESTION, count=3)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    other.commit()
    Output.objects.create(activity=activity, kind=Output.Kind.SUGGESTION, count=3)
    rollup.drain()
    assert cell("suggestions", cast.chengguan, MARCH) == 0
    assert_exact()


def test_two_drains_at_once_wait_for_each_other(stage, other):
    Visit.objects.update(headcount=4)
    other.execute("SELECT pg_advisory_xact_lock(hashtext('reports.rollup'), hashtext('visit'))")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        with pytest.raises(Exception, match="lock timeout"):
            rollup.drain()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    other.rollback()
    rollup.drain()
    assert_exact()
