"""The rows of a few offices are picked out within the index of a list (docs/decisions/0038)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0006_figures_from_their_index'),
        ('liaison', '0016_days_in_order'),
        ('studios', '0004_members_on_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='activity',
            name='activity_list',
        ),
        migrations.RemoveIndex(
            model_name='mediareport',
            name='media_report_list',
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['-held_on', '-id', 'organisation'], name='activity_list'),
        ),
        migrations.AddIndex(
            model_name='mediareport',
            index=models.Index(fields=['-published_on', '-id', 'organisation'], name='media_report_list'),
        ),
    ]
