"""The walls around swaps of duty."""

from django.db import migrations

from reports.links import across, not_across
from reports.wall import hanging, no_policy, policy

TABLE, ON = "reception_dutyswap", ("reception_day_id", "reception_receptionday")
PEOPLE = (("giver_id", "liaison_member", "person", "原值班委员"), ("taker_id", "liaison_member", "person", "接替委员"))


class Migration(migrations.Migration):
    dependencies = [("reports", "0022_late_visits"), ("reception", "0008_duty_swaps")]

    operations = [
        migrations.RunSQL(policy(TABLE, hanging(*ON)), no_policy(TABLE)),
        migrations.RunSQL(across(TABLE, ON, PEOPLE), not_across(TABLE)),
    ]
