from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.lapsing import lapse


class Command(BaseCommand):
    help = "登记到期未开展的接待日和超过办理期限的事项，计入统计；每天零点过后自动执行，可反复执行。"

    def handle(self, **options):
        self.stdout.write(f"新登记：{lapse(timezone.localdate())}。")
