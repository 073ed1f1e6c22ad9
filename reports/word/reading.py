"""Whether a template says only what it may: placeholders that are declared, loops and conditions over them, nothing else.

Every construct of the template language that is not named here is refused, and what is refused is said with its place:
nothing is ever evaluated that could call, compute or loop without end.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import _Element

from reports.word.placeholders import FILTERS, Placeholder

SIGNS = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
CLOSES = {"{{": "}}", "{%": "%}", "{#": "#}"}
TAG = re.compile(r"<[^>]+>")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LONGEST_QUOTE = 30

Scope = Mapping[str, Placeholder]


def environment() -> ImmutableSandboxedEnvironment:
    """Sandboxed, though `Reader` lets nothing through that the sandbox would have to stop."""
    made = ImmutableSandboxedEnvironment(autoescape=True, cache_size=0)
    made.globals.clear()
    made.tests.clear()
    made.filters = dict(FILTERS)
    return made


class Wrong(Exception):
    """A construct that may not stand there; the message says so, `line` is the paragraph's."""

    def __init__(self, line: int, sentence: str):
        super().__init__(sentence)
        self.line = line


@dataclass
class Reader:
    """Reads the source of one part, a paragraph on each line. `where`: 正文, 页眉 or 页脚; `used`: the figures it names."""

    where: str
    placeholders: Iterable[Placeholder]
    used: set[tuple[str, str]] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def read(self, source: str, lines: list[str]):
        """`lines`: what each paragraph says as its writer sees it."""
        try:
            tree = environment().parse(source)
        except TemplateSyntaxError as error:
            self._report(lines, error.lineno, _in_chinese(error))
            return
        scope = {placeholder.name: placeholder for placeholder in self.placeholders}
        for wrong in self._statements(tree.body, scope, frozenset()):
            self._report(lines, wrong.line, str(wrong))

    def _report(self, lines: list[str], line: int, sentence: str):
        text = lines[line - 2] if 2 <= line <= len(lines) + 1 else ""
        quote = text[:LONGEST_QUOTE] + ("…" if len(text) > LONGEST_QUOTE else "")
        self.problems.append(f"{self.where}第 {max(line - 1, 1)} 段（“{quote}”）：{sentence}")

    def _statements(self, body: list, scope: Scope, loops: frozenset[str]) -> Iterator[Wrong]:
        for node in body:
            try:
                yield from self._statement(node, scope, loops)
            except Wrong as wrong:
                yield wrong

    def _statement(self, node, scope: Scope, loops: frozenset[str]) -> Iterator[Wrong]:
        if isinstance(node, nodes.Output):
            for child in node.nodes:
                if not isinstance(child, nodes.TemplateData):
                    yield from self._told(child, scope)
        elif isinstance(node, nodes.If):
            self._condition(node.test, scope)
            yield from self._statements([*node.body, *node.elif_, *node.else_], scope, loops)
        elif isinstance(node, nodes.For):
            yield from self._loop(node, scope, loops)
        else:
            raise Wrong(node.lineno, "这种写法不支持。模板里只能写占位符、循环（for）和条件（if）。")

    def _loop(self, node: nodes.For, scope: Scope, loops: frozenset[str]) -> Iterator[Wrong]:
        listed, name = self._resolve(node.iter, scope), getattr(node.target, "name", "")
        if not listed.is_list:
            raise Wrong(node.lineno, f"“{_written(node.iter)}”不是一组内容，不能用循环。")
        if not name or node.test or node.recursive:
            raise Wrong(node.lineno, "循环要写成 for 某某 in 某组内容。")
        if name in scope:
            raise Wrong(node.lineno, f"循环里的名称“{name}”和占位符重名，请换一个。")
        # A loop over the same rows in a loop would grow beyond all bounds.
        if loops and getattr(getattr(node.iter, "node", None), "name", None) not in loops:
            raise Wrong(node.lineno, "循环里面只能再循环这一行自己的内容，例如 for 段 in 节.段落。")
        inside = {**scope, name: Placeholder(name, listed.meaning, fields=listed.fields)}
        yield from self._statements([*node.body, *node.else_], inside, loops | {name})

    def _condition(self, node, scope: Scope):
        if isinstance(node, nodes.Not):
            self._condition(node.node, scope)
        elif isinstance(node, nodes.And | nodes.Or):
            self._condition(node.left, scope)
            self._condition(node.right, scope)
        else:
            self._resolve(node, scope)

    def _told(self, node, scope: Scope) -> Iterator[Wrong]:
        try:
            inner = node.node if isinstance(node, nodes.Filter) else node
            placeholder = self._resolve(inner, scope)
            if placeholder.fields:
                what = "是一组内容，请用循环逐行写" if placeholder.is_list else "后面还要用点号写出是哪一项"
                raise Wrong(node.lineno, f"“{_written(inner)}”{what}，例如“{placeholder.fields[0].name}”。")
            if isinstance(node, nodes.Filter):
                _must_be_known_filter(node, placeholder)
        except Wrong as wrong:
            yield wrong

    def _resolve(self, node, scope: Scope) -> Placeholder:
        if isinstance(node, nodes.Name):
            return _known(scope.get(node.name), node.name, node.lineno, scope)
        if not isinstance(node, nodes.Getattr):
            raise Wrong(node.lineno, "这种写法不支持。占位符只能是名称，或用点号连接的两个名称。")
        parent = self._resolve(node.node, scope)
        names = [] if parent.is_list else [field.name for field in parent.fields]
        found = _known(parent.field(node.attr) if names else None, _written(node), node.lineno, names, node.attr)
        if found.is_figure:
            self.used.add((parent.name, found.name))
        return found


def _known(found: Placeholder | None, written: str, line: int, names: Iterable[str], last: str = "") -> Placeholder:
    if found:
        return found
    close = get_close_matches(last or written, names, n=1, cutoff=0.4)
    hint = f"是不是“{close[0]}”？" if close else "请对照占位符清单改正。"
    raise Wrong(line, f"不认识占位符“{written}”，{hint}")


def _must_be_known_filter(node: nodes.Filter, placeholder: Placeholder):
    if node.name not in FILTERS or node.args or node.kwargs:
        raise Wrong(node.lineno, f"“|{node.name}”不支持，竖线后面只能写{'、'.join(FILTERS)}。")
    if not placeholder.is_figure:
        raise Wrong(node.lineno, f"“|{node.name}”只能写在数字后面，“{placeholder.name}”不是数字。")


def _written(node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    return getattr(node, "name", "…")


def _in_chinese(error: TemplateSyntaxError) -> str:
    message = error.message or ""
    if "unknown tag 'end" in message:
        return "多了一个结束标记，或者结束标记和开始标记对不上。"
    if "Unexpected end of template" in message:
        return "有循环（for）或条件（if）没有写结束标记（endfor 或 endif）。"
    if "unknown tag" in message:
        return "不认识的标记，模板里只能写 for、if 和它们的结束标记。"
    if "No filter named" in message:
        return f"竖线后面只能写{'、'.join(FILTERS)}。"
    return "占位符的写法有误，请对照占位符清单检查括号和名称。"


def paragraphs(root: _Element) -> list[str]:
    """What each paragraph of a part says, in the order in which they begin; a text box's words are not those around it."""
    return ["".join(t.text or "" for t in p.iter(f"{W}t") if _nearest(t) is p) for p in root.iter(f"{W}p")]


def _nearest(element: _Element) -> _Element:
    return next(element.iterancestors(f"{W}p"))


def unfinished(where: str, lines: list[str]) -> list[str]:
    """A placeholder begins and ends in one paragraph; what does not is named."""
    return [
        f"{where}第 {number} 段（“{text[:LONGEST_QUOTE]}”）：{fault}"
        for number, text in enumerate(lines, start=1)
        if (fault := _fault_of_signs(text))
    ]


def _fault_of_signs(text: str) -> str:
    opened = None
    for match in SIGNS.finditer(text):
        sign = match.group()
        if opened is None:
            if sign not in CLOSES:
                return f"多了一个“{sign}”。"
            opened = match
        elif sign == CLOSES[opened.group()]:
            opened = None
        else:
            return f"“{text[opened.start() : match.start()].strip()}”没有写完，缺少“{CLOSES[opened.group()]}”。"
    if opened:
        return f"“{text[opened.start() :][:LONGEST_QUOTE].strip()}”没有写完，缺少“{CLOSES[opened.group()]}”。"
    return "" if "{%-" not in text and "-%}" not in text else "标记里不要写减号。"
