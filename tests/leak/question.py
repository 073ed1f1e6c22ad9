"""One question, and the words that questions are made of."""

from dataclasses import dataclass, field

from tests.rows import ACCOUNT, DIRECTORY, OFFICE, WALLED

# Parts of every mark and no whole one: what is searched for does not come back as if it had been found.
WORDS = (WALLED, DIRECTORY, ACCOUNT, OFFICE, "jihao", "13")
# Answers to whatever a form may ask before it acts.
TYPED = {
    "confirmed": "1", "post": "yes", "why": "核对情况需要", "reason": "核对情况需要", "note": "说明", "summary": "小结",
    "kind": "training", "to": "accepted", "headcount": "7", "handling": "answered", "visitor": "13", "is_active": "on",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """of: the set whose record an address names, "" where it names none · sent: None for reading · method: of what is sent
    to the API as JSON."""

    route: str
    address: str
    of: str = ""
    sent: dict | None = field(default=None, hash=False)
    headers: dict = field(default_factory=dict, hash=False)
    method: str = ""
