"""New indicators over facts that were counted before: their months are noted, so that the next drain recounts them."""

from django.db import migrations

NOTE = """
SELECT set_config('liaison.reach', '*', true);
INSERT INTO reports_dirty (source, organisation_id, month)
SELECT DISTINCT source, organisation_id, month FROM reports_cell
WHERE source IN ('reception_day', 'case', 'case_registered') AND dimension = '';
SELECT set_config('liaison.reach', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0009_period_reports_walled"), ("reception", "0006_missed_days"), ("cases", "0007_overdue_cases"),
    ]  # fmt: skip

    operations = [migrations.RunSQL(NOTE, migrations.RunSQL.noop)]
