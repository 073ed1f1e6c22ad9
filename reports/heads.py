"""Whose heads are counted: of those who stand on a day, and of those of whom something is recorded in a period.

Heads are never added across months or places. Beside every rule stands what its counts are made of, so that
they can be held ready (reports/rollup/standing.py, reports/rollup/occurring.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.fields import DateRangeField
from django.db.models import CharField, F, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast

from liaison.periods import Period
from liaison.scope import office_of

EVERY_ROW = Q()
# The dimension of whom something is recorded in a year, by the day of the first of it: the days up to any one add up to the
# heads from New Year until then.
FIRST = "first"


@dataclass(frozen=True)
class Days:
    """The days from one column to another, which may be empty: the last of them, or the first no longer ("[)")."""

    starts: str = "starts_on"
    ends: str = "ends_on"
    bounds: str = "[]"

    def around(self, day: date) -> Q:
        later = "gte" if self.bounds == "[]" else "gt"
        ends = Q(**{f"{self.ends}__isnull": True}) | Q(**{f"{self.ends}__{later}": day})
        return Q(**{f"{self.starts}__lte": day}) & ends

    def of(self, relation: str) -> "Days":
        """The same columns of a related table."""
        return Days(f"{relation}__{self.starts}", f"{relation}__{self.ends}", self.bounds)

    def as_range(self) -> Func:
        return Func(
            F(self.starts), F(self.ends), Value(self.bounds), function="daterange", output_field=DateRangeField()
        )


@dataclass(frozen=True)
class Standing:
    """Values of `column` among the rows that stand on a period's last day: all of `days` are around it.

    path: leads to the organisation's or division's path · basis: what its changes are noted under.
    """

    model: type[Model]
    column: str
    basis: str
    days: tuple[Days, ...] = (Days(),)
    where: Q = EVERY_ROW
    path: str = "organisation__path"

    def during(self, period: Period) -> QuerySet:
        return self.model.objects.filter(self.where, *(days.around(period.last) for days in self.days))

    def stretches(self) -> QuerySet:
        """(place, head, days): every row with the days on which it counts; none may be left."""
        first, *others = (days.as_range() for days in self.days)
        for other in others:
            first = CombinedExpression(first, "*", other, output_field=DateRangeField())
        rows = self.model.objects.filter(self.where).order_by()
        head = Cast(F(self.column), CharField())
        return rows.annotate(place=F(self.path), head=head, stretch=first).values("place", "head", "stretch")


@dataclass(frozen=True)
class Occurring:
    """Values of `column` among the counted rows of a period; `basis`: the source (reports/sources.py) that notes their
    changes."""

    rows: Callable[[], QuerySet]
    basis: str
    column: str
    date: str
    path: str = "organisation__path"

    @property
    def model(self) -> type[Model]:
        return self.rows().model

    def during(self, period: Period) -> QuerySet:
        return self.rows().filter(**{f"{self.date}__gte": period.start, f"{self.date}__lt": period.end})

    def presence(self) -> QuerySet:
        """(office, day, head) of every row."""
        office = F(f"{office_of(self.path)}_id")
        columns = {"office": office, "day": F(self.date), "head": F(self.column)}
        return self.rows().order_by().annotate(**columns).values(*columns)


Heads = Standing | Occurring


def first_key(day: date) -> str:
    """The key of a day in the dimension FIRST: keys stand in the order of a year's days."""
    return f"{day:%m-%d}"


def held_as(basis: str) -> str:
    """The source under which counts that are held ready stand beside the sums (reports.models.Rolled)."""
    return f"heads:{basis}"
