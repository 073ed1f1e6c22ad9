"""Cases under /my/: moved by the member in charge, read by colleagues."""

import pytest

from cases.workflow import State
from liaison.models import Member
from studios.models import Posting
from tests.cast import LONG_AGO, make_case
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


def test_the_member_in_charge_takes_a_case_to_its_end(member, office):
    case = make_case(office)
    address = f"/my/cases/{case.pk}/move/"

    unsaid = member.post(address, {"to": "resolved"})
    member.post(address, {"to": "accepted"})
    member.post(address, {"to": "resolved", "result": "路灯已修好", "result_class": "A"})
    member.post(address, {"to": "confirmed", "satisfaction": "satisfied"})

    case.refresh_from_db()
    assert unsaid.context["form"].errors == {"result": ["办结请写明办理结果。"]}
    assert (case.state, case.result, case.satisfaction) == ("confirmed", "路灯已修好", "satisfied")
    assert [step.state for step in case.steps.all()] == ["received", "accepted", "resolved", "confirmed"]


@pytest.mark.parametrize(("values", "status"), [({"to": "confirmed"}, 422), ({"to": "declined"}, 422), ({}, 422)])
def test_moves_outside_the_table_or_without_a_reason_are_refused(member, office, values, status):
    case = make_case(office)

    response = member.post(f"/my/cases/{case.pk}/move/", values)

    case.refresh_from_db()
    assert (response.status_code, case.state) == (status, State.RECEIVED)


def test_a_colleague_reads_the_case_but_does_not_move_it(office):
    other = Member.objects.create(organisation=office.organisation, name="王海霞")
    Posting.objects.create(studio=office.studio, member=other, starts_on=LONG_AGO)
    case = make_case(office, member=other)
    client = signed_in(office.account)

    page = client.get(f"/my/cases/{case.pk}/")

    assert (page.status_code, page.context["moves"]) == (200, False)
    assert client.post(f"/my/cases/{case.pk}/move/", {"to": "accepted"}).status_code == 404


def test_another_countys_case_is_not_found(member, cast):
    case = make_case(cast.anning)

    assert member.get(f"/my/cases/{case.pk}/").status_code == 404
    assert member.post(f"/my/cases/{case.pk}/move/", {"to": "accepted"}).status_code == 404
