"""Work that is done in the background."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0010_api_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(editable=False, max_length=20, verbose_name='种类')),
                ('title', models.CharField(max_length=200, verbose_name='名称')),
                ('parameters', models.JSONField(default=dict, editable=False, verbose_name='参数')),
                ('state', models.CharField(choices=[('waiting', '排队中'), ('running', '生成中'), ('done', '已完成'), ('failed', '没有完成')], default='waiting', max_length=10, verbose_name='状态')),
                ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='进度（%）')),
                ('step', models.CharField(blank=True, editable=False, max_length=60, verbose_name='正在做')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='次数')),
                ('error', models.TextField(blank=True, verbose_name='原因')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='文件名')),
                ('file_type', models.CharField(blank=True, editable=False, max_length=100, verbose_name='文件类型')),
                ('content', models.BinaryField(null=True, verbose_name='文件')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='申请时间')),
                ('touched_at', models.DateTimeField(editable=False, null=True, verbose_name='最近活动')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='liaison.organisation', verbose_name='政协组织')),
            ],
            options={
                'verbose_name': '后台任务',
                'verbose_name_plural': '后台任务',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['asked_by', '-id'], name='job_own'), models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['touched_at'], name='job_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), ('content__isnull', False), _connector='OR'), name='job_done_with_file', violation_error_message='完成的任务要有文件。'), models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='job_progress_in_percent', violation_error_message='进度不能超过 100%。')],
            },
        ),
    ]
