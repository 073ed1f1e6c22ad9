"""QR codes and what is printed with them, for the office and for the liaison officers of its studios."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from cases import codes
from liaison.models import Organisation
from liaison.paging import page
from liaison.roles import POSTERS
from studios.models import ReceptionRule, Studio

SIZES = {"a4": "A4 海报", "a5": "A5 海报", "card": "桌牌"}
KINDS = {"png": (codes.png, "image/png"), "svg": (codes.svg, "image/svg+xml")}
KEYS = ("pinyin", "id")
# Of a sheet each: more at once would make a browser's print dialogue wait.
SHEETS = 60


@dataclass(frozen=True)
class Poster:
    studio: Studio
    image: str
    query: str


def studios(request):
    """Those that the account sees, closed ones left out; to anyone but office and officers these pages do not exist."""
    if not request.user.roles & POSTERS:
        raise Http404
    today = timezone.localdate()
    rules = Prefetch("reception_rules", ReceptionRule.objects.standing_on(today), to_attr="rules_now")
    seen = Studio.objects.visible_to(request.user).unclosed_on(today)
    return seen.select_related("organisation", "division").prefetch_related(rules)


def chosen(request):
    """The studios, narrowed to one office where the address names one, and the turn of the page."""
    office = request.GET.get("org", "")
    found = studios(request)
    found = found.filter(organisation__division__code=office) if office else found
    return found, {name: request.GET.get(name, "") for name in ("after", "before")}


def turned(request, cursors: dict[str, str]) -> str:
    """The same page from another row on, in the same office and size."""
    kept = {name: request.GET[name] for name in ("org", "size") if name in request.GET}
    return f"{request.path}?{urlencode(kept | cursors)}"


def turns(request, shown) -> dict[str, str]:
    return {
        "newer": turned(request, {"before": shown.newer}) if shown.newer else "",
        "older": turned(request, {"after": shown.older}) if shown.older else "",
    }


@require_GET
def list_posters(request):
    """Studios by name; the queries do not grow with them."""
    found, cursors = chosen(request)
    shown = page(found, KEYS, **cursors)
    offices = Organisation.objects.filter(pk__in=studios(request).order_by().values("organisation"))
    office = request.GET.get("org", "")
    sheets = reverse("posters:print-posters")
    context = {
        "shown": shown, "offices": offices.select_related("division").order_by("path"), "office": office,
        "sheets": [(words, f"{sheets}?{urlencode({'org': office, 'size': size})}") for size, words in SIZES.items()],
        **turns(request, shown),
    }  # fmt: skip
    return TemplateResponse(request, "cases/posters.html", context)


@require_GET
def print_posters(request):
    """All of an office, or all that the account sees, SHEETS at a time."""
    found, cursors = chosen(request)
    shown = page(found, KEYS, size=SHEETS, **cursors)
    return sheets(request, shown.rows, turns(request, shown))


@require_GET
def show_poster(request, pk):
    studio = get_object_or_404(studios(request), pk=pk)
    return sheets(request, [studio], {"studio": studio})


def sheets(request, found: list[Studio], context: dict):
    size = request.GET.get("size", "a4")
    if size not in SIZES:
        raise Http404
    kept = {name: request.GET[name] for name in ("org", "after", "before") if name in request.GET}
    query = codes.query_page(request)
    posters = [Poster(studio, codes.image(codes.address_of(studio, request)), query) for studio in found]
    context |= {
        "posters": posters, "size": size, "faces": (1, 2) if size == "card" else (1,),
        "sizes": [(one, words, f"{request.path}?{urlencode(kept | {'size': one})}") for one, words in SIZES.items()],
    }  # fmt: skip
    return TemplateResponse(request, "cases/poster.html", context)


@require_GET
def download_code(request, pk, kind):
    studio = get_object_or_404(studios(request), pk=pk)
    draw, content_type = KINDS[kind]
    response = HttpResponse(draw(codes.address_of(studio, request)), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{studio.name}二维码.{kind}")
    return response
