"""The admin of the ground floor, by noun."""

from . import accounts, organisations, people, places, records

__all__ = ["accounts", "organisations", "people", "places", "records"]
