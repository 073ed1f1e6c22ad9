"""The records behind a figure: filtered as the figure is, with the same total; and one record by itself."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import admin
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from liaison.models import Level
from liaison.paging import FEW, SIZE, page
from liaison.periods import PeriodError
from reports import slices
from reports.ask import Ask
from reports.asking import (
    PARTS,
    above,
    as_reported,
    asked_organisation,
    asked_parts,
    asked_period,
    asked_scope,
    dashboard_link,
    freshness,
    must_read_totals,
    period_choices,
)
from reports.behind import Records, records_behind
from reports.board import SOURCE_WORDS
from reports.columns import LISTINGS, TABLES, Column, joined
from reports.indicators import INDICATOR, Indicator, Kind
from reports.models import Supplement
from reports.table import (
    by_organisation,
    by_source,
    figure,
    supplements,
    supplements_behind,
    supplements_by_organisation,
)

DOWNLOADS = (("下载表格", "reports:rows-workbook"), ("下载 CSV", "reports:rows-csv"))


@dataclass(frozen=True)
class Section:
    """One table's share of a figure: a page of its rows, and where the next one is.

    lines: ((column, text) of each column, what the row adds, address of the record) · value: heading of what rows add,
    "" where each adds one.
    """

    title: str
    unit: str
    total: Decimal
    columns: tuple[Column, ...]
    value: str
    lines: list[tuple[list[tuple[Column, str]], Decimal, str]]
    newer: str
    older: str

    @property
    def page_total(self) -> Decimal:
        return Decimal(sum(added for _, added, _ in self.lines))


@require_GET
def rows(request):
    """Some dozen queries, however many records there are."""
    organisation, scope = asked_organisation(request), asked_scope(request)
    indicator = INDICATOR.get(request.GET.get("indicator", ""))
    if indicator is None:
        raise Http404
    parts = asked_parts(request)
    try:
        period = asked_period(request, default=str(timezone.localdate().year))
    except PeriodError as error:
        context = {"indicator": indicator, "organisation": organisation, "problem": str(error)}
        context["periods"] = [(c, words, turned(request, period=c)) for c, words in period_choices()]
        return TemplateResponse(request, "reports/rows.html", context, status=400)
    ask = as_reported(request, Ask(organisation, period, scope, **parts))
    context = freshness() | {"indicator": indicator, "ask": ask, "organisation": organisation}
    shares = by_source(indicator, ask) if indicator.kind is Kind.FLOW else {}
    context |= {"sections": sections(request, indicator, ask, shares)}
    part = request.GET.get("part", "") if len(shares) > 1 else ""
    computed, more = figure(indicator, ask), supplements([indicator], ask)[indicator.code]
    context |= {"total": shares[part] if part else computed + more, "part": SOURCE_WORDS.get(part, "")}
    if more and not part:
        context |= {"computed": computed, "supplement": more, "supplements": supplemented(indicator, ask)}
    context["downloads"] = [(words, f"{reverse(name)}{turned(request)}") for words, name in DOWNLOADS]
    return TemplateResponse(request, "reports/rows.html", context | narrower(request, indicator, ask, shares))


def supplemented(indicator: Indicator, ask: Ask) -> list[Supplement]:
    """What the list ends with: figures of offices and months without records. All of them, for they make up the total."""
    return list(supplements_behind(indicator, ask).select_related("organisation"))


def narrower(request, indicator: Indicator, ask: Ask, shares: dict[str, Decimal]) -> dict:
    """Where one can go from here: up, to one part of the subtree, to one source, to another period, without a filter."""
    chosen = [(str(getattr(ask, name)), turned(request, **{name: None})) for name in PARTS if getattr(ask, name)]
    if ask.among:
        chosen.append(("定期报告计入的单位", turned(request, report=None)))
    if ask.dimension:
        chosen.append((slice_words(request, ask), turned(request, by=None, key=None)))
    return {
        "above": [(one, turned(request, org=one.code, scope=None)) for one in above(request, ask.organisation)],
        "places": places(request, indicator, ask),
        "sources": sources(request, shares, sum(shares.values()) + supplements([indicator], ask)[indicator.code]),
        "periods": [(c, words, turned(request, period=c)) for c, words in period_choices()],
        "chosen": chosen,
        "back": dashboard_link(ask.organisation, ask.period.address, ask.scope),
    }


def places(request, indicator: Indicator, ask: Ask) -> list[tuple[str, Decimal, str, bool]]:
    """(name, value, address, is current) of the whole, of the office's own records and of each organisation below."""
    if ask.organisation.level == Level.COUNTY or ask.among:
        return []
    whole = ask.of(ask.organisation)
    code, more = indicator.code, supplements_by_organisation([indicator], whole)
    total = figure(indicator, whole) + supplements([indicator], whole)[code]
    found = [("全部", total, turned(request, scope=None), ask.scope == "subtree")]
    for part, scope, values in by_organisation([indicator], whole):
        if value := values[code] + more.get(part.path, values | {code: 0})[code]:
            link = turned(request, scope="own") if scope == "own" else turned(request, org=part.code, scope=None)
            found.append(("本级" if scope == "own" else part.short_name, value, link, scope == ask.scope == "own"))
    return found


def sources(request, shares: dict[str, Decimal], total: Decimal) -> list[tuple[str, Decimal, str, bool]]:
    """(name, value, address, is current) of a figure's tables, where there are several."""
    if len(shares) < 2:
        return []
    asked = request.GET.get("part", "")
    found = [("全部", total, turned(request, part=None), not asked)]
    for source, value in shares.items():
        found.append((SOURCE_WORDS[source], value, turned(request, part=source), source == asked))
    return found


def slice_words(request, ask: Ask) -> str:
    """事项类别：道路交通; another office's studio or sector is not named."""
    named = slices.names(ask.dimension, [ask.key], request.user)
    return f"{slices.DIMENSIONS[ask.dimension]}：{named[ask.key]}"


def sections(request, indicator: Indicator, ask: Ask, shares: dict[str, Decimal]) -> list[Section]:
    found = records_behind(indicator, ask, shares, asked_part(request, shares))
    size = FEW if len(found) > 1 else SIZE
    return [section(request, indicator.unit, records, size) for records in found]


def asked_part(request, shares: dict[str, Decimal]) -> str:
    """The one source that is asked for; one that the figure does not have is no page."""
    part = request.GET.get("part", "") if shares else ""
    if part and part not in shares:
        raise Http404
    return part


def section(request, unit: str, records: Records, size: int) -> Section:
    shown, listing = page(records.rows, records.order, size, **cursors(request)), LISTINGS[records.rows.model]
    lines = [
        ([(column, column.text(row)) for column in listing.columns], records.added(row), record_link(request, row))
        for row in shown.rows
    ]
    part = records.source or None
    return Section(
        listing.title, unit, records.total, listing.columns, records.value_heading, lines,
        newer=turned(request, part=part, before=shown.newer) if shown.newer else "",
        older=turned(request, part=part, after=shown.older) if shown.older else "",
    )  # fmt: skip


def cursors(request) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("after", "before")}


@require_GET
def record(request, table: str, pk: int):
    """One record to read, without anybody's telephone; another office's does not exist."""
    must_read_totals(request)
    model = TABLES.get(table)
    if model is None or pk >= 2**63:
        raise Http404
    found = joined(model.objects.visible_to(request.user), timezone.localdate())
    row = get_object_or_404(found, pk=pk)
    listing = LISTINGS[model]
    facts = [(column.label, column.text(row)) for column in (*listing.columns, *listing.details)]
    context = {"listing": listing, "row": row, "facts": [(label, text) for label, text in facts if text]}
    return TemplateResponse(request, "reports/record.html", context | {"office_page": office_page(request, row)})


def record_link(request, row: Model) -> str:
    """Where a record can be read: in the admin by who works there, else by itself."""
    return office_page(request, row) or reverse("reports:record", args=[row._meta.model_name, row.pk])


def office_page(request, row: Model) -> str:
    app, name = row._meta.app_label, row._meta.model_name
    if not (
        request.user.is_staff and request.user.has_perm(f"{app}.view_{name}") and admin.site.is_registered(type(row))
    ):
        return ""
    return reverse(f"admin:{app}_{name}_change", args=[row.pk])


def turned(request, **changes: str | None) -> str:
    """This address with other parameters; a change of anything but the page goes back to the first one."""
    dropped = {"after", "before"} | ({"from", "to"} if "period" in changes else set())
    # What a periodic report holds is of its office and its days.
    dropped |= {"report"} if {"period", "org"} & changes.keys() else set()
    query = {name: value for name, value in request.GET.items() if name not in dropped} | changes
    return f"?{urlencode({name: value for name, value in query.items() if value})}"
