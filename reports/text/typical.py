"""典型案例: what was done for people, without a word on who they are."""

from cases.models import Case
from liaison.periods import cn
from liaison.privacy import blotted
from reports.text.asked import Asked
from reports.text.written import Written

MOST_CASES = 5


def typical_cases(asked: Asked) -> list[Written]:
    """The latest cases marked as typical that were resolved in the period."""
    resolved = {"resolved_on__gte": asked.main.start, "resolved_on__lt": asked.main.end}
    cases = Case.objects.of(asked.organisation).counted().filter(is_typical=True, **resolved)
    cases = cases.select_related("organisation", "studio").order_by("-resolved_on", "-id")[:MOST_CASES]
    return [Written((_told(case),), _without_numbers(case.title).strip().rstrip("。")) for case in cases]


def _told(case: Case) -> str:
    place = case.organisation.short_name + (case.studio.name if case.studio else "")
    result = _without_numbers(case.result).strip().rstrip("。")
    return f"{place}于{cn(case.resolved_on)}办结。" + (f"{result}。" if result else "")


def _without_numbers(text: str) -> str:
    """Telephone and identity numbers that someone typed do not go out with the report."""
    return blotted(text, [])
