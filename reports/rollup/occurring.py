"""Distinct figures of whom something is recorded in a period, held ready for every office with sums: how many there are in
each month, quarter, half-year and year, and from New Year until any day.

None of them follows from another. Whole years of an office are counted anew, from one reading of the records.
"""

from reports.heads import FIRST, Occurring
from reports.indicators import heads_of
from reports.rollup.held import ROOFS, as_rows, differing, write
from reports.rollup.scopes import Everything, each_touched
from reports.rollup.tree import Tree

BASES = tuple(dict.fromkeys(indicator.heads.basis for indicator in heads_of(Occurring)))
# Of every office with sums those that it takes in, itself included.
BELOW = f"({ROOFS}) r JOIN liaison_organisation o ON o.path LIKE r.path || '%%'"
# Every standard period of a year: the month it begins with, counted from 0, and its months as bits.
PERIODS = [
    (grain, first, ((1 << length) - 1) << first)
    for grain, length in (("month", 1), ("quarter", 3), ("half", 6), ("year", 12))
    for first in range(0, 12, length)
]


def year_of(column: str) -> str:
    return f"date_trunc('year', {column}::timestamp)::date"


def refresh(code: str, scope: Everything):
    """Count anew the years of every office above what was touched, if heads are counted of this source."""
    if code not in BASES:
        return
    if scope == Everything():
        write(code, *_of_all(code))
        return
    spans = sorted({(owner, month.replace(month=1)) for owner, month in scope.above(Tree.now(), code)})
    owners, years = ([span[n] for span in spans] for n in (0, 1))
    covered = f"(t.organisation_id, {year_of('t.starts_on')}) IN (SELECT owner, year FROM touched)"
    write(code, *_of_years(code, owners, years), covered)


def compare(code: str) -> tuple[str, list]:
    """A statement that answers (rows compared, rows differing); years of which a month is noted are left out."""
    noted = f"""EXISTS (SELECT FROM {BELOW} JOIN reports_dirty d ON d.organisation_id = o.id
  WHERE r.owner = organisation_id AND d.source = '{code}' AND {year_of("d.month")} = {year_of("starts_on")})"""
    return differing(code, *_of_all(code), noted)


def _of_all(code: str) -> tuple[str, list]:
    records, params = _presence(code)
    return _fresh(
        code, "", f"(SELECT r.owner, o.id AS office FROM {BELOW}) t JOIN ({records}) f USING (office)"
    ), params


def _of_years(code: str, owners: list[int], years: list) -> tuple[str, list]:
    records, params = _presence(code)
    # MATERIALIZED: the end of a year is then a plain value, by which the index may be read behind row-level security.
    touched = f"""touched AS MATERIALIZED (
  SELECT r.owner, o.id AS office, n.year, (n.year + interval '1 year')::date AS following
  FROM {BELOW} JOIN unnest(%s::bigint[], %s::date[]) AS n (owner, year) USING (owner)
),"""
    facts = each_touched(records, "a.office = t.office AND a.day >= t.year AND a.day < t.following")
    return _fresh(code, touched, facts), [owners, years, *params]


def _fresh(code: str, before: str, facts: str) -> str:
    """Common table expressions up to `fresh`, the stored rows as the records are now.

    A head's months of a year are gathered as bits, so that its records are sorted through once and not for every period.
    The dates by which the dimension FIRST is kept are written as `first_key` writes them.
    """
    counts = ", ".join(
        f"nullif(count(*) FILTER (WHERE indicator = '{i.code}'), 0) AS {i.code}" for i in heads_of(Occurring, code)
    )
    periods = ", ".join(f"('{grain}', interval '{first} months', {months})" for grain, first, months in PERIODS)
    return f"""
WITH {before}
seen AS (
  SELECT t.owner, {year_of("f.day")} AS year, f.indicator, f.head, bit_or(1 << (extract(month FROM f.day)::int - 1)) AS months,
    min(f.day) AS first
  FROM {facts} GROUP BY 1, 2, 3, 4
),
found AS (
  SELECT s.owner, '' AS dimension, p.grain, (s.year + p.first)::date AS starts_on, '' AS key, {counts}
  FROM seen s JOIN (VALUES {periods}) AS p (grain, first, months) ON s.months & p.months <> 0 GROUP BY 1, 3, 4
  UNION ALL
  SELECT s.owner, '{FIRST}', 'year', s.year, to_char(s.first, 'MM-DD'), {counts} FROM seen s GROUP BY 1, 4, 5
),
fresh AS MATERIALIZED ({as_rows(code)})"""


def _presence(code: str) -> tuple[str, list]:
    """SELECT of (indicator, office, day, head), one branch for each figure of a source."""
    counted = [(i.code, *i.heads.presence().query.sql_with_params()) for i in heads_of(Occurring, code)]
    branches = [f"SELECT '{code}' AS indicator, office, day, head FROM ({sql}) of_{code}" for code, sql, _ in counted]
    return " UNION ALL ".join(branches), [param for *_, params in counted for param in params]
