"""The records behind a figure as a file: the page's own filters and columns, all pages in one, with the figure beneath."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from liaison.models import Entry
from liaison.periods import PeriodError
from liaison.workbooks import XLSX, Sheet, csv_file, workbook
from reports.ask import Ask
from reports.asking import as_reported, asked_organisation, asked_parts, asked_period, asked_scope
from reports.behind import Records, records_behind
from reports.columns import LISTINGS
from reports.excel import number
from reports.indicators import INDICATOR, Indicator, Kind
from reports.models import Supplement
from reports.table import by_source
from reports.text.words import days_in_words
from reports.views.rows import asked_part, supplemented, turned

# A file is made whole, in memory and in the request's transaction.
MOST_ROWS = 20_000
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    indicator: Indicator
    ask: Ask
    lists: list[Records]
    supplements: list[Supplement]

    @property
    def words(self) -> str:
        return f"{self.indicator.name}，{days_in_words(self.ask.period)}"


@require_GET
def rows_workbook(request):
    """Two sources of one figure are two sheets."""
    return _file(request, "xlsx", XLSX, lambda sheets: workbook(*sheets))


@require_GET
def rows_csv(request):
    """Two sources of one figure stand one below the other."""
    return _file(request, "csv", CSV, _one_below_the_other)


def _file(request, ending: str, kind: str, made: Callable[[list[Sheet]], bytes]) -> HttpResponse:
    """A period that cannot be read, and more rows than a file takes, lead to the page that says so."""
    try:
        asked = _asked(request)
    except PeriodError:
        return redirect(f"{reverse('reports:rows')}{turned(request)}")
    sheets, left = [], MOST_ROWS
    for records in asked.lists:
        sheet = _sheet(records, left)
        if sheet is None:
            messages.warning(request, TOO_MANY)
            return redirect(f"{reverse('reports:rows')}{turned(request)}")
        sheets, left = [*sheets, sheet], left - len(sheet.rows)
    content = made([*sheets, *_supplemented(asked.supplements)])
    Entry.note(
        Entry.Act.EXPORT, asked.ask.organisation, request=request, report=f"{asked.words}，逐条记录",
        rows=sum(len(sheet.rows) - ENDING_ROWS for sheet in sheets),
    )  # fmt: skip
    name = f"{asked.ask.organisation.short_name}{asked.words}.{ending}"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, kind, headers={"Content-Disposition": disposition})


TOO_MANY = f"符合条件的记录超过 {MOST_ROWS:,} 条，一个文件装不下。请先缩短时段，或者只选一个下级、一个工作室，再下载。"
# The sum beneath the rows.
ENDING_ROWS = 1


def _asked(request) -> Asked:
    """As the page asks. Raises PeriodError, and Http404 for what is not there."""
    organisation, scope = asked_organisation(request), asked_scope(request)
    indicator = INDICATOR.get(request.GET.get("indicator", ""))
    if indicator is None:
        raise Http404
    parts = asked_parts(request)
    period = asked_period(request, default=str(timezone.localdate().year))
    ask = as_reported(request, Ask(organisation, period, scope, **parts))
    shares = by_source(indicator, ask) if indicator.kind is Kind.FLOW else {}
    part = asked_part(request, shares)
    # As on the page: of a figure of several sources one by itself has none.
    more = [] if part else supplemented(indicator, ask)
    return Asked(indicator, ask, records_behind(indicator, ask, shares, part), more)


def _sheet(records: Records, most: int) -> Sheet | None:
    """The rows and what they add up to; None if there are more than `most`. One query, whatever the rows."""
    found = list(records.rows.order_by(*records.order)[: most + 1])
    if len(found) > most:
        return None
    listing = LISTINGS[records.rows.model]
    heading = [records.value_heading] if records.value else []
    rows = [[*(column.read(row) for column in listing.columns), *_added(records, row)] for row in found]
    total = sum((Decimal(records.added(row)) for row in found), Decimal(0))
    blanks = [None] * (len(listing.columns) + len(heading) - 2)
    return Sheet(
        listing.title, [*(c.label for c in listing.columns), *heading], [*rows, ["合计", *blanks, number(total)]]
    )


def _supplemented(found: list[Supplement]) -> list[Sheet]:
    """Approved numbers without records, which the figure holds as well."""
    if not found:
        return []
    rows = [[one.period.label, one.organisation.short_name, one.reason, number(one.value)] for one in found]
    total = number(sum((one.value for one in found), Decimal(0)))
    return [Sheet("补录", ["月份", "单位", "补录原因", "数值"], [*rows, ["合计", None, None, total]])]


def _added(records: Records, row) -> Iterator:
    if records.value:
        yield records.added(row)


def _one_below_the_other(sheets: list[Sheet]) -> bytes:
    first, *rest = sheets
    rows = list(first.rows)
    for sheet in rest:
        rows += [[], sheet.headings, *sheet.rows]
    return csv_file(first.headings, rows)
