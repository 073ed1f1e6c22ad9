from django.core.management.base import BaseCommand
from django.utils import timezone

from reception.reminding import remind


class Command(BaseCommand):
    help = "提醒今天和明天值班的委员；每天 7:30 自动执行，重复执行不会重复通知。"

    def handle(self, **options):
        self.stdout.write(f"新通知 {remind(timezone.localdate())} 条。")
