"""What a source adds up to in one place and month stands side by side in one row (docs/decisions/0035)."""

from django.db import migrations, models

CODES = (
    "assistance", "cases_late", "cases_rated", "cases_registered", "cases_satisfied", "cases_settled", "cases_to_settle",
    "consultations", "enterprises_financed", "enterprises_helped", "exhibitors", "financing", "funds", "instructions",
    "leader_visits", "listening_reports", "listening_sessions", "matters", "matters_settled", "matters_studio",
    "media_reports", "monthly_attendance", "opinions", "people_served", "people_served_studio", "policy_talks",
    "proposals", "public_service", "reception_days", "reception_days_due", "reception_days_missed", "reception_people",
    "reports_submitted", "research_attendance", "research_trips", "revenue", "special_committees", "studios",
    "suggestion_papers", "suggestions", "task_groups", "thematic_attendance", "trained", "visits", "works",
)  # fmt: skip
CELL = ("source", "organisation_id", "dimension", "month", "key")
ROLLED = ("source", "organisation_id", "dimension", "grain", "starts_on", "key")
GRAINS = [("month", "月"), ("quarter", "季"), ("year", "年")]


def widen(name: str, keys: tuple[str, ...]) -> str:
    """What is stored is carried over: no figure waits for the next recount. One statement alters the table, not ninety."""
    table, kept = f"reports_{name}", ", ".join(keys)
    added = ", ".join(f"ADD COLUMN {code} numeric(20, 2)" for code in CODES)
    sums = ", ".join(f"sum(value) FILTER (WHERE indicator = '{code}')" for code in CODES)
    return f"""
ALTER TABLE {table} DROP CONSTRAINT {name}_once, {added};
DROP INDEX {name}_figures;
SELECT set_config('liaison.reach', '*', true);
INSERT INTO {table} ({kept}, indicator, value, {", ".join(CODES)})
SELECT {kept}, '', 0, {sums} FROM {table} GROUP BY {kept};
DELETE FROM {table} WHERE indicator <> '';
SELECT set_config('liaison.reach', '', true);
ALTER TABLE {table} DROP COLUMN id, DROP COLUMN indicator, DROP COLUMN value, ADD PRIMARY KEY ({kept});
"""


def model(name: str, title: str, keys: tuple[str, ...], when: list[tuple[str, models.Field]]) -> list:
    """As it is now; a key of several columns cannot be altered into, so the state begins anew."""
    place = models.ForeignKey(
        "liaison.organisation", models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    value = models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="数值")
    fields = [
        ("pk", models.CompositePrimaryKey(*keys, blank=True, editable=False, primary_key=True, serialize=False)),
        ("source", models.CharField(max_length=20, verbose_name="来源")),
        ("organisation", place),
        ("dimension", models.CharField(blank=True, max_length=12, verbose_name="维度")),
        ("key", models.CharField(blank=True, max_length=20, verbose_name="取值")),
        *((code, value) for code in CODES),
        *when,
    ]
    options = {"verbose_name": title, "verbose_name_plural": title}
    return [migrations.DeleteModel(name), migrations.CreateModel(name, fields, options)]


class Migration(migrations.Migration):
    dependencies = [("reports", "0028_reach_of_offices"), ("liaison", "0015_outbox")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(widen("cell", CELL)), migrations.RunSQL(widen("rolled", ROLLED))],
            [
                *model("Cell", "统计单元", CELL, [("month", models.DateField(verbose_name="月份"))]),
                *model(
                    "Rolled", "上级统计", ROLLED,
                    [
                        ("grain", models.CharField(choices=GRAINS, max_length=8, verbose_name="粒度")),
                        ("starts_on", models.DateField(verbose_name="起始日期")),
                    ],
                ),
            ],
        )
    ]  # fmt: skip
