"""领导包抓联系: who has been to which place this quarter."""

import pytest
from django.utils import timezone

from activities.models import Activity
from liaison.models import Seat
from liaison.periods import quarter_of
from studios.models import LeaderLink
from tests.cast import LONG_AGO, make_activity
from tests.pages import address


@pytest.fixture
def links(cast):
    """Of the chair of Lanzhou, to two studios of its districts."""
    Seat.objects.filter(pk=cast.lanzhou.seat.pk).update(duty=Seat.Duty.CHAIR)
    own = {"organisation": cast.lanzhou.organisation, "leader": cast.lanzhou.seat, "starts_on": LONG_AGO}
    return [
        LeaderLink.objects.create(kind="studio", studio=office.studio, **own)
        for office in (cast.chengguan, cast.anning)
    ]  # fmt: skip


def visit(cast, link, on=None, **values):
    return make_activity(cast.lanzhou, on, kind=Activity.Kind.LEADER_VISIT, leader_link=link, **values)


def overdue(client) -> set[LeaderLink]:
    page = client.get(address("changelist", "studios.leaderlink"), {"quarter": "overdue"})
    return set(page.context["cl"].result_list)


def test_places_without_a_visit_this_quarter_are_listed(client, cast, links):
    client.force_login(cast.lanzhou.clerk)
    this_quarter = quarter_of(timezone.localdate())
    visit(cast, links[0], this_quarter.start)
    visit(cast, links[1], this_quarter.one_year_before().start)
    assert overdue(client) == {links[1]}


def test_a_voided_or_only_planned_visit_is_none(client, cast, links):
    client.force_login(cast.lanzhou.clerk)
    visit(cast, links[0]).void(by=cast.lanzhou.clerk, why="重复登记", at=timezone.now())
    visit(cast, links[1], state=Activity.State.PLANNED)
    assert overdue(client) == set(links)
    visit(cast, links[1])
    assert overdue(client) == {links[0]}


def test_a_link_that_ended_is_not_overdue(client, cast, links):
    client.force_login(cast.lanzhou.clerk)
    LeaderLink.objects.filter(pk=links[0].pk).update(ends_on=LONG_AGO)
    assert overdue(client) == {links[1]}
