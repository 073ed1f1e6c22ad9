"""Which of an office's documents are made from templates of its own, and how each is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from liaison.models import Organisation
from reports import word
from reports.asking import rows_link
from reports.brief import Brief, asked_week, brief
from reports.models import ReportTemplate
from reports.text import Asked, read, write
from reports.word import brief as word_brief
from reports.word.placeholders import REPORT, SPANS, Placeholder

Kind = ReportTemplate.Kind


@dataclass(frozen=True)
class Templated:
    """page, page_title: where its documents are asked for · own: the house's own template · usual: the document of the usual
    period, made of a template at a moment (UTC)."""

    kind: Kind
    page: str
    page_title: str
    placeholders: tuple[Placeholder, ...]
    own: Callable[[], bytes]
    usual: Callable[[Organisation, bytes, datetime], bytes]

    @property
    def words(self) -> list[Placeholder]:
        return [one for one in self.placeholders if one.name not in SPANS]

    @property
    def spans(self) -> list[Placeholder]:
        """Those behind which an indicator is named."""
        return [one for one in self.placeholders if one.name in SPANS]


def report_document(asked: Asked, closing: str) -> bytes:
    """With the office's template that is in use, else the house's own."""
    return word.document(write(asked, rows_link), closing, timezone.now(), _in_use(asked.organisation, Kind.REPORT))


def brief_document(told: Brief) -> bytes:
    """With the office's template that is in use, else the house's own."""
    return word_brief.document(told, timezone.now(), _in_use(told.organisation, Kind.BRIEF))


def _in_use(organisation: Organisation, kind: Kind) -> bytes:
    kept = ReportTemplate.objects.current(organisation, kind)
    return bytes(kept.content) if kept else b""


def _usual_report(organisation: Organisation, template: bytes, at: datetime) -> bytes:
    asked = read({}, organisation, timezone.localdate(at))
    return word.document(write(asked, rows_link), asked.kind.closing, at, template)


def _last_brief(organisation: Organisation, template: bytes, at: datetime) -> bytes:
    return word_brief.document(brief(organisation, asked_week("", timezone.localdate(at))), at, template)


TEMPLATED = {
    one.kind: one
    for one in (
        Templated(Kind.REPORT, "reports:text", "报告文稿", REPORT, word.own_template, _usual_report),
        Templated(Kind.BRIEF, "reports:brief", "每周简报", word_brief.BRIEF, word_brief.own_template, _last_brief),
    )
}
