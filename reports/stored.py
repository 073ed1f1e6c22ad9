"""How rows of cells and of sums are found and added up."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Aggregate, DateField, F, Func, IntegerField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from liaison.periods import Period, half_of, kind_of, month_of, next_month, quarter_of, year_of
from reports.indicators import Indicator
from reports.sources import DAY

GRAINS = {"month": month_of, "quarter": quarter_of, "half": half_of, "year": year_of}


def held_in(indicators: Iterable[Indicator], dimension: str = "") -> dict:
    """Which rows of cells and of sums hold these indicators."""
    return {"source__in": {flow.source for i in indicators for flow in i.flows}, "dimension": dimension}


def grouped(rows: QuerySet, by, totals: list[tuple[str, Aggregate]]) -> Iterator[tuple[object, str, Decimal]]:
    """(group, indicator, value) of each total, in one query; by: what to group by, or None."""
    named = {f"v{n}": total for n, (_, total) in enumerate(totals)}
    found = rows.order_by().values_list(by).annotate(**named) if by else [(None, *rows.aggregate(**named).values())]
    for key, *values in found:
        yield from ((key, code, Decimal(value or 0)) for (code, _), value in zip(totals, values, strict=True))


def sums(indicators: Iterable[Indicator]) -> list[tuple[str, Aggregate]]:
    return [(indicator.code, Sum(indicator.code)) for indicator in indicators]


def grain_of(period: Period) -> str:
    """month, quarter, half or year if the period is a whole one, else nothing."""
    return kind_of(period, GRAINS)


def during(whole: Period) -> Q:
    """Cells of whole months."""
    return Q(month__gte=whole.start, month__lt=whole.end)


def span(grain: str, start, end) -> Q:
    return Q(grain=grain, starts_on__gte=start, starts_on__lt=end)


def pieces(period: Period, by_months: bool = False) -> Iterator[tuple[str, Q, Q]]:
    """What a period is put together from, its whole months and the days around them: (dimension, condition on cells, condition
    on rolled rows)."""
    if whole := period.whole_months():
        yield "", during(whole), span("month", whole.start, whole.end) if by_months else spans(whole)
    if edges := period.edges():
        yield DAY, _days(edges, "month"), Q(grain="month") & _days(edges, "starts_on")


def _days(edges: Iterable[Period], month: str) -> Q:
    """month: the column that rows keep their month in."""
    parts = [part for edge in edges for part in edge.months()]
    return reduce(or_, (Q(**{month: part.start.replace(day=1), "key__in": _keys(part)}) for part in parts))


def _keys(part: Period) -> list[str]:
    return [str(day) for day in range(part.start.day, part.last.day + 1)]


def day_in(month: str) -> Func:
    """The day of a row of the dimension DAY; month: the column that it keeps its month in."""
    number = Cast("key", IntegerField())
    return Func(F(month), number - 1, template="(%(expressions)s)", arg_joiner=" + ", output_field=DateField())


def spans(whole: Period) -> Q:
    """Whole months as years, quarters and what is left over: the fewest rows to read."""
    first_quarter = next_month(whole.start, (1 - whole.start.month) % 3)
    last_quarter = next_month(whole.end, -((whole.end.month - 1) % 3))
    if first_quarter >= last_quarter:
        return span("month", whole.start, whole.end)
    first_year = next_month(first_quarter, (1 - first_quarter.month) % 12)
    last_year = next_month(last_quarter, 1 - last_quarter.month)
    edges = span("month", whole.start, first_quarter) | span("month", last_quarter, whole.end)
    if first_year >= last_year:
        return edges | span("quarter", first_quarter, last_quarter)
    quarters = span("quarter", first_quarter, first_year) | span("quarter", last_year, last_quarter)
    return edges | quarters | span("year", first_year, last_year)
