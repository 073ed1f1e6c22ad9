"""The lists behind what wants attention: open matters by their lamp, and studios that have gone quiet."""

from datetime import date
from decimal import Decimal

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases.models import Case
from liaison.paging import Page, page
from liaison.periods import cn, month_of
from reports import watching
from reports.ask import Ask
from reports.asking import asked_number, asked_organisation, asked_scope, dashboard_link, freshness, watch_link
from reports.columns import LISTINGS, ORGANISATION, STUDIO, Column, joined, of
from reports.views.rows import Section, cursors, record_link, turned

CASE_COLUMNS = (
    of("deadline", "办理期限", "short"), ORGANISATION, of("number", "编号"), of("title", "事项", "main"), STUDIO,
    of("member", "负责委员"), of("lead_department", "主办单位"), of("state", "状态"),
)  # fmt: skip


def heard_words(month: date | None) -> str:
    return f"{month.year}年{month.month}月" if month else "从未有过"


def asked(request) -> Ask:
    """As of today: the period is nothing but this month."""
    return Ask(asked_organisation(request), month_of(timezone.localdate()), asked_scope(request))


@require_GET
def cases_by_lamp(request):
    """Open matters of one lamp, the earliest deadline first."""
    lamp = request.GET.get("lamp", "red")
    if lamp not in watching.LAMPS:
        raise Http404
    ask, today = asked(request), timezone.localdate()
    counts = watching.lamps(ask, today)
    found = joined(watching.lit(ask, lamp, today), today).select_related(
        "member", "lead_department", *LISTINGS[Case].joins
    )
    order = ("registered_on", "id") if lamp == "none" else ("deadline", "id")
    context = {
        "heading": f"在办事项：{watching.LAMPS[lamp]}",
        "meaning": "现在还在办理的事项，按办理期限分；黄灯为三个工作日内到期。",
        "choices": [
            (words, counts[code], watch_link(ask, code), code == lamp) for code, words in watching.LAMPS.items()
        ],
        "section": section(request, page(found, order, **cursors(request)), CASE_COLUMNS, "件", counts[lamp]),
    }
    return show(request, ask, context)


@require_GET
def quiet_studios(request):
    """The studios of which nothing was heard for so many whole months; which they are is counted for each choice."""
    ask, today = asked(request), timezone.localdate()
    months = asked_number(request.GET.get("months", str(watching.USUAL_QUIET)))
    if months not in watching.QUIET_MONTHS:
        raise Http404
    since = watching.quiet_since(today, months)
    found = joined(watching.quiet_studios(ask, since, today), today)
    shown = page(found, ("opened_on", "id"), **cursors(request))
    heard = watching.last_heard(ask, shown.rows)
    counts = {
        n: watching.quiet_studios(ask, watching.quiet_since(today, n), today).count() for n in watching.QUIET_MONTHS
    }
    columns = (
        *LISTINGS[found.model].columns,
        Column("最近有记录", lambda studio: heard_words(heard.get(studio.pk)), "short"),
    )
    context = {
        "heading": "没有动静的工作室",
        "meaning": f"自{cn(since)}以来没有接待日、没有来访，也没有面向群众的活动；此后才挂牌的不算。",
        "choices": [
            (f"{n} 个月以上", counts[n], watch_link(ask, months=str(n)), n == months) for n in watching.QUIET_MONTHS
        ],
        "section": section(request, shown, columns, "个", counts[months]),
    }
    return show(request, ask, context)


def section(request, shown: Page, columns: tuple[Column, ...], unit: str, total: int) -> Section:
    lines = [
        ([(column, column.text(row)) for column in columns], Decimal(1), record_link(request, row))
        for row in shown.rows
    ]
    newer = turned(request, before=shown.newer) if shown.newer else ""
    older = turned(request, after=shown.older) if shown.older else ""
    return Section("记录", unit, Decimal(total), columns, "", lines, newer, older)


def show(request, ask: Ask, context: dict) -> TemplateResponse:
    organisation = ask.organisation
    context |= freshness() | {
        "organisation": organisation,
        "ask": ask,
        "back": dashboard_link(organisation, "", ask.scope),
    }
    return TemplateResponse(request, "reports/watching.html", context)
