from django.core.management.base import BaseCommand

from liaison import trail
from liaison.management import Refusal


class Command(BaseCommand):
    help = "核对操作记录的封存链；有一条被改动、删除或插入，就指出是哪一条，退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("--kept", default="", metavar="摘要", help="以前记下的链尾摘要，核对它是否仍在链上")

    def handle(self, **options):
        proof = trail.verify(options["kept"])
        if proof.fault:
            raise Refusal(proof.fault)
        self.stdout.write(
            f"{proof.sealed} 条操作记录与封存相符，{proof.unsealed} 条等待封存，链尾 {proof.last or '无'}"
            + (f"；此前已到期清除 {proof.purged} 条，从清除锚点接续核对" if proof.purged else "")
        )
