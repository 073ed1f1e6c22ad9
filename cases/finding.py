"""Finding one's own matter by its query code, and how often one may be wrong (decision 0030).

Counted from the trail, like failed log-ins. Whether a code exists, and whether its number was wrong, can not be told apart:
both take the same queries and get the same answer.
"""

import hmac
import re
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import connection
from django.utils import timezone

from cases.models import Case
from liaison import reach
from liaison.models import Entry
from liaison.privacy import decrypt, encrypt, keyed_hash
from liaison.source import client_address

# Of one code, and of one address.
MOST, SHUT_FOR = 6, timedelta(minutes=30)
# Of one code: 10,000 endings of a number should last for more than a year.
MOST_A_DAY, DAY = 20, timedelta(days=1)
ABOUT = "查询码"
WRONG = "查询码或手机号后四位不正确，请对照凭条再输入一次。登记时留过电话的，要填电话的后四位。"


@reach.everything()
def find(code: str, digits: str, *, request, at: datetime) -> tuple[Case | None, str]:
    """The matter, or the sentence that says why not; the same four queries whatever was typed.

    A code that was wrong too often opens for nobody for a while, an address keeps opening right ones.
    """
    key = keyed_hash(code)
    with connection.cursor() as cursor:
        # One after the other: many at once would all find the door still open.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [key])
    failures = Entry.objects.filter(act=Entry.Act.REFUSED, object_label=ABOUT).order_by("-at")
    of_code = _instants(failures.filter(content_type=None, object_id=key, at__gt=at - DAY), MOST_A_DAY)
    source = client_address(request)
    of_address = _instants(failures.filter(address=source, at__gt=at - SHUT_FOR), MOST)
    case, opens = _matter(code, digits)
    if until := shut_until(of_code, at):
        return None, f"这个查询码输错次数太多，请在{_said(until, at)}以后再试。"
    if opens:
        return case, ""
    until = shut_until([at, *of_code], at)
    _note(key, source, shuts=until is not None)
    until = until or shut_until([at, *of_address], at)
    return None, f"已经连续输错 {MOST} 次，请核对凭条，在{_said(until, at)}以后再试。" if until else WRONG


def _instants(failures, most: int) -> list[datetime]:
    return list(failures.values_list("at", flat=True)[:most])


def shut_until(failures: list[datetime], at: datetime) -> datetime | None:
    """failures: the latest first."""
    ends = [failures[most - 1] + time for most, time in ((MOST, SHUT_FOR), (MOST_A_DAY, DAY)) if len(failures) >= most]
    return max((end for end in ends if end > at), default=None)


def _said(until: datetime, at: datetime) -> str:
    """To the next full minute: 14:36, 明天 9:05."""
    local = timezone.localtime(until + timedelta(seconds=59))
    return f"{'' if local.date() == timezone.localdate(at) else '明天 '}{local:%-H:%M}"


def _matter(code: str, digits: str) -> tuple[Case | None, bool]:
    """What is not there takes as long as what is."""
    case = Case.objects.unvoided().filter(query_code=code).first()
    numbers = (case or Case(pk=0)).numbers()
    if case is None:
        numbers = [decrypt(_somebody(settings.PERSONAL_DATA_KEYS[0]))]
    endings = [re.sub(r"\D", "", number)[-4:] for number in numbers]
    fits = [hmac.compare_digest(ending, digits) for ending in endings]
    return case, case is not None and (not endings or any(fits))


@cache
def _somebody(key: str) -> str:
    """A number of nobody, to be read where there is none; encrypted once for each key."""
    return encrypt("0" * 11)


def _note(key: str, source: str | None, shuts: bool):
    said = ["查询码或手机号后四位不正确"]
    if shuts:
        said.append(f"连续第 {MOST} 次，{SHUT_FOR.seconds // 60} 分钟内不再打开")
    Entry.objects.create(
        act=Entry.Act.REFUSED, address=source, object_id=key, object_label=ABOUT, changes={"fields": said}
    )
