"""The query page: whoever brought a matter follows it, adds to it, rates it, by its query code and without an account.

The code is typed into a form and stands in no address; what stays in the browser is a signed cookie that names the matter,
for an hour and for these pages alone (decision 0030).
"""

from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import codes, finding
from cases.forms.matters import AddForm, FindForm, RateForm, ReopenForm
from cases.models import Case
from cases.telling import state_of, told
from cases.workflow import OPEN, State
from liaison import limits, reach
from liaison.constraints import tell
from liaison.source import client_address

COOKIE = {"key": "matter", "salt": "cases.matter"}
OPEN_FOR = 60 * 60
# Of one address within a minute: beyond it nothing is looked up, for no hall of people types so fast.
A_MINUTE = 60
TOO_MANY = "这个网络上查询太多，请过一分钟再试。"
DONE = {
    "added": "已补充，委员会看到。", "rated": "已收到您的评价，谢谢。", "reopened": "已重新办理，委员会继续跟进。", "left": "已退出，这台设备上不再显示您的事情。",
}  # fmt: skip


def at(request, name: str, **more: str) -> HttpResponseRedirect:
    """To another of these pages, in the same size of text."""
    kept = {"text": "large"} if is_large(request) else {}
    query = urlencode(kept | more)
    return redirect(f"{reverse(f'public:{name}')}{'?' if query else ''}{query}")


def is_large(request) -> bool:
    return request.GET.get("text") == "large"


def public_page(request, name: str, context: dict, *, status: int = 200):
    context |= {"is_large": is_large(request), "done": DONE.get(request.GET.get("done", ""), "")}
    return render(request, f"cases/{name}.html", context, status=status)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def find_case(request):
    """Wrong codes, wrong numbers and shut codes all come back as this form, with one sentence above it."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if limits.count(f"find:{client_address(request)}") > A_MINUTE:
            form.add_error(None, TOO_MANY)
        elif case := _found(request, form):
            return _opened(at(request, "show-matter"), case)
    return public_page(request, "find_case", {"form": form}, status=422 if form.errors else 200)


def _found(request, form: FindForm) -> Case | None:
    case, refusal = finding.find(**form.cleaned_data, request=request, at=timezone.now())
    if refusal:
        form.add_error(None, refusal)
    return case


def _opened(response, case: Case):
    response.set_signed_cookie(
        **COOKIE, value=f"{case.organisation_id}-{case.pk}", max_age=OPEN_FOR, path=reverse("public:find-case"),
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict",
    )  # fmt: skip
    return response


def matter(view):
    """For whoever opened a matter in this browser within the hour; others are asked for the code. Acts hold its row."""

    @wraps(view)
    @login_not_required
    @never_cache
    def opened(request):
        named = request.get_signed_cookie(**COOKIE, default="", max_age=OPEN_FOR)
        if not named:
            return at(request, "find-case")
        office, _, key = named.partition("-")
        with reach.of_office(int(office)):
            found = Case.objects.unvoided().filter(pk=key)
            if request.method == "POST":
                found = found.select_for_update(of=("self",))
            case = found.select_related("organisation", "studio__division", "member", "merged_into").first()
            return _opened(view(request, case), case) if case else at(request, "find-case")

    return opened


def _page(request, case: Case, *, status: int = 200, **forms):
    steps = list(case.steps.order_by("at", "pk"))
    context = {
        "case": case, "sentence": state_of(case), "steps": told(steps), "is_open": case.state in OPEN,
        "is_resolved": case.state == State.RESOLVED, "add": AddForm(case=case), "rate": RateForm(case=case),
        "reopen": ReopenForm(case=case), "lost_photos": request.FILES, **forms,
    }  # fmt: skip
    return public_page(request, "matter", context, status=status)


@require_GET
@matter
def show_matter(request, case):
    return _page(request, case)


def _act(request, case: Case, name: str, form, done: str):
    if form.is_valid():
        try:
            form.save(request=request, at=timezone.now())
            return at(request, "show-matter", done=done)
        except ValidationError as refused:
            tell(form, refused)
            case.refresh_from_db()
    return _page(request, case, status=422, **{name: form})


@require_POST
@matter
def add_to_matter(request, case):
    return _act(request, case, "add", AddForm(request.POST, request.FILES, case=case), "added")


@require_POST
@matter
def rate_matter(request, case):
    return _act(request, case, "rate", RateForm(request.POST, case=case), "rated")


@require_POST
@matter
def reopen_matter(request, case):
    return _act(request, case, "reopen", ReopenForm(request.POST, case=case), "reopened")


@require_GET
@matter
def print_matter(request, case):
    return slip(request, case, back=reverse("public:show-matter"))


def slip(request, case: Case, *, back: str):
    """What a person takes along on paper; the code in the picture leads to the query page, and to no matter."""
    address = f"{codes.base(request)}{reverse('public:find-case')}"
    context = {
        "case": case, "address": codes.query_page(request), "image": codes.image(address.upper()), "back": back,
        "asks_digits": bool(case.numbers()),
    }  # fmt: skip
    return public_page(request, "matter_slip", context)


@login_not_required
@require_POST
def leave_matter(request):
    response = at(request, "find-case", done="left")
    response.delete_cookie(COOKIE["key"], path=reverse("public:find-case"), samesite="Strict")
    return response
