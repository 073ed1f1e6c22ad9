"""Visits, which may open a case and therefore stand here, and what came of them."""

from .cases import CaseResource
from .outcomes import InstructionResource, OutcomeResource, SubmissionResource
from .visits import VisitResource

RESOURCES = {
    "visits": VisitResource, "cases": CaseResource, "outcomes": OutcomeResource, "submissions": SubmissionResource,
    "instructions": InstructionResource,
}  # fmt: skip
