from reports.models.cells import Cell, Dirty, Rolled, Verification
from reports.models.saved_views import SavedView

__all__ = ["Cell", "Dirty", "Rolled", "SavedView", "Verification"]
