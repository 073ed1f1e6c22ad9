from chinese_calendar import Holiday as Announced
from chinese_calendar.constants import holidays, workdays
from django.core.management.base import BaseCommand
from django.db import transaction

from liaison.models import Entry, Holiday


class Command(BaseCommand):
    help = "装入国务院公布的节假日和调休上班日；已登记的日期不改动，可反复执行。"

    @transaction.atomic
    def handle(self, **options):
        before = Holiday.objects.count()
        rows = [*self.rows(holidays, Holiday.Kind.OFF), *self.rows(workdays, Holiday.Kind.WORK)]
        # A date that the office has entered or corrected stays as it is.
        Holiday.objects.bulk_create(rows, ignore_conflicts=True)
        added = Holiday.objects.count() - before
        last = max(holidays).year
        Entry.note(Entry.Act.IMPORT, fields=[f"节假日：新增 {added} 天"])
        self.stdout.write(f"节假日：新增 {added} 天，未变 {len(rows) - added} 天；{last} 年以后请在后台登记。")

    def rows(self, days: dict, kind: str) -> list[Holiday]:
        names = {holiday.value: holiday.chinese[:30] for holiday in Announced}
        return [Holiday(date=day, name=names[name], kind=kind) for day, name in sorted(days.items())]
