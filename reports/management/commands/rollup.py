from django.core.management.base import BaseCommand

from reports import rollup


class Command(BaseCommand):
    help = "重算统计：默认只重算有变动的月份；--rebuild 全部重建；--verify 与原始记录核对。"

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--rebuild", action="store_true", help="从原始记录重建全部统计单元")
        which.add_argument("--verify", action="store_true", help="核对全部统计单元，有不一致时退出码为 1")

    def handle(self, *, rebuild, verify, **options):
        if rebuild:
            rollup.rebuild()
            self.stdout.write("已从原始记录重建全部统计单元。")
        elif verify:
            result = rollup.verify()
            self.stdout.write(f"{result}。")
            if result.differing:
                raise SystemExit(1)
        else:
            self.stdout.write(f"已重算 {rollup.drain()} 个单位月份。")
