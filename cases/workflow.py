"""The one table of a case's states and the moves between them (DOMAIN §5)."""

from datetime import date

from django.db import models

from liaison.models import Organisation
from liaison.workdays import add_workdays

# 普通事项 15 working days: our own default, not law.
ORDINARY_WORKDAYS = 15


class State(models.TextChoices):
    RECEIVED = "received", "待受理"
    ACCEPTED = "accepted", "已受理"
    IN_PROGRESS = "in_progress", "办理中"
    RESOLVED = "resolved", "已办结"
    CONFIRMED = "confirmed", "已回访"
    DECLINED = "declined", "不予受理"
    REFERRED = "referred", "转交"
    CONVERTED = "converted", "转提案/社情民意"
    WITHDRAWN = "withdrawn", "撤回"
    MERGED = "merged", "并案"


# Resolved on the spot (当场办结) is the usual case of a reception day, hence received → resolved.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.RECEIVED: (
        State.ACCEPTED, State.RESOLVED, State.DECLINED, State.REFERRED, State.CONVERTED, State.WITHDRAWN, State.MERGED,
    ),
    State.ACCEPTED: (
        State.IN_PROGRESS, State.RESOLVED, State.REFERRED, State.CONVERTED, State.WITHDRAWN, State.MERGED,
    ),
    State.IN_PROGRESS: (State.RESOLVED, State.REFERRED, State.CONVERTED, State.WITHDRAWN, State.MERGED),
    State.RESOLVED: (State.CONFIRMED, State.IN_PROGRESS),
    State.CONFIRMED: (),
    State.DECLINED: (),
    State.REFERRED: (),
    State.CONVERTED: (),
    State.WITHDRAWN: (),
    State.MERGED: (),
}  # fmt: skip

# What 帮办实事 counts.
DONE = (State.RESOLVED, State.CONFIRMED)
# Still somebody's work.
OPEN = (State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS)
# Moves that must say why.
NEEDS_REASON = (State.DECLINED, State.REFERRED, State.WITHDRAWN)


def ordinary_deadline(day: date, office: Organisation | None) -> date:
    return add_workdays(day, ORDINARY_WORKDAYS, office)


def moves_from(state: str) -> list[tuple[str, str]]:
    """Choices for the next state."""
    return [(to.value, to.label) for to in TRANSITIONS[State(state)]]
