"""Calendar files for programs that cannot log in: a studio's announced days for everybody, one's own under a secret address."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cases.views.workspace import own_days
from liaison import reach
from reception.ics import DAYS_BACK, calendar_of
from reception.models import Duty, Feed, ReceptionDay
from studios.models import Studio

MOST = 1000


@login_not_required
@require_safe
@cache_control(public=True, max_age=300)
def studio_feed(request, code):
    """Days that were announced, nothing that the public page does not tell; three queries."""
    with reach.everything():
        studio = get_object_or_404(Studio, code=code.upper())
    with reach.of_office(studio.organisation_id):
        # The latest change also of days that are voided: they left the file by it.
        known = ReceptionDay.objects.filter(studio=studio, held_on__gte=timezone.localdate() - DAYS_BACK)
        last = known.aggregate(last=Max("changed_at"))["last"]
        days = known.public().select_related("studio")
        body = calendar_of(days.order_by("held_on", "pk")[:MOST], name=f"{studio}接待日", key=f"studio:{studio.code}")
    return _answer(request, body, f"{studio.code}.ics", last)


@login_not_required
@require_safe
@cache_control(private=True, max_age=300)
def own_feed(request, token):
    """The duties of the account's member and the days of studios it looks after; a revoked address answers as if it had never
    been. No time of the last change is given: a duty that was handed on leaves no trace in the days that stay."""
    feed = Feed.objects.found(token)
    if feed is None:
        raise Http404
    with reach.of(feed.account):
        feed.note_read(timezone.localdate())
        days = _own(feed.account).filter(held_on__gte=timezone.localdate() - DAYS_BACK)
        days = days.prefetch_related("duties__member").order_by("held_on", "pk")[:MOST]
        body = calendar_of(days, name="我的接待日", key=f"feed:{feed.digest}", notes=_notes)
    return _answer(request, body, "calendar.ics")


def _own(account):
    days = own_days(account)
    if member := account.scope.member:
        duties = Duty.objects.filter(member=member).values("reception_day")
        return days.filter(pk__in=duties) | days.filter(studio__liaison_officer=account)
    return days


def _notes(day: ReceptionDay) -> str:
    names = "、".join(str(duty) for duty in day.duties.all())
    lines = [f"状态：{day.state_words}", f"值班委员：{names or '还没有安排'}"]
    return "\n".join(lines + ([f"取消原因：{day.cancel_reason}"] if day.cancel_reason else []))


def _answer(request, body: bytes, name: str, last=None):
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["ETag"] = etag
    if last:
        response["Last-Modified"] = http_date(last.timestamp())
    return get_conditional_response(request, etag, last and int(last.timestamp()), response)
