"""The second wall around jobs."""

from django.db import migrations

from reports.wall import no_policy, owned, policy

TABLE = "liaison_job"


class Migration(migrations.Migration):
    dependencies = [("reports", "0011_report_templates"), ("liaison", "0011_jobs")]

    operations = [migrations.RunSQL(policy(TABLE, owned()), no_policy(TABLE))]
