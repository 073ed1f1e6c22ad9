"""What wants attention today: open matters by their lamp, and studios of which nothing was heard for months.

Both are as of today, whatever period is looked at, and read from indexes or cells: quick however many records there are.
"""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import CharField, Count, Max, Q, QuerySet
from django.db.models.functions import Cast

from cases.models import Case
from cases.models.case import lamp_rules
from liaison.periods import next_month
from reports.ask import Ask
from reports.indicators import INDICATOR
from reports.models import Cell
from reports.stored import held_in
from studios.models import Studio

LAMPS = {"red": "已超期", "yellow": "三个工作日内到期", "green": "期限内", "none": "未定期限"}
# A studio is heard of by whom it received, by a reception day that was held, or by an activity for the public.
HEARD_BY = ("visits", "reception_days", "people_served")
# Whole months before the current one; a studio owes one reception day a month, so two are patience enough.
QUIET_MONTHS = (1, 2, 3, 6, 12)
USUAL_QUIET = 2


def open_cases(ask: Ask) -> QuerySet:
    return Case.objects.open().filter(ask.within("organisation__path"))


def lit(ask: Ask, lamp: str, today: date) -> QuerySet:
    """The open matters behind one lamp; one query for the working days."""
    return open_cases(ask).filter(lamp_rules(today)[lamp])


def lamps(ask: Ask, today: date) -> dict[str, int]:
    """How many open matters each lamp shines for; two queries."""
    # By a column that stands in the index of open matters, so that the index alone answers.
    counts = {lamp: Count("organisation", filter=rule) for lamp, rule in lamp_rules(today).items()}
    return open_cases(ask).aggregate(**counts)


def quiet_since(today: date, months: int = USUAL_QUIET) -> date:
    return next_month(today, -months)


def quiet_studios(ask: Ask, since: date, today: date) -> QuerySet:
    """Studios that were open all the time since a month's first day, and of which no cell tells anything since."""
    heard = _heard(ask).filter(month__gte=since).values("key")
    standing = Studio.objects.open_on(today).filter(ask.within("organisation__path"), opened_on__lt=since)
    return standing.alias(as_key=Cast("pk", CharField())).exclude(as_key__in=heard)


def last_heard(ask: Ask, studios: Iterable[Studio]) -> dict[int, date]:
    """Studio → the first day of the last month in which something was heard of it; one query."""
    keys = [str(studio.pk) for studio in studios]
    found = _heard(ask).filter(key__in=keys).values_list("key").annotate(last=Max("month")).order_by()
    return {int(key): month for key, month in found}


def _heard(ask: Ask) -> QuerySet:
    something = reduce(or_, (Q(**{f"{code}__isnull": False}) for code in HEARD_BY))
    held = held_in([INDICATOR[code] for code in HEARD_BY], "studio")
    return Cell.objects.filter(ask.within("organisation__path"), something, **held)
