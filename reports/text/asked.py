"""What an address asks of the report: whose, of which kind, and the days that each of its figures is of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode

from liaison.models import Organisation
from liaison.periods import RELATIVE, Period, PeriodError, parse, relative
from reports.models import SavedView
from reports.text.kinds import KIND, KINDS
from reports.text.sentences import MAIN, Kind

DEFAULT_PERIOD = "since_h2_last_year"


@dataclass(frozen=True)
class Asked:
    """fixed: figures' periods that the address states instead of leaving them to follow from the last day."""

    organisation: Organisation
    kind: Kind
    main: Period
    fixed: Mapping[str, Period] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The day the report is made as of."""
        return self.main.last

    def period(self, code: str) -> Period:
        if code == MAIN:
            return self.main
        return self.fixed.get(code) or relative(code, self.last)

    @property
    def query(self) -> str:
        """The same text again, on any later day."""
        periods = {code: days(period) for code, period in self.fixed.items()}
        return urlencode(
            {"org": self.organisation.code, "kind": self.kind.code, "period": days(self.main)} | periods, safe="."
        )

    def of_kind(self, kind: Kind) -> "Asked":
        return replace(self, kind=kind)


def days(period: Period) -> str:
    """A period by its days, as an address carries it: 2025-07-01..2026-11-21."""
    return f"{period.start}..{period.last}"


def read(query: Mapping[str, str], organisation: Organisation, today: date) -> Asked:
    """Periods end with yesterday, the last whole day, unless the address says from–to (in one word or in two).

    Raises PeriodError with a sentence for people.
    """
    yesterday = today - timedelta(days=1)
    first, last = query.get("from"), query.get("to")
    main = parse(f"{first}..{last}" if first or last else query.get("period") or DEFAULT_PERIOD, yesterday).until(today)
    if main is None:
        raise PeriodError("这个时段还没有开始，请选一个已经开始的时段。")
    fixed = {code: parse(query[code], main.last) for code in RELATIVE if query.get(code)}
    kind = KIND.get(query.get("kind", "")) or chosen_kind(organisation)
    return Asked(organisation, kind, main, fixed)


def chosen_kind(organisation: Organisation) -> Kind:
    """The kind of the organisation's saved report, else the first."""
    saved = SavedView.objects.of_office().filter(organisation=organisation, page=SavedView.Page.TEXT).first()
    codes = parse_qs(saved.query).get("kind", []) if saved else []
    return KIND.get(codes[0], KINDS[0]) if codes else KINDS[0]


def saved_query(organisation: Organisation, kind: str, periods: Mapping[str, Period]) -> str:
    """What a SavedView keeps: the text of one kind with all its periods as fixed days (`periods` by RELATIVE code)."""
    fixed = {code: period for code, period in periods.items() if code not in (DEFAULT_PERIOD, "cum")}
    return Asked(organisation, KIND[kind], periods[DEFAULT_PERIOD], fixed).query
