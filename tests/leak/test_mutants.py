"""Each guard is missed by the walk when it is gone, with row-level security switched off."""

from itertools import groupby

import pytest
from django.db import transaction

from liaison import reach
from tests.leak.alike import differing
from tests.leak.mutants import MUTANTS
from tests.leak.programs import forged
from tests.leak.routes import resource, walked
from tests.leak.walk import client_of, walk
from tests.leak.world import ALL, who_asks

BY_ASKER = {
    asker: list(found)
    for asker, found in groupby(sorted(MUTANTS, key=lambda mutant: mutant.asker), lambda mutant: mutant.asker)
}


@pytest.fixture
def no_second_wall(monkeypatch):
    monkeypatch.setattr("liaison.middleware.reach.of", lambda account: reach.everything())


def found_on(asker, sets, routes, **how) -> list:
    """What is met there, or told apart from what does not exist; whatever is written meanwhile is taken back."""
    with transaction.atomic():
        found = walk(asker, sets, routes, **how).found or differing(asker, sets, routes)[1]
        if not found and any(resource(route) for route in routes) and asker.name == "county clerk":
            found = forged(client_of(asker), routes, sets["CGQ0"], sets["XFQ0"])[1]
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("name", BY_ASKER)
def test_every_guard_that_is_removed_is_missed(name, cast, sets, no_second_wall):
    asker = who_asks(name, cast, sets)
    survivors = []
    for mutant in BY_ASKER[name]:
        with pytest.MonkeyPatch.context() as patch:
            mutant.removes(patch)
            if not found_on(asker, sets, mutant.routes, whole=True, until_found=True):
                survivors.append(mutant.guard)
    assert survivors == []


@pytest.mark.parametrize("name", BY_ASKER)
def test_nothing_is_missed_while_they_stand(name, cast, sets, no_second_wall):
    """The first wall by itself, on the same routes."""
    asker = who_asks(name, cast, sets)
    assert found_on(asker, sets, dict.fromkeys(route for mutant in BY_ASKER[name] for route in mutant.routes)) == []


def test_there_are_enough_of_them_and_each_walks_routes_that_exist():
    assert len(MUTANTS) >= 20
    assert len({mutant.guard for mutant in MUTANTS}) == len(MUTANTS)
    assert {route for mutant in MUTANTS for route in mutant.routes} <= set(walked())


@pytest.mark.skipif(not ALL, reason="in make leak: the first wall alone on every route")
@pytest.mark.parametrize("name", ["county clerk", "county leader", "officer"])
def test_the_first_wall_alone_keeps_everything(name, cast, sets, no_second_wall, record_property):
    found = walk(who_asks(name, cast, sets), sets, walked())
    record_property("asked", found.asked)
    assert found.found == []
