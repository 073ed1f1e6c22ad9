"""How a case is shown: its lamp, its state, its query code."""

from datetime import date

from django import template

from cases.models import Case
from cases.workflow import DONE, OPEN

register = template.Library()

TONES = {"green": "good", "yellow": "warn", "red": "late"}


@register.inclusion_tag("cases/_lamp.html")
def lamp(case: Case, today: date) -> dict:
    """Of an open case how long there is still time, of another one what became of it."""
    if case.state not in OPEN:
        tone = "good" if case.state in DONE else "neutral"
        return {"badge": tone, "words": case.get_state_display()}
    if case.deadline is None:
        return {"badge": "info", "words": case.get_state_display()}
    days = (case.deadline - today).days
    words = f"超期 {-days} 天" if days < 0 else "今天到期" if days == 0 else f"还剩 {days} 天"
    return {"tone": TONES[case.lamp(today)], "words": words}


@register.filter
def spaced(code: str) -> str:
    """A query code in groups, so that it can be read aloud and copied by hand."""
    return " ".join((code[:5], code[5:9], code[9:]))
