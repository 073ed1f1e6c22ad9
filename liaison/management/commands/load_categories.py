from django.core.management.base import BaseCommand
from django.db import transaction

from liaison.categories import TOPICS
from liaison.models import Category, Entry


class Command(BaseCommand):
    help = "装入事项类别（两级）；已有的不改动，可反复执行。"

    @transaction.atomic
    def handle(self, **options):
        added = 0
        for order, (name, children) in enumerate(TOPICS.items(), start=1):
            topic, is_new = Category.objects.get_or_create(name=name, defaults={"order": order * 100})
            added += is_new
            for place, child in enumerate(children, start=1):
                defaults = {"parent": topic, "order": order * 100 + place}
                added += Category.objects.get_or_create(name=child, defaults=defaults)[1]
        Entry.note(Entry.Act.IMPORT, fields=[f"事项类别：新增 {added} 个"])
        self.stdout.write(f"事项类别：新增 {added} 个。")
