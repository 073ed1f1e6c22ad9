from django.core.management.base import BaseCommand

from liaison import trail
from liaison.management import Refusal


class Command(BaseCommand):
    help = "核对操作记录的封存链；有一条被改动、删除或插入，就指出是哪一条，退出码为 1。"

    def handle(self, **options):
        proof = trail.prove()
        if proof.broken:
            raise Refusal(f"第 {proof.broken} 号操作记录与封存不符；它之前的 {proof.sealed} 条相符。")
        self.stdout.write(
            f"{proof.sealed} 条操作记录与封存相符，{proof.unsealed} 条等待封存，链尾 {proof.last or '无'}"
        )
