"""A reception day under /my/: signing in, closing it, holding an extra one."""

from datetime import time

import pytest
from django.utils import timezone

from liaison.models import Member
from reception.models import Duty, ReceptionDay
from studios.models import Posting
from tests.cases.my import ONE_DAY, log, text
from tests.cast import LONG_AGO, make_day
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


# --- Sign in ---


def test_a_member_signs_in_once_and_keeps_the_first_time(member, office, day):
    member.post(f"/my/days/{day.pk}/sign-in/")
    first = Duty.objects.get().signed_in_at

    response = member.post(f"/my/days/{day.pk}/sign-in/")

    assert response["Location"] == f"/my/days/{day.pk}/"
    assert Duty.objects.get(member=office.member).signed_in_at == first


def test_an_officer_signs_in_a_colleague_but_nobody_else(cast, office, day):
    client = signed_in(office.officer)

    stranger = client.post(f"/my/days/{day.pk}/sign-in/", {"member": cast.anning.member.pk})
    colleague = client.post(f"/my/days/{day.pk}/sign-in/", {"member": office.member.pk})

    assert (stranger.status_code, colleague.status_code) == (422, 302)
    assert [duty.member for duty in day.duties.all()] == [office.member]


def test_a_member_signs_in_nobody_else(cast, member, office, day):
    other = Member.objects.create(organisation=office.organisation, name="王海霞")
    Posting.objects.create(studio=office.studio, member=other, starts_on=LONG_AGO)

    assert member.post(f"/my/days/{day.pk}/sign-in/", {"member": other.pk}).status_code == 422


def test_signing_in_on_another_day_is_refused(member, office):
    yesterday = make_day(office, timezone.localdate() - ONE_DAY)

    response = member.post(f"/my/days/{yesterday.pk}/sign-in/")

    assert response.status_code == 422
    assert "只能在接待日当天签到。" in text(response)


# --- Close the day, hold an extra one ---


def test_the_day_is_closed_as_held_once(member, day):
    log(member, day)
    address = f"/my/days/{day.pk}/hold/"

    first, second = (member.post(address, {"summary": "以物业问题为主"}) for _ in range(2))

    day.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 422)
    assert (day.state, day.summary) == (ReceptionDay.State.HELD, "以物业问题为主")
    assert "这个接待日已经结束登记" in text(second)


def test_a_day_ahead_cannot_be_closed(member, office):
    tomorrow = make_day(office, timezone.localdate() + ONE_DAY)

    response = member.post(f"/my/days/{tomorrow.pk}/hold/")

    assert response.status_code == 422
    assert "接待日还没有到，不能登记为已开展。" in text(response)


def test_an_extra_day_is_held_today_and_signs_the_member_in(member, office):
    values = {"studio": office.studio.pk, "opens": "14:00", "closes": "16:00", "theme": "青年就业"}

    first, again = (member.post("/my/days/new/", values) for _ in range(2))

    day = ReceptionDay.objects.get()
    assert first["Location"] == f"/my/days/{day.pk}/"
    assert (day.held_on, day.opens, day.rule, day.is_open) == (timezone.localdate(), time(14), None, True)
    assert [duty.member for duty in day.arrived] == [office.member]
    assert again.status_code == 422
    assert again.context["form"].errors == {"opens": ["这个工作室当天已有同一时间的接待日。"]}


def test_an_extra_day_ends_after_it_began_and_in_an_open_studio_of_ones_own(member, cast, office):
    hours = {"opens": "14:00", "closes": "13:00"}
    backwards = member.post("/my/days/new/", hours | {"studio": office.studio.pk})
    foreign = member.post("/my/days/new/", hours | {"studio": cast.anning.studio.pk, "closes": "15:00"})
    office.studio.closed_on = timezone.localdate()
    office.studio.save()
    closed = member.post("/my/days/new/", hours | {"studio": office.studio.pk, "closes": "15:00"})

    assert [list(r.context["form"].errors) for r in (backwards, foreign, closed)] == [
        ["closes"],
        ["studio"],
        ["studio"],
    ]
    assert ReceptionDay.objects.count() == 0
