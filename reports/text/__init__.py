"""The report text: declared sentences (kinds.py), told with the figures of an organisation and a period."""

from reports.text.asked import DEFAULT_PERIOD, Asked, read, saved_query
from reports.text.kinds import KINDS
from reports.text.writing import write
from reports.text.written import Figure, Report, Written

__all__ = ["DEFAULT_PERIOD", "KINDS", "Asked", "Figure", "Report", "Written", "read", "saved_query", "write"]
