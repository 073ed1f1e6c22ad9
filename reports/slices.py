"""The slices of a breakdown in words: by studio, sector, category, channel, kind, level."""

from collections.abc import Iterable

from django.db.models import Field

from liaison.sectors import StandardSector
from reports.indicators import Indicator, Kind
from reports.sources import SOURCE, SOURCES


def field_of(dimension: str) -> Field:
    """The column that names a dimension's slices."""
    source = next(source for source in SOURCES if dimension in source.lookups)
    return source.model._meta.get_field(source.lookups[dimension].removesuffix("_id").split("__")[0])


# Name → words, in the order of the sources.
DIMENSIONS = {name: str(field_of(name).verbose_name) for source in SOURCES for name in source.lookups}
# What figures are broken down by; the others only narrow a list.
BREAKDOWNS = {name: words for name, words in DIMENSIONS.items() if any(name in source.dimensions for source in SOURCES)}


def dimensions_of(indicator: Indicator) -> list[str]:
    """What an indicator can be broken down by: only what adds up can."""
    flows = indicator.flows if indicator.kind is Kind.FLOW else ()
    return [name for name in BREAKDOWNS if any(name in SOURCE[flow.source].dimensions for flow in flows)]


def names(dimension: str, keys: Iterable[str], account) -> dict[str, str]:
    """Key → words; a studio or sector that the account does not see goes by its number. One query at most."""
    field, keys = field_of(dimension), [key for key in keys if key]
    if dimension == "standard_sector":
        known = dict(StandardSector.choices)
    elif field.related_model:
        visible = field.related_model.objects.visible_to(account).filter(pk__in=keys)
        known = {str(row.pk): str(row) for row in visible}
    else:
        known = dict(field.flatchoices)
    return {"": "未填写"} | {key: known.get(key, key) for key in keys}
