"""Counts of heads that are held ready stand beside the sums: rows of an office and a month, quarter, half-year or year."""

from collections.abc import Iterable

from reports.heads import held_as
from reports.indicators import DISTINCT
from reports.rollup.columns import differ, listed
from reports.rollup.replacing import Recount, Rows, replace

KEYS = ("organisation_id", "dimension", "grain", "starts_on", "key")
# The offices that have them, with the places below each known by its path.
ROOFS = "SELECT id AS owner, path FROM liaison_organisation WHERE level <> 'county'"


def codes_of(basis: str) -> list[str]:
    """The columns that hold what is counted on one basis."""
    return [indicator.code for indicator in DISTINCT if indicator.heads.basis == basis]


def as_rows(basis: str) -> str:
    """A query of `found` (owner, dimension, grain, starts_on, key and the columns) as stored rows; where nothing is left, none."""
    codes = codes_of(basis)
    return f"""
  SELECT owner AS organisation_id, dimension::varchar AS dimension, grain::varchar AS grain, starts_on, key::varchar AS key,
    {listed(codes, "found")}
  FROM found WHERE num_nonnulls({listed(codes, "found")}) > 0"""


def write(basis: str, fresh: str, params: Iterable, covered: str = "true"):
    """covered: a condition on stored rows `t` that the recount replaces."""
    rows = Rows("reports_rolled", {"source": held_as(basis)}, KEYS, codes_of(basis))
    replace(rows, [Recount(fresh, covered, list(params))])


def differing(basis: str, fresh: str, params: Iterable, is_known_stale: str) -> tuple[str, list]:
    """A statement that answers (rows compared, rows differing); is_known_stale: a condition on a row's organisation_id and
    starts_on under which it is left out."""
    sql = f"""{fresh}
SELECT count(*), count(*) FILTER (WHERE {differ(codes_of(basis), "f", "t")})
FROM fresh f FULL JOIN (SELECT * FROM reports_rolled WHERE source = %s) t USING ({", ".join(KEYS)})
WHERE NOT ({is_known_stale})"""
    return sql, [*params, held_as(basis)]
