import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from liaison.backup.archive import Archive
from liaison.backup.progress import told
from liaison.backup.restoring import Restoration, examined, restore
from liaison.management import Refusal, stoppable

CONSENT = "恢复"


class Command(BaseCommand):
    help = "用备份文件替换数据库和附件；先核对、装入旁边的新库、再核对，最后一步才替换，原来的保留。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="文件", type=Path, help="manage.py backup 写成的文件")
        parser.add_argument("--yes", action="store_true", help="不再询问")
        parser.add_argument("--check", action="store_true", help="只核对文件和服务器，不恢复")

    @stoppable("恢复已中断，正在运行的数据没有改动。")
    def handle(self, *, file, yes, check, **options):
        with told(self.stdout) as say:
            restoration = examined(Archive(file, say), timezone.localtime(), say)
        self.stdout.write(self.description(restoration))
        if check:
            self.stdout.write("备份文件完好，可以恢复到这里。")
            return
        if not yes:
            self.ask()
        with told(self.stdout) as say:
            restore(restoration)
        self.stdout.write(self.ending(restoration))

    def description(self, restoration: Restoration) -> str:
        manifest = restoration.manifest
        made_at = timezone.localtime(datetime.fromisoformat(manifest["made_at"]))
        return (
            f"备份：{made_at:%Y年%-m月%-d日 %H:%M} 所做，版本 {manifest['version']}，{sum(manifest['rows'].values())} 行，"
            f"附件 {manifest['media']['files']} 个。\n"
            f"将替换：数据库 {restoration.live} 和附件目录 {restoration.media}；"
            f"原数据库改名为 {restoration.before} 保留，之后新增的内容只在其中。"
        )

    def ask(self) -> None:
        try:
            answer = input(f"确认请输入“{CONSENT}”：")
        except EOFError:
            answer = ""
        if answer.strip() != CONSENT:
            raise Refusal("没有确认，什么也没有改动。")

    def ending(self, restoration: Restoration) -> str:
        kept = f"原附件目录是 {restoration.media_before}，" if restoration.media_before.exists() else ""
        path = f'PATH="{settings.PG_BIN}:$PATH" ' if settings.PG_BIN else ""
        return (
            f"恢复完成，网站可以继续使用。原数据库改名为 {restoration.before}，{kept}确认无误后可以删除：\n"
            f"    {path}{sys.executable} manage.py dbshell --database owner -- -c 'DROP DATABASE \"{restoration.before}\"'"
        )
