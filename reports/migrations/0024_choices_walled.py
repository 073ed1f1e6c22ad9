"""The second wall around what comes in by a studio's code and whom it is offered to."""

from django.db import migrations

from reports.links import across, not_across
from reports.wall import no_policy, owned, policy

TABLES = ("cases_choice", "cases_intake")
# The case's key with its organisation was made with the first walls.
OF_CASE = """
ALTER TABLE {0} ADD CONSTRAINT {0}_in_one_organisation
FOREIGN KEY (case_id, organisation_id) REFERENCES cases_case (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;
"""
NOT_OF_CASE = "ALTER TABLE {0} DROP CONSTRAINT {0}_in_one_organisation;"
CHOICE = (
    "cases_choice", None,
    (("studio_id", "studios_studio", "same", "工作室"), ("member_id", "liaison_member", "person", "委员")),
)  # fmt: skip
VISIT = ("visit_id", "reception_visit", "same", "来访")
ERASURE_BEFORE = ("cases_erasure", None, (VISIT,))
ERASURE = ("cases_erasure", None, (VISIT, ("intake_id", "cases_intake", "same", "扫码说事")))


class Migration(migrations.Migration):
    dependencies = [("reports", "0023_duty_swaps_walled"), ("cases", "0008_choices")]

    operations = [
        *(migrations.RunSQL(policy(table, owned()), no_policy(table)) for table in TABLES),
        *(migrations.RunSQL(OF_CASE.format(table), NOT_OF_CASE.format(table)) for table in TABLES),
        migrations.RunSQL(across(*CHOICE), not_across("cases_choice")),
        migrations.RunSQL(not_across("cases_erasure"), across(*ERASURE_BEFORE)),
        migrations.RunSQL(across(*ERASURE), not_across("cases_erasure")),
    ]
