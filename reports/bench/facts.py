"""What happened: reception days, visits, cases and activities, spread evenly over studios and days."""

import psycopg

from reports.bench.ground import FIRST_SECTORS
from reports.bench.place import bare
from reports.bench.rows import insert
from reports.bench.sizes import YEARS, Size

MONTHS = YEARS * 12
DAYS = YEARS * 365
# Each studio with its office's first sector, numbered from 0: a fact chooses one by a random number.
PLACES = f"""
CREATE TEMP TABLE bench_place AS
SELECT row_number() OVER (ORDER BY s.id) - 1 AS n, s.id AS studio_id, s.organisation_id, c.first AS first_sector
FROM studios_studio s JOIN {FIRST_SECTORS} c USING (organisation_id);
CREATE UNIQUE INDEX ON bench_place (n);
ANALYZE bench_place
"""


def fill(connection: psycopg.Connection, size: Size):
    connection.execute(PLACES)
    _days(connection)
    _visits(connection, size.visits)
    _cases(connection, size.cases)
    _activities(connection, size.activities)
    # Statistics are asked for by other sessions as well, which may not touch this one's table.
    connection.execute("DROP TABLE bench_place")
    connection.execute("SELECT liaison_analyze()")


def _pour(connection: psycopg.Connection, table: str, columns: dict[str, str], source: str):
    with bare(connection, table):
        insert(connection, table, columns, source)


def _some(rows: int) -> str:
    """Row numbers, each with a studio and a random number of days ago."""
    chosen = "floor(random() * (SELECT count(*) FROM bench_place))::bigint AS n"
    ago = f"(1 + floor(random() * {DAYS}))::int AS ago"
    # OFFSET 0: the random numbers are drawn once for each row, before the join.
    return f"(SELECT i, {chosen}, {ago} FROM generate_series(1, {rows}) i OFFSET 0) r JOIN bench_place p USING (n)"


def _day(ago: str = "r.ago") -> str:
    return f"(now() AT TIME ZONE 'Asia/Shanghai')::date - {ago}"


PLACED = {"organisation_id": "p.organisation_id", "studio_id": "p.studio_id", "sector_id": "p.first_sector + r.i % 34"}
TOPIC = "(SELECT min(id) FROM liaison_category) + r.i % (SELECT count(*) FROM liaison_category)"


def _days(connection: psycopg.Connection):
    """One a month in every studio, the last of this month's predecessor."""
    on = f"(date_trunc('month', {_day('0')}) - make_interval(months => m) + interval '9 days')::date"
    columns = {
        "organisation_id": "p.organisation_id", "studio_id": "p.studio_id", "kind": "'public'", "state": "'held'",
        "held_on": on, "opens": "TIME '09:00'", "closes": "TIME '11:00'",
    }  # fmt: skip
    source = f"bench_place p, generate_series(1, {MONTHS}) m ORDER BY p.n, m"
    _pour(connection, "reception_receptionday", columns, source)


def _visits(connection: psycopg.Connection, rows: int):
    """Half of them on their studio's reception day of a month."""
    first = connection.execute("SELECT min(id) FROM reception_receptionday").fetchone()[0]
    day = f"{first} + p.n * {MONTHS} + r.i % {MONTHS}"
    columns = PLACED | {
        "category_id": TOPIC, "reception_day_id": f"CASE WHEN r.i % 2 = 0 THEN {day} END", "visited_on": _day(),
        "headcount": "1 + r.i % 6", "channel": "CASE WHEN r.i % 5 = 0 THEN 'call' ELSE 'desk' END",
        "content": "'反映小区路灯损坏，夜间出行不便，希望尽快修复。' || r.i", "handling": "'answered'", "recorded_at": "now()",
    }  # fmt: skip
    _pour(connection, "reception_visit", columns, _some(rows))


def _cases(connection: psycopg.Connection, rows: int):
    """Four in five resolved."""
    resolved = "r.i % 5 < 4"
    columns = PLACED | {
        "category_id": TOPIC, "number": "'B-' || r.i", "title": "'小区路灯修复'", "pinyin": "'xiaoqu'", "channel": "'desk'",
        "registered_on": _day(), "resolved_on": f"CASE WHEN {resolved} THEN {_day('r.ago / 2')} END",
        "state": f"CASE WHEN {resolved} THEN 'resolved' ELSE 'in_progress' END", "query_code": "lpad(r.i::text, 13, '0')",
    }  # fmt: skip
    _pour(connection, "cases_case", columns, _some(rows))


def _activities(connection: psycopg.Connection, rows: int):
    kinds = "(ARRAY['policy_talk', 'public_service', 'consultation', 'research'])[1 + r.i % 4]"
    columns = {name: PLACED[name] for name in ("organisation_id", "studio_id")} | {
        "state": "'held'", "kind": kinds, "title": "'政策宣讲'", "pinyin": "'zhengce'", "held_on": _day(),
        "member_count": "2 + r.i % 5", "public_count": "r.i % 40",
    }  # fmt: skip
    _pour(connection, "activities_activity", columns, _some(rows))
