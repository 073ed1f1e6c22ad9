"""What every page under /my/ shares: whose it is, and whose rows it may touch."""

from functools import wraps

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone

from cases.models import Case
from liaison.roles import RECORDERS
from reception.models import ReceptionDay, Visit


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


def own_visits(account):
    visits = Visit.objects.visible_to(account).owned_by(account)
    return visits.select_related("studio", "category", "reception_day")


def own_cases(account):
    cases = Case.objects.visible_to(account).owned_by(account).unvoided()
    return cases.select_related("studio", "category", "member").with_lamps(timezone.localdate())


def page(request, name: str, context: dict, *, status: int = 200) -> TemplateResponse:
    return TemplateResponse(request, f"cases/{name}.html", context, status=status)


def unmended(request, name: str, context: dict) -> TemplateResponse:
    """A form that came back with sentences beside its fields, everything typed still there."""
    return page(request, name, context, status=422)
