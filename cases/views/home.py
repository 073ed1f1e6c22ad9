from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from reception.models import Duty, DutySwap, ReceptionDay
from studios.models import Studio

from .choices import own_choices
from .workspace import keeps_register, own_cases, own_days, own_visits, page, workspace

FEW = 5


@require_GET
@workspace
def show_home(request):
    """What is to be done today, in all studios of the account; the queries do not grow with them."""
    today = timezone.localdate()
    days = own_days(request.user).with_running_totals().prefetch_related("duties__member")
    todays = list(days.filter(held_on=today).order_by("opens", "pk"))
    context = {
        "today": today,
        "days": todays,
        "signed_in": _signed_in(todays, request.user),
        "next_day": days.expected().filter(held_on__gt=today).order_by("held_on", "opens").first(),
        "unfinished": days.unfinished(today)[:FEW],
        "studios": Studio.objects.visible_to(request.user).owned_by(request.user).open_on(today),
        "visits": own_visits(request.user)[:FEW],
        "swaps": _swaps(request.user, today),
        "coming_duties": _coming_duties(request.user, today),
        "choices": own_choices(request.user).open()[:FEW],
        "cases": own_cases(request.user).open().asked_of_nobody().order_by("deadline", "pk")[:FEW],
        "keeps": keeps_register(request.user),
        "register_url": reverse("cases:fill-register"),
        "tab": "home",
    }
    return page(request, "home", context)


def _swaps(account, today):
    """What colleagues ask of the account's member."""
    if not account.scope.member:
        return []
    asked = DutySwap.objects.visible_to(account).answerable_by(account.scope.member, today)
    return asked.select_related("reception_day__studio", "return_day__studio", "giver")[:FEW]


def _coming_duties(account, today):
    if not account.scope.member:
        return []
    days = ReceptionDay.objects.expected().filter(held_on__gt=today)
    duties = Duty.objects.visible_to(account).filter(member=account.scope.member, reception_day__in=days)
    return duties.select_related("reception_day__studio").order_by("reception_day__held_on")[:FEW]


def _signed_in(days, account) -> set[int]:
    """The days among these on which the account's member is already signed in."""
    own = account.scope.member
    return {day.pk for day in days for duty in day.arrived if duty.member_id == own}
