"""每周简报: one page for leaders. Five numbers, what changed against the week before, what is late, typical cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from liaison.models import Organisation
from liaison.periods import EPOCH, RELATIVE, Period, PeriodError, between, cn, relative
from reports import phrases
from reports.ask import Ask
from reports.asking import rows_link
from reports.indicators import INDICATOR, INDICATORS, Indicator, Kind
from reports.table import figures
from reports.text import Asked, Figure, Written
from reports.text.kinds import KINDS
from reports.text.typical import typical_cases

FIVE = tuple(INDICATOR[code] for code in ("people_served", "reception_days", "visits", "cases_registered", "matters"))
# Beside the five: what is done and what comes of it.
OTHERS = tuple(
    indicator for indicator in INDICATORS
    if indicator.kind is Kind.FLOW and indicator.group in {"履职活动", "建言成果", "帮扶成效"}
)  # fmt: skip
# So much fits on the page: a case has three lines of 28 characters, with its indent and number.
MOST_CHANGES, MOST_CASES, LONGEST_NAME, LONGEST_CASE = 3, 2, 30, 76


@dataclass(frozen=True)
class Compared:
    """A figure of the week and the same of the week before; both open to their records."""

    now: Figure
    then: Figure

    @property
    def difference(self) -> Decimal:
        return self.now.value - self.then.value

    @property
    def change(self) -> str:
        if not self.difference:
            return "与上周持平"
        return f"比上周{'多' if self.difference > 0 else '少'}{phrases.exact(abs(self.difference), self.now.indicator.unit)}"


@dataclass(frozen=True)
class Brief:
    """changed, late: a paragraph each · cases: the latest ones settled in the week."""

    organisation: Organisation
    week: Period
    five: tuple[Compared, ...]
    changed: Written
    late: Written
    cases: tuple[Written, ...]

    @property
    def title(self) -> str:
        return "委员联系界别群众工作每周简报"


def week_of(day: date) -> Period:
    """From Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return between(monday, monday + timedelta(days=6))


def week_before(week: Period, count: int = 1) -> Period:
    return week_of(week.start - timedelta(weeks=count))


# A brief compares with the week before, and no record is older than EPOCH.
EARLIEST = week_of(EPOCH + timedelta(weeks=2)).start


def asked_week(text: str, today: date) -> Period:
    """The week of a day, written 2026-11-23; without one the last whole week. Raises PeriodError with a sentence."""
    try:
        week = week_of(date.fromisoformat(text) if text else today - timedelta(days=7))
    except (ValueError, OverflowError) as error:
        raise PeriodError("看不懂这个日期，请写成 2026-11-23。") from error
    if week.end > today:
        raise PeriodError("这一周还没有过完，简报在下周一生成。")
    if week.start < EARLIEST:
        raise PeriodError(f"简报从{cn(EARLIEST)}起的一周开始。")
    return week


def brief(organisation: Organisation, week: Period) -> Brief:
    """The number of queries does not depend on the number of records."""
    ask = Ask(organisation, week)
    then = ask.during(week_before(week))
    compared = _compared((*FIVE, *OTHERS), ask, then)
    cases = typical_cases(Asked(organisation, KINDS[0], week))[:MOST_CASES]
    return Brief(
        organisation, week, tuple(compared[: len(FIVE)]), _changed(compared[len(FIVE) :]), _late(ask),
        tuple(_shortened(case, "一二"[n]) for n, case in enumerate(cases)),
    )  # fmt: skip


def _compared(indicators: tuple[Indicator, ...], ask: Ask, then: Ask) -> list[Compared]:
    now, before = _figures(indicators, ask), _figures(indicators, then)
    return [Compared(now[indicator.code], before[indicator.code]) for indicator in indicators]


def _figures(indicators: Iterable[Indicator], ask: Ask) -> dict[str, Figure]:
    values = figures(indicators, ask)
    return {
        i.code: Figure(i, ask, values[i.code], phrases.exact(values[i.code], i.unit), rows_link(i.code, ask))
        for i in indicators
    }


def _changed(others: Iterable[Compared]) -> Written:
    """The largest changes, measured by the larger of the two weeks."""
    moved = [one for one in others if one.difference]
    moved.sort(key=lambda one: abs(one.difference) / max(one.now.value, one.then.value), reverse=True)
    if not moved:
        return Written(("履职活动、建言成果和帮扶成效与上周持平。",))
    pieces: list[str | Figure] = []
    for one in moved[:MOST_CHANGES]:
        pieces += [f"{one.now.indicator.name}", one.now, f"，{one.change}；"]
    return Written((*pieces[:-1], f"{pieces[-1][:-1]}。"))


def _late(ask: Ask) -> Written:
    """Reception days of the week that were due and not held, and matters of the year that are, or were, late."""
    days = _figures((INDICATOR["reception_days_due"], INDICATOR["reception_days"]), ask)
    due, held = days["reception_days_due"], days["reception_days"]
    year = ask.during(relative("ytd", ask.period.last))
    cases = _figures((INDICATOR["cases_to_settle"], INDICATOR["cases_late"]), year)
    missed = phrases.exact(due.value - held.value, due.indicator.unit)
    first = (
        ["本周应开展接待日", due, "，已开展", held, f"，未开展{missed}。"]
        if due.value
        else ["本周没有应开展的接待日。"]
    )
    second = [f"{RELATIVE['ytd']}应办事项", cases["cases_to_settle"], "，其中超期", cases["cases_late"], "。"]
    return Written((*first, *second))


def _shortened(case: Written, number: str) -> Written:
    name = _cut(case.name, LONGEST_NAME)
    return Written((_cut(case.told, LONGEST_CASE - len(name)),), name, number)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
