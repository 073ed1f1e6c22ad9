"""Whether a file that somebody sent may become a template: a sound archive, nothing that reaches out or runs, placeholders
that are known, and a trial with examples. What is wrong is said; nothing is kept of it."""

import re
import zipfile
from collections.abc import Iterable

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.core.exceptions import ValidationError

from liaison.workbooks.archive import DOCUMENT, opened, refuse
from liaison.workbooks.parts import must_be_moderate
from reports.word.filling import Template
from reports.word.placeholders import Placeholder, example

MOST_BYTES = 2 * 1024 * 1024
# Of the text's own XML: a report of twenty pages has 300 KB. What a loop repeats is a part of it.
MOST_TEXT = 1024 * 1024
RUNNING = re.compile(r"vbaproject|vbadata|activex|/embeddings/|afchunk|/customxml/.*\.(exe|js|vbs)", re.IGNORECASE)
# Fields that fetch from elsewhere, or run something, when an office program opens the document.
FETCHING = (
    "INCLUDEPICTURE", "INCLUDETEXT", "DDE", "IMPORT", "DATABASE", "MACROBUTTON", "AUTOTEXT", "MERGEFIELD", "EMBED", "RD ",
)  # fmt: skip
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def template_of(upload, placeholders: Iterable[Placeholder]) -> bytes:
    """The file's content. Raises ValidationError with one or more sentences."""
    if upload.size > MOST_BYTES:
        refuse(upload, f"超过 {MOST_BYTES // 1024 // 1024} MB，模板里请不要放大图片。")
    with opened(upload, DOCUMENT) as archive:
        must_be_moderate(upload, archive, DOCUMENT)
        for part in archive.infolist():
            _must_be_harmless(upload, archive, part)
    upload.seek(0)
    content = upload.read()
    _must_fill(upload, content, placeholders)
    return content


def _must_be_harmless(upload, archive: zipfile.ZipFile, part: zipfile.ZipInfo):
    name = part.filename.lower()
    if RUNNING.search(f"/{name}"):
        refuse(upload, f"含有宏或嵌入的对象。{DOCUMENT.save_as}")
    if not name.endswith((".xml", ".rels")):
        return
    if name.startswith("word/document") and part.file_size > MOST_TEXT:
        refuse(upload, "的正文过长，模板里只放固定的文字和占位符。")
    try:
        root = fromstring(archive.read(part), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as broken:
        raise ValidationError(f"“{upload.name}”的内容不合规范，没有打开。{DOCUMENT.save_as}") from broken
    for relation in root.iter("{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"):
        if relation.get("TargetMode") == "External" and not relation.get("Type", "").endswith("/hyperlink"):
            refuse(upload, "引用了外部的模板、图片或文件。请把它们去掉，或把图片直接放进文档，再上传。")
    _must_not_fetch(upload, root)


def _must_not_fetch(upload, root):
    told = [element.text or "" for element in root.iter(f"{W}instrText")]
    told += [element.get(f"{W}instr", "") for element in root.iter(f"{W}fldSimple")]
    instructions = re.sub(r"\s+", " ", "".join(told)).upper() + " "
    if any(word in instructions for word in FETCHING) or re.search(r"(?<!HYPER)LINK ", instructions):
        refuse(upload, "含有从别处取内容的域。请把域换成文字，再上传。")
    if "{{" in instructions or "{%" in instructions:
        refuse(upload, "的域里有占位符。占位符只能写在文字里。")


def _must_fill(upload, content: bytes, placeholders: Iterable[Placeholder]):
    try:
        Template(content, placeholders).filled(example(placeholders))
    except ValidationError:
        raise
    except Exception as broken:  # What python-docx and lxml make of a malformed file is one of many exceptions.
        raise ValidationError(f"“{upload.name}”的内容不合规范，没有打开。{DOCUMENT.save_as}") from broken
