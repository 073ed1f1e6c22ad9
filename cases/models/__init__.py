"""What came of it."""

from .case import Case, CaseSeries
from .choices import Choice
from .erasures import Erasure
from .intakes import Intake
from .outcomes import Outcome
from .steps import Step
from .submissions import Instruction, Submission

__all__ = ["Case", "CaseSeries", "Choice", "Erasure", "Instruction", "Intake", "Outcome", "Step", "Submission"]
