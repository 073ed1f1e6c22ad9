"""What a periodic report says: the figures it fixes, and beside them what they are now (调整).

Every figure comes from `reports.table`; nothing is added up here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.conf import settings
from django.db import transaction

from liaison.models import Account, Level, Organisation
from liaison.periods import Period
from liaison.workdays import add_workdays
from reports import rollup
from reports.ask import Ask
from reports.indicators import INDICATORS, SUMMED, Indicator
from reports.models import PeriodReport, ReportFigure, grain_of
from reports.table import Values, figures, supplements


@dataclass(frozen=True)
class Line:
    """signed: as submitted, None before that, and for an indicator that was declared later. Both are sums of what records
    give and of what was supplemented (补录), which stands beside them as well."""

    indicator: Indicator
    signed: Decimal | None
    now: Decimal
    signed_supplement: Decimal = Decimal(0)
    supplement: Decimal = Decimal(0)

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


@dataclass(frozen=True)
class Part:
    """An office right below and its report of the same period; built in is an accepted one, or was when this was signed."""

    organisation: Organisation
    report: PeriodReport | None
    is_in: bool

    @property
    def label(self) -> str:
        return PeriodReport.State(self.report.state if self.report else PeriodReport.State.DRAFT).label


def parts(report: PeriodReport) -> list[Part]:
    """What a report is built from, or was; two queries."""
    offices = list(report.organisation.children.select_related("division").order_by("path"))
    found = PeriodReport.objects.for_period(report.grain, report.starts_on).filter(organisation__in=offices)
    reports = {one.organisation_id: one for one in found.select_related("organisation")}
    # What was accepted later is not in what was signed.
    accepted = (one for one in reports.values() if one.state == PeriodReport.State.ACCEPTED)
    built = {one.organisation_id for one in (report.built_from.all() if report.is_fixed else accepted)}
    return [Part(office, reports.get(office.pk), office.pk in built) for office in offices]


def asked(report: PeriodReport, built: Iterable[PeriodReport] = ()) -> Ask:
    """The office's own records, and those of all whose reports went into the reports it was built from."""
    ask = Ask(report.organisation, report.period)
    if report.organisation.level == Level.COUNTY:
        return ask
    return replace(ask, among=tuple(sorted({report.organisation.path, *_paths(list(built))})))


def _paths(built: list[PeriodReport]) -> Iterator[str]:
    """Level by level down; a query for each."""
    while built:
        yield from (one.organisation.path for one in built)
        built = list(PeriodReport.objects.filter(built_into__in=built).select_related("organisation"))


def is_whole(report: PeriodReport, found: Iterable[Part]) -> bool:
    """Whether it holds everything below: then each figure opens to its records."""
    among = asked(report, [part.report for part in found if part.is_in]).among
    return not among or Organisation.objects.filter(path__startswith=report.organisation.path).count() == len(among)


@transaction.atomic
def submit(report: PeriodReport, *, by: Account, at: datetime, today: date):
    """Fix the figures as they are now, everything noted counted in. Raises ValidationError (PeriodReport.submit)."""
    report.queue_up()
    rollup.drain()
    built = [part.report for part in parts(report) if part.is_in]
    values, more = _to_sign(report, built)
    rows = [
        ReportFigure(report=report, indicator=i.code, value=values[i.code], supplement=more[i.code], since=i.since)
        for i in INDICATORS
    ]
    report.submit(rows, built, by=by, at=at, today=today)


def _to_sign(report: PeriodReport, built: list[PeriodReport]) -> tuple[Values, Values]:
    """Computed, and supplemented: the office's own as they are now, the others' as they were accepted. Distinct figures are
    counted anew over all of them, for heads are never added."""
    values, more = _now(report, built)
    if not built:
        return values, more
    own = replace(asked(report), among=(report.organisation.path,))
    values, more = values | figures(SUMMED, own), more | supplements(SUMMED, own)
    for row in ReportFigure.objects.filter(report__in=built, indicator__in=[i.code for i in SUMMED]):
        values[row.indicator] += row.value
        more[row.indicator] += row.supplement
    return values, more


def _now(report: PeriodReport, built: list[PeriodReport]) -> tuple[Values, Values]:
    """Computed, and supplemented, as they are now."""
    ask = asked(report, built)
    return figures(INDICATORS, ask), supplements(INDICATORS, ask)


def groups(report: PeriodReport, found: list[Part]) -> list[tuple[str, list[Line]]]:
    """The report's figures in the groups of their declaration; before it is signed, as they would be signed."""
    lines = _lines(report, [part.report for part in found if part.is_in])
    return [(name, list(group)) for name, group in groupby(lines, lambda line: line.indicator.group)]


def _lines(report: PeriodReport, built: list[PeriodReport]) -> Iterator[Line]:
    now, more = (_now if report.is_fixed else _to_sign)(report, built)
    signed = {row.indicator: row for row in report.figures.all()} if report.is_fixed else {}
    for i in INDICATORS:
        row = signed.get(i.code)
        yield Line(
            i, row and row.total, now[i.code] + more[i.code], row.supplement if row else Decimal(0), more[i.code]
        )


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
