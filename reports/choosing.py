"""Where one can go from a page of figures: its sister pages, up and down the subtree, other periods, saved views."""

from urllib.parse import urlencode

from django.urls import reverse

from liaison.models import Organisation
from liaison.periods import Period
from reports.asking import PAGES, SCOPES, above, dashboard_link, in_days, period_choices
from reports.models import SavedView

# Parts of a year that the picker offers, as addresses write them behind it.
PARTS_OF_YEAR = (
    ("", "全年"), ("H1", "上半年"), ("H2", "下半年"), *((f"Q{n}", f"第{'一二三四'[n - 1]}季度") for n in range(1, 5)),
    *((f"-{n:02d}", f"{n}月") for n in range(1, 13)),
)  # fmt: skip


def choosers(
    request, organisation: Organisation, scope: str, period: Period | None, page: str = "dashboard", **more: str
) -> dict:
    """page: which of PAGES the links lead to · more: what its address says besides; four queries."""
    code = period.address if period else ""
    choices = period_choices()
    is_own = period is not None and code not in dict(choices)
    below = organisation.children.select_related("division")
    return {
        "organisation": organisation,
        "period": period,
        "scope": scope,
        "tabs": [
            (label, dashboard_link(organisation, code, scope, name), name == page) for name, label in PAGES.items()
        ],
        "above": [(one, dashboard_link(one, code, page=page)) for one in above(request, organisation)],
        "below": [(one, dashboard_link(one, code, page=page)) for one in below],
        "periods": [(c, words, dashboard_link(organisation, c, scope, page, **more)) for c, words in choices],
        "scopes": [(s, words, dashboard_link(organisation, code, s, page, **more)) for s, words in SCOPES.items()]
        if below
        else [],
        "save_link": save_link(organisation, scope, period, page, more) if period else "",
        "saved_views": SavedView.objects.visible_to(request.user).filter(organisation=organisation),
        "asked_from": request.GET.get("from") or (str(period.start) if is_own else ""),
        "asked_to": request.GET.get("to") or (str(period.last) if is_own else ""),
        "year": period.last.year if period else "",
        "parts_of_year": [
            (part, words, period is not None and code == f"{period.start.year}{part}") for part, words in PARTS_OF_YEAR
        ],
        "code": code,
    }


def save_link(organisation: Organisation, scope: str, period: Period, page: str, more: dict[str, str]) -> str:
    """Where this page can be kept under a name; its period as the days that it means today (decision 0009)."""
    query = dashboard_link(organisation, in_days(period), scope, page, **more).partition("?")[2]
    return f"{reverse('reports:saved-views')}?{urlencode({'page': page, 'query': query})}"
