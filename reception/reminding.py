"""Members on duty are reminded of their reception day: the day before, and in the morning of the day itself."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse

from liaison import reach
from liaison.models import Account, Notice
from liaison.roles import Role
from reception.models import Duty, ReceptionDay


@reach.everything()
def remind(today: date) -> int:
    """How many notices are new. Told once for each place in the calendar, so that a day which was moved is told again.

    Safe to run twice; some ten queries, however many days there are.
    """
    days = ReceptionDay.objects.expected().filter(held_on__in=[today, today + timedelta(days=1)])
    duties = Duty.objects.filter(reception_day__in=days).select_related("reception_day__studio").order_by("id")
    duties = list(duties)
    found = Account.objects.filter(member__in={duty.member_id for duty in duties}, grants__role=Role.MEMBER)
    accounts = {account.member_id: account for account in found.filter(is_active=True)}
    told = (duty for duty in duties if duty.member_id in accounts and not duty.signed_in_at)
    return Notice.objects.tell(_notices(told, accounts, today))


def _notices(duties: Iterator[Duty], accounts: dict, today: date) -> Iterator[Notice]:
    for duty in duties:
        day = duty.reception_day
        when = "今天" if day.held_on == today else "明天"
        place = f"，地点：{day.place}" if day.place else ""
        yield Notice(
            account=accounts[duty.member_id], organisation_id=day.organisation_id,
            text=f"{when} {day.opens:%H:%M}–{day.closes:%H:%M} {day.studio}接待日，由您值班{place}。",
            key=f"on-duty:{day.pk}:{day.held_on}:{day.opens:%H%M}:{today}",
            url=reverse("cases:show-day", args=[day.pk]),
        )  # fmt: skip
