"""What members fill in, one form per act."""

from .cases import MoveForm
from .days import ExtraDayForm, HoldForm, SignInForm
from .visits import VisitForm, VoidForm, WalkInForm

__all__ = [
    "ExtraDayForm", "HoldForm", "MoveForm", "SignInForm", "VisitForm", "VoidForm", "WalkInForm",
]  # fmt: skip
