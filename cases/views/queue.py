"""What a phone kept while it had no network, as its queue sends it (static/js/queue-sending.js)."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cases.forms import VisitForm, WalkInForm
from reception.late import written_at
from reception.models import Visit

from .storing import store
from .workspace import days_written_on, page, workspace


def own_answer(view):
    """A stranger is told so in words: a program cannot follow to the door."""

    @login_not_required
    @never_cache
    def guarded(request):
        if not request.user.is_authenticated:
            return JsonResponse({"message": "登录已过期，请重新登录。"}, status=401)
        return workspace(view)(request)

    return guarded


@require_GET
@own_answer
def show_pass(request):
    """Whose session it is, and a fresh forgery token: the one in the page is that of an earlier log-in."""
    return JsonResponse({"account": request.user.pk, "token": get_token(request)})


@require_POST
@own_answer
def take_visit(request):
    """201 stored · 200 stored before · 409 other content under its key · 422 to be mended · 401 log in first."""
    if request.POST.get("account") != str(request.user.pk):
        return JsonResponse({"message": "这台设备上现在是另一个账号。"}, status=401)
    when = written_at(request.POST.get("waited", ""), timezone.now())
    day = None
    if key := request.POST.get("day"):
        day = get_object_or_404(days_written_on(request.user, timezone.localdate(when)), pk=_number(key))
    stored = store(request, VisitForm if day else WalkInForm, day=day, written_at=when)
    if stored.visit:
        url = reverse("cases:show-visit", args=[stored.visit.pk])
        return JsonResponse({"url": url, "message": stored.words}, status=201 if stored.is_new else 200)
    return _conflict(stored.earlier) if stored.earlier else _unmended(stored.form)


@require_GET
@workspace
def mend_visit(request):
    """The form for what came back, also of a day or studio that takes nothing new; the phone fills in what was typed."""
    when = written_at(request.GET.get("waited", ""), timezone.now())
    day = None
    if key := request.GET.get("day"):
        day = get_object_or_404(days_written_on(request.user, timezone.localdate(when)), pk=_number(key))
    form = (VisitForm if day else WalkInForm)(account=request.user, day=day, written_at=when)
    return page(request, "visit_form", {"form": form, "day": day, "is_mended": True})


def _number(written: str) -> int:
    """A key as it stands in an address; 0, which nothing has, for anything else."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else 0


def _unmended(form) -> JsonResponse:
    fields = {name: [str(sentence) for sentence in errors] for name, errors in form.errors.items()}
    return JsonResponse(
        {"above": fields.pop("__all__", []), "fields": fields, "key": form["client_key"].value()}, status=422
    )


def _conflict(earlier: Visit) -> JsonResponse:
    recorded = timezone.localtime(earlier.recorded_at)
    lines = [
        earlier.content or "没有写明事项", f"{earlier.headcount} 人，{earlier.shown_name}",
        f"{date_format(recorded, 'n月j日 H:i')} 登记",
    ]  # fmt: skip
    return JsonResponse({"url": reverse("cases:show-visit", args=[earlier.pk]), "earlier": lines}, status=409)
