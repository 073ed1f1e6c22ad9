from django.conf import settings
from django.core.management.base import BaseCommand

from liaison import trail


class Command(BaseCommand):
    help = "清除超过保存期限（TRAIL_DAYS 天，至少 200 天）的操作记录，留下锚点，封存链由此接续。"

    def handle(self, **options):
        count = trail.purge()
        self.stdout.write(f"已清除 {settings.TRAIL_DAYS} 天以前的操作记录 {count} 条。")
