"""Heads as pages read them: for offices with sums many are held ready, everything else is counted from the records.

Heads are never added across months or places, so a figure of a period or of a part is always a count of its own.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet

from activities.models import MediaReport
from liaison.models import Organisation
from liaison.periods import Period, year_of
from liaison.scope import office_of, within
from reports.ask import Ask, of_model, one_key, part
from reports.heads import EVERY_ROW, FIRST, Standing, first_key, held_as
from reports.indicators import Indicator
from reports.models import Rolled
from reports.stored import grain_of, grouped, pieces, span, sums

# Where a table keeps the studio, if not in its own column.
_LOOKUPS = {MediaReport.praised.through: {"studio": "mediareport__studio"}}


def head_counts(indicators: Iterable[Indicator], ask: Ask) -> dict[str, Decimal]:
    """Indicator → how many heads; one query for all that are held ready, one for each of the others."""
    held, counted = _split(indicators, ask)
    rows = _held(held, ask.period, [ask.organisation])
    values = {code: value for _, code, value in grouped(rows, None, sums(held))} if held else {}
    return values | {indicator.code: _count(indicator, ask) for indicator in counted}


def head_counts_of_parts(
    indicators: Iterable[Indicator], ask: Ask, children: list[Organisation]
) -> Iterator[tuple[str, str, Decimal]]:
    """(path of the part, indicator, how many heads) of the organisation alone and of each child's subtree; some parts without
    any are absent."""
    held, counted = _split(indicators, ask)
    roofs = [child for child in children if not child.is_lowest]
    if held:
        yield from grouped(_held(held, ask.period, roofs), "organisation__path", sums(held))
    for indicator in held:
        yield from _count_parts(indicator, ask, children, _outside(indicator.heads.path, ask, children))
    for indicator in counted:
        yield from _count_parts(indicator, ask, children)


def head_rows(indicator: Indicator, ask: Ask) -> QuerySet:
    """The records whose distinct heads are counted."""
    heads = indicator.heads
    here = ask.within(heads.path), of_model(heads.model, _LOOKUPS.get(heads.model, {}), ask), one_key({}, ask)
    return heads.during(ask.period).filter(*here)


def heads_behind(indicator: Indicator, ask: Ask) -> QuerySet:
    """The people, studios or sectors that are counted, each once; unordered, sectors by their standard code."""
    rows = head_rows(indicator, ask)
    name, _, attribute = indicator.heads.column.partition("__")
    model = rows.model._meta.get_field(name).related_model
    found = model.objects.filter(pk__in=rows.order_by().values(name))
    return found.order_by(attribute).distinct(attribute) if attribute else found


def _split(indicators: Iterable[Indicator], ask: Ask) -> tuple[list[Indicator], list[Indicator]]:
    """What is held ready for this ask, and what must be counted."""
    indicators = list(indicators)
    held = [i for i in indicators if _is_held(i, ask.period)] if ask.has_sums and not ask.is_filtered else []
    return held, [indicator for indicator in indicators if indicator not in held]


def _is_held(indicator: Indicator, period: Period) -> bool:
    """Who stands on a day; whom something is recorded of in a month, quarter, half-year or year, or from New Year on."""
    return isinstance(indicator.heads, Standing) or bool(grain_of(period)) or _is_of_new_year(period)


def _is_of_new_year(period: Period) -> bool:
    """From New Year until a day of the same year."""
    year = year_of(period.start)
    return period.start == year.start and period.end <= year.end


def _held(indicators: list[Indicator], period: Period, organisations: list[Organisation]) -> QuerySet:
    """The stored rows that add up to the counts: of those who stand all steps so far, of the others the period's one row, or
    one for each day on which there were new ones."""
    standing = {held_as(i.heads.basis) for i in indicators if isinstance(i.heads, Standing)}
    occurring = {held_as(i.heads.basis) for i in indicators} - standing
    rows = Q(pk__in=())
    if standing:
        for dimension, _, steps in pieces(period.up_to_end()):
            rows |= Q(source__in=standing, dimension=dimension) & steps
    if occurring:
        rows |= Q(source__in=occurring) & _occurrences(period)
    return Rolled.objects.filter(rows, organisation__in=organisations)


def _occurrences(period: Period) -> Q:
    if grain := grain_of(period):
        return Q(dimension="") & span(grain, period.start, period.end)
    return Q(dimension=FIRST, grain="year", starts_on=period.start, key__lte=first_key(period.last))


def _count(indicator: Indicator, ask: Ask) -> Decimal:
    return Decimal(head_rows(indicator, ask).aggregate(n=Count(indicator.heads.column, distinct=True))["n"])


def _count_parts(indicator: Indicator, ask: Ask, children: list[Organisation], where: Q = EVERY_ROW) -> Iterator[tuple]:
    rows = head_rows(indicator, ask).filter(where).values_list(part(indicator.heads.path, ask, children)).order_by()
    for path, count in rows.annotate(n=Count(indicator.heads.column, distinct=True)):
        yield path, indicator.code, Decimal(count)


def _outside(path: str, ask: Ask, children: list[Organisation]) -> Q:
    """What lies below no child that has sums. Of divisions some may have no office; offices are named, which an index finds."""
    if not office_of(path):
        return ~reduce(or_, (within(path, child) for child in children if not child.is_lowest), Q(pk__in=()))
    lowest = [child for child in children if child.is_lowest]
    return reduce(or_, (within(path, child) for child in lowest), within(path, ask.organisation, "own"))
