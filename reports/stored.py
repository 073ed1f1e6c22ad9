"""How rows of cells and of sums are found and added up."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db.models import Aggregate, Q, QuerySet, Sum

from liaison.periods import Period, half_of, kind_of, month_of, next_month, quarter_of, year_of
from reports.indicators import Indicator

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


def span(grain: str, start, end) -> Q:
    return Q(grain=grain, starts_on__gte=start, starts_on__lt=end)


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
