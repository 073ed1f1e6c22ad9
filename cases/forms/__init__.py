"""What members and their office fill in, one form per act."""

from .cases import AnswerForm, MoveForm, OfficeMoveForm
from .choices import AcceptForm, DeclineForm, PassOnForm
from .days import ExtraDayForm, HoldForm, JoinForm, SignInForm
from .duties import AnnounceDayForm, CancelDayForm, DutiesForm, FeedForm, SwapForm
from .intakes import IntakeForm
from .visits import VisitForm, VoidForm, WalkInForm

__all__ = [
    "AcceptForm", "AnnounceDayForm", "AnswerForm", "CancelDayForm", "DeclineForm", "DutiesForm", "ExtraDayForm",
    "FeedForm", "HoldForm", "IntakeForm", "JoinForm", "MoveForm", "OfficeMoveForm", "PassOnForm", "SignInForm",
    "SwapForm", "VisitForm", "VoidForm", "WalkInForm",
]  # fmt: skip
