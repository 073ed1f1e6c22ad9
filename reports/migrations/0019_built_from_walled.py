"""The second wall around what a report was built from."""

from django.db import migrations

from reports.links import across, not_across
from reports.wall import hanging, no_policy, policy

TABLE, ON = "reports_periodreport_built_from", ("from_periodreport_id", "reports_periodreport")
LINK = (TABLE, ON, (("to_periodreport_id", "reports_periodreport", "line", "下级报告"),))


class Migration(migrations.Migration):
    dependencies = [("reports", "0018_built_from")]

    operations = [
        migrations.RunSQL(policy(TABLE, hanging(*ON)), no_policy(TABLE)),
        migrations.RunSQL(across(*LINK), not_across(TABLE)),
    ]
