"""Spans of days that figures belong to: half-open [start, end), as they stand in addresses and in reports."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

# No record is older than the first Political Consultative Conference; "截至" figures begin here.
EPOCH = date(1949, 9, 21)
# No period reaches further, so that a year before or a month after it is always a date.
HORIZON = date(2100, 1, 1)

# Codes relative to the day a report is made, in the words of the seed's speeches.
RELATIVE = {
    "ytd": "今年以来",
    "since_last_year": "去年以来",
    "since_h2_last_year": "去年下半年以来",
    "y1": "一年来",
    "cum": "截至目前",
}


class PeriodError(ValueError):
    """A period that cannot be read; its text is the Chinese sentence to show."""


@dataclass(frozen=True, order=True)
class Period:
    """The days from `start` up to but without `end`; `code` is what an address carries."""

    start: date
    end: date
    code: str = ""

    def __post_init__(self):
        if self.end <= self.start:
            raise PeriodError("开始日期不能晚于结束日期。")

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def is_cumulative(self) -> bool:
        return self.start == EPOCH

    @property
    def address(self) -> str:
        """What an address carries, also for a period that was computed."""
        return self.code or between(self.start, self.last).code

    def up_to_end(self) -> "Period":
        """Everything until this period's last day: what a stock is made of."""
        return Period(EPOCH, self.end)

    def one_year_before(self) -> "Period | None":
        """The same span, moved back by as many whole years as keep the two apart; None where no record can be."""
        if self.is_cumulative:
            return None
        years = 1
        while _years_before(self.end, years) > self.start:
            years += 1
        start, end = _years_before(self.start, years), _years_before(self.end, years)
        return Period(start, end) if end > EPOCH else None

    def just_before(self) -> "Period | None":
        """As many months, or days, right before it; None where no record can be."""
        start = self.start
        if (start.day, self.end.day) == (1, 1):
            months = (self.end.year - start.year) * 12 + self.end.month - start.month
            before = next_month(start, -months) if start.year * 12 + start.month > months + EPOCH.year * 12 else EPOCH
        else:
            before = max(EPOCH, start - (self.end - start)) if (start - EPOCH) > (self.end - start) else EPOCH
        return Period(before, start) if before > EPOCH else None

    def until(self, day: date) -> "Period | None":
        """Its part up to and with `day`, under the same code: a running year ends today. None if it lies ahead."""
        end = min(self.end, day + timedelta(days=1))
        return Period(self.start, end, self.code) if self.start < end else None

    def months(self) -> Iterator["Period"]:
        """The calendar months it touches, each cut to the period."""
        start = self.start
        while start < self.end:
            following = next_month(start)
            yield Period(start, min(following, self.end))
            start = following

    def whole_months(self) -> "Period | None":
        """Its part that consists of whole months, if any; a cumulative one begins with its first month."""
        begins_whole = self.start.day == 1 or self.is_cumulative
        start = self.start.replace(day=1) if begins_whole else next_month(self.start)
        end = self.end.replace(day=1)
        return Period(start, end) if start < end else None

    def touched_months(self) -> "Period":
        """All of the months it touches, whole."""
        return Period(self.start.replace(day=1), next_month(self.last))

    def edges(self) -> list["Period"]:
        """Its days outside `whole_months`: none, one or two spans."""
        whole = self.whole_months()
        if whole is None:
            return [self]
        spans = [(self.start, whole.start), (whole.end, self.end)]
        return [Period(start, end) for start, end in spans if start < end]

    @property
    def label(self) -> str:
        """The span in words: 2026年, 2026年11月, 截至…, or from–to."""
        if self.is_cumulative:
            return f"截至{cn(self.last)}"
        if (self.start.day, self.end.day) == (1, 1):
            span = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
            words = _calendar_words(self.start, span)
            if words:
                return words
        if self.start == self.last:
            return cn(self.start)
        return f"{cn(self.start)}至{cn(self.last)}"


def cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _calendar_words(start: date, span: int) -> str:
    if span == 1:
        return f"{start.year}年{start.month}月"
    if span == 3 and start.month % 3 == 1:
        return f"{start.year}年第{'一二三四'[start.month // 3]}季度"
    if span == 6 and start.month in (1, 7):
        return f"{start.year}年{'上' if start.month == 1 else '下'}半年"
    if span == 12 and start.month == 1:
        return f"{start.year}年"
    return ""


def next_month(day: date, months: int = 1) -> date:
    """The first day of the month after `day`'s, or of a later one."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _years_before(day: date, years: int) -> date:
    year = day.year - years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def month_of(day: date) -> Period:
    start = day.replace(day=1)
    return Period(start, next_month(start), f"{start:%Y-%m}")


def quarter_of(day: date) -> Period:
    number = (day.month + 2) // 3
    start = date(day.year, number * 3 - 2, 1)
    return Period(start, next_month(start, 3), f"{day.year}Q{number}")


def half_of(day: date) -> Period:
    start = date(day.year, 1 if day.month < 7 else 7, 1)
    return Period(start, next_month(start, 6), f"{day.year}H{1 if day.month < 7 else 2}")


def kind_of(period: Period, kinds: Mapping[str, Callable[[date], Period]]) -> str:
    """Which of `kinds` (name → the one around a day) a period is a whole one of; "" for any other span."""
    around = ((kind, one_around(period.start)) for kind, one_around in kinds.items())
    return next((kind for kind, whole in around if (whole.start, whole.end) == (period.start, period.end)), "")


def day_of(day: date) -> Period:
    return Period(day, day + timedelta(days=1), day.isoformat())


def year_of(day: date) -> Period:
    return Period(date(day.year, 1, 1), date(day.year + 1, 1, 1), str(day.year))


def between(first: date, last: date) -> Period:
    """From–to as people say it, both days included."""
    return Period(first, last + timedelta(days=1), f"{first.isoformat()}..{last.isoformat()}")


def relative(code: str, last: date) -> Period:
    """A period of RELATIVE that ends with `last`."""
    starts = {
        "ytd": date(last.year, 1, 1),
        "since_last_year": date(last.year - 1, 1, 1),
        "since_h2_last_year": date(last.year - 1, 7, 1),
        "y1": _years_before(last, 1) + timedelta(days=1),
        "cum": EPOCH,
    }
    return Period(starts[code], last + timedelta(days=1), code)


def parse(text: str, today: date) -> Period:
    """Read a period as addresses carry it. Raises PeriodError with a sentence for people.

    2026 · 2026-11 · 2026Q3 · 2026H1 · 2026-11-22 · 2025-07-01..2026-11-22 (both days included) · ytd and the other RELATIVE codes.
    """
    period = relative(text, today) if text in RELATIVE else _written(text)
    if period.start < EPOCH or period.end > HORIZON:
        raise PeriodError(f"时段应在{cn(EPOCH)}至{cn(HORIZON - timedelta(days=1))}之间。")
    return period


def _written(text: str) -> Period:
    try:
        if match := re.fullmatch(r"(\d{4})(?:-(\d{2})|Q([1-4])|H([12]))?", text, re.ASCII):
            return _calendar(*match.groups(), code=text)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return day_of(date.fromisoformat(text))
        if match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", text, re.ASCII):
            return between(*(date.fromisoformat(day) for day in match.groups()))
    except PeriodError:
        raise
    except (ValueError, OverflowError):
        pass
    raise PeriodError("看不懂这个时段。请写成 2026、2026-11、2026Q3、2026H1，或 2026-01-01..2026-06-30。")


def _calendar(year: str, month: str | None, quarter: str | None, half: str | None, code: str) -> Period:
    first, span = 1, 12
    if month:
        first, span = int(month), 1
    elif quarter:
        first, span = int(quarter) * 3 - 2, 3
    elif half:
        first, span = int(half) * 6 - 5, 6
    start = date(int(year), first, 1)
    return Period(start, next_month(start, span), code)
