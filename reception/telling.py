"""Who is told what of reception days: the members on duty, and those who keep the studio's days."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from liaison.models import Account, Grant, Notice
from liaison.roles import Role
from reception.models import ReceptionDay


def keepers(days: Iterable[ReceptionDay]) -> dict[int, list[Account]]:
    """By the day's key: its studio's liaison officer and the clerks of its office; two queries."""
    days = list(days)
    clerks, officers = defaultdict(list), {}
    granted = Grant.objects.filter(
        role=Role.CLERK, account__is_active=True, organisation__in={d.organisation_id for d in days}
    )
    for grant in granted.select_related("account"):
        clerks[grant.organisation_id].append(grant.account)
    named = {day.studio.liaison_officer_id for day in days} - {None}
    officers = Account.objects.filter(pk__in=named, is_active=True).in_bulk()
    return {
        day.pk: [*filter(None, [officers.get(day.studio.liaison_officer_id)]), *clerks[day.organisation_id]]
        for day in days
    }


def accounts_of(members: Iterable[int]) -> list[Account]:
    """The log-ins of these members; one query."""
    return list(Account.objects.filter(Q(grants__role=Role.MEMBER), member__in=set(members), is_active=True).distinct())


def tell_out_of_line(found: Iterable):
    """`found`: `rota.OutOfLine` of announced days, which no run moves; told once for each new place."""
    found = list(found)
    told = keepers(one.day for one in found) if found else {}
    Notice.objects.tell(_out_of_line(one, account) for one in found for account in told[one.day.pk])


def _out_of_line(one, account: Account) -> Notice:
    day, elsewhere = one.day, one.held_on
    words = f"按规则和工作日历应在{elsewhere:%-m月%-d日}" if elsewhere else one.why
    return Notice(
        account=account, organisation_id=day.organisation_id, key=f"out-of-line:{day.pk}:{elsewhere}",
        text=f"{day}已经公布，{words}，不会自动调整，请处理。",
        url=reverse("admin:reception_receptionday_change", args=[day.pk]),
    )  # fmt: skip
