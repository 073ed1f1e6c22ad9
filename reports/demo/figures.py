"""The figures of the seed that the demo's records add up to (liaison/data/seed_figures.json)."""

import json
from functools import cache

from django.conf import settings

FILE = settings.BASE_DIR / "liaison" / "data" / "seed_figures.json"


@cache
def seed_figures() -> list[dict]:
    return json.loads(FILE.read_text(encoding="utf-8"))["figures"]


def figure(organisation: str, indicator: str) -> int:
    """The value the records must add up to. Raises LookupError for a figure the seed does not state."""
    for row in seed_figures():
        if (row["organisation"], row["indicator"]) == (organisation, indicator):
            return row["value"]
    raise LookupError(f"{organisation} {indicator}")
