"""How figures spread over sectors and topics; every part opens its records, and the parts add up to the whole."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from liaison.models import Category, Sector
from liaison.sectors import StandardSector
from reports.ask import Ask
from reports.board import Link, Number, Row
from reports.indicators import INDICATOR, Indicator
from reports.table import Values, by_dimension, supplements

COLUMNS = tuple(INDICATOR[code] for code in ("visits", "cases_registered", "matters"))
UNNAMED = "未填写"
SUPPLEMENTED = "补录"


@dataclass(frozen=True)
class Spread:
    """rows in the order of the list they come from, "" (nothing filled in) last · total of each column."""

    title: str
    head: str
    columns: tuple[Indicator, ...]
    rows: tuple[Row, ...]
    total: Row


def spreads(ask: Ask, link: Link) -> list[Spread]:
    """Both, with what was supplemented beside them: that names no part, so it is the same in each."""
    more = supplements(COLUMNS, ask)
    return [_by_sector(ask, link, more), _by_topic(ask, link, more)]


def _by_sector(ask: Ask, link: Link, more: Values) -> Spread:
    """By the national sector of the receiving member: offices merge and name theirs in their own ways."""
    found = _found(ask, "sector")
    named = Sector.objects.filter(pk__in={key for column in found for key in column if key})
    standard = {str(pk): code for pk, code in named.values_list("pk", "standard_code")}
    columns = [_together(column, standard.get) for column in found]
    return _spread(ask, link, more, "按接待委员界别", "界别", "standard_sector", dict(StandardSector.choices), columns)


def _by_topic(ask: Ask, link: Link, more: Values) -> Spread:
    """By topic; sub-topics count in the topic above them."""
    topics = Category.objects.order_by("order", "pk").values_list("pk", "parent", "name")
    above = {str(pk): str(parent or pk) for pk, parent, _ in topics}
    names = {str(pk): name for pk, parent, name in topics if parent is None}
    columns = [_together(column, above.get) for column in _found(ask, "category")]
    return _spread(ask, link, more, "按事项类别", "事项类别", "category", names, columns)


def _spread(
    ask: Ask,
    link: Link,
    more: Values,
    title: str,
    head: str,
    dimension: str,
    names: dict,
    columns: list[dict[str, Decimal]],
) -> Spread:
    """dimension: as addresses have it · names: of its keys, in the order of the rows · columns: key → value, of COLUMNS."""
    keys = [key for key in (*names, "") if any(key in column for column in columns)]
    most = max(columns[0].values(), default=Decimal(0)) or Decimal(1)
    rows = []
    for key in keys:
        values = [column.get(key, Decimal(0)) for column in columns]
        links = [link(indicator.code, ask, by=dimension, key=key) for indicator in COLUMNS]
        bars = [round(100 * values[0] / most), *[None] * len(values[1:])]
        rows.append(Row(names.get(key, UNNAMED), tuple(map(Number, values, links, bars))))
    if any(more.values()):
        # Figures without records name no part; the whole that the total opens to holds them.
        papers = (
            f"{reverse('reports:list-supplements')}?{urlencode({'org': ask.organisation.code, 'state': 'approved'})}"
        )
        rows.append(Row(SUPPLEMENTED, tuple(Number(more[i.code], papers if more[i.code] else "") for i in COLUMNS)))
    whole = [sum(column.values(), more[i.code]) for i, column in zip(COLUMNS, columns, strict=True)]
    totals = (Number(value, link(i.code, ask)) for i, value in zip(COLUMNS, whole, strict=True))
    return Spread(title, head, COLUMNS, tuple(rows), Row("合计", tuple(totals)))


def _found(ask: Ask, dimension: str) -> list[dict[str, Decimal]]:
    """Of each column key → value, as cells have them."""
    return [by_dimension(indicator, ask, dimension) for indicator in COLUMNS]


def _together(column: dict[str, Decimal], key_of: Callable[[str, str], str]) -> dict[str, Decimal]:
    """key_of: from a cell's key to that of a row, or to what is given besides."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for key, value in column.items():
        found[key_of(key, "") if key else ""] += value
    return found
