from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from liaison.backup.archive import megabytes
from liaison.backup.progress import told
from liaison.backup.saving import save
from liaison.management import stoppable


class Command(BaseCommand):
    help = "把数据库和附件备份成一个文件（不含密钥），网站可以照常运行。默认写到 VAR_DIR/backups。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="文件", nargs="?", type=Path, help="备份文件的路径；不得已存在")

    @stoppable("备份已中断，没有留下文件。")
    def handle(self, *, file, **options):
        now = timezone.localtime()
        path = file or Path(settings.VAR_DIR) / "backups" / f"liaison-{now:%Y%m%d-%H%M%S}.tar"
        with told(self.stdout) as say:
            manifest = save(path, now, say)
        rows, files = sum(manifest["rows"].values()), manifest["media"]["files"]
        self.stdout.write(
            f"备份完成：{path}（{megabytes(path.stat().st_size)} MB，{len(manifest['rows'])} 张表 {rows} 行，附件 {files} 个，"
            f"操作记录链尾 {manifest['last_seal'] or '无'}）。"
        )
        self.stdout.write("SECRET_KEY 和个人信息的加密密钥不在备份里，请另行保管。")
