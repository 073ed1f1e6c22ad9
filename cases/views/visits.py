import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cases.forms import VisitForm, VoidForm, WalkInForm
from cases.forms.visits import photos_of
from liaison.constraints import tell
from liaison.models import Entry
from liaison.models.diff import picture
from studios.models import Studio

from .storing import store
from .workspace import keeps_register, own_days, own_visits, page, reached_visits, unmended, workspace

PAGE = 30


@require_http_methods(["GET", "POST"])
@workspace
def log_visit_on_day(request, pk):
    day = get_object_or_404(own_days(request.user), pk=pk)
    if request.method == "POST":
        return _log(request, VisitForm, day)
    try:
        day.must_receive_on(timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("cases:show-day", day.pk)
    return page(request, "visit_form", {"form": VisitForm(account=request.user, day=day), "day": day})


@require_http_methods(["GET", "POST"])
@workspace
def log_visit(request):
    if request.method == "POST":
        return _log(request, WalkInForm, None)
    if not Studio.objects.visible_to(request.user).owned_by(request.user).exists():
        if keeps_register(request.user):
            # An office has many studios: the sheet begins with the choice of one, and takes a single party as well.
            return redirect("cases:fill-register")
        messages.error(request, "还没有您的工作室，请联系政协机关办理进驻。")
        return redirect("cases:show-home")
    return page(request, "visit_form", {"form": WalkInForm(account=request.user)})


def _log(request, form_class, day):
    """Store the visit once, however often the same form arrives."""
    stored = store(request, form_class, day=day)
    if stored.visit:
        messages.success(request, stored.words)
        return redirect("cases:show-visit", stored.visit.pk)
    if stored.earlier:
        return _show_both(request, form_class, day, stored.earlier)
    return unmended(request, "visit_form", {"form": stored.form, "day": day, "lost_photos": request.FILES})


def _show_both(request, form_class, day, earlier):
    """Sent once more under a new key, what was typed becomes a visit of its own."""
    typed = request.POST.copy()
    typed["client_key"] = str(uuid.uuid4())
    form = form_class(data=typed, account=request.user, day=day)
    context = {"form": form, "day": day, "earlier": earlier, "lost_photos": request.FILES}
    return page(request, "visit_form", context, status=409)


@require_GET
@workspace
def list_visits(request):
    """Newest first; the next page begins below the last number shown."""
    visits = own_visits(request.user).prefetch_related("receivers")
    before = request.GET.get("before", "")
    if before.isdecimal():
        last = get_object_or_404(own_visits(request.user), pk=before)
        visits = visits.listed_after(last)
    rows = list(visits[: PAGE + 1])
    keeps = keeps_register(request.user)
    older = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return page(request, "visits", {"visits": rows[:PAGE], "older": older, "tab": "visits", "keeps": keeps})


def _visit(request, pk):
    visits = reached_visits(request.user).select_related("recorded_by", "voided_by", "sector")
    return get_object_or_404(visits.prefetch_related("receivers", "cases"), pk=pk)


@require_GET
@workspace
def show_visit(request, pk):
    visit = _visit(request, pk)
    day, today, own = visit.reception_day, timezone.localdate(), request.user.scope.member
    received = own in [member.pk for member in visit.receivers.all()]
    context = {
        "visit": visit,
        "photos": photos_of(visit),
        "is_correctable": visit.is_correctable(today),
        "receives_next": day and day.is_open and day.held_on == today,
        # The number is for whoever received the person; colleagues see it masked.
        "sees_phone": received or visit.recorded_by == request.user,
        "tab": "visits",
    }
    return page(request, "visit", context)


@require_http_methods(["GET", "POST"])
@workspace
def correct_visit(request, pk):
    visit = _visit(request, pk)
    if not visit.is_correctable(timezone.localdate()):
        sentence = "只能在登记当天、接待日结束之前更正；以后的更正请政协机关来做。"
        return page(request, "refused", {"sentence": sentence, "visit": visit}, status=409)
    form_class = VisitForm if visit.reception_day else WalkInForm
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = form_class(*sent, account=request.user, day=visit.reception_day, instance=visit)
    if form.is_valid():
        form.save(request=request, at=timezone.now())
        messages.success(request, "更正已保存。")
        return redirect("cases:show-visit", visit.pk)
    context = {"form": form, "day": visit.reception_day, "visit": visit}
    status = 422 if form.errors else 200
    return page(request, "visit_form", context, status=status)


@require_http_methods(["GET", "POST"])
@workspace
def void_visit(request, pk):
    visit = _visit(request, pk)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        before = picture(visit)
        try:
            visit.void(by=request.user, why=form.cleaned_data["reason"], at=timezone.now())
        except ValidationError as error:
            tell(form, error)
        else:
            Entry.note(Entry.Act.VOID, visit, request=request, before=before)
            messages.success(request, "这条来访已作废，不再计入人次。")
            return redirect("cases:show-visit", visit.pk)
    status = 422 if form.errors else 200
    return page(request, "void_visit", {"form": form, "visit": visit}, status=status)
