"""The layout of GB/T 9704-2012 (党政机关公文格式): page, page numbers, styles.

Fonts are named, not shipped: the offices' machines have them.
"""

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

from reports.word.elements import add, indent, put, put_on, say

TITLE_SONG, FANG_SONG, KAI, HEI, SONG = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
LATIN = "Times New Roman"
SIZE_2, SIZE_3, SIZE_4, SIZE_TABLE, SIZE_LARGE_TABLE = Pt(22), Pt(16), Pt(14), Pt(10), Pt(12)

BODY, TITLE, BYLINE, HEADING = "公文正文", "公文标题", "公文署名", "公文一级标题"
ISSUER, DATE = "发文机关署名", "成文日期"
APPENDIX_MARK, CELL, LARGE_CELL, PAGE_NUMBER = "附件标注", "表格文字", "表格大字", "页码"

# 22 lines of 28 characters on 225 × 156 mm, in twentieths of a point: a line, and how much closer than their 16 points
# the characters stand. (A grid of characters would say the same, but not every office program draws it alike.)
LINE = 579
CLOSER = -5

# The order of a paragraph's properties is prescribed.
AFTER_SPACES = ("w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def blank_document() -> WordDocument:
    """Without a word in it yet."""
    word = Document()
    _lay_out_page(word)
    _speak_chinese(word)
    _define_styles(word)
    _number_pages(word)
    return word


def _lay_out_page(word: WordDocument):
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # So that the dash beside the page number lies 7 mm below the text.
    section.footer_distance = Mm(25)
    put_on(section._sectPr.find(qn("w:docGrid")), type="lines", linePitch=LINE)


def _number_pages(word: WordDocument):
    """— 1 —, one character from the outer edge: odd pages on the right, even pages on the left."""
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    for footer, align, side in (
        (section.footer, Align.RIGHT, "right"),
        (section.even_page_footer, Align.LEFT, "left"),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.style = word.styles[PAGE_NUMBER]
        paragraph.alignment = align
        indent(paragraph, **{f"{side}Chars": 100, side: SIZE_4.twips})
        say(paragraph, "— ")
        field = add(paragraph._p, "w:fldSimple")
        put_on(field, instr="PAGE")
        add(add(field, "w:r"), "w:t").text = "1"
        say(paragraph, " —")


def _speak_chinese(word: WordDocument):
    """Chinese for the Chinese, Latin rules for numerals (they do not break), and no font of the template's theme."""
    defaults = word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for name in ("w:rFonts", "w:lang"):
        defaults.find(qn(name)).attrib.clear()
    put_on(defaults.find(qn("w:rFonts")), ascii=LATIN, hAnsi=LATIN, cs=LATIN, eastAsia=FANG_SONG)
    put_on(defaults.find(qn("w:lang")), val="en-US", eastAsia="zh-CN")
    put_on(word.settings.element.find(qn("w:themeFontLang")), val="en-US", eastAsia="zh-CN")


def _define_styles(word: WordDocument):
    normal = word.styles["Normal"]
    _dress(normal, FANG_SONG, SIZE_3)
    _space(normal, CLOSER)
    two_in = {"firstLineChars": 200, "firstLine": 2 * SIZE_3.twips}
    _style(word, BODY, FANG_SONG, SIZE_3, Align.JUSTIFY, **two_in)
    title = _style(word, TITLE, TITLE_SONG, SIZE_2, Align.CENTER, keep_with_next=True)
    _style(word, BYLINE, KAI, SIZE_3, Align.CENTER)
    _outline(_style(word, HEADING, HEI, SIZE_3, Align.LEFT, keep_with_next=True, **two_in))
    _style(word, ISSUER, FANG_SONG, SIZE_3, Align.RIGHT, keep_with_next=True)
    _style(word, DATE, FANG_SONG, SIZE_3, Align.RIGHT)
    _style(word, APPENDIX_MARK, HEI, SIZE_3, Align.LEFT)
    _style(word, PAGE_NUMBER, SONG, SIZE_4, Align.LEFT, latin=SONG)
    cells = (_cell(word, CELL, SIZE_TABLE, Pt(14)), _cell(word, LARGE_CELL, SIZE_LARGE_TABLE, Pt(20)))
    # A title is too tall for one line of the grid and a table has its own lines.
    for style in (title, *cells):
        put(style.element.get_or_add_pPr(), "w:snapToGrid", AFTER_SPACES[1:], val=0)


def _cell(word: WordDocument, name: str, size: Pt, line: Pt):
    style = _style(word, name, FANG_SONG, size, Align.LEFT)
    put(style.element.rPr, "w:spacing", ("w:w", "w:kern", "w:position", "w:sz"), val=0)
    style.paragraph_format.line_spacing = line
    return style


def _style(word, name: str, font: str, size: Pt, align: Align, *, keep_with_next=False, latin=LATIN, **measures):
    style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = word.styles["Normal"]
    style.quick_style = True
    _dress(style, font, size, latin)
    style.paragraph_format.alignment = align
    style.paragraph_format.keep_with_next = keep_with_next
    if measures:
        indent(style, **measures)
    return style


def _dress(style, font: str, size: Pt, latin: str = LATIN):
    style.font.size, style.font.name = size, latin
    put_on(style.element.rPr.rFonts, eastAsia=font, cs=latin)


def _space(style, between: int):
    """Fixed lines, no gap between numerals and Chinese; `between`: added to each character."""
    put(style.element.rPr, "w:spacing", ("w:w", "w:kern", "w:position", "w:sz"), val=between)
    for name, followers in (("w:autoSpaceDE", ("w:autoSpaceDN", *AFTER_SPACES)), ("w:autoSpaceDN", AFTER_SPACES)):
        put(style.element.get_or_add_pPr(), name, followers, val=0)
    spacing = style.paragraph_format
    spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    spacing.line_spacing = Twips(LINE)
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.widow_control = False


def _outline(style):
    """Headings show in the navigation pane."""
    put_on(add(style.element.get_or_add_pPr(), "w:outlineLvl"), val=0)
