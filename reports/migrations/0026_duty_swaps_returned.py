"""The day that is given in return belongs to the same office, as every link of a swap is kept."""

from django.db import migrations

from reports.links import across, not_across

TABLE, ON = "reception_dutyswap", ("reception_day_id", "reception_receptionday")
PEOPLE = (("giver_id", "liaison_member", "person", "原值班委员"), ("taker_id", "liaison_member", "person", "接替委员"))
RETURN = ("return_day_id", "reception_receptionday", "same", "换回的接待日")


class Migration(migrations.Migration):
    dependencies = [("reports", "0025_robots_walled"), ("reception", "0011_swaps_in_return")]

    operations = [
        migrations.RunSQL(
            f"{not_across(TABLE)}\n{across(TABLE, ON, (*PEOPLE, RETURN))}",
            f"{not_across(TABLE)}\n{across(TABLE, ON, PEOPLE)}",
        ),
    ]
