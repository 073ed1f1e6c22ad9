from django.core.management.base import BaseCommand

from liaison import sending


class Command(BaseCommand):
    help = "发出到时的通知（邮件、短信、群机器人）；平时由后台任务自动执行，重复执行不会重复发送。"

    def handle(self, **options):
        self.stdout.write(f"{sending.send_due()}。")
