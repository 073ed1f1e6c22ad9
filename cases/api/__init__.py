"""Visits, which may open a case and therefore stand here, and what came of them."""

from .cases import CaseResource
from .visits import VisitResource

RESOURCES = {"visits": VisitResource, "cases": CaseResource}
