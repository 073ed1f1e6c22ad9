"""Figures of single days beside those of months (docs/decisions/0040): what there is already is counted by the first drain."""

from django.db import migrations

ALL = """
SELECT set_config('liaison.reach', '*', true);
INSERT INTO reports_dirty (source) VALUES ('heads:seat'), ('heads:base'), ('heads:posting');
INSERT INTO reports_dirty (source, organisation_id, month)
SELECT DISTINCT source, organisation_id, month FROM reports_cell WHERE dimension = '';
SELECT set_config('liaison.reach', '', true);
"""
NONE = """
SELECT set_config('liaison.reach', '*', true);
DELETE FROM reports_cell WHERE dimension = 'day';
DELETE FROM reports_rolled WHERE dimension IN ('day', 'first');
SELECT set_config('liaison.reach', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0032_whole_numbers")]

    operations = [migrations.RunSQL(ALL, NONE)]
