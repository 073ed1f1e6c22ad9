"""Reception days as a calendar file that calendar programs follow (RFC 5545, with the names of RFC 7986)."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from reception.models import ReceptionDay

ZONE = ZoneInfo("Asia/Shanghai")
# What lies further back is of no use on a phone.
DAYS_BACK = timedelta(days=90)
EVERY = timedelta(hours=6)
State = ReceptionDay.State
STATUS = {State.PLANNED: "TENTATIVE", State.CANCELLED: "CANCELLED"}


def calendar_of(days: Iterable[ReceptionDay], *, name: str, key: str, notes=lambda day: "") -> bytes:
    """`key`: what the calendar is known by from one reading to the next. `notes`: what its reader may know of a day besides
    time and place. The studios are read with the days; no query of its own."""
    calendar = Calendar.new(
        prodid="-//政协委员联系界别群众工作平台//接待日//ZH", name=name, uid=_uid(key), refresh_interval=EVERY, method="PUBLISH",
        calscale="GREGORIAN", language="zh-CN",
    )  # fmt: skip
    zone = Timezone.from_tzid(ZONE.key, first_date=date(2000, 1, 1))
    zone.pop("COMMENT", None)
    calendar.add_component(zone)
    for day in days:
        calendar.add_component(_event(day, notes(day)))
    return calendar.to_ical()


def _event(day: ReceptionDay, notes: str) -> Event:
    return Event.new(
        uid=_uid(f"{day.studio.code}:{day.pk}"), stamp=day.changed_at, last_modified=day.changed_at, sequence=day.revision,
        start=datetime.combine(day.held_on, day.opens, ZONE), end=datetime.combine(day.held_on, day.closes, ZONE),
        summary=_title(day), location=day.place or day.studio.place, description=notes or None,
        status=STATUS.get(day.state, "CONFIRMED"),
    )  # fmt: skip


def _title(day: ReceptionDay) -> str:
    title = f"{day.studio}接待日"
    if day.state == State.CANCELLED:
        return f"（已取消）{title}"
    return f"{title}：{day.theme}" if day.theme else title


def _uid(key: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"reception:{key}")
