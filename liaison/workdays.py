"""Working days: the week, the holidays off, and the weekend days worked instead (Holiday rows).

Dates without a row follow the week, so that years whose holidays are not yet announced work too. Where an office is known,
its own rows and those of the offices above it come before the common list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from liaison.models import Holiday, Organisation
from liaison.models.places import line_above

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """The exceptions of a span of days, read once; `is_workday` and the rest cost no query."""

    exceptions: Mapping[date, str]

    @classmethod
    def between(cls, first: date, last: date, office: Organisation | None = None) -> "WorkingCalendar":
        """The office's, or the common one; one query."""
        rows = _rows(first, last)
        line = line_above(office.path) if office else []
        return cls(_exceptions(rows.filter(Q(organisation=None) | Q(organisation__path__in=line)), line))

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


class WorkingCalendars:
    """The calendars of all offices for a span of days; one query in all."""

    def __init__(self, first: date, last: date):
        rows = _rows(first, last)
        self._of = cache(lambda path: WorkingCalendar(_exceptions(rows, line_above(path))))

    def of(self, office: Organisation) -> WorkingCalendar:
        return self._of(office.path)


def _rows(first: date, last: date) -> QuerySet:
    """(path of the office or None, date, kind), the farthest office first."""
    rows = Holiday.objects.filter(date__range=(first, last)).order_by(
        Length("organisation__path").asc(nulls_first=True)
    )
    return rows.values_list("organisation__path", "date", "kind")


def _exceptions(rows: Iterable[tuple[str | None, date, str]], line: list[str]) -> dict[date, str]:
    """What counts for whoever stands in this line: the nearest office's word is the last one."""
    return {day: kind for path, day, kind in rows if path is None or path in line}


def is_workday(day: date, office: Organisation | None = None) -> bool:
    return WorkingCalendar.between(day, day, office).is_workday(day)


def next_workday(day: date, office: Organisation | None = None) -> date:
    return _calendar_from(day, 0, office).next_workday(day)


def add_workdays(day: date, n: int, office: Organisation | None = None) -> date:
    """A deadline of n working days: the day of receipt is not counted, as in the rules on public offices."""
    if n < 0:
        raise ValueError("工作日天数不能为负。")
    return _calendar_from(day, n, office).add_workdays(day, n)


def _calendar_from(day: date, n: int, office: Organisation | None) -> WorkingCalendar:
    # Five days of seven are worked and the longest holiday takes nine: twice the days and a month are enough.
    return WorkingCalendar.between(day, day + timedelta(days=2 * n + 31), office)
