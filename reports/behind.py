"""The records behind a figure, list by list: what its page shows and its file holds."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Model, QuerySet

from liaison.models import Member, Sector
from reports.ask import Ask
from reports.columns import joined
from reports.counting import heads_behind
from reports.indicators import Flow, Indicator, Kind
from reports.table import figure, flow_rows, stock_rows

# Heads are listed by name, sectors in the order of the national list; everything else the latest first.
HEAD_ORDER = {Member: ("pinyin", "id"), Sector: ("standard_code",)}
LATEST_STUDIO = ("-opened_on", "-id")


@dataclass(frozen=True)
class Records:
    """One table's share of a figure. order: keys of its rows · total: what they add up to · value: the column that a row
    adds, None where each adds one · source: of a figure that has several, else ""."""

    rows: QuerySet
    order: tuple[str, ...]
    total: Decimal
    value: str | None = None
    source: str = ""

    def added(self, row: Model) -> Decimal | int:
        return getattr(row, self.value) if self.value else 1

    @property
    def value_heading(self) -> str:
        return str(self.rows.model._meta.get_field(self.value).verbose_name) if self.value else ""


def records_behind(indicator: Indicator, ask: Ask, shares: dict[str, Decimal], part: str = "") -> list[Records]:
    """shares: of a flow, each source's value (table.by_source) · part: the one source that is asked for, "" for all."""
    if indicator.kind is Kind.DISTINCT:
        found = heads_behind(indicator, ask)
        order = HEAD_ORDER.get(found.model, LATEST_STUDIO)
    elif indicator.kind is Kind.STOCK:
        begins = next(flow for flow in indicator.flows if flow.sign == 1)
        found, order = stock_rows(indicator, ask), (f"-{begins.date}", "-id")
    else:
        flows = [flow for flow in indicator.flows if part in ("", flow.source)]
        return [_happened(flow, ask, shares) for flow in flows]
    return [Records(joined(found, ask.period.last), order, figure(indicator, ask))]


def _happened(flow: Flow, ask: Ask, shares: dict[str, Decimal]) -> Records:
    """One flow's records that add something, the latest first."""
    found = flow_rows(flow, ask)
    if flow.value:
        found = found.filter(**{f"{flow.value}__gt": 0})
    source = flow.source if len(shares) > 1 else ""
    return Records(joined(found, ask.period.last), (f"-{flow.date}", "-id"), shares[flow.source], flow.value, source)
