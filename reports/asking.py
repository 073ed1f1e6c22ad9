"""What an address asks for: an organisation the account may read totals of, a period, a scope, a part. Pages share it."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from activities.models import Programme
from liaison.models import Organisation, SpecialCommittee
from liaison.periods import RELATIVE, Period, between, half_of, month_of, next_month, parse, quarter_of
from liaison.roles import READERS
from reports import signing
from reports.ask import Ask
from reports.models import PeriodReport, Verification
from reports.rollup import oldest_note
from reports.sources import SOURCES
from studios.models import Studio

# Sister pages of one organisation and period.
PAGES = {"dashboard": "总览", "calendar": "接待日历", "spread": "界别与类别", "compare": "对比"}
SCOPES = {"subtree": "含下级", "own": "仅本级"}
PARTS = {"studio": Studio, "special_committee": SpecialCommittee, "programme": Programme}


def must_read_totals(request):
    """These pages exist for those who read totals alone. A NUL stands in no address that we wrote."""
    if not READERS & request.user.roles or any("\0" in value for value in request.GET.values()):
        raise Http404


def asked_organisation(request) -> Organisation:
    """The organisation in the address, else the account's own; 404 for whoever does not read totals there."""
    must_read_totals(request)
    return organisation_of(request.user, request.GET.get("org"))


def organisation_of(account, code: str | None) -> Organisation:
    """By its six digits, of those whose totals the account reads, or 404; None: its own, the highest one."""
    if code is None:
        code = min(account.organisations_with(*READERS), key=lambda o: o.path).code
    if not re.fullmatch(r"[0-9]{6}", code):
        raise Http404
    reachable = Organisation.objects.visible_to(account).select_related("division", "parent__division")
    return get_object_or_404(reachable, division__code=code)


def asked_scope(request) -> str:
    scope = request.GET.get("scope", "subtree")
    if scope not in SCOPES:
        raise Http404
    return scope


def asked_period(request, default: str) -> Period:
    """From `period`, from the two dates of the small form, or from its year and the part of it. Raises PeriodError with a
    sentence for people."""
    first, last, year = (request.GET.get(name) for name in ("from", "to", "year"))
    text = request.GET.get("period") or default
    if first or last:
        text = f"{first}..{last}"
    elif year:
        text = f"{year}{request.GET.get('part', '')}"
    return parse(text, timezone.localdate())


def asked_parts(request) -> dict:
    return parts_of(request.GET, request.user)


def parts_of(query: Mapping[str, str], account) -> dict:
    """The studio, special committee or programme, and the slice of a breakdown; another office's does not exist."""
    found = {}
    for name, model in PARTS.items():
        if number := query.get(name):
            found[name] = get_object_or_404(model.objects.visible_to(account), pk=asked_number(number))
    if dimension := query.get("by"):
        lookup = next((s.lookups[dimension] for s in SOURCES if dimension in s.lookups), None)
        key = query.get("key", "")
        if lookup is None or (lookup.endswith("_id") and key and not asked_number(key)):
            raise Http404
        found |= {"dimension": dimension, "key": key}
    return found


def as_reported(request, ask: Ask) -> Ask:
    """What a figure of a periodic report is asked of, where the address names one: the office's own records and those of the
    offices that went into it. A report of other days or another office does not exist here."""
    number = request.GET.get("report")
    if not number:
        return ask
    theirs = PeriodReport.objects.visible_to(request.user).filter(organisation=ask.organisation)
    report = get_object_or_404(theirs, pk=asked_number(number))
    if (report.period.start, report.period.end) != (ask.period.start, ask.period.end):
        raise Http404
    return signing.asked(report, [part.report for part in signing.parts(report) if part.is_in])


def asked_number(text: str) -> int:
    """A row's number as an address carries it; what cannot be one does not exist."""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Http404
    return int(text)


def in_days(period: Period) -> str:
    """The period as an address carries it on any later day: relative ones as the days they mean today."""
    return between(period.start, period.last).code if period.code in RELATIVE else period.address


def query_of(ask: Ask) -> dict[str, str]:
    """The parameters that ask the same again."""
    query = {"org": ask.organisation.code, "period": in_days(ask.period)}
    query |= {"scope": ask.scope} if ask.scope != "subtree" else {}
    query |= {name: str(getattr(ask, name).pk) for name in PARTS if getattr(ask, name)}
    return query | ({"by": ask.dimension, "key": ask.key} if ask.dimension else {})


def rows_link(indicator: str, ask: Ask, **more: str) -> str:
    """Address of the records behind a figure."""
    query = {"indicator": indicator} | query_of(ask) | more
    return f"{reverse('reports:rows')}?{urlencode(query, safe='.')}"


def workbook_link(ask: Ask) -> str:
    return f"{reverse('reports:workbook')}?{urlencode(query_of(ask), safe='.')}"


def dashboard_link(
    organisation: Organisation, period: str, scope: str = "subtree", page: str = "dashboard", **more: str
) -> str:
    """Address of one of PAGES."""
    query = {"org": organisation.code} | ({"period": period} if period else {})
    query |= {"scope": scope} if scope != "subtree" else {}
    return f"{reverse(f'reports:{page}')}?{urlencode(query | more, safe='.')}"


def watch_link(ask: Ask, lamp: str = "", **more: str) -> str:
    """Address of the open matters of one lamp, else of the studios that have gone quiet."""
    path = reverse("reports:cases-by-lamp" if lamp else "reports:quiet-studios")
    query = (
        {"org": ask.organisation.code}
        | ({"lamp": lamp} if lamp else {})
        | ({"scope": ask.scope} if ask.scope != "subtree" else {})
    )
    return f"{path}?{urlencode(query | more)}"


def templates_link(organisation: Organisation, kind: str = "report") -> str:
    return f"{reverse('reports:templates')}?{urlencode({'org': organisation.code, 'kind': kind})}"


def above(request, organisation: Organisation) -> list[Organisation]:
    """From the account's own organisation down to the one above; one query."""
    prefixes = [organisation.path[:length] for length in range(len(organisation.path))]
    return list(Organisation.objects.visible_to(request.user).filter(path__in=prefixes))


def period_choices() -> list[tuple[str, str]]:
    """(code, words) of the periods that are one click away."""
    today = timezone.localdate()
    last_month = next_month(today, -1)
    calendar = [(month_of(today).code, "本月"), (month_of(last_month).code, "上月"), (quarter_of(today).code, "本季")]
    return [
        *calendar,
        (half_of(today).code, "本半年"),
        (str(today.year), "本年"),
        (str(today.year - 1), "上年"),
        *RELATIVE.items(),
    ]


def freshness() -> dict:
    """As of when: the oldest change not yet in the cells, and the last recount of everything. Read it before figures."""
    now, noted_at = timezone.now(), oldest_note()
    waited = in_words(int((now - noted_at).total_seconds())) if noted_at else ""
    return {"now": now, "waited": waited, "verification": Verification.objects.first()}


def in_words(seconds: int) -> str:
    for size, unit in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 1)} 秒"
