"""Elements of a Word document that python-docx has no name for."""

import re

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

# What XML can not hold, and the signs by which docxtpl makes pages and paragraphs.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def say(paragraph: Paragraph, text: str, font: str = ""):
    """Words in the paragraph's font or another; their quotation marks are Chinese ones."""
    run = paragraph.add_run(clean(text))
    put_on(run._r.get_or_add_rPr().get_or_add_rFonts(), hint="eastAsia", **({"eastAsia": font} if font else {}))


def indent(target, **measures: int):
    put_on(target.paragraph_format.element.get_or_add_pPr().get_or_add_ind(), **measures)


def add(parent: BaseOxmlElement, tag: str) -> BaseOxmlElement:
    element = OxmlElement(tag)
    parent.append(element)
    return element


def put(parent: BaseOxmlElement, tag: str, followers: tuple[str, ...], **attributes):
    """Add an element in the order that the format prescribes."""
    element = OxmlElement(tag)
    put_on(element, **attributes)
    parent.insert_element_before(element, *followers)


def put_on(element: BaseOxmlElement, **attributes):
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))


def clean(text: str) -> str:
    """Without the control characters that a typed text may hold and a document may not."""
    return UNWRITABLE.sub("", text)
