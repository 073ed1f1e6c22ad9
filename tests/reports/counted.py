"""What the roll-up stored, one figure at a time."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from reports import rollup
from reports.models import Cell, Rolled


def cell(indicator: str, office, month: date, **where) -> Decimal:
    rows = Cell.objects.filter(organisation=office.organisation, month=month.replace(day=1))
    return rows.filter(**{"dimension": ""} | where).aggregate(value=Sum(indicator))["value"] or Decimal(0)


def rolled(indicator: str, office, grain: str, starts_on: date) -> Decimal:
    rows = Rolled.objects.filter(organisation=office.organisation, grain=grain, dimension="", starts_on=starts_on)
    return rows.aggregate(value=Sum(indicator))["value"] or Decimal(0)


def assert_exact():
    result = rollup.verify()
    assert result.compared > 0
    assert result.differing == 0
