"""Time that the database takes, as the program sees it, and what a ratio of two times is worth."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from django.db import connection


@dataclass
class Spent:
    """Seconds within statements, and how many there were."""

    seconds: float = 0.0
    statements: int = 0
    wall: float = 0.0
    by_table: dict[str, float] = field(default_factory=dict)  # the first one that a statement reads


@dataclass(frozen=True)
class Result:
    """One line of the table. value in `unit`, "" for a ratio; goal: what it should not pass (`at_least`: not fall below)."""

    what: str
    value: float
    unit: str = ""
    goal: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass
class Part:
    """A heading and the lines beneath it."""

    title: str
    results: list[Result] = field(default_factory=list)


@contextmanager
def watching() -> Iterator[Spent]:
    """What Django's connection does within the block."""
    spent = Spent()

    def clock(execute, sql, params, many, context):
        began_at = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = time.perf_counter() - began_at
            spent.seconds += seconds
            spent.statements += 1
            if read := re.search('FROM "([a-z_]+)"', sql):
                spent.by_table[read[1]] = spent.by_table.get(read[1], 0) + seconds

    began_at = time.perf_counter()
    with connection.execute_wrapper(clock):
        yield spent
    spent.wall = time.perf_counter() - began_at


def best(act: Callable[[], object], times: int = 3, before: Callable[[], object] | None = None) -> Spent:
    """The least of some runs: what else the machine did can only have added to it. `before` is not counted."""
    found = []
    for _ in range(times):
        if before:
            before()
        with watching() as spent:
            act()
        found.append(spent)
    return min(found, key=lambda spent: spent.seconds)


def paired(one: Callable[[], float], other: Callable[[], float], pairs: int) -> float:
    """How much longer `one` takes than `other`, run in turns: the median of the ratios."""
    ratios = []
    for n in range(pairs):
        first, second = (one, other) if n % 2 else (other, one)
        times = {first: first(), second: second()}
        ratios.append(times[one] / times[other])
    return median(ratios)
