"""When and where to: the heat calendar of reception days, and how figures spread over sectors and topics."""

from collections.abc import Callable

from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from liaison.periods import PeriodError
from reports import days
from reports.ask import Ask
from reports.asking import PAGES, asked_organisation, asked_period, asked_scope, freshness, rows_link
from reports.choosing import choosers
from reports.spread import spreads


@require_GET
def calendar(request):
    return sister(
        request,
        "calendar",
        lambda ask: {
            "calendar": days.calendar(ask, timezone.localdate(), rows_link),
            "day_numbers": days.DAYS,
        },
    )


@require_GET
def spread(request):
    return sister(request, "spread", lambda ask: {"spreads": spreads(ask, rows_link)})


def sister(request, page: str, read: Callable[[Ask], dict], **more: str) -> TemplateResponse:
    """A page beside the dashboard, of the same organisation, scope and period; a dozen queries and those of `read`.

    more: what its address says besides, kept when another period is chosen.
    """
    organisation, scope = asked_organisation(request), asked_scope(request)
    context, status = {"heading": PAGES[page]}, 200
    try:
        period = asked_period(request, default=str(timezone.localdate().year))
        context |= freshness() | {"is_shown": True} | read(Ask(organisation, period, scope))
    except PeriodError as error:
        period, status = None, 400
        context |= {"problem": str(error)}
    context |= choosers(request, organisation, scope, period, page, **more)
    return TemplateResponse(request, f"reports/{page}.html", context, status=status)
