from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from liaison.management import Refusal
from reports.demo.loading import NotEmpty, load

PASSWORDS = "demo-accounts.txt"


class Command(BaseCommand):
    help = "装入演示数据（只能装入空库；中途停止不留痕迹，可重新执行）。"

    def handle(self, **options):
        path = settings.VAR_DIR / PASSWORDS
        self.stdout.write("正在装入演示数据，约需一分钟……")
        try:
            load(timezone.localdate(), self._say, path)
        except NotEmpty:
            raise Refusal("数据库中已有业务数据，演示数据只能装入空库。") from None
        except OSError as error:
            raise Refusal(f"无法写入账号文件 {error.filename}，没有装入任何数据。") from None
        self.stdout.write(f"演示数据已装入，账号和口令见 {path}。")

    def _say(self, line: str):
        self.stdout.write(line)
        self.stdout.flush()
