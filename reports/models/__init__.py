from reports.models.cells import Cell, Dirty, Rolled, Verification
from reports.models.period_reports import PeriodReport, ReportFigure, grain_of
from reports.models.saved_views import SavedView

__all__ = ["Cell", "Dirty", "PeriodReport", "ReportFigure", "Rolled", "SavedView", "Verification", "grain_of"]
