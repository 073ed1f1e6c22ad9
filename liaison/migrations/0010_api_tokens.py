"""Tokens of programs, known by their digest."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0009_trail'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='act',
            field=models.CharField(choices=[('add', '新增'), ('change', '修改'), ('void', '作废'), ('delete', '删除'), ('erase', '删除个人信息'), ('log_in', '登录'), ('log_failed', '登录失败'), ('log_out', '退出登录'), ('refused', '拒绝访问'), ('reveal', '查看完整信息'), ('export', '导出'), ('import', '导入'), ('print', '打印'), ('password', '设置密码'), ('mfa', '动态口令'), ('code', '登录码'), ('token', '接口令牌'), ('verify', '核对封存'), ('purge', '到期清除')], max_length=10, verbose_name='操作'),
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True, verbose_name='摘要')),
                ('issued_at', models.DateTimeField(auto_now_add=True, verbose_name='签发时间')),
                ('expires_at', models.DateTimeField(verbose_name='有效期至')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='最近使用')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='停用时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '接口令牌',
                'verbose_name_plural': '接口令牌',
                'ordering': ['-id'],
            },
        ),
    ]
