from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from cases import retention
from liaison import reach


class Command(BaseCommand):
    help = "删除超过保存期限（设置 VISITOR_DAYS）的来访人姓名、电话、照片和文字中的提及；统计数字不变。每夜自动执行。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只报告有多少到期，不删除")
        parser.add_argument("--replay", action="store_true", help="按记录簿重做已有的删除（恢复备份时自动执行）")

    def handle(self, **options):
        if options["dry_run"]:
            self.count(timezone.localdate())
        elif options["replay"]:
            self.stdout.write(f"按记录簿重做：{retention.replay()}。")
        else:
            told = retention.retain(timezone.localdate(), at=timezone.now(), say=self.progress)
            self.stdout.write(f"已删除：{told}。")

    @reach.everything()
    def count(self, today):
        due = {(rows.model, pk) for rows in retention.expired(today) for pk in rows.values_list("pk", flat=True)}
        self.stdout.write(f"超过 {settings.VISITOR_DAYS} 天、尚有个人信息的来访和扫码说事 {len(due)} 次；没有删除。")

    def progress(self, report):
        self.stdout.write(f"{report}……")
