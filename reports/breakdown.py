"""A figure in parts: by organisation, by month, or by a dimension of its records."""

from dataclasses import dataclass, field
from decimal import Decimal

from liaison.models import Organisation
from liaison.periods import Period
from reports import slices
from reports.ask import Ask
from reports.indicators import Indicator, Kind
from reports.table import Values, by_dimension, by_month, by_organisation

PLACES, MONTHS = "organisation", "month"
WORDS = {PLACES: "下级组织", MONTHS: "月份", **slices.BREAKDOWNS}


@dataclass(frozen=True)
class Part:
    """key: digits of an organisation, a month, a row's number or a value · ask and query: what asks for its records."""

    key: str
    name: str
    value: Decimal
    ask: Ask
    query: dict[str, str] = field(default_factory=dict)


def of(indicator: Indicator) -> list[str]:
    """By what it can be broken down: everything by organisation, what adds up by month and its dimensions too."""
    return [PLACES, MONTHS, *slices.dimensions_of(indicator)] if indicator.kind is Kind.FLOW else [PLACES]


def parts(indicators: list[Indicator], ask: Ask, by: str, account) -> dict[str, list[Part]]:
    """Parts of each indicator by code; by a dimension of one indicator. Cost as of the figures themselves, and one query
    for the names."""
    if by == PLACES:
        places = by_organisation(indicators, ask)
        return {i.code: [_place(i, ask, *place) for place in places] for i in indicators}
    if by == MONTHS:
        months = by_month(indicators, ask)
        return {i.code: [_month(i, ask, *month) for month in months] for i in indicators}
    return {i.code: _slices(i, ask, by, account) for i in indicators}


def _place(indicator: Indicator, ask: Ask, place: Organisation, scope: str, values: Values) -> Part:
    name = f"{place.short_name}本级" if scope == "own" else place.short_name
    return Part(place.code, name, values[indicator.code], ask.of(place, scope))


def _month(indicator: Indicator, ask: Ask, span: Period, values: Values) -> Part:
    name = f"{span.start.year}年{span.start.month}月"
    return Part(f"{span.start:%Y-%m}", name, values[indicator.code], ask.during(span))


def _slices(indicator: Indicator, ask: Ask, dimension: str, account) -> list[Part]:
    found = by_dimension(indicator, ask, dimension)
    names = slices.names(dimension, found, account)
    return [Part(key, names[key], value, ask, {"by": dimension, "key": key}) for key, value in found.items()]
