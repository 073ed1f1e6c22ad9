"""Figures as pages, reports and exports read them: from cells for whole months, from facts for edge days and filters.

The number of queries does not depend on the number of organisations, months or rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Aggregate, Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from activities.models import MediaReport, Programme
from liaison.models import Level, Organisation, SpecialCommittee
from liaison.periods import Period, next_month
from liaison.scope import within
from reports.indicators import Flow, Indicator, Kind
from reports.models import Cell, Rolled, Supplement
from reports.rollup.above import DIMENSIONS as ROLLED_DIMENSIONS
from reports.sources import SOURCE, Source
from studios.models import Studio

Values = dict[str, Decimal]


@dataclass(frozen=True)
class Ask:
    """What a figure is asked of: an organisation (alone or with everything below), a period, and perhaps one studio,
    special committee or programme, or one key of a dimension ("" is the rows that name none)."""

    organisation: Organisation
    period: Period
    scope: str = "subtree"
    studio: Studio | None = None
    special_committee: SpecialCommittee | None = None
    programme: Programme | None = None
    dimension: str = ""
    key: str = ""
    # Paths of the offices whose own records alone count, instead of all below: what a report was built from.
    among: tuple[str, ...] = ()

    @property
    def is_filtered(self) -> bool:
        return bool(self.studio or self.special_committee or self.programme or self.dimension)

    def whole_months(self) -> Period | None:
        """What cells can answer: whole months, unless the figure is of one studio, committee or programme."""
        return None if self.is_filtered else self.period.whole_months()

    def edges(self) -> list[Period]:
        """What must be counted from the records themselves."""
        return [self.period] if self.is_filtered else self.period.edges()

    def within(self, path: str) -> Q:
        if self.among and not path.startswith("division"):
            return Q(**{f"{path}__in": self.among})
        if self.scope == "subtree" and not self.organisation.path:
            return Q()  # all there is lies in the nation: no office has to be looked up for each row
        return within(path, self.organisation, self.scope)

    def during(self, period: Period) -> "Ask":
        return replace(self, period=period)

    def of(self, organisation: Organisation, scope: str = "subtree") -> "Ask":
        return replace(self, organisation=organisation, scope=scope)


def figure(indicator: Indicator, ask: Ask) -> Decimal:
    return figures([indicator], ask)[indicator.code]


def figures(indicators: Iterable[Indicator], ask: Ask) -> Values:
    """The value of each indicator, 0 where nothing was recorded."""
    indicators = list(indicators)
    values = _zeros(indicators)
    for group, span in _spans_to_sum(indicators, ask):
        for _, code, value in _flow_values(group, span):
            values[code] += value
    for indicator in indicators:
        if indicator.kind is Kind.DISTINCT:
            count = head_rows(indicator, ask).aggregate(n=Count(indicator.heads.column, distinct=True))["n"]
            values[indicator.code] = Decimal(count)
    return values


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
    return _together(list(indicators), ask, _part("organisation__path", ask, children))


def _together(indicators: list[Indicator], ask: Ask, by) -> dict:
    found = defaultdict(lambda: _zeros(indicators))
    for key, code, value in _supplement_values(indicators, ask, by):
        found[key][code] += value
    return dict(found)


def _supplement_values(indicators: list[Indicator], ask: Ask, by) -> Iterator[tuple]:
    """(group, indicator, value): of flows what lies in the period's whole months, of stocks all up to its last one."""
    for group, span in _spans_to_sum(indicators, ask):
        rows = supplement_rows(group, span)
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
    span = ask.during(ask.period.up_to_end()) if indicator.kind is Kind.STOCK else ask
    return supplement_rows([indicator], span).order_by("-month", "-id")


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
    for group, span in _spans_to_sum(indicators, ask):
        for path, code, value in _part_values(group, span, children):
            rows[path][1][code] += value
    for indicator in indicators:
        if indicator.kind is Kind.DISTINCT:
            counted = head_rows(indicator, ask).values_list(_part(indicator.heads.path, ask, children))
            for path, count in counted.annotate(n=Count(indicator.heads.column, distinct=True)).order_by():
                rows[path][1][indicator.code] = Decimal(count)
    return [(part, "own" if part == ask.organisation else "subtree", values) for part, values in rows.values()]


def by_dimension(indicator: Indicator, ask: Ask, dimension: str) -> dict[str, Decimal]:
    """A flow broken down by studio, sector, category, channel or kind: key → value, largest first.

    Rows of tables that do not know the dimension are left out; the key is "" where a row names none.
    """
    totals: dict[str, Decimal] = defaultdict(Decimal)
    indicator = replace(indicator, flows=tuple(f for f in indicator.flows if dimension in SOURCE[f.source].dimensions))
    if whole := ask.whole_months():
        rows, _ = _cells([indicator], ask, whole, dimension)
        for key, _, value in _grouped(rows, "key", _sums([indicator])):
            totals[key] += value
    for edge in ask.edges():
        for key, _, value in facts([indicator], ask.during(edge), lambda source, _: source.dimensions[dimension]):
            totals["" if key is None else str(key)] += value
    return dict(sorted(((key, value) for key, value in totals.items() if value), key=lambda item: -item[1]))


def by_day(indicators: Iterable[Indicator], ask: Ask) -> Iterator[tuple[date, str, Decimal]]:
    """(day, indicator, value) of the flows, from the records: cells know months only."""
    return facts(indicators, ask, lambda _, column: column)


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
        yield from _grouped(rows, by, [(indicator, _total(flow)) for indicator, flow in counted])


def _grouped(rows: QuerySet, by, totals: list[tuple[str, Aggregate]]) -> Iterator[tuple[object, str, Decimal]]:
    """(group, indicator, value) of each total, in one query; by: what to group by, or None."""
    named = {f"v{n}": total for n, (_, total) in enumerate(totals)}
    found = rows.order_by().values_list(by).annotate(**named) if by else [(None, *rows.aggregate(**named).values())]
    for key, *values in found:
        yield from ((key, code, Decimal(value or 0)) for (code, _), value in zip(totals, values, strict=True))


def _sums(indicators: Iterable[Indicator]) -> list[tuple[str, Aggregate]]:
    return [(indicator.code, Sum(indicator.code)) for indicator in indicators]


def _source_rows(source: Source, column: str, ask: Ask) -> QuerySet:
    days = Q(**{f"{column}__gte": ask.period.start, f"{column}__lt": ask.period.end})
    return source.rows().filter(days, ask.within("organisation__path"), _source_filters(source, ask))


def flow_rows(flow: Flow, ask: Ask) -> QuerySet:
    """The records behind a flow in the asked period: what a figure opens to."""
    rows = _source_rows(SOURCE[flow.source], flow.date, ask)
    return (rows.filter(flow.where) if flow.where else rows).order_by(f"-{flow.date}", "-id")


def stock_rows(indicator: Indicator, ask: Ask) -> QuerySet:
    """The records that stand on the period's last day: those that began and have not ended."""
    begins, ends = (next(f for f in indicator.flows if f.sign == sign) for sign in (1, -1))
    ended = Q(**{f"{ends.date}__lt": ask.period.end})
    began = Q(**{f"{begins.date}__lt": ask.period.end})
    rows = (
        begins.rows()
        .filter(began, ask.within("organisation__path"), _source_filters(SOURCE[begins.source], ask))
        .exclude(ended)
    )
    return rows.order_by(f"-{begins.date}", "-id")


def head_rows(indicator: Indicator, ask: Ask) -> QuerySet:
    """The records whose distinct heads are counted."""
    counted = indicator.heads
    rows = counted.rows(ask.period)
    lookups = _HEAD_LOOKUPS.get(rows.model, {})
    return rows.filter(ask.within(counted.path), _filters(rows.model, lookups, ask), _slice({}, ask))


def heads_behind(indicator: Indicator, ask: Ask) -> QuerySet:
    """The people, studios or sectors that are counted, each once; unordered, sectors by their standard code."""
    rows = head_rows(indicator, ask)
    name, _, attribute = indicator.heads.column.partition("__")
    model = rows.model._meta.get_field(name).related_model
    found = model.objects.filter(pk__in=rows.order_by().values(name))
    return found.order_by(attribute).distinct(attribute) if attribute else found


def _total(flow: Flow):
    where = flow.where or None
    total = Sum(flow.value, filter=where) if flow.value else Count("pk", filter=where)
    return total if flow.sign == 1 else -total


# Where a source keeps the special committee and the programme, if not in its own column.
_LOOKUPS = {
    "output": {"studio": "activity__studio", "special_committee": "activity__special_committee", "programme": "activity__programme"},
    "instruction": {
        "studio": "submission__studio",
        "special_committee": "submission__special_committee",
        "programme": "submission__activity__programme",
    },
    "submission": {"programme": "activity__programme"},
    "studio": {"studio": "pk"},
}  # fmt: skip
_HEAD_LOOKUPS = {MediaReport.praised.through: {"studio": "mediareport__studio"}}


def _source_filters(source: Source, ask: Ask) -> Q:
    condition = _filters(source.model, _LOOKUPS.get(source.code, {}), ask)
    return condition & _slice(source.lookups, ask)


def _slice(dimensions: dict[str, str], ask: Ask) -> Q:
    """One key of a breakdown; a table that does not know the dimension has no rows in it."""
    if not ask.dimension:
        return Q()
    if ask.dimension not in dimensions:
        return Q(pk__in=())
    lookup = dimensions[ask.dimension]
    if not ask.key:
        return Q(**{f"{lookup}__isnull": True})
    within = _WITHIN.get(ask.dimension)
    return Q(**{lookup: ask.key}) | (Q(**{within: ask.key}) if within else Q())


# A topic takes in its sub-topics.
_WITHIN = {"category": "category__parent_id"}


def _filters(model: type, lookups: dict[str, str], ask: Ask) -> Q:
    """The asked studio, special committee and programme; a table that knows one of them not has no rows for it."""
    condition = Q()
    own = {field.name for field in model._meta.fields}
    for name in ("studio", "special_committee", "programme"):
        chosen = getattr(ask, name)
        lookup = lookups.get(name) or (name if name in own else None)
        if chosen:
            condition &= Q(**{lookup: chosen.pk}) if lookup else Q(pk__in=())
    return condition


def _zeros(indicators: Iterable[Indicator]) -> Values:
    return {indicator.code: Decimal(0) for indicator in indicators}


def _spans_to_sum(indicators: list[Indicator], ask: Ask) -> Iterator[tuple[list[Indicator], Ask]]:
    """Flows over the period, stocks over everything until its last day."""
    for kind, span in ((Kind.FLOW, ask), (Kind.STOCK, ask.during(ask.period.up_to_end()))):
        group = [i for i in indicators if i.kind is kind]
        if group:
            yield group, span


def _flow_values(indicators: list[Indicator], ask: Ask, by: str = "") -> Iterator[tuple]:
    """(month, source or None, indicator, value): whole months from cells, edge days and filtered figures from facts."""
    if whole := ask.whole_months():
        rows, month = _cells(indicators, ask, whole, by_months=by == "month")
        yield from _grouped(rows, {"month": month, "source": "source"}.get(by), _sums(indicators))
    for edge in ask.edges():
        yield from facts(indicators, ask.during(edge), _FACTS_BY.get(by))


_FACTS_BY = {"month": lambda _, column: TruncMonth(column), "source": lambda source, _: Value(source.code)}


def _cells(
    indicators: list[Indicator], ask: Ask, whole: Period, dimension: str = "", by_months: bool = False
) -> tuple[QuerySet, str]:
    """Stored sums and the name of their date column: rolled rows where the level has them, else cells."""
    wanted = held_in(indicators, dimension)
    has_rolled = ask.scope == "subtree" and not ask.among and ask.organisation.level != Level.COUNTY
    if has_rolled and dimension in ROLLED_DIMENSIONS:
        span = _span("month", whole.start, whole.end) if by_months else _spans(whole)
        return Rolled.objects.filter(span, organisation=ask.organisation, **wanted), "starts_on"
    span = Q(month__gte=whole.start, month__lt=whole.end)
    return Cell.objects.filter(span, ask.within("organisation__path"), **wanted), "month"


def held_in(indicators: Iterable[Indicator], dimension: str = "") -> dict:
    """Which rows of cells and of sums hold these indicators."""
    return {"source__in": {flow.source for i in indicators for flow in i.flows}, "dimension": dimension}


def _part(path: str, ask: Ask, children: list[Organisation]) -> Case:
    """The path of the part a row belongs to: that of the child above it, else of the organisation itself."""
    cases = [When(**{f"{path}__startswith": child.path}, then=Value(child.path)) for child in children]
    return Case(*cases, default=Value(ask.organisation.path))


def _part_values(indicators: list[Indicator], ask: Ask, children: list[Organisation]) -> Iterator[tuple]:
    """(path of the part, indicator, value): three queries for whole months, one a source for the edges."""
    whole = ask.whole_months()
    if whole:
        wanted, sums = held_in(indicators), _sums(indicators)
        alone = [ask.organisation, *(child for child in children if child.level == Level.COUNTY)]
        cells = Cell.objects.filter(organisation__in=alone, month__gte=whole.start, month__lt=whole.end, **wanted)
        yield from _grouped(cells, "organisation__path", sums)
        above = Rolled.objects.filter(_spans(whole), organisation__in=children, **wanted)
        yield from _grouped(above, "organisation__path", sums)
    for edge in ask.edges():
        yield from facts(indicators, ask.during(edge), lambda *_: _part("organisation__path", ask, children))


def _span(grain: str, start, end) -> Q:
    return Q(grain=grain, starts_on__gte=start, starts_on__lt=end)


def _spans(whole: Period) -> Q:
    """Whole months as years, quarters and what is left over: the fewest rows to read."""
    first_quarter = next_month(whole.start, (1 - whole.start.month) % 3)
    last_quarter = next_month(whole.end, -((whole.end.month - 1) % 3))
    if first_quarter >= last_quarter:
        return _span("month", whole.start, whole.end)
    first_year = next_month(first_quarter, (1 - first_quarter.month) % 12)
    last_year = next_month(last_quarter, 1 - last_quarter.month)
    edges = _span("month", whole.start, first_quarter) | _span("month", last_quarter, whole.end)
    if first_year >= last_year:
        return edges | _span("quarter", first_quarter, last_quarter)
    quarters = _span("quarter", first_quarter, first_year) | _span("quarter", last_year, last_quarter)
    return edges | quarters | _span("year", first_year, last_year)
