"""What came of it."""

from .case import Case, CaseSeries, Step
from .choices import Choice
from .erasures import Erasure
from .intakes import Intake
from .outcomes import Outcome
from .submissions import Instruction, Submission

__all__ = ["Case", "CaseSeries", "Choice", "Erasure", "Instruction", "Intake", "Outcome", "Step", "Submission"]
