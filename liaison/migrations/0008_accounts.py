"""Passwords that must go and those of before, codes that are good once, a telephone number to log in by."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import liaison.privacy
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('liaison', '0007_encrypt_phones'),
    ]

    operations = [
        migrations.CreateModel(
            name='PastPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='密码摘要')),
                ('set_at', models.DateTimeField(auto_now_add=True, verbose_name='设置时间')),
            ],
            options={
                'verbose_name': '用过的密码',
                'verbose_name_plural': '用过的密码',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                ('good_until', models.DateTimeField(verbose_name='有效期至')),
                ('used_at', models.DateTimeField(null=True, verbose_name='使用时间')),
            ],
            options={
                'verbose_name': '登录码',
                'verbose_name_plural': '登录码',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='must_change_password',
            field=models.BooleanField(default=False, editable=False, verbose_name='下次登录须修改密码'),
        ),
        migrations.AddField(
            model_name='account',
            name='password_lapses_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='初始密码有效期至'),
        ),
        migrations.AddField(
            model_name='account',
            name='password_set_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='密码设置时间'),
        ),
        migrations.AddField(
            model_name='account',
            name='phone',
            field=liaison.privacy.EncryptedField(blank=True, help_text='可用来代替账号名登录。', max_length=20, validators=[django.core.validators.RegexValidator('^1\\d{10}$', '请填写 11 位手机号码。')], verbose_name='手机号'),
        ),
        migrations.AddField(
            model_name='account',
            name='phone_hash',
            field=liaison.privacy.KeyedHashField(blank=True, default='', editable=False, max_length=32, source='phone'),
        ),
        migrations.AddField(
            model_name='account',
            name='session_epoch',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='登录批次'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='act',
            field=models.CharField(choices=[('add', '新增'), ('change', '修改'), ('void', '作废'), ('delete', '删除'), ('log_in', '登录'), ('log_failed', '登录失败'), ('log_out', '退出登录'), ('refused', '拒绝访问'), ('reveal', '查看完整信息'), ('export', '导出'), ('password', '设置密码'), ('mfa', '动态口令'), ('code', '登录码')], max_length=10, verbose_name='操作'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(condition=models.Q(('phone_hash', ''), _negated=True), fields=('phone_hash',), name='account_phone_once', violation_error_message='这个手机号已用于其他账号。'),
        ),
        migrations.AddField(
            model_name='pastpassword',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_passwords', to=settings.AUTH_USER_MODEL, verbose_name='账号'),
        ),
        migrations.AddField(
            model_name='signincode',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_in_codes', to=settings.AUTH_USER_MODEL, verbose_name='账号'),
        ),
        migrations.AddField(
            model_name='signincode',
            name='issued_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人'),
        ),
    ]
