"""Who is told what of reception days: the members on duty, and those who keep the studio's days."""

from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse

from liaison.models import Account, Grant, Notice
from liaison.roles import Role


def keepers(days: Iterable) -> dict[int, list[Account]]:
    """By the day's key: its studio's liaison officer and the clerks of its office; two queries."""
    days = list(days)
    offices = {day.organisation_id for day in days}
    granted = Grant.objects.filter(role=Role.CLERK, account__is_active=True, organisation__in=offices)
    clerks = defaultdict(list)
    for grant in granted.select_related("account"):
        clerks[grant.organisation_id].append(grant.account)
    named = {day.studio.liaison_officer_id for day in days} - {None}
    officers = Account.objects.filter(pk__in=named, is_active=True).in_bulk()
    return {
        day.pk: [*filter(None, [officers.get(day.studio.liaison_officer_id)]), *clerks[day.organisation_id]]
        for day in days
    }


def tell_keepers(day, text: str, key: str, *, but: Account | None = None):
    """Whoever keeps the day hears of it where they work on it: the officer on the phone, a clerk in the admin."""
    for account in keepers([day])[day.pk]:
        if account != but:
            page = "cases:show-day" if account.pk == day.studio.liaison_officer_id else ADMIN
            Notice.objects.tell([_notice(account, day, text, key, page)])


def tell_members(day, members: Iterable[int], text: str, key: str, *, but: Account | None = None):
    """`members` by their keys; who has no log-in hears nothing. Told once under one key; two queries."""
    accounts = Account.objects.filter(member__in=set(members), is_active=True, grants__role=Role.MEMBER).distinct()
    told = [account for account in accounts if account != but]
    Notice.objects.tell(_notice(account, day, text, key, "cases:show-day") for account in told)


def tell_out_of_line(found: Iterable):
    """`found`: `rota.OutOfLine` of announced days, which no run moves; told once for each new place."""
    found = list(found)
    told = keepers(one.day for one in found) if found else {}
    Notice.objects.tell(_out_of_line(one, account) for one in found for account in told[one.day.pk])


# Upper apps are named as strings only.
ADMIN = "admin:reception_receptionday_change"


def _notice(account: Account, day, text: str, key: str, page: str) -> Notice:
    address = reverse(page, args=[day.pk])
    return Notice(account=account, organisation_id=day.organisation_id, key=key, text=text[:300], url=address)


def _out_of_line(one, account: Account) -> Notice:
    words = f"按规则和工作日历应在{one.held_on:%-m月%-d日}" if one.held_on else one.why
    text = f"{one.day}已经公布，{words}，不会自动调整，请处理。"
    return _notice(account, one.day, text, f"out-of-line:{one.day.pk}:{one.held_on}", ADMIN)
