"""The month's calendar, and the addresses that calendar programs follow: RFC 5545 as they read it, and who may read it."""

import logging
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from liaison.models import Entry
from reception.models import Duty, Feed, ReceptionDay
from tests.cast import make_day
from tests.pages import signed_in, text_of

pytestmark = pytest.mark.django_db
State = ReceptionDay.State
LONG = "老旧小区加装电梯、物业收费、停车难与充电桩建设专场，请带好材料，可以几个人一起来"


@pytest.fixture
def coming(office):
    return make_day(office, timezone.localdate() + timedelta(days=3), theme=LONG, place="广武门街道一楼大厅")


def events(response) -> dict[str, object]:
    """By their summaries' beginnings; the whole file is read by another parser's rules first."""
    raw = response.content
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    # RFC 5545 3.1: no line longer than 75 octets; folded between characters, so that each piece is UTF-8.
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    calendar = Calendar.from_ical(raw)
    assert (calendar["VERSION"], "PRODID" in calendar) == ("2.0", True)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Shanghai"
    found = list(calendar.walk("VEVENT"))
    assert len({str(event["UID"]) for event in found}) == len(found)
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "SEQUENCE"} <= set(event)
        assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
        assert event["DTSTAMP"].to_ical().endswith(b"Z")
    return {str(event["UID"]): event for event in found}


def issue(client) -> str:
    """The path of a new address, as the page shows it once."""
    page = client.post("/my/calendar/feeds/", {"name": "手机日历"}).content.decode()
    return re.search(r"http://testserver(/calendar/[\w-]+\.ics)", page)[1]


def test_a_studios_feed_tells_announced_days_to_everybody(office, coming):
    make_day(office, coming.held_on + timedelta(days=1), state=State.PLANNED, theme="还没有公布")
    Duty.objects.create(reception_day=coming, member=office.member)
    answer = Client().get(f"/s/{office.studio.code}/calendar.ics")
    (event,) = events(answer).values()
    assert (event["SUMMARY"], event["LOCATION"]) == (f"广武门委员工作室接待日：{LONG}", "广武门街道一楼大厅")
    assert (event.start.isoformat(), event.end.hour) == (f"{coming.held_on}T09:00:00+08:00", 11)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert office.member.name not in answer.content.decode()
    assert Client().get("/s/NOSUCHCODE/calendar.ics").status_code == 404


def test_a_change_and_a_cancelling_raise_the_sequence_of_the_same_event(office, coming):
    address = f"/s/{office.studio.code}/calendar.ics"
    (before,) = events(Client().get(address))
    ReceptionDay.objects.filter(pk=coming.pk).update(opens="10:00")
    ReceptionDay.objects.filter(pk=coming.pk).update(summary="没有变动")
    coming.refresh_from_db()
    coming.cancel(why="道路施工")
    (after,) = events(Client().get(address)).items()
    assert after[0] == before
    assert (after[1]["STATUS"], after[1]["SEQUENCE"], after[1].start.hour) == ("CANCELLED", 2, 10)
    assert "道路施工" not in Client().get(address).content.decode()


def test_a_stale_copy_takes_no_revision_back(coming):
    stale = ReceptionDay.objects.get(pk=coming.pk)
    ReceptionDay.objects.filter(pk=coming.pk).update(place="二楼")
    stale.save()
    coming.refresh_from_db()
    assert (coming.revision, coming.place) == (2, "广武门街道一楼大厅")


def test_nothing_new_is_answered_with_304(office, coming):
    address = f"/s/{office.studio.code}/calendar.ics"
    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    since = Client().get(address, headers={"If-Modified-Since": first["Last-Modified"]})
    assert (again.status_code, again.content, since.status_code) == (304, b"", 304)
    coming.cancel(why="施工")
    assert Client().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_ones_own_feed_holds_the_own_duties_and_an_officers_all_days(cast, office, coming):
    other = make_day(office, coming.held_on + timedelta(days=1), state=State.PLANNED)
    make_day(cast.anning, coming.held_on)
    Duty.objects.create(reception_day=coming, member=office.member)
    (event,) = events(Client().get(issue(signed_in(office.account)))).values()
    assert event["DESCRIPTION"] == "状态：已公布\n值班委员：张新民"
    officers = events(Client().get(issue(signed_in(office.officer)))).values()
    assert [event["STATUS"] for event in officers] == ["CONFIRMED", "TENTATIVE"]
    assert {event.start.date() for event in officers} == {coming.held_on, other.held_on}


def test_a_revoked_address_and_a_closed_account_open_nothing(office, coming):
    member = signed_in(office.account)
    first, second = issue(member), issue(member)
    feed = Feed.objects.found(first.removeprefix("/calendar/").removesuffix(".ics"))
    assert Client().get(first).status_code == 200
    assert signed_in(office.officer).post(f"/my/calendar/feeds/{feed.pk}/revoke/").status_code == 404
    member.post(f"/my/calendar/feeds/{feed.pk}/revoke/")
    assert [entry.act for entry in Entry.objects.about(feed).order_by("id")] == ["add", "change"]
    assert [Client().get(address).status_code for address in (first, second)] == [404, 200]
    feed.refresh_from_db()
    assert feed.read_on == timezone.localdate()
    office.account.is_active = False
    office.account.save()
    assert Client().get(second).status_code == 404


def test_no_log_and_no_column_holds_the_token(office):
    address = issue(signed_in(office.account))
    token = address.split("/")[-1].removesuffix(".ics")
    assert token not in str(Feed.objects.values())
    assert token not in str([entry.changes for entry in Entry.objects.all()])
    for name, message, args in (
        ("granian.access", '%(addr)s - "%(method)s %(path)s"', [{"addr": "1.2.3.4", "method": "GET", "path": address}]),
        ("django.request", "%s: %s", ["Not Found", address]),
    ):
        record = logging.getLogger(name).makeRecord(name, logging.INFO, "", 0, message, tuple(args), None)
        assert all(one.filter(record) for one in handlers_filters(name))
        assert "/calendar/***.ics" in record.getMessage()
        assert token not in record.getMessage()


def handlers_filters(name: str):
    """The filters that a line of this logger passes on its way out, as settings declare them."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    declared = settings.LOGGING
    handlers = declared["loggers"].get(name, declared["root"])["handlers"]
    names = [one for handler in handlers for one in declared["handlers"][handler]["filters"]]
    assert names
    return [import_string(declared["filters"][one]["()"])() for one in names]


def test_the_month_shows_days_with_their_states_and_members(office, coming):
    Duty.objects.create(reception_day=coming, member=office.member)
    make_day(office, coming.held_on, opens="14:00", closes="16:00", state=State.CANCELLED, cancel_reason="施工")
    member = signed_in(office.account)
    page = text_of(member.get(f"/my/calendar/?month={coming.held_on:%Y-%m}"))
    assert "09:00 广武门委员工作室 已公布：张新民" in page
    assert "14:00 广武门委员工作室 已取消，没有安排值班" in page
    assert "有 2 个接待日" in page
    year, month = coming.held_on.year, coming.held_on.month
    following = date(year + month // 12, month % 12 + 1, 1)
    assert f"?month={following:%Y-%m}" in member.get(f"/my/calendar/?month={coming.held_on:%Y-%m}").content.decode()
    assert member.get("/my/calendar/?month=nonsense").status_code == 200


def test_the_month_costs_the_same_for_one_day_and_three(office, coming):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clerk = signed_in(office.clerk)
    Duty.objects.create(reception_day=coming, member=office.member)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            clerk.get(f"/my/calendar/?month={coming.held_on:%Y-%m}")
        return len(captured)

    queries()
    one = queries()
    for hour in (13, 15):
        day = make_day(office, coming.held_on, opens=f"{hour}:00", closes=f"{hour + 1}:00")
        Duty.objects.create(reception_day=day, member=office.member)
    assert queries() == one
