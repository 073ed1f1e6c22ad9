from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from liaison.management import Refusal
from liaison.models import Account, Division, Entry, Grant, Organisation, Role
from liaison.passwords import one_time_password, until

# A member's or a department's account names a record as well: those are made in the admin.
ROLES = [role for role in Role if role not in (Role.MEMBER, Role.DEPARTMENT)]


class Command(BaseCommand):
    help = "创建一个账号并授权，新装的平台由此开始；初始密码自动生成并只显示一次，或在终端输入，首次登录时须修改。"

    def add_arguments(self, parser):
        parser.add_argument("username", metavar="账号")
        parser.add_argument("--name", required=True, metavar="姓名")
        parser.add_argument("--role", required=True, metavar="角色", help="、".join(f"{r} {r.label}" for r in ROLES))
        parser.add_argument(
            "--organisation", required=True, metavar="区划代码", help="政协组织的六位区划代码，如 620100"
        )
        parser.add_argument("--ask", action="store_true", help="在终端输入密码，而不自动生成")

    @transaction.atomic
    def handle(self, **options):
        if options["role"] not in ROLES:
            raise Refusal(f"没有角色 {options['role']}；可选：{'、'.join(ROLES)}。")
        organisation = self.organisation(options["organisation"])
        password = self.typed_password() if options["ask"] else one_time_password()
        try:
            validate_password(password, Account(username=options["username"], name=options["name"]))
            account = Account.objects.create_with_temporary_password(
                options["username"], password, now=timezone.now(), name=options["name"]
            )
            grant = Grant(account=account, role=options["role"], organisation=organisation)
            grant.full_clean()
        except ValidationError as wrong:
            raise Refusal("".join(wrong.messages)) from wrong
        grant.save()
        for record in (account, grant):
            Entry.note(Entry.Act.ADD, record, by=account)
        self.stdout.write(f"已创建账号 {account.username}（{grant}）。")
        self.stdout.write(f"首次登录时须改成自己的密码；{until(account)}前不登录，初始密码失效。")
        if not options["ask"]:
            self.stdout.write(f"初始密码（只显示这一次）：{password}")

    def organisation(self, code: str) -> Organisation:
        """The office of a division; the first account of a new installation founds it."""
        division = Division.objects.filter(code=code).first()
        if division is None:
            raise Refusal(f"没有区划代码 {code}；请先用 load_divisions 装入行政区划，或核对代码。")
        found = Organisation.objects.filter(division=division).first()
        if found is None:
            found = Organisation.founded_in(division)
            found.full_clean()
            found.save()
            Entry.note(Entry.Act.ADD, found)
            self.stdout.write(f"已建立{found.short_name}。")
        return found

    def typed_password(self) -> str:
        password = getpass("密码：")
        if password != getpass("再输一次："):
            raise Refusal("两次输入的密码不一致。")
        return password
