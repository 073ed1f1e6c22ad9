"""Figures as pages, reports and exports read them: from cells, by months and days; from facts where they are filtered.

The number of queries does not depend on the number of organisations, months or rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth

from liaison.models import Organisation
from liaison.periods import EPOCH, Period
from reports.ask import Ask, of_source, part
from reports.counting import head_counts, head_counts_of_parts
from reports.indicators import Flow, Indicator, Kind
from reports.models import Cell, Rolled, Supplement
from reports.rollup.above import DIMENSIONS as ROLLED_DIMENSIONS
from reports.sources import DAY, SOURCE, Source
from reports.stored import day_in, during, grouped, held_in, pieces, span, spans, sums

Values = dict[str, Decimal]


def figure(indicator: Indicator, ask: Ask) -> Decimal:
    return figures([indicator], ask)[indicator.code]


def figures(indicators: Iterable[Indicator], ask: Ask) -> Values:
    """The value of each indicator, 0 where nothing was recorded."""
    indicators = list(indicators)
    values = _zeros(indicators)
    for group, wanted in _spans_to_sum(indicators, ask):
        for _, code, value in _flow_values(group, wanted):
            values[code] += value
    return values | head_counts((i for i in indicators if i.kind is Kind.DISTINCT), ask)


def supplements(indicators: Iterable[Indicator], ask: Ask) -> Values:
    """What approved supplements (补录) add beside each indicator's computed value; 0 for Distinct figures and for anything
    filtered, for a supplement is of a whole office and a whole month. At most two queries."""
    indicators = list(indicators)
    values = _zeros(indicators)
    for _, code, value in _supplement_values(indicators, ask, Value("")):
        values[code] += value
    return values


def supplements_by_month(indicators: Iterable[Indicator], ask: Ask) -> dict[date, Values]:
    """First day of the month → what supplements add to its flows; months without any are absent."""
    return _together([i for i in indicators if i.kind is Kind.FLOW], ask, F("month"))


def supplements_by_organisation(indicators: Iterable[Indicator], ask: Ask) -> dict[str, Values]:
    """Path of a part, as `by_organisation` has them → what supplements add to it; parts without any are absent."""
    children = list(ask.organisation.children.all()) if ask.scope == "subtree" else []
    return _together(list(indicators), ask, part("organisation__path", ask, children))


def _together(indicators: list[Indicator], ask: Ask, by) -> dict:
    found = defaultdict(lambda: _zeros(indicators))
    for key, code, value in _supplement_values(indicators, ask, by):
        found[key][code] += value
    return dict(found)


def _supplement_values(indicators: list[Indicator], ask: Ask, by) -> Iterator[tuple]:
    """(group, indicator, value): of flows what lies in the period's whole months, of stocks all up to its last one."""
    for group, wanted in _spans_to_sum(indicators, ask):
        rows = supplement_rows(group, wanted)
        yield from rows.values_list(by, "indicator").annotate(Sum("value")).order_by()


def supplement_rows(indicators: Iterable[Indicator], ask: Ask) -> QuerySet:
    """The approved supplements of the asked span; for a stock ask up to its end. None of a filtered figure."""
    whole = ask.whole_months()
    if whole is None:
        return Supplement.objects.none()
    codes = [i.code for i in indicators if i.kind is not Kind.DISTINCT]
    during = Q(month__gte=whole.start, month__lt=whole.end, indicator__in=codes)
    return Supplement.objects.counted().filter(during, ask.within("organisation__path"))


def supplements_behind(indicator: Indicator, ask: Ask) -> QuerySet:
    """The rows that a figure's list ends with; their sum is what `supplements` adds."""
    wanted = ask.during(ask.period.up_to_end()) if indicator.kind is Kind.STOCK else ask
    return supplement_rows([indicator], wanted).order_by("-month", "-id")


def by_month(indicators: Iterable[Indicator], ask: Ask) -> list[tuple[Period, Values]]:
    """The flows of each month of the period."""
    indicators = [i for i in indicators if i.kind is Kind.FLOW]
    months = {span.start.replace(day=1): (span, _zeros(indicators)) for span in ask.period.months()}
    for month, code, value in _flow_values(indicators, ask, by="month"):
        months[month][1][code] += value
    return list(months.values())


def by_source(indicator: Indicator, ask: Ask) -> dict[str, Decimal]:
    """A flow's parts that come from different tables: 联系服务群众 is visits and activities."""
    parts = {flow.source: Decimal(0) for flow in indicator.flows}
    for source, _, value in _flow_values([indicator], ask, by="source"):
        parts[source] += value
    return parts


def by_organisation(indicators: Iterable[Indicator], ask: Ask) -> list[tuple[Organisation, str, Values]]:
    """The parts of a subtree: the organisation's own records, then each organisation directly below with its subtree.

    Rows of (organisation, scope, values). Flows and stocks of the rows add up to the whole; Distinct figures do not, by
    their nature.
    """
    indicators = list(indicators)
    children = list(ask.organisation.children.all()) if ask.scope == "subtree" else []
    rows = {part.path: (part, _zeros(indicators)) for part in (ask.organisation, *children)}
    for group, wanted in _spans_to_sum(indicators, ask):
        for path, code, value in _part_values(group, wanted, children):
            rows[path][1][code] += value
    for path, code, count in head_counts_of_parts((i for i in indicators if i.kind is Kind.DISTINCT), ask, children):
        rows[path][1][code] = count
    return [(part, "own" if part == ask.organisation else "subtree", values) for part, values in rows.values()]


def by_dimension(indicator: Indicator, ask: Ask, dimension: str) -> dict[str, Decimal]:
    """A flow broken down by studio, sector, category, channel or kind: key → value, largest first.

    Rows of tables that do not know the dimension are left out; the key is "" where a row names none. Days outside of whole months
    are read from the records, unless the others of their month are empty.
    """
    totals: dict[str, Decimal] = defaultdict(Decimal)
    indicator = replace(indicator, flows=tuple(f for f in indicator.flows if dimension in SOURCE[f.source].dimensions))
    ask = _filled_out(indicator, ask)
    if whole := ask.whole_months():
        rows, _ = _kept([indicator], ask, dimension, during(whole), spans(whole))
        for key, _, value in grouped(rows, "key", sums([indicator])):
            totals[key] += value
    for edge in ask.edges():
        for key, _, value in facts([indicator], ask.during(edge), lambda source, _: source.dimensions[dimension]):
            totals["" if key is None else str(key)] += value
    return dict(sorted(((key, value) for key, value in totals.items() if value), key=lambda item: -item[1]))


def _filled_out(flow: Indicator, ask: Ask) -> Ask:
    """Over whole months, which breakdowns are kept by, if the days that this adds are empty: a month that is not over has no
    records of the days to come. What flows is never negative, so nothing in all is nothing of each."""
    if ask.is_filtered or not ask.edges():
        return ask
    months = ask.period.touched_months()
    added = ((max(EPOCH, months.start), ask.period.start), (ask.period.end, months.end))
    is_filled = any(figure(flow, ask.during(Period(start, end))) for start, end in added if start < end)
    return ask if is_filled else ask.during(months)


def by_day(indicators: list[Indicator], ask: Ask) -> Iterator[tuple[date, str, Decimal]]:
    """(day, indicator, value) of the flows of an ask that is not filtered; days without any are absent. One query."""
    months = ask.period.touched_months()
    rows, month = _kept(indicators, ask, DAY, during(months), span("month", months.start, months.end))
    found = grouped(rows, day_in(month), sums(indicators))
    return ((on, code, value) for on, code, value in found if ask.period.start <= on < ask.period.end)


def facts(indicators: Iterable[Indicator], ask: Ask, group=None) -> Iterator[tuple[object, str, Decimal]]:
    """(group, indicator, value) counted from the records themselves; one query for each source and date column.

    `group`: a function of (source, date column) that gives what to group by, or None.
    """
    flows: dict[tuple[str, str], list[tuple[str, Flow]]] = defaultdict(list)
    for indicator in indicators:
        for flow in indicator.flows:
            flows[flow.source, flow.date].append((indicator.code, flow))
    for (code, column), counted in flows.items():
        source = SOURCE[code]
        rows = _source_rows(source, column, ask)
        by = group(source, column) if group else None
        yield from grouped(rows, by, [(indicator, _total(flow)) for indicator, flow in counted])


def _source_rows(source: Source, column: str, ask: Ask, here: Q | None = None) -> QuerySet:
    days = Q(**{f"{column}__gte": ask.period.start, f"{column}__lt": ask.period.end})
    return source.rows().filter(days, here or ask.within("organisation__path"), of_source(source, ask))


def flow_rows(flow: Flow, ask: Ask) -> QuerySet:
    """The records behind a flow in the asked period: what a figure opens to."""
    rows = _source_rows(SOURCE[flow.source], flow.date, ask, ask.listed())
    return (rows.filter(flow.where) if flow.where else rows).order_by(f"-{flow.date}", "-id")


def stock_rows(indicator: Indicator, ask: Ask) -> QuerySet:
    """The records that stand on the period's last day: those that began and have not ended."""
    begins, ends = (next(f for f in indicator.flows if f.sign == sign) for sign in (1, -1))
    ended = Q(**{f"{ends.date}__lt": ask.period.end})
    began = Q(**{f"{begins.date}__lt": ask.period.end})
    rows = (
        begins.rows()
        .filter(began, ask.within("organisation__path"), of_source(SOURCE[begins.source], ask))
        .exclude(ended)
    )
    return rows.order_by(f"-{begins.date}", "-id")


def _total(flow: Flow):
    where = flow.where or None
    total = Sum(flow.value, filter=where) if flow.value else Count("pk", filter=where)
    return total if flow.sign == 1 else -total


def _zeros(indicators: Iterable[Indicator]) -> Values:
    return {indicator.code: Decimal(0) for indicator in indicators}


def _spans_to_sum(indicators: list[Indicator], ask: Ask) -> Iterator[tuple[list[Indicator], Ask]]:
    """Flows over the period, stocks over everything until its last day."""
    for kind, wanted in ((Kind.FLOW, ask), (Kind.STOCK, ask.during(ask.period.up_to_end()))):
        group = [i for i in indicators if i.kind is kind]
        if group:
            yield group, wanted


def _flow_values(indicators: list[Indicator], ask: Ask, by: str = "") -> Iterator[tuple]:
    """(month, source or None, indicator, value): from cells, one query for whole months and one for the days around them;
    filtered figures from facts."""
    if ask.is_filtered:
        yield from facts(indicators, ask, _FACTS_BY.get(by))
        return
    for dimension, of_cells, of_sums in pieces(ask.period, by == "month"):
        rows, month = _kept(indicators, ask, dimension, of_cells, of_sums)
        yield from grouped(rows, {"month": month, "source": "source"}.get(by), sums(indicators))


_FACTS_BY = {"month": lambda _, column: TruncMonth(column), "source": lambda source, _: Value(source.code)}


def _kept(indicators: Iterable[Indicator], ask: Ask, dimension: str, of_cells: Q, of_sums: Q) -> tuple[QuerySet, str]:
    """Stored sums and the name of their date column: rolled rows where the level has them, else cells."""
    wanted = held_in(indicators, dimension)
    if ask.has_sums and dimension in ROLLED_DIMENSIONS:
        return Rolled.objects.filter(of_sums, organisation=ask.organisation, **wanted), "starts_on"
    return Cell.objects.filter(of_cells, ask.within("organisation__path"), **wanted), "month"


def _part_values(indicators: list[Indicator], ask: Ask, children: list[Organisation]) -> Iterator[tuple]:
    """(path of the part, indicator, value): two queries for whole months, two for the days around them."""
    if ask.is_filtered:
        yield from facts(indicators, ask, lambda *_: part("organisation__path", ask, children))
        return
    alone = [ask.organisation, *(child for child in children if child.is_lowest)]
    for dimension, of_cells, of_sums in pieces(ask.period):
        wanted = held_in(indicators, dimension)
        own = Cell.objects.filter(of_cells, organisation__in=alone, **wanted)
        above = Rolled.objects.filter(of_sums, organisation__in=children, **wanted)
        for rows in (own, above):
            yield from grouped(rows, "organisation__path", sums(indicators))
