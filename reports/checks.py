"""Data checks (数据核验): what an office should look at before it signs a period. A finding is a question, not a fault.

Each check is one function of (organisation, period) → findings; of the office's own records, for each office checks its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db.models import Avg, Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery

from activities.models import Activity
from cases.models import Case
from liaison.models import Organisation
from liaison.periods import Period, cn, next_month
from liaison.privacy import ERASED
from reception.models import ReceptionDay, Visit
from reports.columns import joined
from reports.models import DataCheck

# Ours, for want of a rule: how many are many, and how far above the usual is far.
MANY, FAR, LEAST_HEADCOUNT, USUAL_MONTHS = 5, 5, 10, 12
# A headcount of at least the first, divisible by the second; so many of them, and more than half of all as large.
ROUND_VISITS, ROUND_ACTIVITIES, ROUND_ROWS = (20, 10), (100, 50), 3
SHOWN = 50


@dataclass(frozen=True)
class Finding:
    """sentence: what is odd · rows: the records, at most SHOWN of them · done: who found it right, None while it is open."""

    check: str
    key: str
    sentence: str
    rows: tuple[Model, ...]
    done: DataCheck | None = None

    @property
    def label(self) -> str:
        return DataCheck.Check(self.check).label


def findings(organisation: Organisation, period: Period) -> list[Finding]:
    """Open ones first; some ten queries, however many records there are."""
    known = {(one.check_code, one.key): one for one in _known(organisation)}
    found = [
        Finding(check, key, sentence, rows, known.get((check, key)))
        for check, ask in CHECKS.items()
        for key, sentence, rows in ask(organisation, period)
    ]
    return sorted(found, key=lambda one: one.done is not None)


def _known(organisation: Organisation) -> QuerySet:
    return DataCheck.objects.filter(organisation=organisation).select_related("checked_by")


def open_findings(organisation: Organisation, period: Period) -> list[Finding]:
    return [one for one in findings(organisation, period) if one.done is None]


Found = Iterator[tuple[str, str, tuple[Model, ...]]]


def _empty_days(organisation: Organisation, period: Period) -> Found:
    visits = Visit.objects.counted().filter(reception_day=OuterRef("pk"))
    days = _during(ReceptionDay.objects.counted(), "held_on", organisation, period).filter(~Exists(visits))
    for day in joined(days.order_by("held_on", "pk")[:SHOWN], period.last):
        yield str(day.pk), f"{cn(day.held_on)}{day.studio}的接待日已开展，没有一条来访登记。", (day,)


def _high_headcounts(organisation: Organisation, period: Period) -> Found:
    """Far above the average of the studio's other visits in the year before the period's end."""
    since = next_month(period.last, 1 - USUAL_MONTHS)
    others = Visit.objects.counted().filter(studio=OuterRef("studio"), visited_on__gte=since, visited_on__lt=period.end)
    usual = others.exclude(pk=OuterRef("pk")).order_by().values("studio").annotate(n=Avg("headcount")).values("n")
    large = _during(Visit.objects.counted(), "visited_on", organisation, period).filter(headcount__gte=LEAST_HEADCOUNT)
    odd = large.annotate(usual=Subquery(usual)).filter(headcount__gt=FAR * F("usual"))
    for visit in joined(odd.order_by("-headcount", "pk"), period.last)[:SHOWN]:
        place = f"{cn(visit.visited_on)}{visit.studio}"
        sentence = f"{place}的一批来访有 {visit.headcount} 人，平时平均 {visit.usual:.1f} 人。"
        yield f"{visit.pk}-{visit.headcount}", sentence, (visit,)


def _same_texts(organisation: Organisation, period: Period) -> Found:
    visits = _during(Visit.objects.counted(), "visited_on", organisation, period).exclude(content__in=("", ERASED))
    texts = visits.order_by().values("content").annotate(n=Count("pk")).filter(n__gte=MANY).order_by("-n")[:SHOWN]
    counts = {row["content"]: row["n"] for row in texts}
    together = defaultdict(list)
    for visit in joined(visits.filter(content__in=counts).order_by("visited_on", "pk"), period.last):
        together[visit.content].append(visit)
    for text, rows in together.items():
        yield _key(text, counts[text]), f"{counts[text]} 条来访登记的内容一字不差。", tuple(rows[:SHOWN])


def _at_once(organisation: Organisation, period: Period) -> Found:
    cases = _during(Case.objects.counted(), "resolved_on", organisation, period).filter(registered_on=F("resolved_on"))
    days = cases.order_by().values_list("resolved_on").annotate(n=Count("pk")).filter(n__gte=MANY)
    counts = dict(days)
    together = defaultdict(list)
    for case in joined(cases.filter(resolved_on__in=counts).order_by("resolved_on", "pk"), period.last):
        together[case.resolved_on].append(case)
    for day, rows in together.items():
        sentence = f"{cn(day)}有 {counts[day]} 件事项当天登记、当天办结。"
        yield f"{day:%Y%m%d}-{counts[day]}", sentence, tuple(rows[:SHOWN])


def _round_numbers(organisation: Organisation, period: Period) -> Found:
    visits = _during(Visit.objects.counted(), "visited_on", organisation, period)
    activities = _during(Activity.objects.counted(), "held_on", organisation, period)
    for rows, column, (least, step), what in (
        (visits, "headcount", ROUND_VISITS, "批来访的人数"), (activities, "public_count", ROUND_ACTIVITIES, "场活动的群众人次"),
    ):  # fmt: skip
        large = rows.filter(**{f"{column}__gte": least}).alias(left=F(column) % step)
        count, even = large.aggregate(n=Count("pk"), even=Count("pk", filter=Q(left=0))).values()
        if even >= ROUND_ROWS and 2 * even > count:
            found = joined(large.filter(left=0).order_by(f"-{column}", "pk"), period.last)[:SHOWN]
            sentence = f"{count} {what}在 {least} 以上，其中 {even} {what[0]}是 {step} 的倍数。"
            yield _key(column, period.address, count, even), sentence, tuple(found)


def _during(rows: QuerySet, column: str, organisation: Organisation, period: Period) -> QuerySet:
    days: dict[str, date] = {f"{column}__gte": period.start, f"{column}__lt": period.end}
    return rows.filter(organisation=organisation, **days)


def _key(*parts) -> str:
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:40]


CHECKS: dict[str, Callable[[Organisation, Period], Found]] = {
    DataCheck.Check.EMPTY_DAY: _empty_days, DataCheck.Check.HIGH_HEADCOUNT: _high_headcounts,
    DataCheck.Check.SAME_TEXT: _same_texts, DataCheck.Check.AT_ONCE: _at_once,
    DataCheck.Check.ROUND_NUMBERS: _round_numbers,
}  # fmt: skip
