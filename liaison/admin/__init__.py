"""The admin of the ground floor, by noun."""

from . import accounts, entries, organisations, people, places, records

__all__ = ["accounts", "entries", "organisations", "people", "places", "records"]
