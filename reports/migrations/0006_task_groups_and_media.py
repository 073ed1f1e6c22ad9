"""Figures and walls of task groups and media reports."""

from django.db import migrations

from reports.links import across, not_across
from reports.triggers import note, unnote
from reports.wall import hanging, no_policy, not_together, owned, policy, together

FACTS = [
    ("activities_mediareport", [("media_report", "published_on")], []),
    ("activities_taskgroup", [("task_group", "starts_on"), ("task_group", "ends_on")], []),
]
OWNED = ("activities_mediareport", "activities_taskgroup")
HANGING = {"activities_mediareport_praised": ("mediareport_id", "activities_mediareport")}
TOGETHER = ("activities_taskgroup", "programme_id", "activities_programme")
LINKS = (
    ("activities_mediareport", None, (("studio_id", "studios_studio", "same", "工作室"),)),
    (
        "activities_mediareport_praised", ("mediareport_id", "activities_mediareport"),
        (("member_id", "liaison_member", "person", "受表扬委员"),),
    ),
    ("activities_taskgroup", None, (("leader_id", "liaison_member", "person", "牵头委员"),)),
)  # fmt: skip
# The activity's key with its organisation was made with the first walls.
MEDIA_OF_ACTIVITY = """
ALTER TABLE activities_mediareport ADD CONSTRAINT activities_mediareport_in_one_organisation
FOREIGN KEY (activity_id, organisation_id) REFERENCES activities_activity (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;
"""
NO_MEDIA_OF_ACTIVITY = "ALTER TABLE activities_mediareport DROP CONSTRAINT activities_mediareport_in_one_organisation;"


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_links_across"), ("activities", "0004_task_groups_and_media")]

    operations = [
        *(migrations.RunSQL(note(*fact), unnote(fact[0])) for fact in FACTS),
        migrations.RunSQL(together(*TOGETHER), not_together(*TOGETHER)),
        migrations.RunSQL(MEDIA_OF_ACTIVITY, NO_MEDIA_OF_ACTIVITY),
        *(migrations.RunSQL(policy(table, owned()), no_policy(table)) for table in OWNED),
        *(migrations.RunSQL(policy(table, hanging(*on)), no_policy(table)) for table, on in HANGING.items()),
        *(migrations.RunSQL(across(*one), not_across(one[0])) for one in LINKS),
    ]
