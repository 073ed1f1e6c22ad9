from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cases.forms import AnswerForm, MoveForm
from cases.models import Case
from liaison.constraints import tell

from .matters import slip
from .workspace import own_cases, page, workspace

MOST = 50


@require_GET
@workspace
def list_cases(request):
    """Open ones first by deadline, or the finished ones, newest first."""
    finished = request.GET.get("state") == "finished"
    cases = own_cases(request.user)
    shown = cases.finished() if finished else cases.open().order_by("deadline", "pk")
    context = {
        "cases": shown[:MOST], "finished": finished, "today": timezone.localdate(), "tab": "cases",
        "overdue": cases.overdue(timezone.localdate()).count(), "open": cases.open().count(),
    }  # fmt: skip
    return page(request, "cases", context)


def _case(request, pk):
    return get_object_or_404(own_cases(request.user).select_related("organisation"), pk=pk)


def _context(request, case, form) -> dict:
    return {
        "case": case, "form": form, "answer": AnswerForm(case=case), "today": timezone.localdate(), "tab": "cases",
        "steps": case.steps.select_related("by").order_by("-at", "-pk"),
        "visits": case.visits.all(), "photos": case.photos(),
        "moves": Case.objects.visible_to(request.user).in_hands_of(request.user).filter(pk=case.pk).exists(),
    }  # fmt: skip


@require_GET
@workspace
def show_case(request, pk):
    case = _case(request, pk)
    return page(request, "case", _context(request, case, MoveForm(case=case)))


@require_POST
@workspace
def move_case(request, pk):
    """Only the member in charge, or the studio's liaison officer for them."""
    case = get_object_or_404(own_cases(request.user).in_hands_of(request.user), pk=pk)
    form = MoveForm(request.POST, case=case)
    if form.is_valid():
        try:
            form.save(request=request, at=timezone.now())
        except ValidationError as error:
            tell(form, error)
            case.refresh_from_db()
        else:
            messages.success(request, f"事项已变为“{case.get_state_display()}”。")
            return redirect("cases:show-case", case.pk)
    return page(request, "case", _context(request, case, form), status=422)


@require_POST
@workspace
def answer_case(request, pk):
    case = get_object_or_404(own_cases(request.user).in_hands_of(request.user), pk=pk)
    answer = AnswerForm(request.POST, case=case)
    if answer.is_valid():
        answer.save(request=request, at=timezone.now())
        messages.success(request, "已答复，反映人凭查询码能看到。")
        return redirect("cases:show-case", case.pk)
    return page(request, "case", _context(request, case, MoveForm(case=case)) | {"answer": answer}, status=422)


@require_GET
@workspace
def print_slip(request, pk):
    return slip(request, _case(request, pk), back=reverse("cases:show-case", args=[pk]))
