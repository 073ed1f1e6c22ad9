"""Everything that can be asked for, read off the URL resolver, and whose record each address names."""

import re

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, get_resolver

from liaison.api.urls import router

# Reviewed: patterns that name no record and show nothing of anybody.
NOT_WALKED = {
    "s/<slug:code>/": "public; what it tells is tested in tests/cases/test_public_studio.py",
    "S/<slug:code>/": "the same",
    "s/<slug:code>/say/": "public; tested in tests/cases/test_intake.py",
    "s/<slug:code>/slip/": "shown to the browser that sent it alone; the same",
    "captcha/": "a puzzle, of nobody; the same",
    "s/<slug:code>/calendar.ics": "public; tests/cases/test_feeds.py",
    "my/sign-in/<str:code>/": "opened by a signed code alone; tests/cases/test_signing_in.py",
    "calendar/<slug:token>.ics": "opened by a secret token alone; the same",
    "q/": "public; what it tells is tested in tests/cases/test_query_page.py",
    "Q/": "the same",
    "q/matter/": "the same",
    "q/matter/add/": "the same",
    "q/matter/rate/": "the same",
    "q/matter/reopen/": "the same",
    "q/matter/slip/": "the same",
    "q/leave/": "the same",
    "logout/": "ends the session that the walk needs",
    "admin/logout/": "the same",
    "admin/login/": "the door; walked by test_trail",
    "login/": "the door; walked by test_trail",
    "account/sessions/<int:pk>/end/": "ends a log-in of one's own; walked by test_sessions",
    "account/sessions/end/": "ends the others; the same",
    "admin/r/<path:content_type_id>/<path:object_id>/": "view_on_site is off for every model",
    "api/v1/": "there is nothing; walked by tests/api",
    "api/v1/<path:rest>": "the same",
    "admin/^": "Django's list of one app: names of models only",
    "admin/(?P<url>.*)$": "Django's catch-all for a missing slash",
}
KEY = re.compile(r"<(?:[a-z]+:)?\w+>")
NAMED = {
    "my/days/": "reception.receptionday", "my/visits/": "reception.visit", "my/cases/": "cases.case",
    "my/swaps/": "reception.dutyswap", "my/calendar/feeds/": "reception.feed",
    "my/choices/": "cases.choice",
    "dashboard/views/": "reports.savedview",
    "reports/periods/": "reports.periodreport",
    "reports/templates/": "reports.reporttemplate", "files/": "liaison.attachment",
    "account/tokens/": "liaison.apitoken", "admin/auth/user/": "liaison.account",
    "jobs/": "liaison.job",
    "reports/supplements/": "reports.supplement", "notices/": "liaison.notice", "posters/": "studios.studio",
}  # fmt: skip
API = re.compile(r"api/v1/([a-z-]+)/")
RESOURCES = {prefix: viewset for prefix, viewset, _ in router.registry}
# Where whoever owns a record, or has it in hand, reads its telephone number whole; nowhere else does anybody.
WHOLE_NUMBERS = re.compile(
    r"admin/(liaison/member|liaison/department|reception/visit)/<path:object_id>/(change|reveal)/"
    r"|api/v1/(members|departments|visits)/<int:pk>/|admin/auth/user/|my/visits/<int:pk>/(correct/)?$"
    r"|my/days/<int:pk>/visits/new/|my/ledger/$|my/days/<int:pk>/register/"
)
# Where a matter may be passed on within the office: its other studios and members stand there by name.
PASSED_ON = re.compile(r"my/choices/<int:pk>/")


def routes(resolver=None, before: str = "") -> list[str]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        found += [route.partition("(?P<app_label>")[0]] if isinstance(entry, URLPattern) else routes(entry, route)
    return found


def walked() -> list[str]:
    return [route for route in dict.fromkeys(routes()) if route not in NOT_WALKED]


def resource(route: str):
    """The viewset of the API behind a route; None for other pages."""
    found = API.match(route)
    return RESOURCES.get(found[1]) if found else None


def label_of(route: str) -> str | None:
    """The model whose rows a route shows."""
    if viewset := resource(route):
        return viewset.queryset.model._meta.label_lower
    for prefix, label in NAMED.items():
        if route.startswith(prefix) and "<" in route:
            return label
    match = re.match(r"admin/([a-z]+)/([a-z]+)/", route)
    return f"{match[1]}.{match[2]}" if match else None


def model_admin(route: str):
    """The admin behind a route; None for pages outside it."""
    label = label_of(route) if route.startswith("admin/") else None
    return admin.site.get_model_admin(apps.get_model(label)) if label else None


def with_key(route: str, key: object) -> str:
    return "/" + KEY.sub(str(key), route)


def is_list(route: str) -> bool:
    return bool(re.fullmatch(r"admin/[a-z]+/[a-z]+/", route))


def is_add(route: str) -> bool:
    return bool(re.fullmatch(r"admin/[a-z]+/[a-z]+/add/", route))
