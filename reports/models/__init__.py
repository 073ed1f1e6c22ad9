from reports.models.cells import Cell, Dirty, Rolled, Verification
from reports.models.period_reports import PeriodReport, ReportFigure, grain_of
from reports.models.saved_views import SavedView
from reports.models.templates import ReportTemplate

__all__ = [
    "Cell",
    "Dirty",
    "PeriodReport",
    "ReportFigure",
    "ReportTemplate",
    "Rolled",
    "SavedView",
    "Verification",
    "grain_of",
]
