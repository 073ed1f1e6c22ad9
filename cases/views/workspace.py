"""What every page under /my/ shares: whose it is, and whose rows it may touch."""

from datetime import date
from functools import wraps

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone

from cases.models import Case
from liaison.periods import Period, PeriodError, month_of, next_month, parse
from liaison.roles import RECORDERS, Role
from liaison.scope import also
from reception.models import ReceptionDay, Visit
from studios.models import Studio


def workspace(view):
    """For members, liaison officers and clerks; to anyone else these pages do not exist."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.roles & RECORDERS:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


# A 主席 who is leader and member at once reads a whole city; to work on are the own rows only.


def own_days(account):
    days = ReceptionDay.objects.visible_to(account).owned_by(account)
    return days.unvoided().filter(kind=ReceptionDay.Kind.PUBLIC).select_related("studio")


def days_written_on(account, on):
    """Own days, and those that were on that date in a studio which the account has left since."""
    then = ReceptionDay.objects.filter(studio__in=Studio.objects.worked_in_by(account, on), held_on=on)
    days = also(own_days(account), then.unvoided().filter(kind=ReceptionDay.Kind.PUBLIC).values("pk"))
    return days.select_related("studio")


def reached_days(account):
    """The own ones, and those that the account keeps for its office: what may be looked at and arranged."""
    days = ReceptionDay.objects.visible_to(account)
    days = days.owned_by(account) | days.writable_by(account)
    return days.unvoided().filter(kind=ReceptionDay.Kind.PUBLIC).select_related("studio", "organisation")


def kept_days(account):
    """Days of the studios that the account looks after, as their officer or as a clerk of their office."""
    days = ReceptionDay.objects.visible_to(account).writable_by(account)
    return days.unvoided().filter(kind=ReceptionDay.Kind.PUBLIC).select_related("studio", "organisation")


def own_visits(account):
    visits = Visit.objects.visible_to(account).owned_by(account)
    return visits.select_related("studio", "category", "reception_day")


def reached_visits(account):
    """The own ones, and those that the account keeps for its office."""
    visits = Visit.objects.visible_to(account)
    visits = visits.owned_by(account) | visits.writable_by(account)
    return visits.select_related("studio", "category", "reception_day")


def own_cases(account):
    cases = Case.objects.visible_to(account).owned_by(account).unvoided()
    return cases.select_related("studio", "category", "member").with_lamps(timezone.localdate())


def reached_studios(account):
    """The account's own, and those that it keeps for its office."""
    studios = Studio.objects.visible_to(account)
    return (studios.owned_by(account) | studios.writable_by(account)).order_by("pinyin", "pk")


def keeps_register(account) -> bool:
    """Whether the account records for whole studios, not for one member alone."""
    return bool({Role.CLERK, Role.LIAISON_OFFICER} & account.roles)


def asked_month(request, today: date) -> Period:
    """?month=2026-11; the present one for whatever else."""
    try:
        month = parse(request.GET.get("month", ""), today)
        return month if month == month_of(month.start) else month_of(today)
    except PeriodError:
        return month_of(today)


def with_neighbours(month: Period) -> dict:
    """A month and the two beside it, as templates/cases/_month.html leads to them."""
    return {
        "month": month, "before": month_of(next_month(month.start, -1)), "after": month_of(next_month(month.start, 1)),
    }  # fmt: skip


def page(request, name: str, context: dict, *, status: int = 200) -> TemplateResponse:
    if "X-Keep" in request.headers:
        # The worker puts it by (static/js/worker.js): a message is for the page that the person reads.
        context["messages"] = ()
    return TemplateResponse(request, f"cases/{name}.html", context, status=status)


def unmended(request, name: str, context: dict) -> TemplateResponse:
    """A form that came back with sentences beside its fields, everything typed still there."""
    return page(request, name, context, status=422)
