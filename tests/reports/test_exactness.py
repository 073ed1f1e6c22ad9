"""Whatever happens to records, in whichever order, in two sessions and with drains killed: the cells equal a recount.

Each run has its own records in one database that fills up over the runs; what is compared is everything.
"""

from datetime import date
from functools import partial

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from liaison import reach
from reports import rollup
from reports.models import Dirty
from reports.rollup import above, cells, occurring, standing
from reports.rollup.scopes import split
from reports.sources import SOURCE
from tests.cast import build_cast
from tests.reports.town import ACTS, DAYS, WHOLE_ACTS, Town, play, stored

MOST_ACTS = 24
acts = st.lists(
    st.tuples(
        # Drains come often, so that later acts meet cells of earlier ones.
        st.sampled_from([*ACTS, *WHOLE_ACTS, *WHOLE_ACTS]),
        st.integers(0, 30), st.integers(0, 2), st.sampled_from(DAYS), st.integers(1, 40),
    ),
    min_size=4, max_size=MOST_ACTS,
)  # fmt: skip


@pytest.fixture
def cast(transactional_db):
    return build_cast()


@pytest.fixture
def new_town(cast, other, monkeypatch):
    """new_town(): a run in which others may act in the middle of a drain; it waits shortly for rows that they hold."""
    take_notes = rollup.take_notes

    def new_town() -> Town:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        town = Town(cast, other)

        def take_notes_and_pause(code: str):
            noted = take_notes(code)
            town.in_the_middle(code)
            return noted

        monkeypatch.setattr(rollup, "take_notes", take_notes_and_pause)
        return town

    return new_town


def faults_of(town: Town) -> tuple[int, set]:
    """Drained to the end: how many cells and sums differ from a recount, and what differs after building all anew."""
    while Dirty.objects.exists():
        town.drain()
    differing = rollup.verify().differing
    drained = stored()
    rollup.rebuild()
    return differing, stored() ^ drained


@settings(
    max_examples=20, deadline=None, database=None, print_blob=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(acts=acts)
def test_cells_equal_a_recount_whatever_happened(new_town, acts):
    note(acts)
    town = new_town()
    play(town, acts)
    assert faults_of(town) == (0, set())


@reach.everything()
def recount_then_take_notes(town: Town):
    """The broken protocol: notes of what was written after the recount go with those that it was made for."""
    for code in Dirty.objects.order_by("source").values_list("source", flat=True).distinct():
        rollup.lock(code)
        if code in standing.NOTED:
            standing.recount(standing.NOTED[code])
            town.in_the_middle(code)
            Dirty.objects.filter(source=code).delete()
            continue
        for scope in split(set(Dirty.objects.filter(source=code).values_list("organisation_id", "month"))):
            cells.recount(SOURCE[code], scope)
            above.refresh(code, scope)
            occurring.refresh(code, scope)
        town.in_the_middle(code)
        Dirty.objects.filter(source=code).delete()


@pytest.mark.parametrize("is_broken", [False, True])
def test_a_schedule_on_which_the_broken_protocol_is_found_out(new_town, is_broken):
    """A comparison that cannot tell the broken protocol from the real one would prove nothing."""
    town, march = new_town(), date(2026, 3, 31)
    if is_broken:
        town.drain = partial(recount_then_take_notes, town)
    play(town, [
        ("add_visit", 0, 0, march, 3),
        ("other_writes_in_the_middle_of_the_next_drain", 0, 0, march, 5),
        ("drain", 0, 0, march, 1),
    ])  # fmt: skip
    differing, otherwise = faults_of(town)
    assert bool(differing) == bool(otherwise) == is_broken


def test_no_act_is_always_refused(new_town):
    """Guards the random test: what is refused there has not happened."""
    for name in ACTS:
        town, day = new_town(), DAYS[1]
        play(town, [(add, 1, 0, day, 2) for add in ("add_case", *ACTS) if add.startswith("add_")])
        getattr(town, name)(1, town.offices[0], DAYS[2], 2)
        town.other.rollback()
