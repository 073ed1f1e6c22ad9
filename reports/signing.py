"""What a periodic report says: the figures it fixes, and beside them what they are now (调整).

Every figure comes from `reports.table`; nothing is added up here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.conf import settings

from liaison.models import Account, Organisation
from liaison.periods import Period
from liaison.workdays import add_workdays
from reports import rollup
from reports.indicators import INDICATORS, Indicator
from reports.models import PeriodReport, ReportFigure, grain_of
from reports.table import Ask, Values, figures


@dataclass(frozen=True)
class Line:
    """signed: as submitted, None before that, and for an indicator that was declared later."""

    indicator: Indicator
    signed: Decimal | None
    now: Decimal

    @property
    def adjustment(self) -> Decimal:
        return Decimal(0) if self.signed is None else self.now - self.signed


@dataclass(frozen=True)
class Due:
    """One organisation's report of a period, whether it is there or not; due_on: the last day to submit it."""

    organisation: Organisation
    report: PeriodReport | None
    due_on: date

    @property
    def state(self) -> str:
        return self.report.state if self.report else PeriodReport.State.DRAFT

    @property
    def label(self) -> str:
        return PeriodReport.State(self.state).label

    @property
    def is_missing(self) -> bool:
        return self.state not in PeriodReport.FIXED

    def is_late(self, today: date) -> bool:
        """Missing after its day, or submitted after it."""
        if self.is_missing:
            return today > self.due_on
        return self.report.submitted_on > self.due_on


def asked(report: PeriodReport) -> Ask:
    return Ask(report.organisation, report.period)


def submit(report: PeriodReport, *, by: Account, at: datetime, today: date):
    """Fix the figures as they are now, everything noted counted in. Raises ValidationError (PeriodReport.submit)."""
    rollup.drain()
    values = figures(INDICATORS, asked(report))
    rows = [ReportFigure(report=report, indicator=i.code, value=values[i.code], since=i.since) for i in INDICATORS]
    report.submit(rows, by=by, at=at, today=today)


def groups(report: PeriodReport) -> list[tuple[str, list[Line]]]:
    """The report's figures in the groups of their declaration."""
    return [(name, list(lines)) for name, lines in groupby(_lines(report), lambda line: line.indicator.group)]


def _lines(report: PeriodReport) -> Iterator[Line]:
    now: Values = figures(INDICATORS, asked(report))
    signed = dict(report.figures.values_list("indicator", "value")) if report.is_fixed else {}
    return (Line(i, signed.get(i.code), now[i.code]) for i in INDICATORS)


def due_on(period: Period) -> date:
    """So many working days after the period's last day; one query."""
    return add_workdays(period.last, settings.REPORT_DUE_WORKDAYS)


def due(organisation: Organisation, period: Period) -> list[Due]:
    """The reports of an office and of those right below it, in the order of their codes; three queries."""
    offices = [organisation, *organisation.children.select_related("division", "parent").order_by("path")]
    found = PeriodReport.objects.for_period(grain_of(period), period.start).filter(organisation__in=offices)
    reports = {one.organisation_id: one for one in found.select_related("submitted_by", "decided_by")}
    last = due_on(period)
    for office in offices:
        if office.pk in reports:
            reports[office.pk].organisation = office
    return [Due(office, reports.get(office.pk), last) for office in offices]
