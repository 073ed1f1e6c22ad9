"""The second wall around notices."""

from django.db import migrations

from reports.wall import no_policy, owned, policy

TABLE = "liaison_notice"


class Migration(migrations.Migration):
    dependencies = [("reports", "0016_data_checks_walled"), ("liaison", "0012_notices")]

    operations = [migrations.RunSQL(policy(TABLE, owned()), no_policy(TABLE))]
