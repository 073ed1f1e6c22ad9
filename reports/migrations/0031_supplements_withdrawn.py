"""What still waits may be taken back by the office that put it forward."""

import json

from django.conf import settings
from django.db import migrations, models

BEFORE_LABELS = {"waiting": "待审批", "approved": "已批准", "refused": "未批准"}
BEFORE_MOVES = ("waiting", "approved"), ("waiting", "refused"), ("approved", "refused")
LABELS = BEFORE_LABELS | {"withdrawn": "已撤回"}
MOVES = *BEFORE_MOVES, ("waiting", "withdrawn")


def moves(labels: dict[str, str], table: tuple[tuple[str, str], ...]) -> str:
    return f"""
CREATE OR REPLACE FUNCTION reports_supplement_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    labels CONSTANT jsonb := '{json.dumps(labels, ensure_ascii=False)}';
BEGIN
    IF (OLD.state, NEW.state) IN ({", ".join(f"('{old}', '{new}')" for old, new in table)}) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23L01',
        MESSAGE = format('“%s”的补录不能变为“%s”。', labels ->> OLD.state, labels ->> NEW.state);
END $$;"""


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0016_days_in_order'),
        ('reports', '0030_heads_held_ready'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='supplement',
            name='supplement_decided_by_somebody',
        ),
        migrations.AlterField(
            model_name='supplement',
            name='state',
            field=models.CharField(choices=[('waiting', '待审批'), ('approved', '已批准'), ('refused', '未批准'), ('withdrawn', '已撤回')], default='waiting', editable=False, max_length=10, verbose_name='状态'),
        ),
        migrations.AddConstraint(
            model_name='supplement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state__in', ('waiting', 'withdrawn'))), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ('approved', 'refused'))), _connector='OR'), name='supplement_decided_by_somebody', violation_error_message='审批应有审批人和审批时间。'),
        ),
        migrations.RunSQL(moves(LABELS, MOVES), moves(BEFORE_LABELS, BEFORE_MOVES)),
    ]
