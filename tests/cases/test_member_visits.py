"""A visit under /my/ after it was logged: corrected, voided, read by colleagues."""

import pytest

from cases.models import Case
from liaison.models import Entry
from reception.models import Visit
from tests.cases.my import filled, log, text
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


def test_a_visit_is_corrected_while_its_day_is_open(member, day):
    log(member, day)
    visit = Visit.objects.get()

    response = member.post(f"/my/visits/{visit.pk}/correct/", filled(headcount="6"))

    visit.refresh_from_db()
    assert (response.status_code, visit.headcount) == (302, 6)
    diff = [{"name": "headcount", "label": "人数", "before": "3", "after": "6"}]
    assert Entry.objects.get(act=Entry.Act.CHANGE).changes == {"diff": diff, "reason": "人数记错了"}


def test_a_correction_says_why(member, day):
    log(member, day)
    visit = Visit.objects.get()
    response = member.post(f"/my/visits/{visit.pk}/correct/", filled(headcount="6", why=" "))
    assert response.context["form"].errors == {"why": ["请写明为什么更正。"]}
    visit.refresh_from_db()
    assert visit.headcount == 3


def test_a_correction_may_open_the_case_but_not_take_it_back(member, day):
    log(member, day)
    address = f"/my/visits/{Visit.objects.get().pk}/correct/"

    opened = member.post(address, filled(handling="case"))
    withdrawn = member.post(address, filled(handling="answered"))

    assert (opened.status_code, withdrawn.status_code) == (302, 422)
    assert list(withdrawn.context["form"].errors) == ["handling"]
    assert Case.objects.count() == 1


def test_a_closed_day_can_no_longer_be_corrected(member, day):
    log(member, day)
    day.hold()

    response = member.post(f"/my/visits/{Visit.objects.get().pk}/correct/", filled(headcount="6"))

    assert response.status_code == 409
    assert "只能在登记当天、接待日结束之前更正" in text(response)
    assert Visit.objects.get().headcount == 3


def test_a_visit_is_voided_with_a_reason_and_stays_readable(member, office, day):
    log(member, day)
    visit = Visit.objects.get()
    address = f"/my/visits/{visit.pk}/void/"

    without, done, twice = (member.post(address, {"reason": why}) for why in ("", "重复登记", "再来"))

    visit.refresh_from_db()
    assert [r.status_code for r in (without, done, twice)] == [422, 302, 422]
    assert (visit.voided_by, visit.void_reason) == (office.account, "重复登记")
    assert "重复登记" in text(member.get(f"/my/visits/{visit.pk}/"))


def test_colleagues_see_the_phone_masked(member, office, day):
    log(member, day, visitor_phone="13912345678", consented="on")
    visit = Visit.objects.get()

    assert "13912345678" in text(member.get(f"/my/visits/{visit.pk}/"))
    masked = text(signed_in(office.officer).get(f"/my/visits/{visit.pk}/"))
    assert "139****5678" in masked
    assert "13912345678" not in masked
