"""What surrounds every view: how long a log-in lasts, what must be done first, the database's reach, and a line in the
trail for what was refused."""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from liaison import reach, second_factor
from liaison.log_ins import BEGAN, SEEN
from liaison.models import Entry


class SessionLimitsMiddleware:
    """Ends a log-in after a while without an act, and in any case after half a day.

    What a page fetches by itself is no act. Instants are stored once a minute: no write per request.
    """

    EVERY = 60  # seconds

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            request.session_ended = self._why_ended(request, now)
            if request.session_ended:
                request.session.flush()
                request.user = AnonymousUser()
            elif not self._is_by_itself(request):
                self._touch(request, now)
        return self.get_response(request)

    def _why_ended(self, request, now: int) -> str:
        began, seen = request.session.get(BEGAN, 0), request.session.get(SEEN, 0)
        if now - began > timedelta(hours=settings.SESSION_HOURS).total_seconds():
            return "long"
        return "idle" if now - seen > request.user.idle_limit.total_seconds() else ""

    @staticmethod
    def _is_by_itself(request) -> bool:
        """A part that htmx asks for, or a page that loads itself anew: browsers say when a person asked (Sec-Fetch-User),
        over https and on the machine itself."""
        headers = request.headers
        loads_anew = headers.get("Sec-Fetch-Mode") == "navigate" and "Sec-Fetch-User" not in headers
        return request.method == "GET" and (headers.get("HX-Request") == "true" or loads_anew)

    def _touch(self, request, now: int):
        if now - request.session[SEEN] >= self.EVERY:
            request.session[SEEN] = now
            own = UserSession.objects.filter(session_key=request.session.session_key)
            own.update(last_seen_at=timezone.now())


class LogInRequiredMiddleware(LoginRequiredMiddleware):
    """Says at the door why a log-in has ended, and takes the whole page there when a part of it was asked for."""

    def handle_no_permission(self, request, view_func):
        query = {self.get_redirect_field_name(view_func): whole_page(request)}
        if ended := getattr(request, "session_ended", ""):
            query["ended"] = ended
        return go_to(request, f"{self.get_login_url(view_func)}?{urlencode(query, safe='/')}")


class ObligationsMiddleware:
    """Before anything else: a new password where the old one must go, a second factor where one is required."""

    ALWAYS = frozenset({"liaison:log-out", "liaison:log-in", "account_login", "liaison:change-password"})
    ON_THE_WAY = frozenset({"mfa_activate_totp", "account_reauthenticate"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        # A program has no page to be sent to: liaison/api/door.py says it in words.
        if not request.user.is_authenticated or getattr(request, "token", None):
            return None
        page, allowed = self._obligation(request)
        request.obligation = page
        if not page or request.resolver_match.view_name in allowed:
            return None
        return go_to(request, f"{reverse(page)}?{urlencode({'next': whole_page(request)}, safe='/')}")

    def _obligation(self, request) -> tuple[str, frozenset[str]]:
        if request.user.must_choose_password(timezone.now()):
            return "liaison:change-password", self.ALWAYS
        if second_factor.is_missing(request.user):
            return "mfa_activate_totp", self.ALWAYS | self.ON_THE_WAY
        return "", self.ALWAYS


def whole_page(request) -> str:
    """The address to come back to: of the page, when htmx asks for a part of it or a form was sent."""
    if request.htmx and request.htmx.current_url_abs_path:
        return request.htmx.current_url_abs_path
    came_from = urlsplit(request.headers.get("Referer", ""))
    if request.method != "GET" and came_from.netloc == request.get_host():
        return urlunsplit(("", "", came_from.path, came_from.query, ""))
    return request.get_full_path()


def go_to(request, url: str):
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)


class ReachMiddleware:
    """One transaction around view and template, in which the database shows what the account may reach.

    Whatever a view raises, a 404 included, undoes what it wrote. For a stranger no transaction is opened: to them the
    database shows nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.refusal = None
        with reach.of(request.user):
            response = self.get_response(request)
            if request.refusal is not None:
                transaction.set_rollback(True)
        if isinstance(request.refusal, PermissionDenied):
            # After the rollback, which would take it along.
            Entry.note(Entry.Act.REFUSED, request=request, path=request.path[:200])
        return response

    def process_exception(self, request, exception):
        request.refusal = exception
