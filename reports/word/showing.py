"""A filled document as a page shows it: its paragraphs and tables in their order, without its fonts."""

from collections.abc import Iterator
from dataclasses import dataclass

from docx.document import Document as WordDocument
from docx.table import Table

from reports.word import layout

SHAPES = {
    layout.TITLE: "title", layout.BYLINE: "byline", layout.HEADING: "heading", layout.ISSUER: "signed", layout.DATE: "signed",
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A paragraph of some shape, or the rows of a table, each a list of its cells' words."""

    text: str = ""
    shape: str = "body"
    rows: tuple[tuple[str, ...], ...] = ()


def shown(word: WordDocument) -> Iterator[Block]:
    for part in word.iter_inner_content():
        if isinstance(part, Table):
            yield Block(rows=tuple(tuple(cell.text for cell in row.cells) for row in part.rows))
        elif part.text.strip():
            yield Block(part.text, SHAPES.get(part.style.name, "body"))
