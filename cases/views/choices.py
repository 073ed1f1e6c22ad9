"""What was scanned and waits for an answer: offers to oneself, and the pools of one's studios."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cases.forms import AcceptForm, DeclineForm, PassOnForm
from cases.models import Choice
from liaison.constraints import tell

from .workspace import page, workspace

MOST = 50
FORMS = {"accept": AcceptForm, "decline": DeclineForm, "pass_on": PassOnForm}


def own_choices(account):
    """Offers that the account may answer, the most urgent first; a pool's after those to one member."""
    found = Choice.objects.visible_to(account).answerable_by(account)
    return found.select_related("case__category", "studio__organisation", "member").order_by("due_on", "pk")


@require_GET
@workspace
def list_choices(request):
    shown = own_choices(request.user).open()[:MOST]
    return page(request, "choices", {"choices": shown, "today": timezone.localdate(), "tab": "cases"})


@require_GET
@workspace
def show_choice(request, pk):
    choice = get_object_or_404(own_choices(request.user), pk=pk)
    if choice.state != Choice.State.OFFERED:
        messages.info(request, f"这件事{choice.get_state_display()}，下面是它的办理记录。")
        return (
            redirect("cases:show-case", choice.case_id)
            if _sees_case(request, choice)
            else redirect("cases:list-choices")
        )
    return _show(request, choice)


def _sees_case(request, choice) -> bool:
    return type(choice.case).objects.visible_to(request.user).owned_by(request.user).filter(pk=choice.case_id).exists()


def _show(request, choice, sent: dict | None = None, *, status: int = 200):
    forms = {name: form(choice=choice) for name, form in FORMS.items()} | (sent or {})
    context = {
        "choice": choice, "case": choice.case, "forms": forms, "today": timezone.localdate(), "tab": "cases",
        "intake": choice.case.intake, "photos": choice.case.intake.photos, "sent": next(iter(sent), "") if sent else "",
        "may_accept": choice.member_id or request.user.member_id,
        "steps": choice.case.steps.select_related("by").order_by("-at", "-pk"),
    }  # fmt: skip
    return page(request, "choice", context, status=status)


@require_http_methods(["GET", "POST"])
@workspace
def accept_choice(request, pk):
    return _answer(request, pk, "accept", "已受理，记为今天的一次来访；下一步请联系反映人。")


@require_http_methods(["GET", "POST"])
@workspace
def decline_choice(request, pk):
    return _answer(request, pk, "decline", "已答复，原因会告诉反映人。")


@require_http_methods(["GET", "POST"])
@workspace
def pass_on_choice(request, pk):
    return _answer(request, pk, "pass_on", "已转交。")


def _answer(request, pk, name: str, done: str):
    if request.method == "GET":
        # A tab that is loaded again after a refusal.
        return redirect("cases:show-choice", pk)
    choice = get_object_or_404(own_choices(request.user), pk=pk)
    form = FORMS[name](request.POST, choice=choice)
    if form.is_valid():
        try:
            form.save(request=request, at=timezone.now())
        except ValidationError as refusal:
            tell(form, refusal)
            choice.refresh_from_db()
        else:
            messages.success(request, done)
            accepted = choice.state == Choice.State.ACCEPTED
            return redirect("cases:show-case", choice.case_id) if accepted else redirect("cases:list-choices")
    return _show(request, choice, {name: form}, status=422)
