import time
from dataclasses import replace

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from liaison.management import Refusal, stoppable
from reports import rollup
from reports.bench import facts, ground, imports, place, programs, reads, writes
from reports.bench import rollup as rolling
from reports.bench.clock import Part, Result, watching
from reports.bench.sizes import DEFAULT, FULL


class Command(BaseCommand):
    help = "在单独的测试库里装入大量记录，量出各项用时之比；不影响现有数据。"

    def add_arguments(self, parser):
        parser.add_argument("--full", action="store_true", help="全国规模：1000 万来访、500 万事项、300 万活动")
        for name in ("visits", "cases", "activities", "imported"):
            parser.add_argument(f"--{name}", type=int, metavar="条数")
        parser.add_argument("--within", metavar="代码", help="只装入这一地区，如 62")
        parser.add_argument("--keep", action="store_true", help="保留测试库")

    @stoppable("已停止，现有数据没有改动。")
    def handle(self, *, full, keep, **options):
        if "owner" not in settings.DATABASES:
            raise Refusal("需要 DATABASE_OWNER_URL：测试库由所有者建立。")
        asked = {
            name: options[name]
            for name in ("visits", "cases", "activities", "imported", "within")
            if options[name] is not None
        }
        self.size = replace(FULL if full else DEFAULT, **asked)
        self.began_at = time.monotonic()
        with place.database(keep) as owner:
            self._fill(owner)
            self._measure(owner)

    def _fill(self, owner):
        self._say(f"装入：{self.size.words}")
        ground.lay(owner, self.size)
        self._say("组织、委员、工作室已装入")
        facts.fill(owner, self.size)
        self._say("记录已装入，开始首次汇总")
        with watching() as self.first:
            rollup.rebuild()
        owner.execute("SELECT liaison_analyze()")

    def _measure(self, owner):
        accounts = ground.accounts()
        call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files
        self._say("开始测量")
        year = timezone.localdate().year - 1
        self._show(rolling.measure(self.size, self.first))
        self._show(writes.measure(owner, accounts["member"]))
        self._show(imports.measure(self.size.imported))
        owner.execute(
            "VACUUM (ANALYZE) reception_visit"
        )  # of rows that were brought in and taken back: no page has met such
        self._show(reads.measure_figures(year))
        self._show(reads.measure_pages(accounts, year))
        self._show(programs.measure(accounts, year))
        self._say("核对" + ("不一致" if rollup.verify().differing else "一致"))

    def _show(self, part: Part):
        self._say(part.title)
        for result in part.results:
            self.stdout.write(f"    {_words(result)}")
        self.stdout.flush()

    def _say(self, line: str):
        self.stdout.write(f"{time.monotonic() - self.began_at:6.0f} 秒  {line}")
        self.stdout.flush()


def _words(result: Result) -> str:
    goal = ""
    if result.goal is not None:
        goal = f"（目标 {'≥' if result.at_least else '≤'} {result.goal:g}，{'达到' if result.is_met else '未达到'}）"
    note = f"  {result.note}" if result.note else ""
    return f"{result.what}：{result.value:,.2f}{result.unit and ' ' + result.unit}{goal}{note}"
