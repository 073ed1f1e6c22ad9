"""What is addressed to an account is there for it, whatever office it is about: administrators reach none."""

from django.db import migrations

from reports.wall import no_policy, owned, policy, received

TABLE, COLUMN = "liaison_notice", "account_id"


class Migration(migrations.Migration):
    dependencies = [("reports", "0020_own_views"), ("liaison", "0012_notices")]

    operations = [
        migrations.RunSQL(
            no_policy(TABLE) + policy(TABLE, received(COLUMN)), no_policy(TABLE) + policy(TABLE, owned())
        )
    ]
