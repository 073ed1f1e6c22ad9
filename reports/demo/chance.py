"""Chance with a fixed seed: the demo looks lived in, and is the same each time it is loaded."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import TypeVar

from liaison.periods import Period
from reports.demo.days import Days

T = TypeVar("T")
SEED = "联系界别群众"


class Chance(random.Random):
    """A source of chance of its own for each part, so that a change in one leaves the others as they were."""

    def __init__(self, part: str, days: Days):
        super().__init__(f"{SEED}/{part}")
        self.calendar = days

    def happens(self, share: float) -> bool:
        return self.random() < share

    def day(self, first: date, last: date) -> date:
        """A day of [first, last], more likely a busy one."""
        return self.calendar.draw(self.random(), first, last)

    def days(self, period: Period, n: int, *, since: date | None = None) -> list[date]:
        """n days of a period in order; `since`: none before that day."""
        first = max(period.start, since) if since else period.start
        return sorted(self.day(first, period.last) for _ in range(n))

    def office_hour(self) -> time:
        return time(self.choice((9, 9, 10, 10, 11, 14, 15, 15, 16, 17)), self.randrange(60), self.randrange(60))

    def shares(self, total: int, parts: int, low: int = 1, high: int | None = None) -> list[int]:
        """`parts` whole numbers of [low, high], uneven as life is, that add up to `total` exactly.

        Raises ValueError when no such numbers exist.
        """
        high = total if high is None else high
        if not low * parts <= total <= high * parts:
            raise ValueError(f"{total} 不能分成 {parts} 份，每份 {low} 到 {high}。")
        weights = [self.expovariate(1) + 0.3 for _ in range(parts)]
        scale = (total - low * parts) / (sum(weights) or 1)
        numbers = [min(high, low + int(weight * scale)) for weight in weights]
        self._top_up(numbers, total - sum(numbers), high)
        return numbers

    def _top_up(self, numbers: list[int], missing: int, high: int):
        while missing:
            room = [i for i, number in enumerate(numbers) if number < high]
            for i in self.sample(room, min(missing, len(room))):
                numbers[i] += 1
                missing -= 1

    def spread(self, total: int, weights: Sequence[float]) -> list[int]:
        """`total` dealt out in proportion to `weights`; the remainder goes to the largest fractions."""
        scale = total / sum(weights)
        numbers = [int(weight * scale) for weight in weights]
        by_fraction = sorted(range(len(weights)), key=lambda i: numbers[i] - weights[i] * scale)
        for i in by_fraction[: total - sum(numbers)]:
            numbers[i] += 1
        return numbers

    def weighted_sample(self, items: Sequence[T], weights: Sequence[float], n: int) -> list[T]:
        """n different items, the heavier the likelier."""
        if n > len(items):
            raise ValueError(f"只有 {len(items)} 项，不能取 {n} 项。")
        keys = [self.random() ** (1 / weight) for weight in weights]
        return [items[i] for i in sorted(range(len(items)), key=keys.__getitem__, reverse=True)[:n]]


class Deck:
    """Cards dealt in turn and shuffled when used up, so that everybody gets their share."""

    def __init__(self, chance: Chance, cards: Sequence[T]):
        self.chance, self.cards, self.left = chance, list(cards), []

    def draw(self) -> T:
        if not self.left:
            self.left = self.chance.sample(self.cards, len(self.cards))
        return self.left.pop()

    def deal(self, n: int) -> list[T]:
        """n different cards, or all when there are fewer."""
        hand: list[T] = []
        while len(hand) < min(n, len(self.cards)):
            card = self.draw()
            if card not in hand:
                hand.append(card)
        return hand

    def __iter__(self) -> Iterator[T]:
        while True:
            yield self.draw()
