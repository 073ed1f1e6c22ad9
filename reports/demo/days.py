"""The days that the demo's records fall on, reckoned from the day it is loaded."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

from liaison.periods import EPOCH, Period, between, relative, year_of
from liaison.workdays import WorkingCalendar

# How busy the months are: quiet around the Spring Festival and in high summer, busy in spring and autumn.
SEASONS = (0.7, 0.5, 1.1, 1.2, 1.2, 1.1, 0.8, 0.8, 1.2, 1.2, 1.3, 0.9)
REST_DAY = 0.12
WEEKS_AHEAD = 8


def demo_periods(today: date) -> dict[str, Period]:
    """The periods of seed_figures.json, fixed when the demo is loaded.

    All end yesterday, so that what is logged from today on leaves the seed's sentences as they are. Loaded before
    May, 今年 is the whole of last year: a few weeks do not hold a year's work.
    """
    last_year, yesterday = today.year - 1, today - timedelta(days=1)
    this_year_counts = today >= date(today.year, 5, 1)
    starts = {
        "since_last_year": date(last_year, 1, 1),
        "since_h2_last_year": date(last_year, 7, 1),
        "y1": relative("y1", yesterday).start,
        "cum": EPOCH,
    }
    periods = {code: between(start, yesterday) for code, start in starts.items()}
    this_year = between(date(today.year, 1, 1), yesterday) if this_year_counts else None
    ytd = this_year or between(date(last_year, 1, 1), year_of(date(last_year, 1, 1)).last)
    return {**periods, "ytd": ytd}


@dataclass(frozen=True)
class Days:
    """Every day of the demo's history up to yesterday, weighed by how busy it is."""

    today: date
    calendar: WorkingCalendar
    periods: dict[str, Period] = field(default_factory=dict)

    @classmethod
    def until(cls, today: date) -> "Days":
        """One query: the holidays from the first term to the last planned day."""
        calendar = WorkingCalendar.between(date(today.year - 10, 1, 1), today + timedelta(weeks=2 * WEEKS_AHEAD))
        return cls(today, calendar, demo_periods(today))

    @property
    def yesterday(self) -> date:
        return self.today - timedelta(days=1)

    @property
    def start(self) -> date:
        """The first day with records: early enough for every period to have one before it to compare with."""
        return date(self.today.year - 3, 1, 1)

    @property
    def history(self) -> Period:
        return between(self.start, self.yesterday)

    @cached_property
    def _weights(self) -> list[float]:
        """Running total of the weights, day by day; the work gathers pace over the years."""
        span = (self.yesterday - self.start).days + 1
        days = [self.start + timedelta(days=n) for n in range(span)]
        return list(accumulate(self._busy(day) * (0.4 + 0.6 * n / span) for n, day in enumerate(days)))

    def _busy(self, day: date) -> float:
        return SEASONS[day.month - 1] * (1 if self.calendar.is_workday(day) else REST_DAY)

    def draw(self, share: float, first: date, last: date) -> date:
        """The day of [first, last] at which `share` (0 to 1) of the span's weight has passed."""
        first, last = max(first, self.start), min(last, self.yesterday)
        low = (first - self.start).days
        high = (last - self.start).days
        passed = self._weights[low - 1] if low else 0.0
        sought = passed + share * (self._weights[high] - passed)
        return self.start + timedelta(days=max(low, min(high, bisect_left(self._weights, sought))))


def before(period: Period, days: Days) -> Period:
    """The history in front of a period."""
    return Period(days.start, period.start)
