"""What members and their office fill in, one form per act."""

from .cases import MoveForm, OfficeMoveForm
from .days import ExtraDayForm, HoldForm, SignInForm
from .visits import VisitForm, VoidForm, WalkInForm

__all__ = [
    "ExtraDayForm", "HoldForm", "MoveForm", "OfficeMoveForm", "SignInForm", "VisitForm", "VoidForm", "WalkInForm",
]  # fmt: skip
