"""What the triggers that note changes cost whoever writes: the same rows with and without them, in turns."""

import time
import uuid
from collections.abc import Callable

import psycopg
from django.db import connection
from django.utils import timezone

from liaison import reach
from liaison.models import Account
from reception.models import Visit
from reports.bench.clock import Part, Result, paired
from reports.bench.visitor import browser_of

ROWS = 20_000
TRIGGERS = ("insert", "update", "delete")


def measure(owner: psycopg.Connection, member: Account) -> Part:
    part = Part("写入")
    many = _ratio(owner, _insert_many, pairs=7)
    part.results.append(Result(f"一次写入 {ROWS:,} 条来访：有触发器 ÷ 没有", many, goal=1.25))
    one = _ratio(owner, _Request(member), pairs=41)
    part.results.append(Result("登记一条来访的请求：有触发器 ÷ 没有", one, goal=1.15))
    return part


def _ratio(owner: psycopg.Connection, act: Callable[[], float], pairs: int) -> float:
    def unnoted() -> float:
        _switch(owner, "DISABLE")
        try:
            return act()
        finally:
            _switch(owner, "ENABLE")

    act()
    return paired(act, unnoted, pairs)


def _switch(owner: psycopg.Connection, how: str):
    for event in TRIGGERS:
        owner.execute(f"ALTER TABLE reception_visit {how} TRIGGER reports_note_reception_visit_{event}")


@reach.everything()
def _insert_many() -> float:
    """Seconds for copies of the latest rows; none is kept."""
    fields = [field.column for field in Visit._meta.concrete_fields if field.column not in ("id", "client_key")]
    columns = ", ".join(f'"{column}"' for column in fields)
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT bench")
        began_at = time.perf_counter()
        cursor.execute(
            f"INSERT INTO reception_visit (client_key, {columns}) SELECT gen_random_uuid(), {columns} "
            "FROM reception_visit ORDER BY id DESC LIMIT %s",
            [ROWS],
        )
        seconds = time.perf_counter() - began_at
        cursor.execute("ROLLBACK TO SAVEPOINT bench")
    return seconds


class _Request:
    """A member's form, from the request to the answer."""

    def __init__(self, member: Account):
        self.client = browser_of(member)
        with reach.everything():
            self.studio = member.member.postings.values_list("studio", flat=True)[0]

    def __call__(self) -> float:
        form = {
            "client_key": str(uuid.uuid4()), "headcount": "2", "content": "小区路灯坏了，晚上出行不便。", "handling": "answered",
            "channel": "home", "visited_on": timezone.localdate().isoformat(), "studio": self.studio,
        }  # fmt: skip
        began_at = time.perf_counter()
        answer = self.client.post("/my/visits/new/", form)
        seconds = time.perf_counter() - began_at
        if answer.status_code != 302:
            raise RuntimeError(f"the form was refused: {answer.status_code}")
        return seconds
