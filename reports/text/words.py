"""The words that differ from one organisation and period to another: 市政协, 全市, 市、县区政协, 去年下半年以来."""

from datetime import date

from liaison.models import Level, Organisation
from liaison.periods import RELATIVE, Period, cn, relative

PLACE_ENDINGS = ("自治区", "省", "市", "州", "盟", "区", "县", "旗")
# In the order in which offices name them.
COUNTY_ENDINGS = "市县区旗"


def words_of_place(organisation: Organisation) -> dict[str, str]:
    """short: its short name · own: the office itself · whole: its territory · offices: it with those below · above: the office above it."""
    above = organisation.parent
    return {
        "short": organisation.short_name,
        "place": organisation.division.name,
        "own": _office(organisation),
        "whole": whole(organisation),
        "offices": _offices(organisation),
        "above": _office(above) if above else _office(organisation),
    }


def whole(organisation: Organisation) -> str:
    return "全国" if organisation.level == Level.NATION else f"全{_ending(organisation)}"


def _ending(organisation: Organisation) -> str:
    name = organisation.division.name
    return next((ending for ending in PLACE_ENDINGS if name.endswith(ending)), name)


def _office(organisation: Organisation) -> str:
    return "全国政协" if organisation.level == Level.NATION else f"{_ending(organisation)}政协"


def _offices(organisation: Organisation) -> str:
    if organisation.level == Level.NATION:
        return "各级政协"
    if organisation.level == Level.COUNTY:
        return _office(organisation)
    endings = {_ending(child) for child in organisation.children.select_related("division")}
    below = "".join(ending for ending in COUNTY_ENDINGS if ending in endings)
    if organisation.level == Level.PROVINCE:
        below = "市、县" if organisation.division.name[-1] != "市" else "区"
    return f"{_ending(organisation)}、{below}政协" if below else _office(organisation)


def words_of_period(period: Period, last: date) -> str:
    """How a period is named in a report that ends with `last`: 今年以来, 2025年, 2026年3月1日至2026年4月30日."""
    for code, words in RELATIVE.items():
        same = relative(code, last)
        if (same.start, same.end) == (period.start, period.end):
            return words
    return period.label


def days_in_words(period: Period) -> str:
    """First and last day as a table states them."""
    return f"截至{cn(period.last)}" if period.is_cumulative else f"{cn(period.start)}至{cn(period.last)}"
