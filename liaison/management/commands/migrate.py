from django.conf import settings
from django.core.management.commands import migrate

from liaison.management import Refusal


class Command(migrate.Command):
    """Django's migrate, always as the owner of the tables; the app's own role owns nothing."""

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def execute(self, *args, **options):
        if options["database"] not in settings.DATABASES:
            raise Refusal("迁移要用表的所有者角色，请设置环境变量 DATABASE_OWNER_URL。")
        return super().execute(*args, **options)
