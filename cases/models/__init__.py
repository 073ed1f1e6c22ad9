"""What came of it."""

from .case import Case, CaseSeries, Step
from .outcomes import Outcome
from .submissions import Instruction, Submission

__all__ = ["Case", "CaseSeries", "Instruction", "Outcome", "Step", "Submission"]
