"""What members and their office fill in, one form per act."""

from .cases import MoveForm, OfficeMoveForm
from .days import ExtraDayForm, HoldForm, SignInForm
from .duties import AnnounceDayForm, CancelDayForm, DutiesForm, SwapForm
from .visits import VisitForm, VoidForm, WalkInForm

__all__ = [
    "AnnounceDayForm", "CancelDayForm", "DutiesForm", "ExtraDayForm", "HoldForm", "MoveForm", "OfficeMoveForm", "SignInForm", "SwapForm", "VisitForm", "VoidForm", "WalkInForm",
]  # fmt: skip
