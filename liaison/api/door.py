"""The way into the API: who asks is the account of the token, before either wall is asked."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from liaison import limits
from liaison.models import ApiToken, Entry
from liaison.refusal import API, refusal
from liaison.source import client_address

MISSING = "请在请求头 Authorization 里写明接口令牌，形如 Bearer 令牌；令牌在“我的账号”里签发。"
UNKNOWN = "接口令牌不正确，请核对。"
TOO_MANY = "请求过于频繁，请稍后再试。"
# Of one source within a minute. More are answered without a line in the trail, and never at the cost of a good token:
# a whole hall may stand behind one address.
MOST_FAULTS = 20


class DoorMiddleware:
    """Under /api/v1/ a token says who asks, and no cookie does; so there is nothing that another site could forge.

    Stands before ReachMiddleware, which asks for the account.
    """

    # It says nothing about anybody, and whoever writes a program must read it first.
    OPEN = frozenset({f"{API}schema/"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(API):
            return self.get_response(request)
        request.user, request.token = AnonymousUser(), None
        if request.path_info in self.OPEN:
            return self.get_response(request)
        return self._refused(request) or self.get_response(request)

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        """What stops the request here; None when its account is known and let in."""
        now = timezone.now()
        scheme, _, written = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not written.strip():
            return answer(401, "not_authenticated", MISSING)
        token = ApiToken.find(written.strip())
        if fault := token.why_not(now) if token else UNKNOWN:
            return self._bad(request, token, fault)
        if limits.count(f"api:account:{token.account_id}") > settings.API_PER_MINUTE:
            return too_many()
        token.touch(now)
        request.user, request.token = token.account, token
        return None

    @staticmethod
    def _bad(request: HttpRequest, token: ApiToken | None, fault: str) -> HttpResponse:
        if limits.count(f"api:faults:{client_address(request)}") > MOST_FAULTS:
            return too_many()
        account = token and token.account
        Entry.note(Entry.Act.REFUSED, account, request=request, by=account, path=request.path[:200], fields=[fault])
        return answer(401, "bad_token", fault)


def answer(status: int, code: str, sentence: str) -> JsonResponse:
    response = JsonResponse(refusal(code, sentence), status=status, json_dumps_params={"ensure_ascii": False})
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def too_many() -> JsonResponse:
    response = answer(429, "throttled", TOO_MANY)
    response["Retry-After"] = str(limits.seconds_left())
    return response
