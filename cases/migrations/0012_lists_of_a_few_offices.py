"""The rows of a few offices are picked out within the index of a list (docs/decisions/0038)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_one_index_of_the_office'),
        ('liaison', '0016_days_in_order'),
        ('reception', '0013_figures_from_their_index'),
        ('studios', '0004_members_on_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='case',
            name='case_list',
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['-registered_on', '-id', 'organisation'], name='case_list'),
        ),
    ]
