"""A visit whose matter is taken up (帮办) opens its case in the same act."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.models import Case
from cases.workflow import ordinary_deadline
from liaison.models import Account, Member
from liaison.privacy import blotted
from reception.models import Visit


def first_sentence(text: str, longest: int = 40) -> str:
    """What a case is called when nobody gave it a title."""
    sentence = text.strip().splitlines()[0] if text.strip() else ""
    for stop in "。！？；":
        sentence = sentence.split(stop)[0]
    return sentence[:longest]


def must_agree(visit: Visit, *, handling: str, content: str):
    """Raises ValidationError when what is about to be stored does not fit the case that the visit has or would open; at
    most one query."""
    has_case = visit.pk is not None and visit.cases.unvoided().exists()
    if has_case and handling != Visit.Handling.CASE:
        raise ValidationError({"handling": "这次来访已经开了帮办事项，处理方式不能再改。"})
    if not has_case and handling == Visit.Handling.CASE and not first_sentence(content):
        raise ValidationError({"content": "帮办的事项请写明反映事项。"})


def take_up(visit: Visit, *, member: Member | None, by: Account, at: datetime) -> Case | None:
    """Open the case of a stored visit, named by its first sentence and due in the ordinary time; None when the visit asks
    for none or has it already."""
    if visit.handling != Visit.Handling.CASE or visit.cases.exists():
        return None
    title = blotted(first_sentence(visit.content), visit.recognised_by)
    deadline = ordinary_deadline(timezone.localdate(at), visit.organisation)
    return Case.open_from(visit, member=member, title=title, deadline=deadline, by=by, at=at)
