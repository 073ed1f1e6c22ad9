"""Two periods, and up to four organisations, side by side: every figure opens its records, denominators stand beside."""

from dataclasses import dataclass
from decimal import Decimal

from liaison.periods import Period
from reports.ask import Ask
from reports.board import Link, Number
from reports.indicators import INDICATOR, Indicator
from reports.ratios import RATIOS, Ratio
from reports.table import Values, figures

MOST = 4
# First what an office has, then what it did with it.
INDICATORS = tuple(
    INDICATOR[code]
    for code in (
        "studios", "members", "reception_days", "reception_people", "people_served", "cases_registered", "matters", "policy_talks",
        "proposals", "opinions",
    )
)  # fmt: skip
COUNTED = tuple(dict.fromkeys([*INDICATORS, *(part for ratio in RATIOS for part in ratio.parts)]))
# Per studio and per member: the size of a place says nothing about its work.
RELATIVE = (
    ("每个工作室开展接待日", "次", "reception_days", "studios"), ("每个工作室联系服务群众", "人次", "people_served", "studios"),
    ("每百名委员帮办实事", "件", "matters", "members"),
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """The figure of both periods, and in words how far they lie apart; rates have two parts of each period."""

    now: Number | str
    then: Number | str
    change: str
    parts: tuple[tuple[Number, Number], ...] = ()


@dataclass(frozen=True)
class Line:
    """label, unit · pairs: one for each organisation · note: what was divided by what."""

    label: str
    unit: str
    pairs: tuple[Pair, ...]
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    counted: tuple[Line, ...]
    relative: tuple[Line, ...]
    rates: tuple[Line, ...]


def compare(asks: list[Ask], then: Period, link: Link) -> Comparison:
    """Some two dozen queries for each organisation; there are at most MOST."""
    both = [(figures(COUNTED, ask), figures(COUNTED, ask.during(then))) for ask in asks]
    sides = [(ask, ask.during(then), *values) for ask, values in zip(asks, both, strict=True)]
    return Comparison(
        tuple(Line(i.name, i.unit, tuple(_counted(i, side, link) for side in sides)) for i in INDICATORS),
        tuple(_relative(one, sides) for one in RELATIVE),
        tuple(
            Line(ratio.name, "%", tuple(_rate(ratio, side, link) for side in sides), ratio.definition)
            for ratio in RATIOS
        ),
    )


Side = tuple[Ask, Ask, Values, Values]  # what is asked now and then, and the values


def _counted(indicator: Indicator, side: Side, link: Link) -> Pair:
    now, then = _numbers(indicator, side, link)
    return Pair(now, then, _apart(now.value - then.value))


def _numbers(indicator: Indicator, side: Side, link: Link) -> tuple[Number, Number]:
    here, there, now, then = side
    code = indicator.code
    return Number(now[code], link(code, here)), Number(then[code], link(code, there))


def _relative(one: tuple[str, str, str, str], sides: list[Side]) -> Line:
    label, unit, part, whole = one
    per = 100 if label.startswith("每百名") else 1
    pairs = []
    for _, _, *both in sides:
        values = [round(per * v[part] / v[whole], 1) if v[whole] else None for v in both]
        change = "" if None in values else _apart(values[0] - values[1])
        pairs.append(Pair(*("—" if value is None else f"{value:,}" for value in values), change))
    return Line(label, unit, tuple(pairs), f"{INDICATOR[part].name} ÷ {INDICATOR[whole].name}")


def _rate(ratio: Ratio, side: Side, link: Link) -> Pair:
    _, _, now, then = side
    values = ratio.of(now), ratio.of(then)
    change = "" if None in values else _apart(values[0] - values[1], "个百分点")
    return Pair(ratio.words(now), ratio.words(then), change, tuple(_numbers(i, side, link) for i in ratio.parts))


def _apart(difference: Decimal, unit: str = "") -> str:
    if not difference:
        return "持平"
    number = int(difference) if difference == difference.to_integral_value() else difference
    return f"{number:+,}{unit}".replace("-", "−")
