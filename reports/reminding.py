"""Who is told what about periodic reports and supplements: reminders before and after the due day, and each verb to the other
office. A notice is a row of an inbox (liaison.Notice); told once, however often this runs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.http import urlencode

from liaison import reach
from liaison.models import Account, Grant, Notice, Organisation
from liaison.periods import Period, cn
from liaison.roles import Role
from liaison.workdays import add_workdays
from reports.models import PeriodReport
from reports.models.countersigned import Countersigned
from reports.models.period_reports import PERIODS
from reports.signing import due_on

SOON_WORKDAYS, MOST_NAMED = 2, 5


@reach.everything()
def remind(today: date) -> int:
    """Tell every office's clerks of the last month, quarter and year that is not reported yet; how many notices are new.

    Some ten queries, however many offices there are.
    """
    clerks = _clerks()
    notices = [one for grain in PeriodReport.Grain for one in _of_grain(grain, clerks, today)]
    return Notice.objects.tell(notices)


def last_over(grain: str, today: date) -> Period:
    """The last month, quarter or year that has ended."""
    of = PERIODS[grain]
    return of(of(today).start - timedelta(days=1))


def _clerks() -> dict[Organisation, list[Account]]:
    grants = Grant.objects.filter(role=Role.CLERK, account__is_active=True)
    clerks = defaultdict(list)
    for grant in grants.select_related("account", "organisation__division", "organisation__parent"):
        clerks[grant.organisation].append(grant.account)
    return clerks


def _of_grain(grain: str, clerks: dict[Organisation, list[Account]], today: date) -> Iterator[Notice]:
    period = last_over(grain, today)
    due = due_on(period)
    stage = "late" if today > due else "soon" if add_workdays(today, SOON_WORKDAYS) >= due else "open"
    name = f"{period.label}{PeriodReport.Grain(grain).label}"
    words = {
        "open": f"{name}可以填报了，{cn(due)}前提交。",
        "soon": f"{name}还没有提交，{cn(due)}到期。",
        "late": f"{name}应于{cn(due)}前提交，已经逾期。",
    }
    there = PeriodReport.objects.for_period(grain, period.start).signed()
    reported = set(there.values_list("organisation", flat=True))
    for office, accounts in clerks.items():
        if office.pk not in reported:
            yield from _notices(
                accounts, office, words[stage], f"due:{name}:{office.pk}:{stage}", _list(office, period)
            )
    if stage == "late":
        yield from _late_below(clerks, reported, period, name)


def _late_below(clerks, reported: set[int], period: Period, name: str) -> Iterator[Notice]:
    """To the office above: who did not report in time."""
    below = defaultdict(list)
    for office in Organisation.objects.filter(parent__in=clerks).exclude(pk__in=reported).order_by("path"):
        below[office.parent_id].append(office.short_name)
    for office, accounts in clerks.items():
        if names := below[office.pk]:
            more = f"等 {len(names)} 个单位" if len(names) > MOST_NAMED else ""
            text = f"{name}逾期未报：{'、'.join(names[:MOST_NAMED])}{more}。"
            yield from _notices(accounts, office, text, f"below:{name}:{office.pk}", _list(office, period))


def _list(office: Organisation, period: Period) -> str:
    query = {"org": office.code, "period": period.address}
    return f"{reverse('reports:list-period-reports')}?{urlencode(query)}"


def _notices(accounts: Iterable[Account], office: Organisation, text: str, key: str, url: str) -> Iterator[Notice]:
    return (Notice(account=one, organisation=office, text=text[:300], key=key[:80], url=url) for one in accounts)


def tell_deciders(one: Countersigned):
    """That something waits for them: the clerks of the office that decides, but not who put it forward."""
    grants = Grant.objects.filter(role=Role.CLERK, account__is_active=True, organisation=one.decider)
    accounts = [g.account for g in grants.select_related("account") if g.account_id != one.submitted_by_id]
    key = f"waits:{one._meta.model_name}:{one.pk}:{one.submitted_at.timestamp():.0f}"
    Notice.objects.tell(_notices(accounts, one.organisation, f"{one}等待{one.decides}。", key, one.url))


def tell_author(one: Countersigned):
    """What was decided on it, and why not."""
    why = f"：{one.why}" if one.why else ""
    key = f"decided:{one._meta.model_name}:{one.pk}:{one.decided_at.timestamp():.0f}"
    text = f"{one}{one.get_state_display()}{why}"
    Notice.objects.tell(_notices([one.submitted_by], one.organisation, text, key, one.url))
