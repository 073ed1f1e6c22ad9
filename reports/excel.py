"""The statistics of an organisation and a period as a workbook: whole, by place, by month, by sector, and what each means.

Numbers are exact and stay numbers; the same tables feed dashboard, report text and this.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import dropwhile

from liaison.models import Level, Sector
from liaison.workbooks import Sheet, workbook
from reports.ask import Ask
from reports.indicators import INDICATORS, Indicator, Kind
from reports.ratios import RATIOS
from reports.sources import SOURCE
from reports.table import (
    Values,
    by_dimension,
    by_month,
    by_organisation,
    figures,
    supplements,
    supplements_by_month,
    supplements_by_organisation,
)

RATIO_KIND = "两项相除"
FLOWS = tuple(i for i in INDICATORS if i.kind is Kind.FLOW)
BY_SECTOR = tuple(i for i in FLOWS if any("sector" in SOURCE[flow.source].dimensions for flow in i.flows))


def statistics(ask: Ask, period_in_words: str, at) -> bytes:
    """xlsx; some dozen queries, however many organisations, months and records there are."""
    sheets = [_whole(ask, period_in_words, at)]
    if ask.scope == "subtree" and ask.organisation.level != Level.COUNTY:
        sheets.append(_by_place(ask))
    sheets += [_by_month(ask), _by_sector(ask), _definitions()]
    return workbook(*sheets)


def heading(indicator: Indicator) -> str:
    return f"{indicator.name}（{indicator.unit}）"


def number(value: Decimal) -> int | Decimal:
    """Whole where it is whole: 223 and not 223.00."""
    return int(value) if value == value.to_integral_value() else value


def numbers(indicators: Iterable[Indicator], values: dict[str, Decimal]) -> list[int | Decimal]:
    return [number(values[indicator.code]) for indicator in indicators]


def _whole(ask: Ask, period_in_words: str, at) -> Sheet:
    computed, more = figures(INDICATORS, ask), supplements(INDICATORS, ask)
    scope = "含下级" if ask.scope == "subtree" else "仅本级"
    values = _together(computed, more)
    rows = [(i.group, i.name, number(values[i.code]), i.unit, i.kind.words, *_of_it(more[i.code])) for i in INDICATORS]
    rows += [("比率", ratio.name, ratio.of(computed), "%", ratio.definition) for ratio in RATIOS]
    told = [("单位", f"{ask.organisation.short_name}（{scope}）"), ("时段", period_in_words), ("生成时间", at)]
    return Sheet("汇总", ("类别", "指标", "数值", "单位", "计法", "其中补录"), [*rows, (), *told])


def _together(values: Values, more: Values) -> Values:
    """Computed and supplemented; the head of the sheet or a column of its own says so."""
    return {code: value + more.get(code, 0) for code, value in values.items()}


def _of_it(supplement: Decimal) -> tuple:
    return (number(supplement),) if supplement else ()


def _named(name: str, more) -> str:
    """A sheet's name says when its numbers hold supplements."""
    return f"{name}（含补录）" if more else name


def _by_place(ask: Ask) -> Sheet:
    more = supplements_by_organisation(INDICATORS, ask)
    rows = [
        (
            "本级" if scope == "own" else part.short_name,
            *numbers(INDICATORS, _together(values, more.get(part.path, {}))),
            *(ratio.of(values) for ratio in RATIOS),
        )
        for part, scope, values in by_organisation(INDICATORS, ask)
    ]
    headings = [*map(heading, INDICATORS), *(f"{ratio.name}（%）" for ratio in RATIOS)]
    return Sheet(_named("按单位", more), ("单位", *headings), rows)


def _by_month(ask: Ask) -> Sheet:
    more = supplements_by_month(FLOWS, ask)
    found = [(span, _together(values, more.get(span.start, {}))) for span, values in by_month(FLOWS, ask)]
    months = dropwhile(lambda month: not any(month[1].values()), found)
    rows = [(f"{span.start:%Y}年{span.start.month}月", *numbers(FLOWS, values)) for span, values in months]
    return Sheet(_named("按月", more), ("月份", *map(heading, FLOWS)), rows)


def _by_sector(ask: Ask) -> Sheet:
    parts = {indicator.code: by_dimension(indicator, ask, "sector") for indicator in BY_SECTOR}
    keys = sorted({key for part in parts.values() for key in part}, key=lambda key: (not key, key))
    rows = [
        (name, *(number(sum((parts[i.code].get(key, Decimal(0)) for key in found), Decimal(0))) for i in BY_SECTOR))
        for name, found in _sectors(keys)
    ]
    return Sheet("按接待委员界别", ("界别", *map(heading, BY_SECTOR)), rows)


def _sectors(keys: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Sectors of one name add up, whichever organisation uses them; last what names none."""
    named = Sector.objects.filter(pk__in=[key for key in keys if key])
    names = {str(pk): (code, name) for pk, code, name in named.values_list("pk", "standard_code", "name")}
    together: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        together.setdefault(names.get(key, ("99", "未填写")), []).append(key)
    for (_, name), found in sorted(together.items()):
        yield name, found


def _definitions() -> Sheet:
    rows = [
        (
            i.group,
            i.name,
            i.unit,
            i.definition,
            i.kind.words,
            "、".join(str(m._meta.verbose_name) for m in i.models),
            i.since,
        )
        for i in INDICATORS
    ]
    rows += [("比率", r.name, "%", r.definition, RATIO_KIND, "", r.since) for r in RATIOS]
    return Sheet("指标口径", ("类别", "指标", "单位", "口径", "计法", "来源记录", "起用版本"), rows)
