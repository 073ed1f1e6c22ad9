"""The levels above: sums over everything below a city, a province, the nation; per month with its days, quarter and year.

From the bottom up: an office's month is its own cells, those of the counties right below it, and the sums of the other
offices right below it. So a change costs what stands directly beneath each level, not the whole subtree.
"""

from datetime import date
from itertools import groupby

from liaison.periods import quarter_of, year_of
from reports.rollup.columns import differ, listed, not_all_zero, summed, sums_of
from reports.rollup.replacing import Recount, Rows, replace
from reports.rollup.scopes import Everything
from reports.rollup.tree import Tree
from reports.sources import DAY

# Studios and sectors stay with the organisation that has them; these add up across organisations. They are named in each
# condition: the index is then read at once where they begin.
DIMENSIONS = ["", "category", "channel", DAY]
# Of what is longer than a month; days are of months.
LASTING = [dimension for dimension in DIMENSIONS if dimension != DAY]
# What is longer than a month: how long it is, and which one a month lies in.
LONGER = {"quarter": ("3 months", quarter_of), "year": ("1 year", year_of)}
KEYS = ("organisation_id", "dimension", "starts_on", "key")
# Organisation ids with that of each organisation in their subtree, themselves included.
SUBTREES = "liaison_organisation a JOIN liaison_organisation o ON o.path LIKE a.path || '%%' AND a.level <> 'county'"

Span = tuple[int, date]  # an office and a first day


def refresh(code: str, scope: Everything):
    """Refresh, from one source's cells, the rows of every office above what was touched."""
    tree = Tree.now()
    spans = scope.above(tree, code)
    by_depth = sorted(spans, key=lambda span: -tree.depth[span[0]])
    for _, level in groupby(by_depth, key=lambda span: tree.depth[span[0]]):
        _add_parts(code, list(level), tree)
    for grain, (length, period_of) in LONGER.items():
        _add_months(code, grain, length, {(owner, period_of(month).start) for owner, month in spans})


def _add_parts(code: str, spans: list[Span], tree: Tree):
    """Months of offices of one level, from what is right below them."""
    owners = {owner for owner, _ in spans}
    parts = [(owner, part, tree.has_sums(part, owner)) for owner in owners for part in tree.parts[owner]]
    sums = sums_of(code)
    # Of a subquery's own, so that the statement's parameters stand in the order in which they are written here.
    added = f"""
  WITH parts AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS p (owner, part, has_sums))
  SELECT s.owner, s.starts_on, c.dimension, c.key, {listed(sums, "c")}
  FROM spans s JOIN parts p USING (owner) JOIN reports_cell c ON c.organisation_id = p.part AND c.month = s.starts_on
  WHERE NOT p.has_sums AND c.source = %s AND c.dimension = ANY(%s)
  UNION ALL
  SELECT s.owner, s.starts_on, r.dimension, r.key, {listed(sums, "r")}
  FROM spans s JOIN parts p USING (owner) JOIN reports_rolled r ON r.organisation_id = p.part AND r.starts_on = s.starts_on
  WHERE p.has_sums AND r.source = %s AND r.dimension = ANY(%s) AND r.grain = 'month'"""
    columns = [list(column) for column in zip(*parts, strict=True)]
    _write(code, "month", spans, added, [*columns, code, DIMENSIONS, code, DIMENSIONS])


def _add_months(code: str, grain: str, length: str, spans: set[Span]):
    # The end is a date of a materialized row: only so can the index be read up to it behind row-level security.
    added = f"""
  WITH longer AS MATERIALIZED (SELECT owner, starts_on, (starts_on + %s::interval)::date AS ends_on FROM spans)
  SELECT s.owner, s.starts_on, m.dimension, m.key, {listed(sums_of(code), "m")}
  FROM longer s JOIN reports_rolled m ON m.organisation_id = s.owner
    AND m.starts_on >= s.starts_on AND m.starts_on < s.ends_on
  WHERE m.grain = 'month' AND m.source = %s AND m.dimension = ANY(%s)"""
    _write(code, grain, sorted(spans), added, [length, code, LASTING])


def _write(code: str, grain: str, spans: list[Span], added: str, params: list):
    """added: a query of (owner, starts_on, dimension, key, the columns of the source) whose sums are the rows of the spans."""
    if not spans:
        return
    owners, starts = ([span[n] for span in spans] for n in (0, 1))
    sums = sums_of(code)
    fresh = f"""
WITH spans AS (SELECT * FROM unnest(%s::bigint[], %s::date[]) AS s (owner, starts_on)),
fresh AS MATERIALIZED (
  SELECT a.owner AS organisation_id, a.starts_on, a.dimension, a.key, {summed(sums, "a")}
  FROM ({added}) a GROUP BY a.owner, a.starts_on, a.dimension, a.key HAVING {not_all_zero(sums, "a")}
)"""
    stored = "t.dimension = ANY(%s) AND (t.organisation_id, t.starts_on) IN (SELECT owner, starts_on FROM spans)"
    rows = Rows("reports_rolled", {"source": code, "grain": grain}, KEYS, sums)
    dimensions = LASTING if grain in LONGER else DIMENSIONS
    replace(rows, [Recount(fresh, stored, [owners, starts, *params, dimensions])])


def compare(code: str) -> tuple[str, list]:
    """A statement that answers (rows compared, rows differing): every grain against a sum of the cells."""
    sums = sums_of(code)
    sql = f"""
WITH fresh AS (
  SELECT a.id AS owner, g.grain, date_trunc(g.grain, c.month::timestamp)::date AS starts_on,
         c.dimension, c.key, {summed(sums, "c")}
  FROM {SUBTREES} JOIN reports_cell c ON c.organisation_id = o.id
  CROSS JOIN (VALUES ('month'), ('quarter'), ('year')) AS g (grain)
  WHERE c.source = %s AND c.dimension = ANY(%s) AND (g.grain = 'month' OR c.dimension = ANY(%s))
  GROUP BY 1, 2, 3, 4, 5 HAVING {not_all_zero(sums, "c")}
)
SELECT count(*), count(*) FILTER (WHERE {differ(sums, "f", "r")})
FROM fresh f FULL JOIN (SELECT * FROM reports_rolled WHERE source = %s) r
ON f.owner = r.organisation_id AND f.grain = r.grain AND f.starts_on = r.starts_on
AND f.dimension = r.dimension AND f.key = r.key"""
    return sql, [code, DIMENSIONS, LASTING, code]
