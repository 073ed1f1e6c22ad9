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
# Model, keys that stay, columns of the index of its places.
CELL = ("cell", ("source", "organisation_id", "month", "dimension", "key"), ("organisation_id", "dimension", "month"))
ROLLED = (
    "rolled", ("source", "organisation_id", "grain", "starts_on", "dimension", "key"),
    ("organisation_id", "dimension", "grain", "starts_on"),
)  # fmt: skip


def widen(name: str, keys: tuple[str, ...], place: tuple[str, ...]) -> str:
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
ALTER TABLE {table} DROP COLUMN indicator, DROP COLUMN value, ADD CONSTRAINT {name}_once UNIQUE ({kept});
CREATE INDEX {name}_of_place ON {table} ({", ".join(place)});
"""


def state(name: str, keys: tuple[str, ...], place: tuple[str, ...]) -> list:
    def fields(columns: tuple[str, ...]) -> list[str]:
        return [column.removesuffix("_id") for column in columns]

    value = models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="数值")
    return [
        migrations.RemoveConstraint(name, f"{name}_once"),
        migrations.RemoveIndex(name, f"{name}_figures"),
        migrations.RemoveField(name, "indicator"),
        migrations.RemoveField(name, "value"),
        *(migrations.AddField(name, code, value) for code in CODES),
        migrations.AddIndex(name, models.Index(fields=fields(place), name=f"{name}_of_place")),
        migrations.AddConstraint(name, models.UniqueConstraint(fields=fields(keys), name=f"{name}_once")),
    ]


class Migration(migrations.Migration):
    dependencies = [("reports", "0028_reach_of_offices"), ("liaison", "0015_outbox")]

    operations = [
        migrations.SeparateDatabaseAndState([migrations.RunSQL(widen(*which))], state(*which)) for which in (CELL, ROLLED)
    ]
