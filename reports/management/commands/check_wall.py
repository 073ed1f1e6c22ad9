from django.core.management.base import BaseCommand
from django.db import connection

from liaison.management import Refusal
from reports.wall import HANGING, OWNED, breaches


class Command(BaseCommand):
    help = "检查数据库的行级安全是否完好；有问题时逐条列出，退出码为 1。"

    def handle(self, **options):
        with connection.cursor() as cursor:
            found = breaches(cursor)
        if found:
            raise Refusal("".join(found))
        self.stdout.write(f"行级安全完好：{len(OWNED) + len(HANGING)} 张表。")
