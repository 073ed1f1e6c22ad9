"""The report as a Word document in the layout of GB/T 9704-2012 (党政机关公文格式), with its figures as an appendix.

Fonts are named, not shipped: the offices' machines have them.
"""

import re
from datetime import datetime
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, Twips
from docx.table import Table
from docx.text.paragraph import Paragraph

from liaison.periods import cn
from reports.text import Figure, Report, Written
from reports.text.words import days_in_words

TITLE_SONG, FANG_SONG, KAI, HEI, SONG = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
LATIN = "Times New Roman"
SIZE_2, SIZE_3, SIZE_4, SIZE_TABLE = Pt(22), Pt(16), Pt(14), Pt(10)

# 22 lines of 28 characters on 225 × 156 mm, in twentieths of a point: a line, and how much closer than their 16 points
# the characters stand. (A grid of characters would say the same, but not every office program draws it alike.)
LINE = 579
CLOSER = -5

APPENDIX = "委员联系界别群众工作统计表"
COLUMNS = (("序号", 11), ("指标", 26), ("数值", 24), ("单位", 12), ("时段", 31), ("范围", 22), ("口径", 30))
# The order of a paragraph's properties is prescribed.
AFTER_SPACES = ("w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def document(report: Report, closing: str, at: datetime) -> bytes:
    """The whole file; `closing` is the last paragraph as the office has written it, `at` the moment it is made (UTC)."""
    word = Document()
    _lay_out_page(word)
    _speak_chinese(word)
    _define_styles(word)
    _number_pages(word)
    _write_head(word, report)
    _write_body(word, report, closing)
    _sign(word, report)
    _append_table(word, report)
    _describe(word, report, at)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


# --- Page and page numbers ---


def _lay_out_page(word: WordDocument):
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # So that the dash beside the page number lies 7 mm below the text.
    section.footer_distance = Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    _set(grid, type="lines", linePitch=LINE)


def _number_pages(word: WordDocument):
    """— 1 —, one character from the outer edge: odd pages on the right, even pages on the left."""
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    for footer, align, side in (
        (section.footer, Align.RIGHT, "right"),
        (section.even_page_footer, Align.LEFT, "left"),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.style = word.styles["页码"]
        paragraph.alignment = align
        _indent(paragraph, **{f"{side}Chars": 100, side: SIZE_4.twips})
        _say(paragraph, "— ")
        field = _add(paragraph._p, "w:fldSimple")
        _set(field, instr="PAGE")
        _add(_add(field, "w:r"), "w:t").text = "1"
        _say(paragraph, " —")


# --- Language and styles ---


def _speak_chinese(word: WordDocument):
    """Chinese for the Chinese, Latin rules for numerals (they do not break), and no font of the template's theme."""
    defaults = word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for name in ("w:rFonts", "w:lang"):
        defaults.find(qn(name)).attrib.clear()
    _set(defaults.find(qn("w:rFonts")), ascii=LATIN, hAnsi=LATIN, cs=LATIN, eastAsia=FANG_SONG)
    _set(defaults.find(qn("w:lang")), val="en-US", eastAsia="zh-CN")
    _set(word.settings.element.find(qn("w:themeFontLang")), val="en-US", eastAsia="zh-CN")


def _define_styles(word: WordDocument):
    normal = word.styles["Normal"]
    _dress(normal, FANG_SONG, SIZE_3)
    _space(normal, CLOSER)
    indented = {"firstLineChars": 200, "firstLine": 2 * SIZE_3.twips}
    _style(word, "公文正文", FANG_SONG, SIZE_3, Align.JUSTIFY, **indented)
    title = _style(word, "公文标题", TITLE_SONG, SIZE_2, Align.CENTER, keep_with_next=True)
    _style(word, "公文署名", KAI, SIZE_3, Align.CENTER)
    _outline(_style(word, "公文一级标题", HEI, SIZE_3, Align.LEFT, keep_with_next=True, **indented))
    _style(word, "附件标注", HEI, SIZE_3, Align.LEFT)
    _style(word, "页码", SONG, SIZE_4, Align.LEFT, latin=SONG)
    cell = _style(word, "表格文字", FANG_SONG, SIZE_TABLE, Align.LEFT)
    _put(cell.element.rPr, "w:spacing", ("w:w", "w:kern", "w:position", "w:sz"), val=0)
    cell.paragraph_format.line_spacing = Pt(14)
    # A title is too tall for one line of the grid and a table has its own lines.
    for style in (title, cell):
        _put(style.element.get_or_add_pPr(), "w:snapToGrid", AFTER_SPACES[1:], val=0)


def _style(word, name: str, font: str, size: Pt, align: Align, *, keep_with_next=False, latin=LATIN, **indent):
    style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = word.styles["Normal"]
    style.quick_style = True
    _dress(style, font, size, latin)
    style.paragraph_format.alignment = align
    style.paragraph_format.keep_with_next = keep_with_next
    if indent:
        _indent(style, **indent)
    return style


def _dress(style, font: str, size: Pt, latin: str = LATIN):
    style.font.size, style.font.name = size, latin
    _set(style.element.rPr.rFonts, eastAsia=font, cs=latin)


def _space(style, between: int):
    """Fixed lines, no gap between numerals and Chinese; `between`: added to each character."""
    _put(style.element.rPr, "w:spacing", ("w:w", "w:kern", "w:position", "w:sz"), val=between)
    for name, followers in (("w:autoSpaceDE", ("w:autoSpaceDN", *AFTER_SPACES)), ("w:autoSpaceDN", AFTER_SPACES)):
        _put(style.element.get_or_add_pPr(), name, followers, val=0)
    spacing = style.paragraph_format
    spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    spacing.line_spacing = Twips(LINE)
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.widow_control = False


def _outline(style):
    """Headings show in the navigation pane."""
    _set(_add(style.element.get_or_add_pPr(), "w:outlineLvl"), val=0)


# --- Text ---


def _write_head(word: WordDocument, report: Report):
    for line in report.asked.kind.title:
        _paragraph(word, line, "公文标题")
    _paragraph(word, report.asked.organisation.name, "公文署名")
    _paragraph(word, f"（{days_in_words(report.asked.main)}）", "公文署名")
    _paragraph(word, "", "公文正文")


def _write_body(word: WordDocument, report: Report, closing: str):
    _write(word, report.opening)
    for section in report.sections:
        _paragraph(word, f"{section.number}、{section.heading}", "公文一级标题")
        for written in section.paragraphs:
            _write(word, written)
    for line in closing.splitlines():
        if line.strip():
            _paragraph(word, line.strip(), "公文正文")
    # Some text stands above the issuer even if the page is full.
    word.paragraphs[-1].paragraph_format.keep_with_next = True


def _write(word: WordDocument, written: Written):
    paragraph = _paragraph(word, "", "公文正文")
    if written.name:
        _say(paragraph, f"（{written.number}）{written.name}。", KAI)
    _say(paragraph, written.told)


def _sign(word: WordDocument, report: Report):
    """附件说明, then the issuer centred over the date, whose right edge is four characters from the margin."""
    issuer, day = report.asked.organisation.name, cn(report.asked.last)
    for line in ("", f"附件：{APPENDIX}"):
        _paragraph(word, line, "公文正文").paragraph_format.keep_with_next = True
    for line, kept in (("", True), (issuer, True), (day, False)):
        paragraph = _paragraph(word, line, "公文正文")
        paragraph.alignment = Align.RIGHT
        paragraph.paragraph_format.keep_with_next = kept
        hundredths = max(0, 400 + 50 * (_width(day) - _width(line)))
        _indent(paragraph, rightChars=hundredths, right=hundredths * SIZE_3.twips // 100, firstLineChars=0, firstLine=0)


def _width(text: str) -> int:
    """In characters; two numerals fill one."""
    numerals = sum(character.isascii() for character in text)
    return len(text) - numerals + numerals // 2


# --- Appendix ---


def _append_table(word: WordDocument, report: Report):
    _paragraph(word, "附件", "附件标注").paragraph_format.page_break_before = True
    _paragraph(word, "", "公文正文")
    _paragraph(word, APPENDIX, "公文标题")
    _paragraph(word, f"（{report.asked.organisation.short_name}，{cn(report.asked.last)}）", "公文署名")
    table = word.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    margins = OxmlElement("w:tblCellMar")
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    for side in ("left", "right"):
        _set(_add(margins, f"w:{side}"), w=Mm(1).twips, type="dxa")
    for column, (_, width) in zip(table.columns, COLUMNS, strict=True):
        column.width = Mm(width)
    _fill_row(table, 0, [name for name, _ in COLUMNS], HEI)
    _add(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
    for number, figure in enumerate(report.figures, start=1):
        table.add_row()
        _fill_row(table, number, [str(number), *_cells(figure)])


def _cells(figure: Figure) -> list[str]:
    indicator = figure.indicator
    return [indicator.name, str(figure.number), indicator.unit, figure.days, figure.scope, indicator.definition]


def _fill_row(table: Table, number: int, texts: list[str], font: str = ""):
    row = table.rows[number]
    _add(row._tr.get_or_add_trPr(), "w:cantSplit")
    for (name, width), cell, text in zip(COLUMNS, row.cells, texts, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.style = table.part.document.styles["表格文字"]
        _say(paragraph, text, font)
        if font or name in {"序号", "单位"}:
            paragraph.alignment = Align.CENTER
        elif name == "数值":
            paragraph.alignment = Align.RIGHT


def _describe(word: WordDocument, report: Report, at: datetime):
    properties = word.core_properties
    properties.title = "".join(report.asked.kind.title)
    properties.author = properties.last_modified_by = report.asked.organisation.name
    properties.created = properties.modified = at
    properties.comments, properties.language = "", "zh-CN"


# --- Elements ---


def _paragraph(word: WordDocument, text: str, style: str) -> Paragraph:
    paragraph = word.add_paragraph(style=style)
    if text:
        _say(paragraph, text)
    return paragraph


def _say(paragraph: Paragraph, text: str, font: str = ""):
    """Words in the paragraph's font or another; their quotation marks are Chinese ones."""
    run = paragraph.add_run(_clean(text))
    _set(run._r.get_or_add_rPr().get_or_add_rFonts(), hint="eastAsia", **({"eastAsia": font} if font else {}))


def _indent(target, **measures: int):
    _set(target.paragraph_format.element.get_or_add_pPr().get_or_add_ind(), **measures)


def _add(parent: BaseOxmlElement, tag: str) -> BaseOxmlElement:
    element = OxmlElement(tag)
    parent.append(element)
    return element


def _put(parent: BaseOxmlElement, tag: str, followers: tuple[str, ...], **attributes):
    """Add an element in the order that the format prescribes."""
    element = OxmlElement(tag)
    _set(element, **attributes)
    parent.insert_element_before(element, *followers)


def _set(element: BaseOxmlElement, **attributes):
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))


def _clean(text: str) -> str:
    """Without the control characters that a typed text may hold and a document may not."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", text)
