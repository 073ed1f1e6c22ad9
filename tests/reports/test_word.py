"""The Word document keeps the layout of GB/T 9704-2012 and carries the report with all its figures."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

from cases.models import Case
from cases.workflow import State
from reports import rollup
from tests.cast import make_case, make_visit
from tests.pages import signed_in
from tests.reports.test_text import MARCH

ADDRESS = "/reports/text.docx?org=620100&period=2025-07-01..2026-11-21&kind=lanzhou"


@pytest.fixture
def answer(cast):
    make_visit(cast.chengguan, MARCH, headcount=2037)
    case = make_case(cast.chengguan, MARCH, title="路灯不亮")
    Case.objects.filter(pk=case.pk).update(
        state=State.RESOLVED, resolved_on=MARCH, is_typical=True, result="换灯\x0b12盏"
    )
    rollup.drain()
    return signed_in(cast.lanzhou.clerk).post(ADDRESS, {"closing": "下一步，再接再厉。\n\n\x0c再写一段。"})


@pytest.fixture
def word(answer):
    assert answer.status_code == 200
    return Document(BytesIO(answer.content))


def texts(word) -> list[str]:
    return [paragraph.text for paragraph in word.paragraphs if paragraph.text]


def find(word, text: str):
    return next(paragraph for paragraph in word.paragraphs if text in paragraph.text)


def font(element, script: str = "eastAsia") -> str:
    return element.rPr.rFonts.get(qn(f"w:{script}"))


def near(length, expected) -> bool:
    """Word keeps twentieths of a point."""
    return abs(length - expected) < Twips(1)


def test_the_file_has_a_chinese_name(answer):
    name = "兰州市政协委员联系界别群众工作报告（2025年7月1日至2026年11月21日）.docx"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    from urllib.parse import unquote

    assert unquote(answer["Content-Disposition"]).endswith(name)
    assert answer["Content-Type"].endswith("wordprocessingml.document")


def test_the_page_is_a4_with_the_standards_margins(word):
    section = word.sections[0]
    assert near(section.page_width, Mm(210))
    assert near(section.page_height, Mm(297))
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert all(near(margin, Mm(mm)) for margin, mm in zip(margins, (37, 26, 35, 28), strict=True))
    assert len(word.sections) == 1


def test_22_lines_of_28_characters_fill_the_page(word):
    grid = word.sections[0]._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    body = word.styles["公文正文"]
    assert word.styles["Normal"].paragraph_format.line_spacing == Twips(579)
    assert word.styles["Normal"].paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert 22 * Twips(579) <= Mm(225) < 23 * Twips(579)
    character = body.font.size + Twips(int(word.styles["Normal"].element.rPr.find(qn("w:spacing")).get(qn("w:val"))))
    assert 28 * character <= Mm(156) < 29 * character


@pytest.mark.parametrize(
    ("style", "name", "points"),
    [
        ("公文标题", "方正小标宋简体", 22),
        ("公文正文", "仿宋_GB2312", 16),
        ("公文一级标题", "黑体", 16),
        ("公文署名", "楷体_GB2312", 16),
        ("页码", "宋体", 14),
    ],
)
def test_each_part_has_its_font_and_size(word, style, name, points):
    assert font(word.styles[style].element) == name
    assert word.styles[style].font.size == Pt(points)
    assert not word.styles[style].font.bold


def test_body_and_headings_begin_two_characters_in(word):
    for style in ("公文正文", "公文一级标题"):
        indent = word.styles[style].element.pPr.ind
        assert indent.get(qn("w:firstLineChars")) == "200"
        assert indent.get(qn("w:firstLine")) == "640"


def test_title_is_centred_and_tells_whose_and_when(word):
    assert texts(word)[:4] == [
        "健全完善制度机制", "推进委员联系界别群众工作", "政协兰州市委员会", "（2025年7月1日至2026年11月21日）",
    ]  # fmt: skip
    assert find(word, "健全完善制度机制").style.name == "公文标题"
    assert word.styles["公文标题"].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER


def test_the_text_is_that_of_the_page(word, cast):
    page = signed_in(cast.lanzhou.clerk).get(ADDRESS.replace(".docx?", "/?"))
    report = page.context["report"]
    assert report.opening.told in texts(word)
    for section in report.sections:
        assert f"{section.number}、{section.heading}" in texts(word)
        for paragraph in section.paragraphs:
            assert any(text.endswith(paragraph.told.replace("\x0b", "")) for text in texts(word))


def test_named_paragraphs_begin_in_kai(word):
    run = find(word, "（一）路灯不亮。").runs[0]
    assert run.text == "（一）路灯不亮。"
    assert font(run._r) == "楷体_GB2312"


def test_control_characters_do_not_break_the_file(word):
    assert find(word, "换灯12盏。")


def test_the_office_writes_the_last_paragraph(word):
    assert "下一步，再接再厉。" in texts(word)
    assert "再写一段。" in texts(word)
    assert not any("延伸联系链条" in text for text in texts(word))


def test_without_a_written_one_the_kinds_own_last_paragraph_stands(cast):
    word = Document(BytesIO(signed_in(cast.lanzhou.clerk).get(ADDRESS).content))
    assert find(word, "延伸联系链条")


def test_page_numbers_lie_outside_between_dashes(word):
    assert word.settings.odd_and_even_pages_header_footer
    section = word.sections[0]
    sides = (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left"),
    )
    for footer, align, side in sides:
        paragraph = footer.paragraphs[0]
        assert paragraph.style.name == "页码"
        assert paragraph.alignment == align
        assert paragraph._p.pPr.ind.get(qn(f"w:{side}Chars")) == "100"
        assert "".join(t.text for t in paragraph._p.iter(qn("w:t"))) == "— 1 —"
        assert paragraph._p.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
    assert font(word.styles["页码"].element, "ascii") == "宋体"


def test_the_date_stands_four_characters_from_the_margin_and_the_issuer_above_its_middle(word):
    lines = [p for p in word.paragraphs if p.text]
    where = next(n for n, p in enumerate(lines) if p.text == "附件：委员联系界别群众工作统计表")
    issuer, day = lines[where + 1 : where + 3]
    assert (issuer.text, day.text) == ("政协兰州市委员会", "2026年11月21日")
    assert (issuer.style.name, day.style.name) == ("发文机关署名", "成文日期")
    assert {line.style.paragraph_format.alignment for line in (issuer, day)} == {WD_ALIGN_PARAGRAPH.RIGHT}
    assert {line.alignment for line in (issuer, day)} == {None}
    assert day._p.pPr.ind.get(qn("w:rightChars")) == "400"
    # Eight characters above seven: half a character further out on either side.
    assert issuer._p.pPr.ind.get(qn("w:rightChars")) == "350"


def test_the_appendix_begins_a_page_and_lists_every_figure_with_its_exact_value(word, cast):
    label = next(p for p in word.paragraphs if p.text == "附件")
    assert label.style.name == "附件标注"
    assert label.paragraph_format.page_break_before
    report = signed_in(cast.lanzhou.clerk).get(ADDRESS.replace(".docx?", "/?")).context["report"]
    rows = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert rows[0] == ["序号", "指标", "数值", "单位", "时段", "范围", "口径"]
    assert len(rows) == 1 + len(report.figures)
    served = next(row for row in rows if row[1] == "工作室联系服务群众")
    assert served[2:6] == ["2037", "人次", "2025年7月1日至2026年11月21日", "兰州市政协及以下"]
    assert served[6].startswith("同“联系服务群众”")


def test_the_appendix_repeats_its_head_and_keeps_rows_whole(word):
    rows = word.tables[0].rows
    assert rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_the_file_names_the_office_and_no_program(word):
    properties = word.core_properties
    assert properties.author == "政协兰州市委员会"
    assert properties.title == "健全完善制度机制推进委员联系界别群众工作"
    assert properties.comments == ""
    assert timezone.now() - properties.created < timedelta(minutes=10)
