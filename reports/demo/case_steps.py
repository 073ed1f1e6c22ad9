"""The steps each case took, from registration to what it came to."""

from collections.abc import Iterator
from datetime import date, time, timedelta

from cases.models import Case, Step
from cases.workflow import DONE, State
from reports.demo.chance import Chance
from reports.demo.docket import Docket
from reports.demo.world import at, store

# Steps of one day follow each other at these hours.
HOURS = (9, 10, 11, 14, 15, 16, 17)
ENDS = {
    State.DECLINED: "目前不具备办理条件，已当面说明原因。",
    State.REFERRED: "不属本级办理，已转有关单位。",
    State.CONVERTED: "带有普遍性，转为社情民意信息报送。",
    State.WITHDRAWN: "当事人表示问题已自行解决，申请撤回。",
    State.MERGED: "与同类事项并案办理。",
}
Move = tuple[State, date, str]


def record(docket: Docket):
    store(step for case in docket.cases for step in _steps(docket, case))


def _steps(docket: Docket, case: Case) -> Iterator[Step]:
    clerk = docket.world.clerks.get(case.organisation.code)
    for n, (state, day, note) in enumerate(_moves(docket.chance, case, docket.world.days.yesterday)):
        clock = time(HOURS[min(n, len(HOURS) - 1)], docket.chance.randrange(60))
        is_reply = state == State.RESOLVED and case.lead_department_id
        yield Step(
            case=case, organisation_id=case.organisation_id, state=state, at=at(day, clock), by=clerk, note=note,
            department_reply=case.result if is_reply else "",
        )  # fmt: skip


def _moves(chance: Chance, case: Case, yesterday: date) -> Iterator[Move]:
    yield State.RECEIVED, case.registered_on, "登记"
    if case.state in DONE:
        yield from _to_the_end(chance, case, yesterday)
    elif case.state in ENDS:
        day = min(case.registered_on + timedelta(days=chance.randint(0, 4)), yesterday)
        yield State(case.state), day, ENDS[case.state]
    elif case.state != State.RECEIVED:
        accepted = min(case.registered_on + timedelta(days=1), yesterday)
        yield State.ACCEPTED, accepted, _to(case)
        if case.state == State.IN_PROGRESS:
            yield State.IN_PROGRESS, min(accepted + timedelta(days=2), yesterday), "正在协调办理。"


def _to_the_end(chance: Chance, case: Case, yesterday: date) -> Iterator[Move]:
    taken = (case.resolved_on - case.registered_on).days
    if taken:
        yield State.ACCEPTED, case.registered_on + timedelta(days=min(1, taken)), _to(case)
    if taken > 2:
        yield State.IN_PROGRESS, case.registered_on + timedelta(days=2), "委员与承办单位现场协商。"
    if case.times_reopened:
        yield State.RESOLVED, case.resolved_on - timedelta(days=6), "承办单位答复已办理。"
        yield State.IN_PROGRESS, case.resolved_on - timedelta(days=4), "群众反映没有完全解决，重新办理。"
    yield State.RESOLVED, case.resolved_on, case.result
    if case.state == State.CONFIRMED:
        called = min(case.resolved_on + timedelta(days=chance.randint(3, 15)), yesterday)
        yield State.CONFIRMED, called, f"电话回访：{case.get_satisfaction_display()}。"


def _to(case: Case) -> str:
    return f"转{case.lead_department.name}办理。" if case.lead_department_id else "由工作室协调办理。"
