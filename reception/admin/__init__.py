"""Admin pages of reception."""

from . import days, holidays
from .visits import VisitAdmin, VisitForm

__all__ = ["VisitAdmin", "VisitForm", "days", "holidays"]
