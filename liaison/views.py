import sys
from datetime import timedelta

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import perform_login
from allauth.account.views import ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import LoginView, LogoutView
from django.db import InterfaceError, OperationalError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.defaults import page_not_found

from liaison import second_factor
from liaison.devices import device
from liaison.forms import (
    EmailCodeForm,
    EmailForm,
    LogInForm,
    NewPasswordForm,
    NoticeSettingForm,
    SecondFactorForm,
    TokenForm,
)
from liaison.models import ApiToken, Attachment, Entry, Notice, NoticeSetting
from liaison.models.diff import picture
from liaison.paging import page
from liaison.privacy import mask_email
from liaison.refusal import API, refusal

CAME_BY_CODE = "came_by_code"
# How many tokens that are no longer good are still told of.
PAST_TOKENS = 10
# Why somebody stands at the door again.
ENDED = {"idle": "长时间未操作，请重新登录。", "long": "登录时间过长，请重新登录。"}


class LogIn(LoginView):
    """The password; where the account has a second factor, allauth's next stage asks for it (mfa_authenticate)."""

    template_name = "liaison/log-in.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        account = form.get_user()
        if self.request.user.is_authenticated:  # somebody else comes in by the admin's door
            self.request.session.flush()
            self.request.user = AnonymousUser()
        # Until the new password is chosen, whoever came by a printed code is not asked for the old one.
        self.request.session[CAME_BY_CODE] = account.pk if getattr(account, "came_by_code", False) else None
        return perform_login(self.request, account, redirect_url=self.get_success_url())

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"ended": ENDED.get(self.request.GET.get("ended"), "")}


log_in = LogIn.as_view()
# Also for somebody who is logged in, but not let into the admin.
log_in_elsewhere = LogIn.as_view(redirect_authenticated_user=False)
log_out = LogoutView.as_view()
confirm_password = ReauthenticateView.as_view()


@require_GET
def show_account(request):
    account = request.user
    age = timedelta(days=settings.PASSWORD_DAYS) if settings.PASSWORD_DAYS else None
    context = {
        "account": account, "has_second_factor": second_factor.is_on(account),
        "change_before": account.password_set_at + age if age else None, "sessions": len(own_sessions(request)),
        "tokens": account.api_tokens.good(timezone.now()).count(),
    }  # fmt: skip
    return TemplateResponse(request, "account/home.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request):
    account = request.user
    asks_old = not (account.must_change_password and request.session.get(CAME_BY_CODE) == account.pk)
    form = NewPasswordForm(account, request.POST or None, asks_old=asks_old)
    if form.is_valid():
        form.save()
        end_other_sessions(request)
        request.session.pop(CAME_BY_CODE, None)
        reauthenticate_by_password(request)
        Entry.note(Entry.Act.PASSWORD, account, request=request, fields=["本人修改"])
        messages.success(request, "密码已修改，其他设备上的登录已退出。")
        return redirect(safe_next(request) or "liaison:show-account")
    context = {"form": form, "is_old": account.password_is_old(timezone.now()), "next": safe_next(request)}
    return TemplateResponse(request, "account/change_password.html", context)


def safe_next(request) -> str:
    """Where the person was going, if that is a page of ours."""
    url = request.POST.get("next") or request.GET.get("next", "")
    hosts = {request.get_host()}
    return url if url_has_allowed_host_and_scheme(url, hosts, require_https=request.is_secure()) else ""


# Notices


@require_GET
def list_notices(request):
    """The account's own inbox, the latest first; `?show=unread` leaves out what was read."""
    found, only_unread = Notice.objects.to(request.user), request.GET.get("show") == "unread"
    shown = page(
        found.unread() if only_unread else found,
        ("-id",),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    return TemplateResponse(request, "account/notices.html", {"shown": shown, "only_unread": only_unread})


@require_POST
def read_notice(request, pk):
    """Mark it and go where it points, or, when `stay` is sent, to the list; another's does not exist."""
    notice = get_object_or_404(Notice, pk=pk, account=request.user)
    notice.read(timezone.now())
    return redirect("liaison:list-notices" if "stay" in request.POST else notice.url)


@require_POST
def read_notices(request):
    count = Notice.objects.read_by(request.user, timezone.now())
    messages.success(request, f"{count} 条通知已标为已读。" if count else "没有未读的通知。")
    return redirect("liaison:list-notices")


@require_http_methods(["GET", "POST"])
def set_notices(request):
    """What goes out of the house, and by which channels."""
    setting = own_setting(request)
    before = picture(setting)
    form = NoticeSettingForm(request.POST or None, instance=setting)
    if form.is_valid():
        Entry.note(Entry.Act.CHANGE, form.save(), request=request, before=before)
        messages.success(request, "通知设置已保存。")
        return redirect("liaison:set-notices")
    return notice_page(request, form=form)


@require_POST
def send_email_code(request):
    email, setting = EmailForm(request.POST), own_setting(request)
    if email.is_valid() and email.send_code(setting, timezone.now()):
        Entry.note(Entry.Act.CHANGE, setting, request=request, fields=["向新的邮箱发送确认码"])
        messages.success(request, "确认码已发出，请到邮箱里查看。")
        return redirect("liaison:set-notices")
    return notice_page(request, email=email)


@require_POST
def confirm_email(request):
    code, setting = EmailCodeForm(request.POST), own_setting(request)
    before = picture(setting)
    if code.is_valid() and code.confirm(setting, timezone.now()):
        Entry.note(Entry.Act.CHANGE, setting, request=request, before=before)
        messages.success(request, "邮箱已确认，可以选择邮件了。")
        return redirect("liaison:set-notices")
    return notice_page(request, code=code)


def own_setting(request) -> NoticeSetting:
    """Stored by whoever sends a form, not by looking at the page."""
    if request.method == "POST":
        return NoticeSetting.objects.get_or_create(account=request.user)[0]
    return NoticeSetting.objects.filter(account=request.user).first() or NoticeSetting(account=request.user)


def notice_page(request, **forms):
    """With the form that was sent, if it had faults."""
    setting = own_setting(request)
    waits = setting.new_email and setting.code_good_until and setting.code_good_until > timezone.now()
    context = {
        "form": NoticeSettingForm(instance=setting), "email": EmailForm(), "code": EmailCodeForm(),
        "has_email": settings.EMAIL_IS_SET, "confirmed": mask_email(setting.email),
        "waits_for": mask_email(setting.new_email) if waits else "",
    }  # fmt: skip
    return TemplateResponse(request, "account/notice_settings.html", context | forms)


# Log-ins


@require_GET
def list_sessions(request):
    UserSession.objects.create_from_request(request)
    return TemplateResponse(request, "account/sessions.html", {"sessions": own_sessions(request)})


@require_POST
def end_session(request, pk):
    """One of one's own; of one's present one, like logging out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.is_current():
        return log_out(request)
    session.end()
    Entry.note(Entry.Act.LOG_OUT, request.user, request=request, fields=["退出其他设备上的一处登录"])
    messages.success(request, "那台设备上的登录已退出。")
    return redirect("usersessions_list")


@require_POST
def end_sessions(request):
    end_other_sessions(request)
    Entry.note(Entry.Act.LOG_OUT, request.user, request=request, fields=["退出其他设备上的全部登录"])
    messages.success(request, "其他设备上的登录已全部退出。")
    return redirect("usersessions_list")


def own_sessions(request) -> list[UserSession]:
    """Those still good, the present one first. A few queries each: an account has few."""
    idle_since = timezone.now() - request.user.idle_limit
    found = [s for s in UserSession.objects.purge_and_list(request.user) if s.last_seen_at > idle_since]
    for session in found:
        session.device = device(session.user_agent)
    return sorted(found, key=lambda s: (not s.is_current(), -s.last_seen_at.timestamp()))


def end_other_sessions(request):
    present = UserSession.objects.filter(session_key=request.session.session_key).first()
    request.user.end_sessions()
    update_session_auth_hash(request, request.user)
    UserSession.objects.create_from_request(request)
    if present:
        own = UserSession.objects.filter(session_key=request.session.session_key)
        own.update(created_at=present.created_at)


# Tokens of programs


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def list_tokens(request):
    """With the form for a new one, whose text stands on the answer alone."""
    account, now = request.user, timezone.now()
    form = TokenForm(request.POST or None, user=account)
    token, text = (form.is_valid() and form.issue(now)) or (None, "")
    if token:
        said = f"签发“{token}”，{timezone.localdate(token.expires_at):%Y-%m-%d}到期"
        Entry.note(Entry.Act.TOKEN, account, request=request, fields=[said])
        form = TokenForm(user=account)
    good = list(account.api_tokens.good(now))
    context = {
        "form": form, "issued": token, "text": text, "good": good, "most": ApiToken.MOST,
        "past": account.api_tokens.exclude(pk__in=[one.pk for one in good])[:PAST_TOKENS],
    }  # fmt: skip
    return TemplateResponse(request, "account/tokens.html", context)


@require_POST
def revoke_token(request, pk):
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    if not token.revoked_at:
        token.revoke(timezone.now())
        Entry.note(Entry.Act.TOKEN, request.user, request=request, fields=[f"停用“{token}”"])
    messages.success(request, f"令牌“{token}”已停用。")
    return redirect("liaison:list-tokens")


# The second factor


class SetUpSecondFactor(ActivateTOTPView):
    def form_valid(self, form):
        response = super().form_valid(form)
        totp = Authenticator.objects.get(user=self.request.user, type=second_factor.TOTP)
        second_factor.remember(totp, form.counter)
        end_other_sessions(self.request)
        Entry.note(Entry.Act.MFA, self.request.user, request=self.request, fields=["启用"])
        return response


class NewRecoveryCodes(GenerateRecoveryCodesView):
    def form_valid(self, form):
        Entry.note(Entry.Act.MFA, self.request.user, request=self.request, fields=["重新生成备用码"])
        return super().form_valid(form)


set_up_second_factor = SetUpSecondFactor.as_view()
renew_recovery_codes = NewRecoveryCodes.as_view()


@require_http_methods(["GET", "POST"])
def remove_second_factor(request):
    """With a code, so that nobody at an unlocked desk does so. Who must have one sets up the next at once."""
    if not second_factor.is_on(request.user):
        return redirect("liaison:show-account")
    form = SecondFactorForm(request.POST or None, user=request.user)
    if form.is_valid():
        second_factor.remove(request.user)
        Entry.note(Entry.Act.MFA, request.user, request=request, fields=["停用"])
        messages.success(request, "动态口令已停用。")
        return redirect("liaison:show-account")
    return TemplateResponse(request, "account/remove_second_factor.html", {"form": form})


@require_GET
@cache_control(private=True, max_age=3600)
def show_file(request, pk):
    """A private file, to those who see the record it belongs to; to others it does not exist."""
    attachment = get_object_or_404(Attachment, pk=pk)
    if not attachment.is_visible_to(request.user):
        raise Http404
    try:
        content = attachment.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    is_picture = attachment.kind.startswith("image/")
    response = FileResponse(
        content, as_attachment=not is_picture, filename=attachment.name,
        content_type=attachment.kind,
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def note_print(request):
    """Sent by a page when the browser prints it (static/js/print.js), by its button and by Ctrl-P alike.

    What this can not see: a browser without scripts, a screenshot, a page that was saved and printed elsewhere.
    """
    page, _, query = request.POST.get("page", "").partition("?")
    try:
        resolve(page)
    except Resolver404:
        return HttpResponse(status=400)
    Entry.note(Entry.Act.PRINT, request=request, path=f"{page}?{query}"[:200] if query else page[:200])
    return HttpResponse(status=204)


def not_found(request, exception):
    if request.path_info.startswith(API):
        return JsonResponse(refusal("not_found", "没有这个地址，请核对。"), status=404)
    return page_not_found(request, exception)


def out_of_order(request):
    """What a fault comes to: 503 while the database is away, which mends itself; otherwise 500."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    if request.path_info.startswith(API):
        said = "系统暂时不可用，请稍后再试。" if is_away else "系统出错，已记录。请稍后再试。"
        return JsonResponse(refusal("out_of_order", said), status=503 if is_away else 500)
    return HttpResponse(render_to_string("500.html", {"is_away": is_away}), status=503 if is_away else 500)
