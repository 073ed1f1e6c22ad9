"""Row-level security on everything that belongs to an office; rows of one office hang together."""

from django.db import migrations

from reports.wall import (
    HANGING,
    NO_REACH,
    OWNED,
    REACH,
    TOGETHER,
    hanging,
    no_policy,
    not_together,
    owned,
    policy,
    together,
)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_triggers"),
        ("liaison", "0003_planner_statistics"),
        ("studios", "0002_funds_cover_spendings"),
        ("cases", "0003_steps_and_moves"),
    ]

    operations = [
        *(migrations.RunSQL(together(*one), not_together(*one)) for one in TOGETHER),
        migrations.RunSQL(REACH, NO_REACH),
        *(migrations.RunSQL(policy(table, owned()), no_policy(table)) for table in OWNED),
        *(migrations.RunSQL(policy(table, hanging(*on)), no_policy(table)) for table, on in HANGING.items()),
    ]
