"""扫码说事: the form behind a studio's code, for everybody, and what its sender takes away."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cases import captcha, codes
from cases.captcha import Question
from cases.forms import IntakeForm
from cases.models import Case, Intake
from liaison import reach
from liaison.constraints import refusals_in_words
from studios.models import Studio

from .public import studio_of

# In the session: the case whose slip this browser may see, for an hour.
SAID, KEPT_FOR = "said", 60 * 60
AGAIN = "这份表单刚才已经提交过一件事。如果这是另一件事，请再提交一次，内容都还在。"


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def say(request, code):
    studio = studio_of(code)
    with reach.of_office(studio.organisation_id):
        if request.method == "POST":
            return _receive(request, studio)
        if not studio.is_open_on(timezone.localdate()):
            return redirect("public:show-studio", studio.code)
        return _ask(request, IntakeForm(initial={"member": request.GET.get("member", "")}, studio=studio))


def _ask(request, form: IntakeForm, *, question: Question | None = None, lost=(), status: int = 200):
    context = {
        "form": form, "studio": form.studio, "question": question or Question.new(), "lost_photos": lost,
        "answer": request.POST.get("answer", "") if question else "", "is_large": request.GET.get("text") == "large",
    }  # fmt: skip
    return render(request, "cases/say.html", context, status=status)


def _receive(request, studio: Studio):
    if "suggest" in request.POST:
        return _ask(request, IntakeForm(initial=request.POST.dict(), studio=studio), lost=request.FILES)
    if earlier := _sent_before(request.POST.get("client_key", "")):
        return _compare(request, studio, earlier)
    refusal = solved = None
    try:
        solved = captcha.proof(request)
    except ValidationError as unsolved:
        refusal = unsolved
    # Pictures are only decoded for whoever has done the work.
    form = IntakeForm(request.POST, request.FILES if solved else None, studio=studio)
    if form.is_valid() and solved:
        try:
            return _store(request, form, solved)
        except ValidationError as refused:
            if earlier := _sent_before(request.POST["client_key"]):
                return _compare(request, studio, earlier)
            refusal, solved = refused, None
    if refusal:
        form.tell(refusal)
    # A sum that was done right need not be done again.
    question = Question.of(request.POST["question"]) if solved and not solved.is_work else None
    return _ask(request, form, question=question, lost=request.FILES, status=422)


def _store(request, form: IntakeForm, solved: captcha.Proof):
    Intake.objects.must_be_fresh(solved.number)
    captcha.must_have_room(form.studio, solved, request)
    with refusals_in_words():
        intake = form.save(proof=solved.number, request=request, at=timezone.now())
    return _thank(request, intake)


def _thank(request, intake: Intake):
    request.session[SAID] = intake.case_id
    if not request.user.is_authenticated:
        request.session.set_expiry(KEPT_FOR)
    return redirect("public:show-slip", intake.case.studio.code)


def _sent_before(key: str) -> Intake | None:
    try:
        return Intake.objects.select_related("case__studio").filter(client_key=key).first()
    except (ValidationError, ValueError):
        return None


def _compare(request, studio: Studio, earlier: Intake):
    """The same matter again leads to its slip; another one under the same key is kept and may be sent by itself."""
    if request.POST.get("content", "").replace("\r\n", "\n").strip() == earlier.case.content:
        return _thank(request, earlier)
    form = IntakeForm(request.POST, studio=studio)
    form.renew_key(AGAIN)
    return _ask(request, form, lost=request.FILES, status=409)


@login_not_required
@never_cache
@require_GET
def show_slip(request, code):
    """The query code, once more for an hour and in this browser alone."""
    studio = studio_of(code)
    with reach.of_office(studio.organisation_id):
        found = Case.objects.filter(pk=request.session.get(SAID), studio__organisation=studio.organisation)
        case = found.select_related("studio__organisation").first()
        if case is None:
            return redirect("public:show-studio", studio.code)
        context = {
            "query": codes.query_page(request), "case": case, "studio": case.studio, "choice": case.choices.select_related("member", "studio").last(),
            "is_large": request.GET.get("text") == "large",
        }  # fmt: skip
        return render(request, "cases/slip.html", context)


@login_not_required
@never_cache
@require_GET
def give_challenge(request):
    """What the browser works on while the form is filled in."""
    return JsonResponse(captcha.challenge(request))
