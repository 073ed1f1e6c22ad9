import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases import erasure
from cases.models import Erasure, Intake
from liaison import reach
from liaison.management import Refusal
from liaison.models import Organisation
from reception.models import Visit


class Command(BaseCommand):
    help = (
        "删除一位来访人的全部个人信息：姓名、电话、照片和文字中的提及；来访本身和统计数字不变。"
        "姓名或电话从标准输入读取，不出现在命令行里。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--organisation", metavar="区划代码", help="只在这个政协组织的来访里删除；不填为全部")
        parser.add_argument("--reason", default=Erasure.Reason.ASKED, choices=Erasure.Reason.values)
        parser.add_argument("--yes", action="store_true", help="不再询问")

    @reach.everything()
    def handle(self, **options):
        found = self.found(self.asked("完整的称呼或电话号码："), options["organisation"])
        if not found:
            raise Refusal("没有这个称呼或电话的来访。")
        for source in found:
            self.stdout.write(f"{source.organisation.short_name} {source}")
        if (
            not options["yes"]
            and self.asked(f"删除以上 {len(found)} 次来访的个人信息，不能撤销。输入 是 继续：") != "是"
        ):
            raise Refusal("没有删除。")
        self.stdout.write(f"已删除：{erasure.erase(found, reason=options['reason'], at=timezone.now(), by=None)}。")

    def found(self, visitor: str, code: str | None) -> list[Visit | Intake]:
        """What came from whoever is called so, at the desk and by a code."""
        sources = [Visit.objects.of_visitor(visitor), Intake.objects.of_visitor(visitor).select_related("case")]
        if code:
            office = Organisation.objects.filter(division__code=code).first()
            if office is None:
                raise Refusal(f"没有区划代码 {code} 的政协组织。")
            sources = [rows.filter(organisation=office) for rows in sources]
        return [source for rows in sources for source in rows.select_related("organisation")]

    def asked(self, question: str) -> str:
        if sys.stdin.isatty():
            self.stdout.write(question, ending="")
            self.stdout.flush()
        return sys.stdin.readline().strip()
