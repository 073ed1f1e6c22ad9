from reports.models.cells import Cell, Dirty, Rolled, Verification
from reports.models.data_checks import DataCheck
from reports.models.period_reports import PeriodReport, ReportFigure, grain_of
from reports.models.saved_views import SavedView
from reports.models.supplements import Supplement
from reports.models.templates import ReportTemplate

__all__ = [
    "Cell", "DataCheck", "Dirty", "PeriodReport", "ReportFigure", "ReportTemplate", "Rolled", "SavedView",
    "Supplement", "Verification", "grain_of",
]  # fmt: skip
