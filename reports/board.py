"""What the dashboard shows of one organisation and period.

The number of queries depends on the indicators alone, on no number of places, months or rows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import groupby

from liaison.models import Category, Organisation
from liaison.periods import EPOCH, Period, cn, next_month
from reception.models import Visit
from reports import watching
from reports.ask import Ask
from reports.indicators import INDICATOR, INDICATORS, Indicator, Kind
from reports.ratios import RATIOS, Ratio
from reports.table import (
    Values,
    by_dimension,
    by_month,
    by_organisation,
    by_source,
    figures,
    supplements,
    supplements_by_month,
    supplements_by_organisation,
)

# What a leader wants first, and what stands beside it.
FIRST = INDICATOR["people_served"]
CARDS = [
    INDICATOR[code]
    for code in ("reception_days", "reception_people", "matters", "cases_registered", "studios", "members")
]
TREND = {"people_served": {"type": "bar", "axis": 0}, "matters": {"type": "line", "axis": 1}}
COMPARED = [INDICATOR[code] for code in ("studios", "reception_days", "people_served", "cases_registered", "matters")]
PER_STUDIO = "per_studio"
MISSED = INDICATOR["reception_days_missed"]
LAMP_TONES = {"red": "late", "yellow": "warn", "green": "good"}
SLICED = INDICATOR["visits"]
SOURCE_WORDS = {"visit": "接待来访", "activity": "开展活动"}
# A short period is seen against the year that led to it, a long one by its last two years.
FEW_MONTHS, YEAR, MOST_MONTHS = 6, 12, 24

Link = Callable[..., str]  # (indicator's code, ask) → address of the records


@dataclass(frozen=True)
class Number:
    """A figure that opens its records; `bar` is its share of the column's largest, in percent; `supplement`: how much of it
    was supplemented (补录)."""

    value: Decimal | str
    url: str = ""
    bar: int | None = None
    supplement: Decimal = Decimal(0)


@dataclass(frozen=True)
class Card:
    label: str
    value: Decimal
    unit: str
    url: str
    change: str = ""
    tone: str = "neutral"
    parts: tuple[tuple[str, Number], ...] = ()
    supplement: Decimal = Decimal(0)


@dataclass(frozen=True)
class Row:
    label: str
    numbers: tuple[Number, ...]
    url: str = ""


@dataclass(frozen=True)
class Line:
    indicator: Indicator
    now: Number
    before: Decimal | None


@dataclass(frozen=True)
class Rate:
    """A ratio in words, with the two figures it was divided from."""

    ratio: Ratio
    now: str
    before: str
    part: Number
    whole: Number


@dataclass(frozen=True)
class Signal:
    """What wants attention: tone of its lamp, words, and how many."""

    tone: str
    label: str
    number: Number
    unit: str


@dataclass(frozen=True)
class Board:
    """first, cards · signals · trend: (chart, table's rows) or None · parts, total: comparison · topics, channels: of visits · rates · groups of lines."""

    ask: Ask
    before: Period | None
    first: Card
    cards: tuple[Card, ...]
    signals: tuple[Signal, ...]
    chart: dict | None
    months: tuple[Row, ...]
    parts: tuple[Row, ...]
    total: Row
    topics: tuple[Row, ...]
    channels: tuple[Row, ...]
    rates: tuple[Rate, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]

    @property
    def seen(self) -> str:
        """Changes when any figure does; a page that has it need not be sent again."""
        shown = (
            self.first,
            self.cards,
            self.signals,
            self.months,
            self.parts,
            self.topics,
            self.channels,
            self.rates,
            self.groups,
        )
        return sha256(repr(shown).encode()).hexdigest()[:12]


def read(
    ask: Ask, today: date, link: Link, place: Callable[[Organisation, str], str], watch: Link, bar: str = FIRST.code
) -> Board:
    """place: address of the dashboard of (organisation, scope) · watch: of what wants attention · bar: which column of the
    comparison is drawn."""
    now, more = figures(INDICATORS, ask), supplements(INDICATORS, ask)
    before = period_before(ask.period, today)
    # Ratios are of records alone.
    then = figures(INDICATORS, ask.during(before)) if before else None
    then_told = _with_supplements(then, ask.during(before)) if before else None
    span = trend_span(ask.period, today)
    months = by_month([INDICATOR[code] for code in TREND], ask.during(span)) if span else []
    return Board(
        ask=ask, before=before,
        first=_card(FIRST, ask, now, more, then_told, before, link, tuple(_sources(ask, link))),
        cards=tuple(_card(indicator, ask, now, more, then_told, before, link) for indicator in CARDS),
        signals=tuple(_signals(ask, today, now, link, watch)),
        chart=_chart(months) if span else None,
        months=_months(months, ask.during(span) if span else None, link),
        parts=_parts(ask, link, place, bar),
        total=Row("合计", (*(_number(i.code, ask, now, more, link) for i in COMPARED), Number(_per_studio(now)))),
        topics=_topics(ask, link), channels=_channels(ask, link),
        rates=tuple(_rate(ratio, ask, now, then, link) for ratio in RATIOS),
        groups=tuple(_groups(ask, now, more, then_told, link)),
    )  # fmt: skip


def period_before(period: Period, today: date) -> Period | None:
    """What a period is compared with: the same days a year before; of a running period, those that have passed."""
    passed = period.until(today)
    return passed.one_year_before() if passed else None


def trend_span(period: Period, today: date) -> Period | None:
    """The months of the trend, up to today; None when the period has not begun."""
    passed = period.until(today)
    if passed is None:
        return None
    is_short = next_month(passed.start, FEW_MONTHS - 1) > passed.last
    earliest = next_month(passed.last, 1 - (YEAR if is_short else MOST_MONTHS))
    return Period(max(EPOCH, earliest if is_short else max(passed.start, earliest)), passed.end)


def _with_supplements(values: Values, ask: Ask) -> Values:
    more = supplements(INDICATORS, ask)
    return {code: value + more[code] for code, value in values.items()}


def _number(code: str, ask: Ask, now: Values, more: Values, link: Link, bar: int | None = None) -> Number:
    return Number(now[code] + more[code], link(code, ask), bar, more[code])


def _card(
    indicator: Indicator, ask: Ask, now: Values, more: Values, then: Values | None, before, link: Link, parts=()
) -> Card:
    shown, change, tone = _number(indicator.code, ask, now, more, link), "", "neutral"
    value = shown.value
    if then is not None:
        change = f"较{before_words(ask.period, before)} {_change(indicator, value, then[indicator.code])}"
        tone = "good" if value > then[indicator.code] else "neutral"
    return Card(indicator.name, value, indicator.unit, shown.url, change, tone, parts, shown.supplement)


def before_words(period: Period, before: Period) -> str:
    years = period.start.year - before.start.year
    return "上年同期" if years == 1 else f" {years} 年前同期"


def _change(indicator: Indicator, value: Decimal, before: Decimal) -> str:
    """+46（+8.1%）; a share only of what adds up, and not of next to nothing."""
    difference = value - before
    if not difference:
        return "持平"
    words = f"{difference:+,.0f}"
    if indicator.kind is Kind.FLOW and before and abs(difference / before) < 10:
        words += f"（{difference / before:+.1%}）"
    return words.replace("-", "−")


def _signals(ask: Ask, today: date, now: Values, link: Link, watch: Callable[..., str]) -> Iterator[Signal]:
    """Lamps and quiet studios are as of today; missed days are those of the period."""
    counts = watching.lamps(ask, today)
    for lamp, tone in LAMP_TONES.items():
        yield Signal(tone, f"事项{watching.LAMPS[lamp]}", Number(Decimal(counts[lamp]), watch(ask, lamp)), "件")
    yield Signal("warn", f"本期{MISSED.name}", Number(now[MISSED.code], link(MISSED.code, ask)), MISSED.unit)
    quiet = watching.quiet_studios(ask, watching.quiet_since(today), today).count()
    yield Signal("warn", f"{watching.USUAL_QUIET} 个月以上没有动静的工作室", Number(Decimal(quiet), watch(ask)), "个")


def _sources(ask: Ask, link: Link) -> Iterator[tuple[str, Number]]:
    for source, value in by_source(FIRST, ask).items():
        yield SOURCE_WORDS[source], Number(value, link(FIRST.code, ask, part=source))


def _chart(months: list[tuple[Period, Values]]) -> dict:
    in_several_years = months[0][0].start.year != months[-1][0].start.year
    series = [
        {"name": INDICATOR[code].name, "unit": INDICATOR[code].unit, "values": [int(v[code]) for _, v in months]}
        | shape
        for code, shape in TREND.items()
    ]
    return {"kind": "trend", "labels": [_label(month, in_several_years) for month, _ in months], "series": series}


def _label(month: Period, with_year: bool) -> str:
    name = f"{month.start.month}月"
    return f"{month.start:%y}年{name}" if with_year else name


def _months(months: list[tuple[Period, Values]], ask: Ask | None, link: Link) -> tuple[Row, ...]:
    """The chart's table, the latest month first; the chart itself draws what records give."""
    more = supplements_by_month([INDICATOR[code] for code in TREND], ask) if ask else {}
    none = dict.fromkeys(TREND, Decimal(0))
    return tuple(_month(one, values, more.get(one.start, none), ask, link) for one, values in reversed(months))


def _month(month: Period, values: Values, more: Values, ask: Ask, link: Link) -> Row:
    numbers = (_number(code, ask.during(month), values, more, link) for code in TREND)
    return Row(f"{month.start.year}年{month.start.month}月", tuple(numbers))


def peak(board: Board) -> str:
    """The trend in one sentence, for those who do not see the chart."""
    best = max(board.months, key=lambda row: row.numbers[0].value)
    if not best.numbers[0].value:
        return "这段时间还没有记录。"
    return f"{FIRST.name}最多的是 {best.label}，{best.numbers[0].value:,.0f} {FIRST.unit}。"


def _parts(ask: Ask, link: Link, place, bar: str) -> tuple[Row, ...]:
    """The organisation's own records and each organisation below, in the order of their codes, never as a ranking."""
    found = by_organisation(COMPARED, ask)
    if len(found) == 1:
        return ()
    columns = {i.code: [values[i.code] for _, _, values in found] for i in COMPARED}
    columns[PER_STUDIO] = [_per_studio(values) for _, _, values in found]
    most = max((value for value in columns[bar] if value), default=Decimal(1))
    more, rows = supplements_by_organisation(COMPARED, ask), []
    for n, (part, scope, _) in enumerate(found):
        own = ask.of(part, scope)
        bars = {code: round(100 * (values[n] or 0) / most) for code, values in columns.items() if code == bar}
        extra = more.get(part.path, {})
        numbers = (
            Number(values[n] + extra.get(code, 0), link(code, own), bars.get(code), extra.get(code, Decimal(0)))
            if code != PER_STUDIO
            else Number(values[n], "", bars.get(code))
            for code, values in columns.items()
        )
        name = f"{part.short_name}本级" if scope == "own" else part.short_name
        rows.append(Row(name, tuple(numbers), place(part, scope)))
    return tuple(rows)


def _per_studio(values: Values) -> Decimal | None:
    """People served for each studio: the size of a place says nothing about its work."""
    studios = values["studios"]
    return round(values["people_served"] / studios, 1) if studios else None


def _topics(ask: Ask, link: Link) -> tuple[Row, ...]:
    """Visits by topic, the largest first; sub-topics count in the topic above them."""
    above = {str(pk): (str(parent or pk), name) for pk, parent, name in _categories()}
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for key, value in by_dimension(SLICED, ask, "category").items():
        totals[above[key][0] if key else ""] += value
    return _slices(ask, link, "category", totals, {key: name for key, (_, name) in above.items()})


def _categories():
    return Category.objects.values_list("pk", "parent", "name")


def _channels(ask: Ask, link: Link) -> tuple[Row, ...]:
    return _slices(ask, link, "channel", by_dimension(SLICED, ask, "channel"), dict(Visit.Channel.choices))


def _slices(ask: Ask, link: Link, dimension: str, found: dict[str, Decimal], names: dict[str, str]) -> tuple[Row, ...]:
    largest_first = sorted(found.items(), key=lambda item: -item[1])
    most = largest_first[0][1] if found else 1
    return tuple(
        Row(
            names.get(key, "未填写"),
            (Number(value, link(SLICED.code, ask, by=dimension, key=key), round(100 * value / most)),),
        )
        for key, value in largest_first
    )


def _groups(
    ask: Ask, now: Values, more: Values, then: Values | None, link: Link
) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Every indicator, in the groups of its declaration."""
    for name, indicators in groupby(INDICATORS, key=lambda indicator: indicator.group):
        lines = (
            Line(i, _number(i.code, ask, now, more, link), then[i.code] if then is not None else None)
            for i in indicators
        )
        yield name, tuple(lines)


def _rate(ratio: Ratio, ask: Ask, now: Values, then: Values | None, link: Link) -> Rate:
    part, whole = (Number(now[code], link(code, ask)) for code in (ratio.part, ratio.whole))
    return Rate(ratio, ratio.words(now), ratio.words(then) if then is not None else "", part, whole)


def compared_with(board: Board) -> tuple[str, str]:
    """上年同期 and its days; empty for a cumulative period."""
    if board.before is None:
        return "", ""
    days = f"{cn(board.before.start)}至{cn(board.before.last)}"
    return before_words(board.ask.period, board.before).strip(), days
