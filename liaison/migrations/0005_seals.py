"""The chain over the trail of who did what; like the trail, it only grows."""

import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON liaison_seal
FOR EACH ROW EXECUTE FUNCTION liaison_append_only('操作记录的封存只能追加，不能修改或删除。');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0004_pinyin_of_names'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='act',
            field=models.CharField(choices=[('add', '新增'), ('change', '修改'), ('void', '作废'), ('delete', '删除'), ('log_in', '登录'), ('log_failed', '登录失败'), ('log_out', '退出登录'), ('refused', '拒绝访问'), ('reveal', '查看完整信息'), ('export', '导出')], max_length=10, verbose_name='操作'),
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                ('sealed_at', models.DateTimeField(auto_now_add=True, verbose_name='封存时间')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='liaison.entry', verbose_name='操作记录')),
            ],
            options={
                'verbose_name': '封存',
                'verbose_name_plural': '封存',
                'ordering': ['id'],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER seal_append_only ON liaison_seal;"),
    ]
