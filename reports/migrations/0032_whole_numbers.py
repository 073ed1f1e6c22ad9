"""What is counted in whole numbers is stored as such: a recount compares it as it is (docs/decisions/0039)."""

from django.db import migrations, models

CODES = (
    "assistance", "cases_late", "cases_rated", "cases_registered", "cases_satisfied", "cases_settled",
    "cases_to_settle", "consultations", "enterprises_financed", "instructions", "leader_visits",
    "listening_reports", "listening_sessions", "matters", "matters_settled", "matters_studio", "media_reports",
    "monthly_attendance", "opinions", "people_served", "people_served_studio", "policy_talks", "proposals",
    "public_service", "reception_days", "reception_days_due", "reception_days_missed", "reception_people",
    "reports_submitted", "research_attendance", "research_trips", "special_committees", "studios",
    "suggestion_papers", "suggestions", "task_groups", "thematic_attendance", "visits",
)  # fmt: skip


def stored_as(kind: str) -> list[str]:
    """One statement alters a table, not forty: each would write it anew."""
    altered = ", ".join(f"ALTER COLUMN {code} TYPE {kind}" for code in CODES)
    return [f"ALTER TABLE reports_{name} {altered}" for name in ("cell", "rolled")]


class AlterSums(migrations.RunSQL):
    """In what Django knows of the models all columns change at once too: one by one, each renders their relations anew."""

    def state_forwards(self, app_label, state):
        for name in ("cell", "rolled"):
            fields = {code: models.BigIntegerField(null=True, verbose_name="数值") for code in CODES}
            state.models[app_label, name].fields.update(fields)
            state.reload_model(app_label, name, delay=True)


class Migration(migrations.Migration):
    dependencies = [("reports", "0031_supplements_withdrawn")]

    operations = [AlterSums(stored_as("bigint"), stored_as("numeric(20, 2)"))]
