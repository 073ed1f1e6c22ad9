"""What a template of the report may say: what is declared, and nothing that calls, computes or loops without end."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from docx import Document

from reports import rollup
from reports.asking import rows_link
from reports.text import read, write
from reports.word import REPORT, Template, own_template
from reports.word.placeholders import filled
from tests.cast import make_activity, make_visit
from tests.reports.test_text import MARCH, TODAY


def docx(*lines: str, table: str = "", footer: str = "") -> bytes:
    word = Document()
    for line in lines:
        word.add_paragraph(line)
    if table:
        word.add_table(rows=1, cols=1).rows[0].cells[0].text = table
    if footer:
        word.sections[0].footer.paragraphs[0].text = footer
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def problems(*lines: str, **more: str) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Template(docx(*lines, **more), REPORT)
    return refused.value.messages


def test_the_houses_own_template_is_sound():
    assert Template(own_template(), REPORT).used == set()


def test_a_wrong_name_is_said_with_its_paragraph_and_the_right_one():
    assert problems("第一段", "关于{{ 单位全程 }}的报告", "{{ 时段 }}") == [
        "正文第 2 段（“关于{{ 单位全程 }}的报告”）：不认识占位符“单位全程”，是不是“单位全称”？"
    ]


def test_every_wrong_name_is_said_at_once_wherever_it_stands():
    found = problems("{{ 甲 }}", "{{ 单位简称 }}", table="{{ 乙 }}", footer="{{ 丙 }}")
    assert [problem.split("（")[0] for problem in found] == ["正文第 1 段", "正文第 3 段", "页脚第 1 段"]
    assert all(f"“{name}”" in problem for name, problem in zip("甲乙丙", found, strict=True))


def test_the_place_is_right_behind_loops_that_take_paragraphs_away():
    found = problems("{%p for 节 in 各节 %}", "{{ 节.标题 }}", "{%p endfor %}", "好", "{{ 节.标题 }}")
    assert found == ["正文第 5 段（“{{ 节.标题 }}”）：不认识占位符“节”，是不是“各节”？"]


def test_a_name_that_word_has_split_into_pieces_is_read_as_one():
    word = Document()
    paragraph = word.add_paragraph("{{ 单位")
    paragraph.add_run("全程").bold = True
    paragraph.add_run(" }}")
    file = BytesIO()
    word.save(file)
    with pytest.raises(ValidationError, match="单位全程"):
        Template(file.getvalue(), REPORT)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{{ 单位全称", "没有写完，缺少“}}”"),
        ("单位全称 }}", "多了一个“}}”"),
        ("{{ 单位全称 %}", "没有写完，缺少“}}”"),
        ("{{- 时段 }} {%- if 时段 %}{% endif %}", "标记里不要写减号"),
        ("{{ 各节 }}", "“各节”是一组内容，请用循环逐行写"),
        ("{{ 本期 }}", "后面还要用点号写出是哪一项"),
        ("{{ 本期.接待日 }}", "不认识占位符“本期.接待日”，是不是“接待日活动”？"),
        ("{{ 单位全称.长度 }}", "不认识占位符“单位全称.长度”"),
        ("{{ 各节.标题 }}", "不认识占位符“各节.标题”"),
        ("{{ 单位全称|多 }}", "“|多”只能写在数字后面，“单位全称”不是数字"),
        ("{{ 本期.来访|upper }}", "竖线后面只能写余、多、数"),
        ("{% for 字 in 单位全称 %}{% endfor %}", "“单位全称”不是一组内容，不能用循环"),
        ("{% for 时段 in 各节 %}{% endfor %}", "和占位符重名"),
        ("{% for 节 in 各节 %}", "没有写结束标记"),
        ("{% endfor %}", "多了一个结束标记"),
        ("{% 循环 %}", "不认识的标记"),
        ("{{ 单位 全称 }}", "占位符的写法有误"),
    ],
)
def test_what_is_written_wrongly_is_said_in_plain_words(line, sentence):
    (problem,) = problems(line)
    assert sentence in problem
    assert problem.startswith("正文第 1 段（“")


@pytest.mark.parametrize(
    "line",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ 单位全称.__class__ }}",
        "{{ 各节.__len__() }}",
        "{{ 单位全称.format(单位全称) }}",
        "{{ range(999999999) }}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 99999 }}",
        "{{ 本期['来访'] }}",
        "{{ self }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% set 甲 = 单位全称 %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro 甲() %}{% endmacro %}",
        "{% for 甲 in 各节 %}{% for 乙 in 各节 %}{% endfor %}{% endfor %}",
        "{% for 甲 in range(9) %}{% endfor %}",
        "{% for 甲 in 各节 recursive %}{% endfor %}",
        "{% for 甲 in 各节 if 甲.标题 %}{% endfor %}",
        "{% if 单位全称.upper() %}{% endif %}",
        "{% if 单位全称 is defined %}{% endif %}",
        "{% if 单位全称 == '甲' %}{% endif %}",
        "{% filter upper %}{% endfilter %}",
        "{% raw %}{% endraw %}{{ lipsum }}",
        "{% with 甲 = 时段 %}{% endwith %}",
        "{% block 甲 %}{% endblock %}",
        "{% cellbg lipsum.__globals__ %}",
    ],
)
def test_nothing_else_that_a_template_language_can_do_passes(line):
    assert problems(line)


def report_of(office):
    rollup.drain()
    return write(read({}, office.organisation, TODAY), rows_link)


def text_of(template: bytes, office, closing: str = "") -> list[str]:
    form = Template(template, REPORT)
    return [p.text for p in form.filled(filled(report_of(office), closing, form.used)).paragraphs]


def test_figures_are_told_exactly_or_floored_as_the_template_says(cast):
    make_visit(cast.chengguan, MARCH, headcount=6532)
    told = text_of(
        docx("{{ 本期.接待群众 }}，{{ 累计.联系服务群众 }}，{{ 累计.联系服务群众|余 }}，{{ 累计.联系服务群众|数 }}"),
        cast.lanzhou,
    )
    assert told == ["0人次，6532人次，6500余人次，6532"]


def test_the_own_figures_of_an_office_leave_out_those_below(cast):
    make_visit(cast.chengguan, MARCH)
    assert text_of(docx("{{ 累计.来访 }}，{{ 本级累计.来访 }}"), cast.lanzhou) == ["1批，0批"]


def test_a_figure_that_the_template_names_joins_the_table(cast):
    make_activity(cast.chengguan, MARCH, kind="training")
    make_visit(cast.chengguan, MARCH, headcount=31)
    form = Template(docx("{{ 本级累计.来访 }}"), REPORT)
    table = filled(report_of(cast.chengguan), "", form.used)["统计表"]
    assert [row["数值"] for row in table if row["指标"] == "来访" and row["时段"].startswith("截至")] == ["1"]


def test_what_somebody_typed_stays_text(cast):
    closing = "<w:p/> & {{ 单位全称 }} {% for 甲 in 各节 %}\x0c\x07"
    assert text_of(docx("{%p for 段 in 下一步 %}", "{{ 段.文字 }}", "{%p endfor %}"), cast.lanzhou, closing) == [
        "<w:p/> & {{ 单位全称 }} {% for 甲 in 各节 %}"
    ]
