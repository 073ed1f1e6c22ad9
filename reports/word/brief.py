"""The weekly brief as a Word document of one page: the house's template, its placeholders, and what they stand for."""

from datetime import datetime
from functools import cache

from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL as Middle
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.shared import Mm

from liaison.periods import cn
from reports.brief import Brief
from reports.text.words import days_in_words
from reports.word import layout
from reports.word.blank import paragraph, saved
from reports.word.elements import clean, say
from reports.word.filling import Template, describe
from reports.word.placeholders import Placeholder, Row, paragraph_row, rows

BRIEF = (
    Placeholder("标题", "简报标题", "委员联系界别群众工作每周简报"),
    Placeholder("单位全称", "政协组织全称", "政协兰州市委员会"),
    Placeholder("时段", "一周的起止日期", "2026年11月16日至2026年11月22日"),
    Placeholder("成文日期", "一周的最后一天", "2026年11月22日"),
    rows(
        "数字", "五个主要数字",
        Placeholder("指标", "指标名称", "联系服务群众"),
        Placeholder("本周", "本周的数字", "532人次"),
        Placeholder("上周", "上周的数字", "497人次"),
        Placeholder("变化", "与上周相比", "比上周多35人次"),
    ),
    Placeholder("变化", "其他工作与上周相比", "政策宣讲5场次，比上周多3场次。"),
    Placeholder("未按时", "没有按时开展和办理的", "本周应开展接待日12次，已开展11次，未开展1次。"),
    rows(
        "案例", "本周办结的典型案例",
        Placeholder("小标题", "序号和事项", "（一）解决老旧小区停车难。"),
        Placeholder("文字", "办理结果", "城关区政协于2026年11月20日办结。"),
    ),
)  # fmt: skip
COLUMNS = (("指标", 45), ("本周", 36), ("上周", 36), ("变化", 39))


def document(brief: Brief, at: datetime, template: bytes = b"") -> bytes:
    """The whole file, made at a moment (UTC). Raises ValidationError if the template names what there is not."""
    word = Template(template or own_template(), BRIEF).filled(_filled(brief))
    describe(word, brief.title, brief.organisation.name, at)
    return saved(word)


@cache
def own_template() -> bytes:
    """The house's own, as it is downloaded."""
    word = layout.blank_document()
    paragraph(word, "{{ 标题 }}", layout.TITLE)
    paragraph(word, "{{ 单位全称 }}", layout.BYLINE)
    paragraph(word, "（{{ 时段 }}）", layout.BYLINE)
    _add_figures(word)
    for heading, text in (("一、其他工作的变化", "{{ 变化 }}"), ("二、没有按时开展和办理的", "{{ 未按时 }}")):
        paragraph(word, heading, layout.HEADING)
        paragraph(word, text)
    paragraph(word, "三、典型案例", layout.HEADING)
    paragraph(word, "{%p for 段 in 案例 %}")
    told = paragraph(word, "")
    say(told, "{{ 段.小标题 }}", layout.KAI)
    say(told, "{{ 段.文字 }}")
    paragraph(word, "{%p endfor %}")
    paragraph(word, "{%p if not 案例 %}")
    paragraph(word, "本周没有新的典型案例。")
    paragraph(word, "{%p endif %}")
    return saved(word)


def _add_figures(word: WordDocument):
    table = word.add_table(rows=4, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    lines = (
        [name for name, _ in COLUMNS],
        ["{%tr for 行 in 数字 %}"],
        [f"{{{{ 行.{name} }}}}" for name, _ in COLUMNS],
        ["{%tr endfor %}"],
    )
    for number, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        for (_, width), cell, text in zip(COLUMNS, row.cells, texts + [""] * (len(COLUMNS) - len(texts)), strict=True):
            cell.width, cell.vertical_alignment = Mm(width), Middle.CENTER
            written = cell.paragraphs[0]
            written.style = word.styles[layout.LARGE_CELL]
            written.alignment = Align.CENTER
            if text:
                say(written, text, layout.HEI if number == 0 else "")


def _filled(brief: Brief) -> Row:
    return {
        "标题": brief.title,
        "单位全称": clean(brief.organisation.name),
        "时段": days_in_words(brief.week),
        "成文日期": cn(brief.week.last),
        "数字": [
            {"指标": one.now.indicator.name, "本周": one.now.phrase, "上周": one.then.phrase, "变化": one.change}
            for one in brief.five
        ],
        "变化": clean(brief.changed.told),
        "未按时": clean(brief.late.told),
        "案例": [paragraph_row(case) for case in brief.cases],
    }
