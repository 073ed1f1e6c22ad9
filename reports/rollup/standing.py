"""Distinct figures of who stands on a day, held ready for every office with sums: how many come and go in each month,
and on each of its days.

Whoever sits in two places counts once above both, so nothing can be added from below: the days of one head under an office
are joined into stretches without gaps, and their beginnings and ends are that office's steps up and down. Steps add up
over months, as a stock's do. A basis is always counted anew as a whole, for one seat may stand for years.
"""

from reports.heads import Standing, held_as
from reports.indicators import heads_of
from reports.rollup.held import ROOFS, as_rows, differing, write
from reports.sources import DAY

BASES = tuple(dict.fromkeys(indicator.heads.basis for indicator in heads_of(Standing)))
# What their changes are noted under → the basis.
NOTED = {held_as(basis): basis for basis in BASES}


def recount(basis: str):
    """Write how many come and go in every month, quarter and year, and on every day, of every office with sums."""
    write(basis, *_fresh(basis))


def compare(basis: str) -> tuple[str, list]:
    """A statement that answers (rows compared, rows differing); none while a change is noted."""
    return differing(basis, *_fresh(basis), f"EXISTS (SELECT FROM reports_dirty WHERE source = '{held_as(basis)}')")


def _fresh(basis: str) -> tuple[str, list]:
    """Common table expressions up to `fresh`, the stored rows as the records are now."""
    counted = {i.code: i.heads.stretches().query.sql_with_params() for i in heads_of(Standing, basis)}
    stretches = " UNION ALL ".join(
        f"SELECT '{code}' AS indicator, place, head, stretch FROM ({sql}) of_{code}"
        for code, (sql, _) in counted.items()
    )
    steps = ", ".join(f"nullif(sum(step) FILTER (WHERE indicator = '{code}'), 0) AS {code}" for code in counted)
    sql = f"""
WITH roofs AS ({ROOFS}),
depths AS (SELECT DISTINCT length(path) AS depth FROM roofs),
joined AS (
  SELECT r.owner, s.indicator, unnest(range_agg(s.stretch)) AS days
  FROM ({stretches}) s JOIN depths d ON d.depth <= length(s.place) JOIN roofs r ON r.path = left(s.place, d.depth)
  WHERE s.head IS NOT NULL AND NOT isempty(s.stretch) GROUP BY r.owner, s.indicator, s.head
),
steps AS (
  SELECT owner, indicator, lower(days) AS day, 1 AS step FROM joined
  UNION ALL SELECT owner, indicator, upper(days), -1 FROM joined WHERE NOT upper_inf(days)
),
found AS (
  SELECT owner, dimension, grain, date_trunc(grain, day::timestamp)::date AS starts_on, key, {steps}
  FROM steps CROSS JOIN LATERAL (VALUES
    ('', 'month', ''), ('', 'quarter', ''), ('', 'year', ''), ('{DAY}', 'month', extract(day FROM day)::int::text)
  ) AS kept (dimension, grain, key) GROUP BY 1, 2, 3, 4, 5
),
fresh AS MATERIALIZED ({as_rows(basis)})"""
    return sql, [param for _, params in counted.values() for param in params]
