"""The weekly brief as a page; it prints on one sheet."""

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from liaison.models import Organisation
from liaison.periods import Period, PeriodError
from reports import pdf
from reports.asking import asked_organisation, freshness
from reports.brief import EARLIEST, asked_week, brief, week_before, week_of
from reports.models import ReportTemplate
from reports.text.words import days_in_words
from reports.views.text import templates_url

# Weeks one click away; any other is chosen by one of its days.
RECENT = 4


@require_GET
def weekly_brief(request):
    organisation, today = asked_organisation(request), timezone.localdate()
    latest = asked_week("", today)
    recent = [week_before(latest, n) for n in range(RECENT)]
    context = {
        "organisation": organisation, "latest_url": brief_link(organisation, latest), "latest_day": latest.last, "earliest": EARLIEST,
        "recent": [(_short(week), brief_link(organisation, week), week) for week in recent],
    }  # fmt: skip
    try:
        week = asked_week(request.GET.get("week", ""), today)
    except PeriodError as error:
        return TemplateResponse(request, "reports/brief.html", context | {"problem": str(error)}, status=400)
    following = week_of(week.end)
    context |= {
        "week": week, "days": days_in_words(week), "query": query_of(organisation, week),
        "converts": pdf.program() is not None, "is_recent": week in recent,
        "before_url": brief_link(organisation, week_before(week)) if week.start > EARLIEST else "",
        "after_url": brief_link(organisation, following) if following.end <= today else "",
        "templates_url": templates_url(request, organisation, ReportTemplate.Kind.BRIEF),
        **freshness(), "brief": brief(organisation, week),
    }  # fmt: skip
    return TemplateResponse(request, "reports/brief.html", context)


def _short(week: Period) -> str:
    """11月16日至22日."""
    month = f"{week.last.month}月" if week.last.month != week.start.month else ""
    return f"{week.start.month}月{week.start.day}日至{month}{week.last.day}日"


def query_of(organisation: Organisation, week: Period) -> str:
    return urlencode({"org": organisation.code, "week": str(week.start)})


def brief_link(organisation: Organisation, week: Period) -> str:
    return f"{reverse('reports:brief')}?{query_of(organisation, week)}"
