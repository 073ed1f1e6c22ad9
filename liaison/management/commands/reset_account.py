from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from liaison import second_factor
from liaison.management import Refusal
from liaison.models import Account, Entry
from liaison.passwords import one_time_password, until


class Command(BaseCommand):
    help = (
        "重设一个账号：一次性密码（只显示一次）、解除动态口令、解除锁定、退出全部登录。安全、审计管理员只能这样重设。"
    )

    def add_arguments(self, parser):
        parser.add_argument("username", metavar="账号")

    @transaction.atomic
    def handle(self, **options):
        account = Account.objects.select_for_update().filter(username=options["username"]).first()
        if account is None:
            raise Refusal(f"没有账号 {options['username']}。")
        password = one_time_password()
        account.set_temporary_password(password, timezone.now())
        account.save()
        second_factor.remove(account)
        account.end_sessions()
        account.end_tokens(timezone.now())
        Entry.note(Entry.Act.PASSWORD, account, fields=["服务器命令重设"])
        self.stdout.write(
            f"已重设账号 {account.username}（{account.name}），动态口令和锁定已解除，全部登录已退出，接口令牌已停用。"
        )
        if not account.is_active:
            self.stdout.write("这个账号已停用，启用后才能登录。")
        self.stdout.write(f"首次登录时须改成自己的密码；{until(account)}前不登录，一次性密码失效。")
        self.stdout.write(f"一次性密码（只显示这一次）：{password}")
