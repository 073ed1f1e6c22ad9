"""Working days: the week, the holidays off, and the weekend days worked instead (Holiday rows).

Dates without a row follow the week, so that years whose holidays are not yet announced work too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from liaison.models import Holiday

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """The exceptions of a span of days, read once; `is_workday` and the rest cost no query."""

    exceptions: Mapping[date, str]

    @classmethod
    def between(cls, first: date, last: date) -> "WorkingCalendar":
        """One query."""
        rows = Holiday.objects.filter(date__range=(first, last))
        return cls(dict(rows.values_list("date", "kind")))

    def is_workday(self, day: date) -> bool:
        kind = self.exceptions.get(day)
        return kind == Holiday.Kind.WORK or (kind is None and day.weekday() < SATURDAY)

    def next_workday(self, day: date) -> date:
        """The day itself when it is worked, else the first one after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th working day after `day`, the day itself not counted; `day` when n is 0."""
        for _ in range(n):
            day = self.next_workday(day + ONE_DAY)
        return day


def is_workday(day: date) -> bool:
    return WorkingCalendar.between(day, day).is_workday(day)


def next_workday(day: date) -> date:
    return _calendar_from(day, 0).next_workday(day)


def add_workdays(day: date, n: int) -> date:
    """A deadline of n working days: the day of receipt is not counted, as in the rules on public offices."""
    if n < 0:
        raise ValueError("工作日天数不能为负。")
    return _calendar_from(day, n).add_workdays(day, n)


def _calendar_from(day: date, n: int) -> WorkingCalendar:
    # Five days of seven are worked and the longest holiday takes nine: twice the days and a month are enough.
    return WorkingCalendar.between(day, day + timedelta(days=2 * n + 31))
