"""An entry of the trail as a person reads it: in words, and as a table of what changed."""

from dataclasses import dataclass

from liaison.models import Entry

# What an entry says besides its diff, by the act that says it.
LABELS = {
    "path": "页面", "report": "报告", "reason": "原因", "filters": "筛选条件", "rows": "条数", "sealed": "相符条数",
    "digest": "链尾摘要", "fault": "问题", "count": "清除条数", "keep": "保存天数", "last_seal": "最后一枚封存",
}  # fmt: skip
UNSEEN = "（无权查看）"


@dataclass(frozen=True)
class Change:
    """label, before and after, ready to stand in a table; "" for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    words: list[str]
    changes: list[Change]

    @property
    def summary(self) -> str:
        """One line of a list or of an exported row."""
        changed = [f"{c.label}：{c.before or '（空）'} → {c.after or '（空）'}" for c in self.changes]
        return "；".join([*self.words, *changed])


def told(entry: Entry, unseen: frozenset[str] | set[str] = frozenset(), *, whole: bool = True) -> Told:
    """`unseen`: names of fields whose values the reader may not see. whole: with what only the auditor reads, such as the
    reason somebody typed."""
    said = entry.changes
    words = [str(word) for word in said.get("fields") or ()]
    if whole:
        words += [f"{label}：{said[key]}" for key, label in LABELS.items() if said.get(key) not in (None, "")]
    return Told(words, [_change(row, unseen) for row in said.get("diff") or ()])


def _change(row: dict, unseen) -> Change:
    if row["name"] in unseen:
        return Change(row["label"], UNSEEN, UNSEEN)
    return Change(row["label"], _words(row["before"]), _words(row["after"]))


def _words(value) -> str:
    """Of free text there is only the length and the first signs of the keyed hash."""
    return f"文本 {value['length']} 字（校验 {value['hash'][:8]}）" if isinstance(value, dict) else str(value)
