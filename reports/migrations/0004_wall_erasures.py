"""The second wall around erasures."""

from django.db import migrations

from reports.wall import no_policy, owned, policy

TABLE = "cases_erasure"


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_wall"), ("cases", "0006_erasure_in_steps")]

    operations = [migrations.RunSQL(policy(TABLE, owned()), no_policy(TABLE))]
