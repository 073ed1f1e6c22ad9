"""Workbooks (xlsx) and csv, the one way in and out for every import and export.

In: `read_rows`, behind the guards of archive.py and parts.py. Out: `workbook` and `csv_file`, in which no cell becomes a
formula.
"""

from .reading import Row, read_rows
from .writing import XLSX, Sheet, csv_file, workbook

__all__ = ["XLSX", "Row", "Sheet", "csv_file", "read_rows", "workbook"]
