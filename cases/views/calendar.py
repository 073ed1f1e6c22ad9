"""The month's reception days as a table, and the addresses under which calendar programs follow them."""

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.forms import FeedForm
from liaison.constraints import tell
from liaison.models import Entry
from liaison.models.diff import picture
from liaison.workdays import WorkingCalendar
from reception.models import ReceptionDay

from .workspace import asked_month, page, reached_days, reached_studios, with_neighbours, workspace

# More in one month nobody reads: the page asks to choose a studio.
MOST, MOST_STUDIOS = 400, 30


@dataclass(frozen=True)
class Square:
    """One date of the month's table; those of the months beside it are empty."""

    date: date
    is_inside: bool
    is_off: bool
    days: list[ReceptionDay]


@require_GET
@workspace
def show_calendar(request):
    """Of all studios that are the account's own or its office's to keep, or of one; six queries."""
    today = timezone.localdate()
    month = asked_month(request, today)
    studios = reached_studios(request.user)
    chosen = studios.filter(pk=request.GET["studio"]).first() if request.GET.get("studio", "").isdecimal() else None
    days = reached_days(request.user).filter(held_on__gte=month.start, held_on__lt=month.end)
    days = days.filter(studio=chosen) if chosen else days
    shown = list(days.prefetch_related("duties__member").order_by("held_on", "opens", "pk")[: MOST + 1])
    context = {
        **with_neighbours(month), "today": today, "tab": "calendar", "studios": studios[:MOST], "chosen": chosen,
        "weeks": _weeks(month, shown[:MOST], request.user.organisation), "count": len(shown[:MOST]),
        "is_capped": len(shown) > MOST,
    }  # fmt: skip
    return page(request, "calendar", context)


def _weeks(month, days: list[ReceptionDay], office) -> list[list[Square]]:
    """Monday first; one query for the days off."""
    weeks = Calendar().monthdatescalendar(month.start.year, month.start.month)
    working = WorkingCalendar.between(weeks[0][0], weeks[-1][-1], office)
    by_date = defaultdict(list)
    for day in days:
        by_date[day.held_on].append(day)
    return [
        [Square(day, month.start <= day < month.end, not working.is_workday(day), by_date[day]) for day in week]
        for week in weeks
    ]


@require_http_methods(["GET", "POST"])
@workspace
def list_feeds(request):
    """The addresses of the account, and a new one, which is shown this once."""
    form, address = FeedForm(request.POST if request.method == "POST" else None), ""
    if form.is_valid():
        try:
            token = form.instance.issue(request.user, timezone.now())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            Entry.note(Entry.Act.ADD, form.instance, request=request)
            address = request.build_absolute_uri(reverse("public:own-feed", args=[token]))
    context = {
        "form": FeedForm() if address else form, "address": address, "feeds": request.user.feeds.good(), "tab": "calendar",
        "studios": [(one, request.build_absolute_uri(reverse("public:studio-feed", args=[one.code]))) for one in
                    reached_studios(request.user)[:MOST_STUDIOS]],
    }  # fmt: skip
    return page(request, "feeds", context, status=422 if form.errors else 200)


@require_POST
@workspace
def revoke_feed(request, pk):
    feed = get_object_or_404(request.user.feeds.good(), pk=pk)
    before = picture(feed)
    feed.revoked_at = timezone.now()
    feed.save(update_fields=["revoked_at"])
    Entry.note(Entry.Act.CHANGE, feed, request=request, before=before)
    messages.success(request, f"“{feed.name}”的地址已停用，日历程序不能再读取。")
    return redirect("cases:list-feeds")
