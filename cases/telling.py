"""A matter as the person who brought it reads it: sentences, days and what was answered to them; nothing that is meant for the
office alone (notes, what a department wrote, other people)."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cases.models import Case, Step
from cases.workflow import OPEN, State

NOW = {
    State.RECEIVED: "您的事情已经登记，等待受理。",
    State.ACCEPTED: "您的事情已经受理。",
    State.IN_PROGRESS: "您的事情正在办理。",
    State.RESOLVED: "您的事情已经办结，请看办理结果，并作评价。",
    State.CONFIRMED: "您的事情已经办结并回访，感谢您的反映。",
    State.DECLINED: "您的事情不属于受理范围，没有受理。",
    State.REFERRED: "您的事情已经转交其他单位办理。",
    State.CONVERTED: "您反映的情况已经转为提案或社情民意信息，供有关部门研究。",
    State.WITHDRAWN: "您的事情已经撤回。",
    State.MERGED: "您的事情已经与同类事项合并办理。",
}
STEPS = {
    State.RECEIVED: "已登记", State.ACCEPTED: "已受理", State.IN_PROGRESS: "开始办理", State.RESOLVED: "已办结",
    State.CONFIRMED: "已回访", State.DECLINED: "没有受理", State.REFERRED: "已转交其他单位", State.CONVERTED: "已转为提案或社情民意信息",
    State.WITHDRAWN: "已撤回", State.MERGED: "与同类事项合并办理",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """sentence: how the state changed, "" when it did not · said: the person's own words · answer: those meant for them."""

    on: date
    sentence: str
    said: str
    answer: str


def told(steps: list[Step]) -> list[Told]:
    """steps: oldest first; the answer comes newest first, without steps that are nobody's but the office's."""
    before = ["", *(step.state for step in steps)]
    found = [_told(step, last) for step, last in zip(steps, before, strict=False)]
    return [one for one in reversed(found) if one.sentence or one.said or one.answer]


def _told(step: Step, last: str) -> Told:
    sentence = "" if step.state == last else STEPS[State(step.state)]
    if last == State.RESOLVED and step.state == State.IN_PROGRESS:
        sentence = "重新办理"
    return Told(
        timezone.localdate(step.at), sentence, step.note if step.is_said else "", step.note if step.is_told else ""
    )


def state_of(case: Case) -> str:
    """Of a merged one, how it goes with the matter that it went into: its state alone, for it is somebody else's."""
    sentence = NOW[State(case.state)]
    if into := case.merged_into:
        done = into.state not in OPEN
        return f"{sentence}那件事项{'已经办完' if done else '还在办理'}。"
    return sentence
