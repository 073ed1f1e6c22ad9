from django.core.management.base import BaseCommand
from django.db import connection

from liaison import rotation, second_factor
from liaison.privacy import decrypt


class Command(BaseCommand):
    help = "把个人信息改用 PERSONAL_DATA_KEYS 的第一个密钥加密；完成后可以从设置里去掉旧密钥。可以重复执行。"

    def handle(self, **options):
        for model, (fields, hashes) in rotation.tables().items():
            names = {field.name: field.column for field in fields}
            sources = {field.column: names[field.source] for field in hashes}
            count = rotation.rewrite(connection, model._meta.db_table, list(names.values()), sources, read=decrypt)
            self.stdout.write(f"{model._meta.verbose_name}：{count} 条已改用新密钥。")
        self.stdout.write(f"动态口令和备用码：{second_factor.rewrite_secrets()} 条已改用新密钥。")
