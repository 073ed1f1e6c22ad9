import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from cases.lapsing import lapse
from liaison import reach
from liaison.models import Organisation
from reports import rollup
from reports.demo import (
    accounts,
    activities,
    cases,
    media,
    organisations,
    people,
    period_reports,
    province,
    reception_days,
    saved_views,
    scanned,
    standing,
    studios,
    submissions,
    visits,
)
from reports.demo.days import Days
from reports.demo.world import World

GROUND = (("load_divisions", {"within": "62"}), ("load_holidays", {}), ("load_categories", {}))
# In the order in which one needs the other.
PARTS = (
    organisations, people, studios, standing, accounts, reception_days, visits, cases, scanned, activities, province, submissions,
    media, saved_views,
)  # fmt: skip


class NotEmpty(Exception):
    """The database already holds business data."""


@reach.everything()
def load(today: date, say: Callable[[str], None], passwords: Path) -> World:
    """Fill an empty database, all or nothing; the accounts' passwords go to a file.

    Every record lies before `today`. Raises NotEmpty when there is an organisation already.
    """
    if Organisation.objects.exists():
        raise NotEmpty
    began_at = time.monotonic()
    for command, options in GROUND:
        call_command(command, **options, stdout=Lines(say))
    world = World(Days.until(today), lambda line: say(f"{time.monotonic() - began_at:5.1f} 秒  {line}"))
    for part in PARTS:
        part.make(world)
        # In one transaction nobody else tells the planner: what the next part's triggers join, and at last the roll-up,
        # would be taken for the empty tables of before, and run for minutes.
        _analyze()
    world.say(f"{lapse(today)}")
    world.say(f"统计汇总 {rollup.drain()} 个组织月份")
    _analyze()
    period_reports.make(world)
    # Before the commit: passwords of accounts that came to nothing do no harm, lost ones lock everybody out.
    accounts.write(world.passwords, passwords)
    return world


def _analyze():
    with connection.cursor() as cursor:
        cursor.execute("SELECT liaison_analyze()")


class Lines:
    """What a command prints, passed on line by line."""

    def __init__(self, say: Callable[[str], None]):
        self.say = say

    def write(self, text: str):
        if text.strip():
            self.say(text.strip())
