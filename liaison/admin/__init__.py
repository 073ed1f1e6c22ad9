"""The admin of the ground floor, by noun."""

from . import accounts, entries, organisations, outbox, people, places, records

__all__ = ["accounts", "entries", "organisations", "outbox", "people", "places", "records"]
