from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from cases.forms import ExtraDayForm, HoldForm, SignInForm
from liaison.constraints import tell
from liaison.scope import may_write
from reception.models import DutySwap, ReceptionDay
from studios.models import Studio

from .workspace import own_days, page, reached_days, reached_visits, unmended, workspace


def _looked_at(request, pk):
    """Also by whoever keeps the day for the office."""
    days = reached_days(request.user).with_running_totals().prefetch_related("duties__member")
    return get_object_or_404(days, pk=pk)


def _list(request, day) -> dict:
    visits = reached_visits(request.user).filter(reception_day=day).prefetch_related("receivers")
    return {"day": day, "visits": visits.order_by("-pk"), "now": timezone.localtime()}


@require_GET
@workspace
def show_day(request, pk):
    day = _looked_at(request, pk)
    today, own = timezone.localdate(), request.user.scope.member
    context = {"today": today, "tab": "home", "is_ahead": day.held_on > today}
    if day.state == ReceptionDay.State.HELD:
        context["handlings"] = day.handlings()
    context |= {"keeps": may_write(request.user, day), "is_past": day.held_on < today}
    context["is_own"] = own_days(request.user).filter(pk=day.pk).exists()
    if day.is_open and day.held_on == today:
        context["missing"] = _not_signed_in(request, day)
    if day.is_open and day.held_on >= today:
        context["is_on_duty"] = own in {duty.member_id for duty in day.duties.all() if not duty.signed_in_at}
        context["own_swap"] = day.swaps.filter(giver=own, state=DutySwap.State.ASKED).first() if own else None
    return page(request, "day", _list(request, day) | context)


def _not_signed_in(request, day) -> list:
    """Whom the account may sign in today; one query."""
    here = {duty.member_id for duty in day.arrived}
    return [m for m in SignInForm(account=request.user, day=day).fields["member"].queryset if m.pk not in here]


@login_not_required
@require_GET
def list_day_visits(request, pk):
    """The part of the day's page that is asked for every 15 seconds."""
    if not request.user.is_authenticated:
        # A log-in form must not be swapped into the list: the whole page loads and asks.
        return HttpResponseClientRefresh()
    if not request.htmx:
        return redirect("cases:show-day", pk)
    return workspace(lambda request: page(request, "_visits", _list(request, _looked_at(request, pk))))(request)


@require_http_methods(["GET", "POST"])
@workspace
def add_day(request):
    if not Studio.objects.visible_to(request.user).owned_by(request.user).exists():
        messages.error(request, "还没有您的工作室，请联系政协机关办理进驻。")
        return redirect("cases:show-home")
    form = ExtraDayForm(request.POST or None, account=request.user, now=timezone.now())
    if form.is_valid():
        try:
            day = form.save(request=request)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "今天的临时接待已经开始，可以登记来访了。")
            return redirect("cases:show-day", day.pk)
    context = {"form": form}
    return unmended(request, "add_day", context) if form.errors else page(request, "add_day", context)


@require_POST
@workspace
def sign_in(request, pk):
    day = _looked_at(request, pk)
    form = SignInForm(request.POST, account=request.user, day=day)
    try:
        sentence = f"{form.save(request=request, at=timezone.now())}已签到。" if form.is_valid() else ""
    except ValidationError as error:
        tell(form, error)
    if form.errors:
        refusal = " ".join(sentence for errors in form.errors.values() for sentence in errors)
        return unmended(request, "refused", {"sentence": refusal, "day": day})
    messages.success(request, sentence)
    return redirect("cases:show-day", day.pk)


@require_http_methods(["GET", "POST"])
@workspace
def hold_day(request, pk):
    day = _looked_at(request, pk)
    if request.method == "GET" and not day.is_open:
        messages.info(request, f"这个接待日{day.get_state_display()}，不用再结束登记。")
        return redirect("cases:show-day", day.pk)
    form = HoldForm(request.POST if request.method == "POST" else None, day=day)
    if form.is_valid():
        try:
            form.save(request=request)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "接待日已登记为已开展。")
            return redirect("cases:show-day", day.pk)
    context = {"day": day, "form": form, "handlings": day.handlings()}
    return unmended(request, "hold", context) if form.errors else page(request, "hold", context)
