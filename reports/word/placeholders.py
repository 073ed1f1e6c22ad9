"""What a template of the report may name, declared once: the check, the list on the page and the words filled in follow from it.

Names are Chinese, for the office writes them: {{ 单位全称 }}, {% for 节 in 各节 %}, {{ 本期.接待日活动 }}, {{ 累计.意见建议|多 }}.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from liaison.periods import RELATIVE, Period, cn
from reports import phrases
from reports.ask import Ask
from reports.asking import rows_link
from reports.indicators import INDICATORS, Indicator
from reports.table import figures, supplements
from reports.text import Figure, Report, Written
from reports.text.sentences import MAIN, OWN, SUBTREE
from reports.text.words import days_in_words
from reports.word.elements import clean


@dataclass(frozen=True)
class Placeholder:
    """`fields`: what may follow behind a dot. Of a list, they are those of each of its rows, which a loop goes through."""

    name: str
    meaning: str
    example: str = ""
    fields: tuple["Placeholder", ...] = ()
    is_list: bool = False
    is_figure: bool = False

    def field(self, name: str) -> "Placeholder | None":
        return next((field for field in self.fields if field.name == name), None)


def rows(name: str, meaning: str, *fields: Placeholder) -> Placeholder:
    return Placeholder(name, meaning, fields=fields, is_list=True)


PARAGRAPHS = rows(
    "段落", "这一部分的各个自然段",
    Placeholder("小标题", "有小标题的段落的序号和小标题，没有则为空", "（一）解决老旧小区停车难。"),
    Placeholder("文字", "段落文字", "去年以来，全市1700多名委员进企业、进农村、进社区，开展政策宣讲5100多场次。"),
)  # fmt: skip

WORDS = (
    rows("标题", "报告标题，一行或两行", Placeholder("文字", "标题的一行", "健全完善制度机制")),
    Placeholder("单位全称", "政协组织全称，也用作发文机关署名", "政协兰州市委员会"),
    Placeholder("单位简称", "政协组织简称", "兰州市政协"),
    Placeholder("时段", "报告的起止日期", "2025年7月1日至2026年11月21日"),
    Placeholder("成文日期", "报告时段的最后一天", "2026年11月21日"),
    Placeholder("开头", "开头一段", "去年下半年以来，兰州市政协推进委员联系界别群众工作。"),
    rows(
        "各节", "报告的各个部分，包括典型案例和存在不足；没有内容的部分不出现",
        Placeholder("序号", "部分的序号", "一"),
        Placeholder("标题", "部分的标题", "筑牢基础，强化组织保障机制"),
        PARAGRAPHS,
    ),
    rows("下一步", "在页面上写的最后几段", Placeholder("文字", "段落文字", "下一步，我们将进一步完善工作机制。")),
    rows(
        "统计表", "文中每个数字的准确值",
        Placeholder("序号", "从 1 起", "1"),
        Placeholder("指标", "指标名称", "联系服务群众"),
        Placeholder("数值", "准确数字", "6532"),
        Placeholder("单位", "计量单位", "人次"),
        Placeholder("时段", "起止日期", "2025年7月1日至2026年11月21日"),
        Placeholder("范围", "统计范围", "兰州市政协及以下"),
        Placeholder("口径", "统计口径", "来访人数与已开展活动的群众人次之和，不去重。"),
    ),
)  # fmt: skip

EXAMPLE = Decimal(6532)
INDICATOR_NAMED = {indicator.name: indicator for indicator in INDICATORS}
FIGURES = tuple(Placeholder(i.name, i.definition, phrases.exact(EXAMPLE, i.unit), is_figure=True) for i in INDICATORS)
# Name → (code of the period, scope) of the figures behind it.
SPANS = {
    f"{prefix}{words}": (code, scope)
    for scope, prefix in ((SUBTREE, ""), (OWN, "本级"))
    for code, words in {MAIN: "本期", **RELATIVE, "cum": "累计"}.items()
}
REPORT = (
    *WORDS,
    *(
        Placeholder(name, f"{name}的数字{'，只计本级' if scope == OWN else '，含下级'}", fields=FIGURES)
        for name, (_, scope) in SPANS.items()
    ),
)

Row = dict[str, object]


@dataclass(frozen=True)
class Line:
    """A placeholder as the list for people has it: how it is written, what it means, what comes of it."""

    written: str
    meaning: str
    example: str = ""


def listed(placeholders: Iterable[Placeholder], before: str = "", row: str = "行") -> Iterator[Line]:
    """With what stands in each loop behind the loop; figures, which are many, have a list of their own."""
    for placeholder in placeholders:
        name = f"{before}{placeholder.name}"
        if placeholder.is_list:
            yield Line(f"{{%p for {row} in {name} %}} … {{%p endfor %}}", f"{placeholder.meaning}；用循环逐个写")
            yield from listed(placeholder.fields, f"{row}.", "段")
        elif not placeholder.fields:
            yield Line(f"{{{{ {name} }}}}", placeholder.meaning, placeholder.example)


def example(placeholders: Iterable[Placeholder]) -> Row:
    """Words for a trial: of a list, one row."""
    return {placeholder.name: _example(placeholder) for placeholder in placeholders}


def _example(placeholder: Placeholder) -> object:
    if placeholder.is_figure:
        return Phrase(EXAMPLE, INDICATOR_NAMED[placeholder.name].unit)
    if placeholder.is_list:
        return [example(placeholder.fields)]
    return example(placeholder.fields) if placeholder.fields else placeholder.example


class Phrase(str):
    """A figure as a sentence has it, exact; what it is made of is kept for the filters. `mark`: 含补录, where it is."""

    def __new__(cls, value: Decimal, unit: str, mark: str = ""):
        phrase = super().__new__(cls, phrases.exact(value, unit) + mark)
        phrase.value, phrase.unit, phrase.mark = value, unit, mark
        return phrase


FILTERS = {
    "余": lambda phrase: phrases.hedged(phrase.value, phrase.unit, "余") + phrase.mark,
    "多": lambda phrase: phrases.hedged(phrase.value, phrase.unit, "多") + phrase.mark,
    "数": lambda phrase: phrases.exact(phrase.value, ""),
}


def filled(report: Report, closing: str, used: Iterable[tuple[str, str]]) -> Row:
    """What the placeholders stand for in one report; `used`: the figures that the template names by (span, indicator).

    They join the table, so that behind every number of the document stands its exact value.
    """
    asked = report.asked
    own = _figures(report, used)
    told = {(figure.indicator.code, figure.ask): figure for figure in (*report.figures, *own.values())}
    return {
        "标题": [{"文字": line} for line in asked.kind.title],
        "单位全称": clean(asked.organisation.name),
        "单位简称": clean(asked.organisation.short_name),
        "时段": days_in_words(asked.main),
        "成文日期": cn(asked.last),
        "开头": clean(report.opening.told),
        "各节": [
            {"序号": section.number, "标题": section.heading, "段落": [paragraph_row(p) for p in section.paragraphs]}
            for section in report.sections
        ],
        "下一步": [{"文字": line} for typed in closing.splitlines() if (line := clean(typed).strip())],
        "统计表": [_row(number, figure) for number, figure in enumerate(told.values(), start=1)],
        **_spans(own),
    }


def paragraph_row(written: Written) -> Row:
    name = f"（{written.number}）{written.name}。" if written.name else ""
    return {"小标题": clean(name), "文字": clean(written.told)}


def _row(number: int, figure: Figure) -> Row:
    indicator = figure.indicator
    more = f"含补录 {phrases.exact(figure.supplement, indicator.unit)}。" if figure.supplement else ""
    return {
        "序号": str(number), "指标": indicator.name, "数值": str(figure.number), "单位": indicator.unit,
        "时段": figure.days, "范围": clean(figure.scope), "口径": indicator.definition + more,
    }  # fmt: skip


def _figures(report: Report, used: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Figure]:
    """Read together where they are of the same days and scope."""
    wanted: dict[str, list[Indicator]] = {}
    for span, name in sorted(used):
        wanted.setdefault(span, []).append(INDICATOR_NAMED[name])
    found = {}
    for span, indicators in wanted.items():
        code, scope = SPANS[span]
        period = report.asked.period(code)
        ask = Ask(report.asked.organisation, Period(period.start, period.end), scope)
        values, more = figures(indicators, ask), supplements(indicators, ask)
        for indicator in indicators:
            supplement = more[indicator.code]
            value = values[indicator.code] + supplement
            phrase = Phrase(value, indicator.unit, phrases.SUPPLEMENTED if supplement else "")
            url = rows_link(indicator.code, ask)
            found[span, indicator.name] = Figure(indicator, ask, value, phrase, url, supplement)
    return found


def _spans(own: dict[tuple[str, str], Figure]) -> Row:
    spans: dict[str, dict[str, str]] = {}
    for (span, name), figure in own.items():
        spans.setdefault(span, {})[name] = figure.phrase
    return spans
