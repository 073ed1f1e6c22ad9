"""The columns of a source's cells and sums, as statements write them."""

from collections.abc import Iterable

from reports.indicators import INDICATOR, flows_of


def sums_of(code: str) -> list[str]:
    """The columns that hold what one source adds up to."""
    return list(dict.fromkeys(indicator.code for indicator, _ in flows_of(code)))


def summed(columns: Iterable[str], rows: str) -> str:
    """Each column's sum over `rows`, under its own name and as it is stored."""
    return ", ".join(f"nullif(sum({rows}.{column}), 0)::{_stored_as(column)} AS {column}" for column in columns)


def _stored_as(column: str) -> str:
    return "bigint" if INDICATOR[column].is_whole else "numeric"


def not_all_zero(columns: Iterable[str], rows: str) -> str:
    """For HAVING: groups of which something is left."""
    return " OR ".join(f"sum({rows}.{column}) <> 0" for column in columns)


def differ(columns: Iterable[str], one: str, other: str) -> str:
    return f"({listed(columns, one)}) IS DISTINCT FROM ({listed(columns, other)})"


def listed(columns: Iterable[str], rows: str) -> str:
    return ", ".join(f"{rows}.{column}" for column in columns)
