"""What came of it."""

from .case import Case, CaseSeries, Step
from .erasures import Erasure
from .outcomes import Outcome
from .submissions import Instruction, Submission

__all__ = ["Case", "CaseSeries", "Erasure", "Instruction", "Outcome", "Step", "Submission"]
