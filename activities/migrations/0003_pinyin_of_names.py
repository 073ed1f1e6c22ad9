"""Programmes are found by the initials of their names too."""

from itertools import islice

import liaison.fields
from django.db import migrations
from liaison.fields import pinyin_key

BATCH = 500


def fill(apps, schema_editor):
    # The tables have row-level security, for their owner too (reports 0003_wall): without a reach no row would be
    # found, and none filled. Until the end of this migration's transaction.
    schema_editor.execute("SELECT set_config('liaison.reach', '*', true)")
    pinyin = apps.get_model("activities", "Programme")._meta.get_field("pinyin")
    stored = pinyin.model.objects.using(schema_editor.connection.alias)
    rows = stored.only("name").iterator()
    while batch := list(islice(rows, BATCH)):
        for row in batch:
            row.pinyin = pinyin_key(row.name)[: pinyin.max_length]
        stored.bulk_update(batch, ["pinyin"])


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0002_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='pinyin',
            field=liaison.fields.PinyinField(default='', editable=False, max_length=400, source='name', verbose_name='拼音'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
