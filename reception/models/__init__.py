"""Meeting the public."""

from .day import Duty, ReceptionDay
from .feed import Feed
from .swap import DutySwap
from .visit import Visit

__all__ = ["Duty", "DutySwap", "Feed", "ReceptionDay", "Visit"]
