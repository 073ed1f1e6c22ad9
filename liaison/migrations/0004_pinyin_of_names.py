"""Categories, committees, groups and sectors are found by the initials of their names too."""

from itertools import islice

import liaison.fields
from django.db import migrations
from liaison.fields import pinyin_key

BATCH = 500


def fill(apps, schema_editor):
    for name in ("Category", "SpecialCommittee", "ActivityGroup", "Sector"):
        model = apps.get_model("liaison", name)
        pinyin = model._meta.get_field("pinyin")
        stored = model.objects.using(schema_editor.connection.alias)
        rows = stored.only(pinyin.source).iterator()
        while batch := list(islice(rows, BATCH)):
            for row in batch:
                row.pinyin = pinyin_key(getattr(row, pinyin.source))[: pinyin.max_length]
            stored.bulk_update(batch, ["pinyin"])


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0003_planner_statistics'),
    ]

    operations = [
        migrations.AddField(
            model_name='activitygroup',
            name='pinyin',
            field=liaison.fields.PinyinField(default='', editable=False, max_length=400, source='name', verbose_name='拼音'),
        ),
        migrations.AddField(
            model_name='category',
            name='pinyin',
            field=liaison.fields.PinyinField(default='', editable=False, max_length=400, source='name', verbose_name='拼音'),
        ),
        migrations.AddField(
            model_name='sector',
            name='pinyin',
            field=liaison.fields.PinyinField(default='', editable=False, max_length=400, source='name', verbose_name='拼音'),
        ),
        migrations.AddField(
            model_name='specialcommittee',
            name='pinyin',
            field=liaison.fields.PinyinField(default='', editable=False, max_length=400, source='name', verbose_name='拼音'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
