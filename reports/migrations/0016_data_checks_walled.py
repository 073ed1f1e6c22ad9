"""The second wall around data checks."""

from django.db import migrations

from reports.wall import no_policy, owned, policy

TABLE = "reports_datacheck"


class Migration(migrations.Migration):
    dependencies = [("reports", "0015_data_checks")]

    operations = [migrations.RunSQL(policy(TABLE, owned()), no_policy(TABLE))]
