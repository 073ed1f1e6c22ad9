"""The dashboard: five numbers, what changed, where, and how fresh it is; every figure opens its records."""

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from liaison.models import Organisation
from liaison.periods import PeriodError
from liaison.roles import OFFICE, READERS, RECORDERS
from reports import board
from reports.ask import Ask
from reports.asking import (
    asked_organisation,
    asked_period,
    asked_scope,
    dashboard_link,
    freshness,
    must_read_totals,
    rows_link,
    watch_link,
    workbook_link,
)
from reports.choosing import choosers

# In this order: who reads totals and records too comes to the totals first.
ROOMS = ((READERS, "reports:dashboard"), (RECORDERS, "cases:show-home"), (OFFICE, "admin:index"))
MOST_FOUND = 100
# Seconds, as the header says it.
RELOADED_EVERY = "300"


def show_room(request):
    """The front door: each role is led to its own room."""
    name = next((name for roles, name in ROOMS if roles & request.user.roles), None)
    if name is None:
        return TemplateResponse(request, "reports/no_room.html")
    return HttpResponseRedirect(reverse(name))


@require_GET
def dashboard(request):
    return show_board(request, "dashboard")


@require_GET
def screen(request):
    """The dashboard for the big screen of the hall: other clothes, the same figures.

    htmx asks for figures every ten seconds; without a script, and for what no part carries (the day, a new release), the
    browser loads the whole page again. Neither is an act: the log-in lasts as long as the account's may stay idle.
    """
    response = show_board(request, "screen")
    response.headers["Refresh"] = RELOADED_EVERY
    return response


def show_board(request, page: str):
    """When htmx asks again, the figures are sent only if one has changed since."""
    organisation, scope = asked_organisation(request), asked_scope(request)
    try:
        period = asked_period(request, default=str(timezone.localdate().year))
    except PeriodError as error:
        context = choosers(request, organisation, scope, None, page) | {
            "problem": str(error),
            "leave": dashboard_link(organisation, "", scope),
        }
        return TemplateResponse(request, f"reports/{page}.html", context, status=400)
    more = options(request)
    context = freshness()
    shown = board.read(
        Ask(organisation, period, scope), timezone.localdate(), rows_link,
        lambda part, part_scope: dashboard_link(part, period.address, part_scope, page, **more), watch_link, more.get("bar", board.FIRST.code),
    )  # fmt: skip
    context |= figures(shown, more, page)
    if request.htmx:
        context["is_changed"] = request.GET.get("seen") != shown.seen
        return TemplateResponse(request, "reports/_refreshed.html", context)
    return TemplateResponse(
        request, f"reports/{page}.html", context | choosers(request, organisation, scope, period, page, **more)
    )


def options(request) -> dict[str, str]:
    """How the comparison is shown: which column is drawn, or not at all."""
    bar, compare = request.GET.get("bar", ""), request.GET.get("compare", "")
    if bar and bar not in {board.PER_STUDIO, *(indicator.code for indicator in board.COMPARED)}:
        raise Http404
    return ({"bar": bar} if bar else {}) | ({"compare": "off"} if compare == "off" else {})


def figures(shown: board.Board, more: dict[str, str], page: str) -> dict:
    ask = shown.ask

    def here(changes: dict[str, str]) -> str:
        return dashboard_link(ask.organisation, ask.period.address, ask.scope, page, **changes)

    headings = [(indicator.code, indicator.name, indicator.unit) for indicator in board.COMPARED]
    headings.append((board.PER_STUDIO, "平均每个工作室", "人次"))
    bar = more.get("bar", board.FIRST.code)
    return {
        "board": shown,
        "is_screen": page == "screen",
        "screen": dashboard_link(ask.organisation, ask.period.address, ask.scope, "screen", **more),
        "leave": dashboard_link(ask.organisation, ask.period.address, ask.scope, **more),
        "peak": board.peak(shown) if shown.months else "",
        "compared_with": board.compared_with(shown),
        "headings": [(name, unit, here(more | {"bar": code}) if code != bar else "") for code, name, unit in headings],
        "is_compared": "compare" not in more,
        "compare_link": here({"bar": bar} if "compare" in more else more | {"compare": "off"}),
        "workbook": workbook_link(ask),
        "poll": here(more | {"seen": shown.seen}),
    }


@require_GET
def find_organisation(request):
    """By name or the initials of its pinyin, within the account's subtree; a single one is opened at once."""
    must_read_totals(request)
    words = request.GET.get("find", "").strip()[:40]
    found = Organisation.objects.visible_to(request.user).named(words) if words else Organisation.objects.none()
    organisations = list(found.select_related("parent")[: MOST_FOUND + 1])
    if len(organisations) == 1:
        return redirect(dashboard_link(organisations[0], request.GET.get("period", "")))
    context = {
        "words": words,
        "found": [(one, dashboard_link(one, request.GET.get("period", ""))) for one in organisations[:MOST_FOUND]],
        "are_more": len(organisations) > MOST_FOUND,
    }
    return TemplateResponse(request, "reports/organisations.html", context)
