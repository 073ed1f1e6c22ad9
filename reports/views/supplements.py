"""Supplements (补录): what offices put forward for places without records, and what the office above says to it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.constraints import refusals_in_words, tell
from liaison.paging import page
from reports.ask import Ask
from reports.asking import above, asked_organisation, must_read_totals, rows_link
from reports.forms import ApproveForm, RefuseForm, SupplementForm, WithdrawForm
from reports.models import Supplement
from reports.views.acting import act

TONES = {
    Supplement.State.WAITING: "info", Supplement.State.APPROVED: "good", Supplement.State.REFUSED: "warn",
    Supplement.State.WITHDRAWN: "",
}  # fmt: skip


@require_GET
def list_supplements(request):
    """Of an office and all below it, the latest month first; the same few queries for any number of them."""
    organisation = asked_organisation(request)
    found = Supplement.objects.of(organisation).select_related("organisation__parent", "submitted_by", "decided_by")
    state = request.GET.get("state", "")
    if state and state not in Supplement.State:
        raise Http404
    shown = page(
        found.filter(state=state) if state else found, ("-month", "-id"),
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {
        "organisation": organisation, "writes": bool(request.user.scope.offices),
        "above": [(one, f"?{urlencode({'org': one.code})}") for one in above(request, organisation)],
        "states": [("全部", _turned(organisation), not state)]
        + [(one.label, _turned(organisation, state=one), state == one) for one in Supplement.State],
        "lines": [(one, TONES[one.state], _act(request, one)) for one in shown.rows],
        "waiting": found.waiting().count(),
        "newer": shown.newer and _turned(organisation, state=state, before=shown.newer),
        "older": shown.older and _turned(organisation, state=state, after=shown.older),
    }  # fmt: skip
    return TemplateResponse(request, "reports/supplements.html", context)


def _act(request, one: Supplement) -> str:
    return "审批" if one.state == Supplement.State.WAITING and one.is_decided_by(request.user) else "查看"


def _turned(organisation, **more: str) -> str:
    query = {"org": organisation.code} | {name: value for name, value in more.items() if value}
    return f"?{urlencode(query)}"


@require_http_methods(["GET", "POST"])
def add_supplement(request):
    must_read_totals(request)
    if not request.user.scope.offices:
        raise Http404
    is_sent = request.method == "POST"
    form = SupplementForm(request.POST if is_sent else None, request.FILES or None, account=request.user)
    if is_sent and form.is_valid():
        try:
            with refusals_in_words():
                one = form.propose(request=request)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已提交，由{one.decider.short_name}审批。批准以后才列在统计数字旁边。")
            return redirect(one.url)
    if form.errors:
        form.say_file_is_lost()
    context = {"form": form}
    return TemplateResponse(request, "reports/add_supplement.html", context, status=422 if form.errors else 200)


@require_GET
def show_supplement(request, pk):
    return _page(request, _supplement(request, pk))


@require_POST
def approve_supplement(request, pk):
    return _decide(request, pk, "approve", ApproveForm, "已批准。")


@require_POST
def refuse_supplement(request, pk):
    return _decide(request, pk, "refuse", RefuseForm, "已登记为不批准。")


@require_POST
def withdraw_supplement(request, pk):
    return _decide(request, pk, "withdraw", WithdrawForm, "已撤回，可以重新填报。")


def _decide(request, pk: int, verb: str, form_class: type[Form], done: str):
    """verb: what the form does, and what its place on the page is called after."""
    one, form = _supplement(request, pk), form_class(request.POST)
    return act(request, one, form, lambda: getattr(form, verb)(one, request=request), done, _again(f"{verb}_form"))


def _again(name: str):
    """The page as it was, with what was typed."""
    return lambda request, one, form: _page(request, _supplement(request, one.pk), status=422, **{name: form})


def _supplement(request, pk: int) -> Supplement:
    must_read_totals(request)
    if pk >= 2**63:
        raise Http404
    found = Supplement.objects.visible_to(request.user)
    joined = found.select_related(
        "organisation__division", "organisation__parent", "submitted_by", "decided_by", "paper"
    )
    return get_object_or_404(joined, pk=pk)


def _page(request, one: Supplement, status: int = 200, **forms) -> TemplateResponse:
    may_decide = one.is_decided_by(request.user) and bool(one.MOVES[one.State(one.state)])
    context = {
        "one": one, "tone": TONES[one.state], "decides": may_decide,
        "waits": one.state == Supplement.State.WAITING, "writes": one.is_written_by(request.user),
        "shows_paper": one.paper.is_visible_to(request.user),
        "rows": rows_link(one.indicator, Ask(one.organisation, one.period)),
        "approve_form": None, "refuse_form": RefuseForm(), "withdraw_form": None,
    }  # fmt: skip
    return TemplateResponse(request, "reports/supplement.html", context | forms, status=status)
