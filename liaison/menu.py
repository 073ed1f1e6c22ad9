"""What stands around every page: the navigation an account may use, its organisation, the demo's banner."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from liaison import second_factor
from liaison.models import Notice
from liaison.roles import OFFICE, POSTERS, READERS, RECORDERS

MOST_COUNTED = 99


@dataclass(frozen=True)
class Page:
    label: str
    icon: str
    name: str
    roles: frozenset[str]


# Upper apps are named as strings only; a page that is not there is left out.
PAGES = (
    Page("数据总览", "chart", "reports:dashboard", READERS),
    Page("报告文稿", "report", "reports:text", READERS),
    Page("定期报告", "send", "reports:list-period-reports", READERS),
    Page("补录", "plus", "reports:list-supplements", READERS),
    Page("每周简报", "clock", "reports:brief", READERS),
    Page("我的文件", "folder", "reports:jobs", READERS),
    Page("指标口径", "list", "reports:definitions", READERS),
    Page("接待与登记", "visit", "cases:show-home", RECORDERS),
    Page("二维码与海报", "qr", "posters:list-posters", POSTERS),
    Page("资料管理", "folder", "admin:index", OFFICE),
)


def frame(request) -> dict:
    """Context of `base.html` and `base_phone.html`; costs a query only where a page shows it."""
    return {
        "is_demo": settings.DEMO,
        "account_base": account_base(request),
        "is_second_factor_waived": SimpleLazyObject(
            lambda: request.user.is_authenticated and second_factor.is_waived(request.user)
        ),
        "unread_notices": SimpleLazyObject(lambda: unread_notices(request)),
        "menu": SimpleLazyObject(lambda: menu(request)),
        "home_organisation": SimpleLazyObject(lambda: home_organisation(request)),
        "available_apps": SimpleLazyObject(lambda: records(request)),
    }


def account_base(request) -> str:
    """What the pages of one's own account extend: bare while an obligation bars the way, else the frame one works in."""
    if getattr(request, "obligation", ""):
        return "account/_bare.html"
    roles = getattr(getattr(request, "user", None), "roles", frozenset())
    return "account/_desktop.html" if roles & (OFFICE | READERS) else "account/_phone.html"


def menu(request) -> list[dict]:
    roles = getattr(request.user, "roles", frozenset())
    pages = [(page, _address(page.name)) for page in PAGES if page.roles & roles]
    return [
        {"label": page.label, "icon": page.icon, "url": url, "active": _is_here(request, url)}
        for page, url in pages
        if url
    ]


def unread_notices(request) -> int:
    """How many the account has not read; more than the badge can show are not counted."""
    if not request.user.is_authenticated:
        return 0
    return Notice.objects.to(request.user).unread().order_by()[: MOST_COUNTED + 1].count()


def home_organisation(request) -> str:
    organisation = getattr(request.user, "organisation", None)
    return organisation.short_name if organisation else ""


def records(request) -> list[dict]:
    """The admin's groups, so that its navigation stays when a clerk leaves it."""
    return admin.site.get_app_list(request) if getattr(request.user, "is_staff", False) else []


def _is_here(request, url: str) -> bool:
    """The admin's front page is a room of its own; every other page owns what lies below it."""
    return request.path == url or (request.path.startswith(url) and url not in {"/", reverse("admin:index")})


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
