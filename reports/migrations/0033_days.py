"""Figures of single days beside those of months (docs/decisions/0040): what there is already is counted by the first drain."""

from django.db import migrations

# What stands from one day until another may add up to nothing in a month: then it has no cell there, but on two days.
STANDING = {
    "studio": ("studios_studio", "opened_on", "closed_on"),
    "special_committee": ("liaison_specialcommittee", "starts_on", "ends_on"),
    "task_group": ("activities_taskgroup", "starts_on", "ends_on"),
}
MONTHS = " UNION ".join(
    f"SELECT '{source}', organisation_id, date_trunc('month', day::timestamp)::date "
    f"FROM {table} CROSS JOIN LATERAL (VALUES ({first}), ({last})) AS days (day) WHERE day IS NOT NULL"
    for source, (table, first, last) in STANDING.items()
)
ALL = f"""
SELECT set_config('liaison.reach', '*', true);
INSERT INTO reports_dirty (source) VALUES ('heads:seat'), ('heads:base'), ('heads:posting');
INSERT INTO reports_dirty (source, organisation_id, month)
SELECT source, organisation_id, month FROM reports_cell WHERE dimension = '' UNION {MONTHS};
SELECT set_config('liaison.reach', '', true);
"""
NONE = """
SELECT set_config('liaison.reach', '*', true);
DELETE FROM reports_cell WHERE dimension = 'day';
DELETE FROM reports_rolled WHERE dimension IN ('day', 'first');
SELECT set_config('liaison.reach', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0032_whole_numbers"), ("liaison", "0016_days_in_order"), ("studios", "0005_no_index_of_who_voided"),
        ("activities", "0008_no_index_of_who_voided"),
    ]  # fmt: skip

    operations = [migrations.RunSQL(ALL, NONE)]
