"""The second wall around robots of groups."""

from django.db import migrations

from reports.wall import no_policy, owned, policy

TABLE = "liaison_robot"


class Migration(migrations.Migration):
    dependencies = [("reports", "0024_choices_walled"), ("liaison", "0015_outbox")]

    operations = [migrations.RunSQL(policy(TABLE, owned()), no_policy(TABLE))]
