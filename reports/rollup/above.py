"""The levels above: sums over everything below a city, a province, the nation; per month, quarter and year."""

from django.db import connection

from reports.rollup.scopes import Everything

# Studios and sectors stay with the organisation that has them; these add up across organisations.
DIMENSIONS = ["", "category", "channel"]
# Each grain with the first day of its span and its length; months first, longer spans are summed from them.
GRAINS = {
    "month": ("month", "1 month"),
    "quarter": ("date_trunc('quarter', month::timestamp)::date", "3 months"),
    "year": ("date_trunc('year', month::timestamp)::date", "1 year"),
}
# Organisation ids with that of each organisation in their subtree, themselves included.
SUBTREES = "liaison_organisation a JOIN liaison_organisation o ON o.path LIKE a.path || '%%' AND a.level <> 'county'"


def refresh(code: str, scope: Everything):
    """Refresh, from one source's cells, the rows of every organisation above what was touched."""
    for grain, (start, length) in GRAINS.items():
        sums, params = _of_cells(code) if grain == "month" else _of_months(code, length)
        sql = f"""
WITH touched AS ({scope.touched}),
above AS (SELECT DISTINCT id, path, {start} AS starts_on FROM ({scope.above}) spans),
fresh AS MATERIALIZED ({sums}),
gone AS (
  DELETE FROM reports_rolled r USING above a
  WHERE r.organisation_id = a.id AND r.starts_on = a.starts_on AND r.grain = %s AND r.source = %s
  AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.owner = r.organisation_id AND f.starts_on = r.starts_on
    AND f.indicator = r.indicator AND f.dimension = r.dimension AND f.key = r.key)
)
INSERT INTO reports_rolled AS r (indicator, source, organisation_id, grain, starts_on, dimension, key, value)
SELECT indicator, %s, owner, %s, starts_on, dimension, key, value FROM fresh
ON CONFLICT (organisation_id, grain, starts_on, source, indicator, dimension, key)
DO UPDATE SET value = EXCLUDED.value WHERE r.value <> EXCLUDED.value"""
        with connection.cursor() as cursor:
            cursor.execute(sql, [*scope.params, *params, grain, code, code, grain])


def _of_cells(code: str) -> tuple[str, list]:
    sql = """
  SELECT a.id AS owner, a.starts_on, c.indicator, c.dimension, c.key, sum(c.value) AS value
  FROM above a JOIN liaison_organisation o ON o.path LIKE a.path || '%%'
  JOIN reports_cell c ON c.organisation_id = o.id AND c.month = a.starts_on
  WHERE c.source = %s AND c.dimension = ANY(%s) GROUP BY 1, 2, 3, 4, 5 HAVING sum(c.value) <> 0"""
    return sql, [code, DIMENSIONS]


def _of_months(code: str, length: str) -> tuple[str, list]:
    sql = """
  SELECT a.id AS owner, a.starts_on, m.indicator, m.dimension, m.key, sum(m.value) AS value
  FROM above a JOIN reports_rolled m ON m.organisation_id = a.id AND m.grain = 'month'
    AND m.starts_on >= a.starts_on AND m.starts_on < a.starts_on + %s::interval
  WHERE m.source = %s GROUP BY 1, 2, 3, 4, 5 HAVING sum(m.value) <> 0"""
    return sql, [length, code]


def compare(code: str) -> tuple[str, list]:
    """A statement that answers (rows compared, rows differing): every grain against a sum of the cells."""
    sql = f"""
WITH fresh AS (
  SELECT a.id AS owner, g.grain, date_trunc(g.grain, c.month::timestamp)::date AS starts_on,
         c.indicator, c.dimension, c.key, sum(c.value) AS value
  FROM {SUBTREES} JOIN reports_cell c ON c.organisation_id = o.id
  CROSS JOIN (VALUES ('month'), ('quarter'), ('year')) AS g (grain)
  WHERE c.source = %s AND c.dimension = ANY(%s) GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(c.value) <> 0
)
SELECT count(*), count(*) FILTER (WHERE f.value IS DISTINCT FROM r.value)
FROM fresh f FULL JOIN (SELECT * FROM reports_rolled WHERE source = %s) r
ON f.owner = r.organisation_id AND f.grain = r.grain AND f.starts_on = r.starts_on
AND f.indicator = r.indicator AND f.dimension = r.dimension AND f.key = r.key"""
    return sql, [code, DIMENSIONS, code]
