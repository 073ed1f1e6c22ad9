"""Templates of offices, behind the second wall."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from reports.wall import no_policy, owned, policy

TABLE = "reports_reporttemplate"


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0009_trail'),
        ('reports', '0010_recount_for_ratios'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('report', '工作报告')], max_length=10, verbose_name='种类')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('name', models.CharField(max_length=120, verbose_name='文件名')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('content', models.BinaryField(verbose_name='文件')),
                ('is_current', models.BooleanField(default=False, verbose_name='正在使用')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='report_templates', to='liaison.organisation', verbose_name='政协组织')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '报告模板',
                'verbose_name_plural': '报告模板',
                'ordering': ['organisation', 'kind', '-version'],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'kind', 'version'), name='report_template_version_once', violation_error_message='这个版本已经有了，请再上传一次。'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('organisation', 'kind'), name='report_template_one_current', violation_error_message='同一种文件只能使用一个版本的模板。')],
            },
        ),
        migrations.RunSQL(policy(TABLE, owned()), no_policy(TABLE)),
    ]
