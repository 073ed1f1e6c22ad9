"""Which office stands right above which, by their paths: the nearest of city level or higher."""

from collections import defaultdict
from dataclasses import dataclass

from liaison.models import Level, Organisation


@dataclass(frozen=True)
class Tree:
    """depth: of every office that has sums, longer paths lying deeper · parts: by such an office, itself and what is right
    below it · chain: by every office, the ones with sums that contain it, itself included."""

    depth: dict[int, int]
    parts: dict[int, tuple[int, ...]]
    chain: dict[int, tuple[int, ...]]

    def has_sums(self, part: int, owner: int) -> bool:
        """Whether a part is added by its sums, not by its own cells."""
        return part != owner and part in self.depth

    @classmethod
    def now(cls) -> "Tree":
        offices = list(Organisation.objects.order_by("path").values_list("id", "path", "level"))
        roofs = {path: pk for pk, path, level in offices if level != Level.COUNTY}
        parts: dict[int, list[int]] = defaultdict(list)
        chain: dict[int, tuple[int, ...]] = {}
        for pk, path, _ in offices:
            chain[pk] = tuple(roofs[path[:n]] for n in range(len(path) + 1) if path[:n] in roofs)
            # The nearest above, and an office with sums is a part of itself as well.
            for owner in chain[pk][-2:] if pk in chain[pk] else chain[pk][-1:]:
                parts[owner].append(pk)
        return cls(
            {pk: len(path) for path, pk in roofs.items()}, {pk: tuple(below) for pk, below in parts.items()}, chain
        )
