"""One organisation's own months: recounted from the facts of one source in one pass for all its indicators."""

from django.db.models import Case, F, IntegerField, QuerySet, SmallIntegerField, Value, When
from django.db.models.functions import Cast, ExtractDay

from reports.indicators import Flow, flows_of
from reports.rollup.columns import differ, not_all_zero, summed, sums_of
from reports.rollup.replacing import Recount, Rows, replace
from reports.rollup.scopes import Everything, shares
from reports.sources import DAY, Source

KEYS = ("organisation_id", "dimension", "month", "key")
MONTH = "date_trunc('month', f.day::timestamp)::date"


def recount(source: Source, scope: Everything):
    """Write the cells of a scope as the facts are now: changed ones updated, empty ones removed."""
    rows = Rows("reports_cell", {"source": source.code}, KEYS, sums_of(source.code))
    replace(rows, [_recount_of(source, share) for share in shares(scope)])


def _recount_of(source: Source, scope: Everything) -> Recount:
    fresh, params = fresh_cells(source, scope)
    return Recount(fresh, scope.cells, params)


def compare(source: Source) -> tuple[str, list]:
    """A statement that answers (cells compared, cells differing) for one source; noted months are left out."""
    fresh, params = fresh_cells(source, Everything())
    sql = f"""{fresh}
SELECT count(*), count(*) FILTER (WHERE {differ(sums_of(source.code), "f", "c")})
FROM fresh f FULL JOIN (SELECT * FROM reports_cell WHERE source = %s) c
ON f.organisation_id = c.organisation_id AND f.month = c.month AND f.dimension = c.dimension AND f.key = c.key
WHERE NOT EXISTS (SELECT 1 FROM reports_dirty d WHERE d.source = %s
  AND d.organisation_id = coalesce(f.organisation_id, c.organisation_id) AND d.month = coalesce(f.month, c.month))"""
    return sql, [*params, source.code, source.code]


def fresh_cells(source: Source, scope: Everything) -> tuple[str, list]:
    """Common table expressions `touched` and `fresh`, the latter of the cells as the facts are now.

    One pass: GROUPING SETS give the total and every dimension at once. Keys become text after grouping: numbers are
    quicker to group by.
    """
    sums = sums_of(source.code)
    facts, params = _facts(source, sums)
    sets = "".join(f", (f.owner, {MONTH}, f.by_{name})" for name in source.parts)
    dimension = "".join(f"WHEN GROUPING(f.by_{name}) = 0 THEN '{name}' " for name in source.parts)
    key = "".join(f"WHEN GROUPING(f.by_{name}) = 0 THEN coalesce(f.by_{name}::text, '') " for name in source.parts)
    # MATERIALIZED: the end of a month is then a plain value, by which the index may be read behind row-level security.
    sql = f"""
WITH touched AS MATERIALIZED ({scope.touched}),
fresh AS (
  SELECT f.owner AS organisation_id, {MONTH} AS month,
    (CASE {dimension}WHEN true THEN '' END)::varchar AS dimension, (CASE {key}WHEN true THEN '' END)::varchar AS key,
    {summed(sums, "f")}
  FROM {scope.facts(facts)}
  GROUP BY GROUPING SETS ((f.owner, {MONTH}){sets})
  HAVING {not_all_zero(sums, "f")}
)"""
    return sql, [*scope.params, *params]


def _facts(source: Source, sums: list[str]) -> tuple[str, list]:
    """SELECT of (owner, day, dimensions…, one value per indicator), one branch per date column."""
    branches = [_branch(source, column, sums).query.sql_with_params() for column in source.dates]
    return " UNION ALL ".join(sql for sql, _ in branches), [p for _, params in branches for p in params]


def _branch(source: Source, column: str, sums: list[str]) -> QuerySet:
    keys = {f"by_{name}": F(lookup) for name, lookup in source.dimensions.items()}
    keys[f"by_{DAY}"] = Cast(ExtractDay(column), SmallIntegerField())
    flows = {indicator.code: flow for indicator, flow in flows_of(source.code) if flow.date == column}
    rows = source.rows().order_by().filter(**{f"{column}__isnull": False})
    values = {code: _value(flows.get(code)) for code in sums}
    columns = {"owner": F("organisation_id"), "day": F(column), **keys, **values}
    return rows.annotate(**columns).values(*columns)


def _value(flow: Flow | None):
    if flow is None:
        return Cast(Value(None), IntegerField())
    one = F(flow.value) if flow.value else Value(1)
    signed = (Cast(one, IntegerField()) if flow.is_whole else one) * Value(flow.sign)
    return Case(When(flow.where, then=signed)) if flow.where else signed
