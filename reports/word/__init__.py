"""The report as a Word document: a template with placeholders, the house's own or the office's, filled in.

Layout of GB/T 9704-2012 (党政机关公文格式), with the figures as an appendix.
"""

from datetime import datetime
from functools import cache

from docx.document import Document as WordDocument

from reports.text import Report
from reports.word.blank import report_template, saved
from reports.word.filling import Template, describe
from reports.word.placeholders import REPORT, filled

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


__all__ = ["DOCX", "REPORT", "Template", "document", "filled_in", "own_template"]


@cache
def own_template() -> bytes:
    """The house's own, as it is downloaded."""
    return report_template()


def document(report: Report, closing: str, at: datetime, template: bytes = b"") -> bytes:
    """The whole file; `closing` is the last paragraph as the office has written it, `at` the moment it is made (UTC).

    Raises ValidationError if the template names what there is not.
    """
    word = filled_in(report, closing, template or own_template())
    describe(word, "".join(report.asked.kind.title), report.asked.organisation.name, at)
    return saved(word)


def filled_in(report: Report, closing: str, template: bytes) -> WordDocument:
    form = Template(template, REPORT)
    return form.filled(filled(report, closing, form.used))
