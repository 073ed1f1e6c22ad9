from django.core.management.base import BaseCommand
from django.utils import timezone

from reception import rota


class Command(BaseCommand):
    help = "按接待日规则排出今后几个月（设置 ROTA_MONTHS）的接待日，避开节假日；规则有变动时随之调整。每夜自动执行，可重复运行。"

    def handle(self, **options):
        planned = rota.plan(timezone.localdate())
        self.stdout.write(f"{planned}。")
        for one in planned.announced:
            self.stdout.write(f"已公布，请人工处理：{one.day}")
