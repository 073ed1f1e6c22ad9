"""The rows of a few offices are picked out within the index of a list (docs/decisions/0038)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0016_days_in_order'),
        ('reception', '0013_figures_from_their_index'),
        ('studios', '0004_members_on_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='receptionday',
            name='reception_day_list',
        ),
        migrations.RemoveIndex(
            model_name='visit',
            name='visit_list',
        ),
        migrations.AddIndex(
            model_name='receptionday',
            index=models.Index(fields=['-held_on', '-id', 'organisation'], name='reception_day_list'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['-visited_on', '-id', 'organisation'], name='visit_list'),
        ),
    ]
