"""The heat calendar of reception days: months downwards, days across, every number opening its records."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liaison.periods import EPOCH, Period, day_of, next_month
from reports.ask import Ask
from reports.board import Link, Number
from reports.indicators import INDICATOR
from reports.table import by_day

HELD, MISSED = INDICATOR["reception_days"], INDICATOR["reception_days_missed"]
DAYS = range(1, 32)
SHADES = 4
MONTHS = 12


@dataclass(frozen=True)
class Day:
    """shade: 0 to 4, of the fullest day · kind: "" a day like others, "rest" a Saturday or Sunday, "out" outside the span."""

    kind: str
    shade: int = 0
    held: Number | None = None
    missed: Number | None = None

    @property
    def style(self) -> str:
        return f"s{self.shade}" if self.shade else self.kind


@dataclass(frozen=True)
class Month:
    label: str
    days: tuple[Day, ...]
    held: Number
    missed: Number


@dataclass(frozen=True)
class Calendar:
    """months: the latest first · held, missed: of all of them."""

    span: Period
    months: tuple[Month, ...]
    held: Number
    missed: Number


def span_of(ask: Ask, today: date) -> Period | None:
    """The last months of the period, up to today; None when it has not begun."""
    passed = ask.period.until(today)
    if passed is None:
        return None
    return Period(max(EPOCH, passed.start, next_month(passed.last, 1 - MONTHS)), passed.end)


def calendar(ask: Ask, today: date, link: Link) -> Calendar | None:
    """One query for all days."""
    span = span_of(ask, today)
    if span is None:
        return None
    ask = ask.during(span)
    counts: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for day, code, value in by_day([HELD, MISSED], ask):
        counts[code, day] += value
    most = max((value for (code, _), value in counts.items() if code == HELD.code), default=Decimal(1)) or Decimal(1)
    months = tuple(_month(month, ask, counts, most, link) for month in reversed(list(span.months())))
    return Calendar(span, months, *_sums(ask, counts, link))


def _month(month: Period, ask: Ask, counts: dict, most: Decimal, link: Link) -> Month:
    own = ask.during(month)
    days = tuple(_day(month, number, own, counts, most, link) for number in DAYS)
    return Month(f"{month.start.year}年{month.start.month}月", days, *_sums(own, counts, link))


def _day(month: Period, number: int, ask: Ask, counts: dict, most: Decimal, link: Link) -> Day:
    if not month.start.day <= number <= month.last.day:
        return Day("out")
    day = month.start.replace(day=number)
    one = ask.during(day_of(day))
    held, missed = (counts.get((indicator.code, day)) for indicator in (HELD, MISSED))
    return Day(
        "rest" if day.weekday() > 4 else "",
        -(-SHADES * int(held or 0) // int(most)),
        Number(held, link(HELD.code, one)) if held else None,
        Number(missed, link(MISSED.code, one)) if missed else None,
    )


def _sums(ask: Ask, counts: dict, link: Link) -> tuple[Number, Number]:
    period = ask.period
    totals = (
        sum(
            (value for (code, day), value in counts.items() if code == i.code and period.start <= day < period.end),
            Decimal(0),
        )
        for i in (HELD, MISSED)
    )
    return tuple(Number(total, link(i.code, ask)) for total, i in zip(totals, (HELD, MISSED), strict=True))
