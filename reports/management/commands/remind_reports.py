from django.core.management.base import BaseCommand
from django.utils import timezone

from reports.reminding import remind


class Command(BaseCommand):
    help = "提醒还没有提交定期报告的单位，并把逾期名单通知上级；每个工作日早上自动执行，重复执行不会重复通知。"

    def handle(self, **options):
        self.stdout.write(f"新通知 {remind(timezone.localdate())} 条。")
