from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.expiring import expire


class Command(BaseCommand):
    help = "扫码事项中委员到期（设置 INTAKE_WORKDAYS）没有答复的，退回工作室待认领；每小时自动执行，可反复执行。"

    def handle(self, **options):
        self.stdout.write(f"退回工作室的扫码事项 {expire(timezone.localdate(), at=timezone.now())} 件。")
