"""存在不足: what the ratios and the data checks show as wanting, each number open to its records (STATISTICS §7)."""

from collections.abc import Callable, Iterator

from reports import phrases
from reports.checks import open_findings
from reports.text.asked import Asked
from reports.text.written import Figure, Written

FigureOf = Callable[[str], Figure]


def shortcomings(asked: Asked, figure: FigureOf) -> list[Written]:
    """One paragraph for each thing that is wanting; empty when nothing is. `figure`: of the report's own period.

    Its cost is that of the data checks.
    """
    return [Written(pieces) for say in SAID for pieces in say(figure)] + _unchecked(asked)


def _missed_days(figure: FigureOf) -> Iterator[tuple]:
    due, held = figure("reception_days_due"), figure("reception_days")
    if missing := _rest(due, held):
        some = "，已开展", held, f"，还有{missing}没有按期开展。"
        yield "应开展接待日", due, *(some if held.value else ("，都没有按期开展。",))


def _quiet_studios(figure: FigureOf) -> Iterator[tuple]:
    studios, active = figure("studios"), figure("reception_studios")
    if missing := _rest(studios, active):
        some = "中有", active, f"开展了接待，还有{missing}没有开展。"
        yield "委员工作室", studios, *(some if active.value else ("都没有开展接待。",))


def _late_cases(figure: FigureOf) -> Iterator[tuple]:
    if (late := figure("cases_late")).value:
        yield "应办的帮办事项", figure("cases_to_settle"), "中，有", late, "超过了办理期限，办理还不够及时。"


def _dissatisfied(figure: FigureOf) -> Iterator[tuple]:
    rated, satisfied = figure("cases_rated"), figure("cases_satisfied")
    if _rest(rated, satisfied):
        some = "中，表示满意的有", satisfied, "，办理质量还需提高。"
        yield "群众评价的事项", rated, *(some if satisfied.value else ("，都没有表示满意，办理质量还需提高。",))


def _outside_committees(figure: FigureOf) -> Iterator[tuple]:
    members, inside = figure("members"), figure("members_in_committees")
    if missing := _rest(members, inside):
        some = "中已有", inside, f"编入专委会，还有{missing}没有编入。"
        yield "委员", members, *(some if inside.value else ("都还没有编入专委会。",))


SAID = (_missed_days, _quiet_studios, _late_cases, _dissatisfied, _outside_committees)


def _rest(whole: Figure, part: Figure) -> str:
    """How many of the whole the part does not have, in words; "" when it has them all."""
    rest = whole.value - part.value
    return phrases.exact(rest, whole.indicator.unit) if rest > 0 else ""


def _unchecked(asked: Asked) -> list[Written]:
    """The office's own findings that nobody has looked at."""
    count = len(open_findings(asked.organisation, asked.main))
    return [Written((f"登记数据还有{count}条疑点没有核实，数据质量还需提高。",))] if count else []
