"""What stands in a workbook's parts, counted before openpyxl builds objects of it: a few hundred kilobytes can become a
gigabyte of cells, styles or texts."""

import zipfile
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.core.exceptions import ValidationError

from .archive import WORKBOOK, Format, chunks, refuse

# As many as Excel lets a cell hold.
LONGEST_TEXT = 32_767
MOST_COLUMNS = 200
# openpyxl needs some 1 KB for an element of these, and holds all of them at once.
MOST_ELEMENTS = 60_000
# Cells, rows and texts pass one by one.
MOST_STREAMED_ELEMENTS = 800_000
STREAMED = ("xl/worksheets/", "xl/sharedStrings")


class TooMuch(Exception):
    """The message says what there is too much of."""


class Count:
    """Target of an XML parser: counts and forgets."""

    def __init__(self, most: int):
        self.left = most
        self.cells = 0
        self.length = 0

    def start(self, tag: str, attributes: dict):
        self.left -= 1
        if self.left < 0:
            raise TooMuch("的内容或格式太多")
        name = tag.rpartition("}")[2]
        if name == "row":
            self.cells = 0
        elif name == "c":
            self.cells += 1
            if self.cells > MOST_COLUMNS:
                raise TooMuch(f"的一行超过 {MOST_COLUMNS} 列")
        if name in ("c", "si"):
            self.length = 0

    def data(self, text: str):
        self.length += len(text)
        if self.length > LONGEST_TEXT:
            raise TooMuch(f"有超过 {LONGEST_TEXT:,} 字的单元格")

    def end(self, tag: str):
        # Blanks between cells are no text of any cell.
        if tag.rpartition("}")[2] not in ("t", "r", "v", "rPr", "is"):
            self.length = 0

    def close(self):
        """Nothing is kept."""


def must_be_moderate(upload, archive: zipfile.ZipFile, format: Format = WORKBOOK):
    """Unpacks every part that may be read, in small pieces. Raises ValidationError."""
    for part in archive.infolist():
        name = part.filename.lower()
        if not name.endswith((".xml", ".rels")):
            continue
        try:
            _scan(archive, part)
        except TooMuch as much:
            refuse(upload, f"{much}，没有打开。{format.smaller}")
        except (ParseError, DefusedXmlException, ValueError) as broken:
            raise ValidationError(f"“{upload.name}”的内容不合规范，没有打开。{format.save_as}") from broken


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo):
    most = MOST_STREAMED_ELEMENTS if part.filename.startswith(STREAMED) else MOST_ELEMENTS
    parser = DefusedXMLParser(target=Count(most), forbid_dtd=True)
    for chunk in chunks(archive, part):
        parser.feed(chunk)
    parser.close()
