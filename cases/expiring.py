"""Offers that nobody answered in time go back to their studios' pools."""

from datetime import date, datetime

from django.db import transaction

from cases.models import Choice
from liaison import reach
from liaison.models import Entry
from liaison.models.diff import picture


@reach.everything()
def expire(today: date, *, at: datetime) -> int:
    """Take back what was due before `today` and return how many; safe to run at any time and twice."""
    return sum(
        _expire(choice, at) for choice in Choice.objects.overdue(today).select_related("case", "studio", "member")
    )


@transaction.atomic
def _expire(choice: Choice, at: datetime) -> bool:
    before = picture(choice)
    if (pool := choice.expire(at=at)) is None:
        return False
    Entry.note(Entry.Act.CHANGE, choice, before=before)
    Entry.note(Entry.Act.ADD, pool)
    return True
