"""Meeting the public."""

from .day import Duty, ReceptionDay
from .visit import Visit

__all__ = ["Duty", "ReceptionDay", "Visit"]
