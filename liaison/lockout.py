"""The door shuts after five failures: per account and source, never a whole hall behind one address.

Counted from the trail, which all processes share and nobody rewrites.
"""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone

from liaison.models import Account, Entry
from liaison.source import client_address

MOST_FAILURES, SHUT_FOR = 5, timedelta(minutes=30)
SHUT = "密码连续输错 5 次，请 30 分钟后再试，或请政协机关重设密码。"
SHUT_CODE = "连续输错 5 次，请 30 分钟后再试。"
# A success, or an office that gives a new way in, begins anew.
OPENING = (Entry.Act.PASSWORD, Entry.Act.CODE)


def must_be_open(account: Account | None, request, *, shut_for: timedelta = SHUT_FOR, sentence: str = SHUT):
    """Raises ValidationError while the account is shut for this source; one query."""
    if account and failures(account, client_address(request), timezone.now() - shut_for) >= MOST_FAILURES:
        raise ValidationError(sentence, code="shut")


def failures(account: Account, source: str | None, since) -> int:
    """How many in a row since the last time it worked, at most five; one query."""
    about = Entry.objects.filter(
        content_type=ContentType.objects.get_for_model(Account), object_id=str(account.pk), at__gte=since
    )
    tries = about.filter(act__in=[Entry.Act.LOG_IN, Entry.Act.LOG_IN_FAILED], address=source)
    latest = (tries | about.filter(act__in=OPENING)).order_by("-id").values_list("act", flat=True)[:MOST_FAILURES]
    acts = list(latest)
    return next((n for n, act in enumerate(acts) if act != Entry.Act.LOG_IN_FAILED), len(acts))


def note_failure(account: Account | None, request, why: str):
    """In the trail, with the reason and, when this one shuts the door, that it did."""
    said = [why]
    if account and failures(account, client_address(request), timezone.now() - SHUT_FOR) == MOST_FAILURES - 1:
        said.append(f"连续第 {MOST_FAILURES} 次，对此来源锁定 {SHUT_FOR.seconds // 60} 分钟")
    Entry.note(Entry.Act.LOG_IN_FAILED, account, request=request, fields=said)
