"""A template filled in with docxtpl, once it has been read (reading.py), and finished as the standard asks."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO

from django.core.exceptions import ValidationError
from docx.document import Document as WordDocument
from docx.opc.oxml import parse_xml
from docxtpl import DocxTemplate

from reports.word import layout
from reports.word.elements import indent
from reports.word.placeholders import Placeholder, Row
from reports.word.reading import Reader, environment, paragraphs, unfinished

PARAGRAPH = re.compile(r"<w:p(?=[ >])")


class Template(DocxTemplate):
    """A template whose placeholders are known. Raises ValidationError with a sentence for each that is not."""

    def __init__(self, content: bytes, placeholders: Iterable[Placeholder]):
        super().__init__(BytesIO(content))
        self.used: set[tuple[str, str]] = set()
        problems = [problem for where, xml in self._parts() for problem in self._read(where, xml, placeholders)]
        if problems:
            raise ValidationError(problems)

    def _parts(self) -> Iterator[tuple[str, str]]:
        self.init_docx()
        yield "正文", self.get_xml()
        for where, uri in (("页眉", self.HEADER_URI), ("页脚", self.FOOTER_URI)):
            for _, part in self.get_headers_footers(uri):
                yield where, self.get_part_xml(part)

    def _read(self, where: str, xml: str, placeholders: Iterable[Placeholder]) -> list[str]:
        lines = paragraphs(parse_xml(xml.encode()))
        if problems := unfinished(where, lines):
            return problems
        reader = Reader(where, placeholders, self.used)
        # docxtpl takes whole paragraphs away; the line break before each of them stays.
        reader.read(self.patch_xml(PARAGRAPH.sub("\n<w:p", xml)), lines)
        return reader.problems

    def filled(self, words: Row) -> WordDocument:
        self.render(words, environment(), autoescape=True)
        sign_off(self.docx)
        return self.docx

    def render_properties(self, context, jinja_env=None):
        """Title and author are set by who makes the document, not by the template."""

    def render_footnotes(self, context, jinja_env=None):
        """Placeholders stand in the text, in headers and in footers."""


def sign_off(word: WordDocument):
    """Right edge of the date four characters from the margin, issuer centred over it (GB/T 9704-2012, 7.3.5)."""
    issuers = [p for p in word.paragraphs if p.style.name == layout.ISSUER]
    for day in (p for p in word.paragraphs if p.style.name == layout.DATE):
        for line in (*issuers, day):
            hundredths = max(0, 400 + 50 * (_width(day.text) - _width(line.text)))
            indent(line, rightChars=hundredths, right=hundredths * layout.SIZE_3.twips // 100)


def describe(word: WordDocument, title: str, author: str, at: datetime):
    """What the file says of itself; `at` in UTC."""
    properties = word.core_properties
    properties.title, properties.comments, properties.language = title, "", "zh-CN"
    properties.author = properties.last_modified_by = author
    properties.created = properties.modified = at


def _width(text: str) -> int:
    """In characters; two numerals fill one."""
    numerals = sum(character.isascii() for character in text)
    return len(text) - numerals + numerals // 2
