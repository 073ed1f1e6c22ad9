"""What an office's clerk or leader reaches is said without looking for rows that name a person."""

from django.db import migrations

from reports.wall import REACH


class Migration(migrations.Migration):
    dependencies = [("reports", "0027_brief_templates")]

    # The one before said the same of everybody: there is nothing to go back to.
    operations = [migrations.RunSQL(REACH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), migrations.RunSQL.noop)]
