"""The house's own template of the report: a document of the standard's layout with placeholders in place of the words.

Made from code, so that it can be reviewed; an office downloads it, changes it in Word and gives it back.
"""

from io import BytesIO

from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL as Middle
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.oxml import OxmlElement
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph

from reports.word import layout
from reports.word.elements import add, put_on, say

APPENDIX = "委员联系界别群众工作统计表"
# Heading, width in millimetres, what stands below it.
COLUMNS = (
    ("序号", 10, "{{ 行.序号 }}"),
    ("指标", 26, "{{ 行.指标 }}"),
    ("数值", 22, "{{ 行.数值 }}"),
    ("单位", 11, "{{ 行.单位 }}"),
    ("时段", 30, "{{ 行.时段 }}"),
    ("范围", 22, "{{ 行.范围 }}"),
    ("口径", 35, "{{ 行.口径 }}"),
)


def report_template() -> bytes:
    word = layout.blank_document()
    _write_head(word)
    _write_body(word)
    _sign(word)
    _append_table(word)
    return saved(word)


def saved(word: WordDocument) -> bytes:
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def paragraph(word: WordDocument, text: str, style: str = layout.BODY) -> Paragraph:
    added = word.add_paragraph(style=style)
    if text:
        say(added, text)
    return added


def _write_head(word: WordDocument):
    paragraph(word, "{%p for 行 in 标题 %}")
    paragraph(word, "{{ 行.文字 }}", layout.TITLE)
    paragraph(word, "{%p endfor %}")
    paragraph(word, "{{ 单位全称 }}", layout.BYLINE)
    paragraph(word, "（{{ 时段 }}）", layout.BYLINE)
    paragraph(word, "")


def _write_body(word: WordDocument):
    paragraph(word, "{{ 开头 }}")
    paragraph(word, "{%p for 节 in 各节 %}")
    paragraph(word, "{{ 节.序号 }}、{{ 节.标题 }}", layout.HEADING)
    paragraph(word, "{%p for 段 in 节.段落 %}")
    told = paragraph(word, "")
    say(told, "{{ 段.小标题 }}", layout.KAI)
    say(told, "{{ 段.文字 }}")
    paragraph(word, "{%p endfor %}")
    paragraph(word, "{%p endfor %}")
    paragraph(word, "{%p for 段 in 下一步 %}")
    # Some text stands above the issuer even if the page is full.
    paragraph(word, "{{ 段.文字 }}").paragraph_format.keep_with_next = True
    paragraph(word, "{%p endfor %}")


def _sign(word: WordDocument):
    """附件说明, then issuer and date; where exactly they stand follows from their length (filling.py)."""
    for line in ("", f"附件：{APPENDIX}", ""):
        paragraph(word, line).paragraph_format.keep_with_next = True
    paragraph(word, "{{ 单位全称 }}", layout.ISSUER)
    paragraph(word, "{{ 成文日期 }}", layout.DATE)


def _append_table(word: WordDocument):
    paragraph(word, "附件", layout.APPENDIX_MARK).paragraph_format.page_break_before = True
    paragraph(word, "")
    paragraph(word, APPENDIX, layout.TITLE)
    paragraph(word, "（{{ 单位简称 }}，{{ 成文日期 }}）", layout.BYLINE)
    table = word.add_table(rows=4, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    margins = OxmlElement("w:tblCellMar")
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    for side in ("left", "right"):
        put_on(add(margins, f"w:{side}"), w=Mm(1).twips, type="dxa")
    for column, (_, width, _) in zip(table.columns, COLUMNS, strict=True):
        column.width = Mm(width)
    _fill_row(table, 0, [name for name, _, _ in COLUMNS], layout.HEI)
    add(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
    _fill_row(table, 1, ["{%tr for 行 in 统计表 %}"])
    _fill_row(table, 2, [placeholder for _, _, placeholder in COLUMNS])
    _fill_row(table, 3, ["{%tr endfor %}"])


def _fill_row(table: Table, number: int, texts: list[str], font: str = ""):
    row = table.rows[number]
    add(row._tr.get_or_add_trPr(), "w:cantSplit")
    for (name, width, _), cell, text in zip(
        COLUMNS, row.cells, texts + [""] * (len(COLUMNS) - len(texts)), strict=True
    ):
        cell.width = Mm(width)
        cell.vertical_alignment = Middle.CENTER
        written = cell.paragraphs[0]
        written.style = table.part.document.styles[layout.CELL]
        if text:
            say(written, text, font)
        if font or name in {"序号", "单位"}:
            written.alignment = Align.CENTER
        elif name == "数值":
            written.alignment = Align.RIGHT
