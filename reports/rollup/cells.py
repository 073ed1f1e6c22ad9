"""One organisation's own months: recounted from the facts of one source in one pass for all its indicators."""

from django.db.models import Case, CharField, DecimalField, F, QuerySet, Value, When
from django.db.models.functions import Cast

from reports.indicators import Flow, flows_of
from reports.rollup.replacing import replace
from reports.rollup.scopes import Everything
from reports.sources import Source

NUMBER = DecimalField(max_digits=20, decimal_places=2)
KEYS = ("organisation_id", "month", "source", "indicator", "dimension", "key")
MONTH = "date_trunc('month', f.day::timestamp)::date"


def recount(source: Source, scope: Everything):
    """Write the cells of a scope as the facts are now: changed ones updated, empty ones removed."""
    fresh, params = _fresh(source, scope)
    replace("reports_cell", KEYS, fresh, f"t.source = %s AND {scope.cells}", [*params, source.code])


def compare(source: Source) -> tuple[str, list]:
    """A statement that answers (cells compared, cells differing) for one source; noted months are left out."""
    fresh, params = _fresh(source, Everything())
    sql = f"""{fresh}
SELECT count(*), count(*) FILTER (WHERE f.value IS DISTINCT FROM c.value)
FROM fresh f FULL JOIN (SELECT * FROM reports_cell WHERE source = %s) c
ON f.organisation_id = c.organisation_id AND f.month = c.month AND f.indicator = c.indicator
AND f.dimension = c.dimension AND f.key = c.key
WHERE NOT EXISTS (SELECT 1 FROM reports_dirty d WHERE d.source = %s
  AND d.organisation_id = coalesce(f.organisation_id, c.organisation_id) AND d.month = coalesce(f.month, c.month))"""
    return sql, [*params, source.code, source.code]


def _fresh(source: Source, scope: Everything) -> tuple[str, list]:
    """Common table expressions `touched` and `fresh`, the latter of (keys of a cell, value)."""
    flows = flows_of(source.code)
    codes = list(dict.fromkeys(indicator.code for indicator, _ in flows))
    facts, params = _facts(source, codes, flows)
    values = ", ".join(f"(%s, g.v{n})" for n in range(len(codes)))
    # MATERIALIZED: the end of a month is then a plain value, by which the index may be read behind row-level security.
    sql = f"""
WITH touched AS MATERIALIZED ({scope.touched}),
grouped AS ({_grouped(source, len(codes), scope.facts(facts))}),
fresh AS MATERIALIZED (
  SELECT g.owner AS organisation_id, g.month, %s::varchar AS source, i.indicator, g.dimension, g.key, i.value
  FROM grouped g CROSS JOIN LATERAL (VALUES {values}) AS i (indicator, value) WHERE i.value <> 0
)"""
    return sql, [*scope.params, *params, source.code, *codes]


def _grouped(source: Source, count: int, facts: str) -> str:
    """One pass: GROUPING SETS give the total and every dimension at once."""
    sets = "".join(f", (f.owner, {MONTH}, f.by_{name})" for name in source.dimensions)
    dimension = "".join(f"WHEN GROUPING(f.by_{name}) = 0 THEN '{name}' " for name in source.dimensions)
    key = "".join(f"WHEN GROUPING(f.by_{name}) = 0 THEN coalesce(f.by_{name}, '') " for name in source.dimensions)
    sums = ", ".join(f"sum(f.v{n}) AS v{n}" for n in range(count))
    return f"""
  SELECT f.owner, {MONTH} AS month, CASE {dimension}WHEN true THEN '' END AS dimension,
         CASE {key}WHEN true THEN '' END AS key, {sums}
  FROM {facts}
  GROUP BY GROUPING SETS ((f.owner, {MONTH}){sets})"""


def _facts(source: Source, codes: list[str], flows: list) -> tuple[str, list]:
    """SELECT of (owner, day, dimensions…, one value per indicator), one branch per date column."""
    branches = [_branch(source, column, codes, flows).query.sql_with_params() for column in source.dates]
    return " UNION ALL ".join(sql for sql, _ in branches), [p for _, params in branches for p in params]


def _branch(source: Source, column: str, codes: list[str], flows: list) -> QuerySet:
    keys = {f"by_{name}": Cast(F(lookup), CharField()) for name, lookup in source.dimensions.items()}
    by_code = {indicator.code: flow for indicator, flow in flows if flow.date == column}
    values = {f"v{n}": _value(by_code.get(code)) for n, code in enumerate(codes)}
    columns = {"owner": F("organisation_id"), "day": F(column), **keys, **values}
    rows = source.rows().order_by().filter(**{f"{column}__isnull": False})
    return rows.annotate(**columns).values(*columns)


def _value(flow: Flow | None):
    if flow is None:
        return Cast(Value(None), NUMBER)
    one = Cast(F(flow.value) if flow.value else Value(1), NUMBER) * Value(flow.sign)
    return Cast(Case(When(flow.where, then=one)) if flow.where else one, NUMBER)
