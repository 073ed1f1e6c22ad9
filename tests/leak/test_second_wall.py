"""With the application asking for everybody's rows everywhere, the database shows not one of another office."""

import pytest
from django.db.utils import ProgrammingError
from django.http import HttpResponseForbidden

from liaison.models import Account, Entry, Member, Organisation
from liaison.scope import ScopedQuerySet
from reports.wall import HANGING, OWNED
from tests.leak.routes import walked
from tests.leak.walk import ask, walk
from tests.leak.world import ALL
from tests.rows import WALLED, number

ASKERS = ("county clerk", "member", "county leader", "city clerk")


@pytest.fixture
def no_first_wall(monkeypatch):
    querysets = {
        ScopedQuerySet,
        *(type(model._default_manager.all()) for model in (Account, Entry, Member, Organisation)),
    }
    for queryset in querysets | set(_below(ScopedQuerySet)):
        for name in ("visible_to", "writable_by", "choosable_by", "owned_by"):
            monkeypatch.setattr(queryset, name, lambda rows, account: rows.all())
    monkeypatch.setattr("tests.leak.walk.ask", _kept_out)


def _kept_out(*asked, **options):
    """A row of another office that a form would now write is the database's to refuse, and that is no answer at all."""
    try:
        return ask(*asked, **options)
    except ProgrammingError as error:
        if "row-level security" not in str(error):
            raise
        return HttpResponseForbidden()


def _below(queryset) -> list[type]:
    return [one for below in queryset.__subclasses__() for one in (below, *_below(below))]


@pytest.mark.parametrize("asker", ASKERS if ALL else ASKERS[:1], indirect=True)
def test_the_second_wall_alone_keeps_every_walled_row(sets, asker, no_first_wall, record_property):
    # Every sixth address in the quick form: the first wall is walked whole in both (test_walk.py).
    found = walk(asker, sets, walked() if ALL else walked()[::6])
    record_property("asked", found.asked)
    offices = {mark[len(WALLED) :] for mark in asker.own}
    visitors = {number(held.office, held.n, "visitor") for name, held in sets.items() if name not in offices}
    # A colleague's rows in the same office are the application's to keep.
    near = {WALLED + name for name in sets if name[:-1] in {one[:-1] for one in offices}}
    assert [(where, mark) for where, mark in found.leaks if mark.startswith(WALLED) and mark not in near][:20] == []
    assert [(where, one) for where, one in found.numbers if one in visitors][:20] == []
    assert [row for row in found.written if _is_walled(row) and row.split()[0] not in _near(offices, sets)] == []
    # The first wall is down: the open directory shows itself.
    assert found.leaks or not asker.enters_admin


def _near(offices: set[str], sets) -> set[str]:
    return {name for name in sets if name[:-1] in {one[:-1] for one in offices}}


def _is_walled(row: str) -> bool:
    table = row.split()[1].replace(".", "_")
    return table in (*OWNED, *HANGING)
