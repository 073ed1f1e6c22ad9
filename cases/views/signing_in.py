"""Signing in by a code that hangs in the hall or stands on the officer's screen: good on its day alone."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cases import codes
from cases.forms import JoinForm
from liaison.constraints import tell
from liaison.models import Member
from reception.models import ReceptionDay

from .workspace import kept_days, page, workspace

SALT = "reception.sign-in"
OVER = "这个签到码不是今天的，请向联络员要今天的签到码。"


@require_GET
@workspace
def show_sign_in_code(request, pk):
    """For the screen and for paper; the code names the day and its date, and cannot be made up."""
    day = get_object_or_404(kept_days(request.user).expected(), pk=pk, held_on=timezone.localdate())
    sealed = signing.dumps([day.pk, day.held_on.isoformat()], salt=SALT)
    address = f"{codes.base(request)}{reverse('cases:join-day', args=[sealed])}"
    return page(request, "sign_in_code", {"day": day, "picture": codes.image(address), "tab": "home"})


@require_http_methods(["GET", "POST"])
@workspace
def join_day(request, code):
    """Whoever scans it is asked first: opening an address signs nobody in."""
    day, refusal = _day(request, code)
    if refusal:
        return page(request, "refused", {"sentence": refusal, "day": day}, status=403)
    form = JoinForm(request.POST if request.method == "POST" else None, account=request.user, day=day)
    if form.is_valid():
        try:
            form.save(request=request, at=timezone.now())
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "您已签到。")
            return redirect("cases:show-day", day.pk)
    duty = day.duties.filter(member=request.user.member_id, signed_in_at__isnull=False).first()
    context = {"day": day, "form": form, "duty": duty, "tab": "home"}
    return page(request, "join_day", context, status=422 if form.errors else 200)


def _day(request, code: str) -> tuple[ReceptionDay | None, str]:
    """The day that the code opens to this account, or None and the sentence that says why it does not."""
    try:
        key, on = signing.loads(code, salt=SALT)
    except signing.BadSignature:
        return None, "这不是有效的签到码，请重新扫描。"
    if on != timezone.localdate().isoformat():
        return None, OVER
    days = ReceptionDay.objects.visible_to(request.user).expected().select_related("studio")
    day = days.filter(pk=key, held_on=on).first()
    member = request.user.scope.member
    if day is None or not member:
        return None, "这个接待日已经结束登记，或您不在这个工作室进驻。"
    if not (day.team() | Member.objects.filter(pk__in=day.duties.values("member"))).filter(pk=member).exists():
        return None, "您今天不在这个工作室进驻，也不在值班名单中，请与联络员联系。"
    return day, ""
