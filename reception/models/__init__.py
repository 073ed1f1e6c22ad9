"""Meeting the public."""

from .day import Duty, ReceptionDay
from .swap import DutySwap
from .visit import Visit

__all__ = ["Duty", "DutySwap", "ReceptionDay", "Visit"]
