"""Two periods and several organisations side by side; what is compared stands in the address."""

import re

from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_GET

from liaison.models import Organisation
from liaison.periods import Period, next_month, parse, quarter_of
from reports.ask import Ask
from reports.asking import period_choices, rows_link
from reports.board import period_before
from reports.comparing import MOST, compare
from reports.views.spread import sister

QUARTERS_BACK = 8


@require_GET
def comparison(request):
    """A few dozen queries for each organisation that is compared; at most MOST of them."""
    more = {"with": ",".join(asked_codes(request)), "than": request.GET.get("than", "")}
    return sister(
        request, "compare", lambda ask: read(request, ask), **{name: text for name, text in more.items() if text}
    )


def read(request, ask: Ask) -> dict:
    """Raises PeriodError with a sentence for people."""
    others = asked_offices(request, ask.organisation)
    asks = [ask, *(ask.of(office) for office in others[: MOST - 1])]
    than = request.GET.get("than", "")
    then = parse(than, timezone.localdate()) if than else period_before(ask.period, timezone.localdate())
    chosen = {office.pk for office in others}
    return {
        "offices": [one.organisation.short_name + ("本级" if one.scope == "own" else "") for one in asks],
        "are_too_many": len(others) >= MOST,
        "most": MOST,
        "then": then,
        "than": than,
        "thans": thans(ask.period),
        "choosable": [(one, one.pk in chosen) for one in ask.organisation.children.select_related("division")],
        "comparison": compare(asks, then, rows_link) if then else None,
    }


def asked_codes(request) -> list[str]:
    """620102,620105 as links write them, or one after the other as the form's boxes do; each once."""
    found = [code for text in request.GET.getlist("with") for code in text.split(",") if code]
    return list(dict.fromkeys(found))


def asked_offices(request, own: Organisation) -> list[Organisation]:
    """The organisations beside the own one, in the order of their codes; another office's does not exist."""
    codes = asked_codes(request)
    if not all(re.fullmatch(r"[0-9]{6}", code) for code in codes):
        raise Http404
    found = list(Organisation.objects.visible_to(request.user).filter(division__code__in=codes).order_by("path"))
    if len(found) < len(codes):
        raise Http404
    return [one for one in found if one != own]


def thans(period: Period) -> list[tuple[str, str]]:
    """(code, words) of the periods to compare with that are one click away."""
    quarters, start = [], quarter_of(timezone.localdate()).start
    for n in range(1, QUARTERS_BACK + 1):
        quarter = quarter_of(next_month(start, -3 * n))
        quarters.append((quarter.code, quarter.label))
    before = period.just_before()
    found = [
        ("", "上年同期"),
        *([(before.address, f"上一时段（{before.label}）")] if before else []),
        *period_choices(),
        *quarters,
    ]
    return [(code, words) for code, words in found if code != period.address]
