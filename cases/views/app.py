"""What makes the pages under /my/ an app on a phone: its name and icons, and the worker that opens it without network."""

import hashlib
import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

SCRIPTS = ("drafts", "menus", "photos", "print", "queue", "queue-form", "sending", "stepper")
# Modules name these plainly, without the hash of their content.
MODULES = ("app", "fields", "photos-kept", "queue-parts", "queue-sending", "queue-store")
STYLES = ("tokens", "base", "parts", "tables", "lists", "forms", "phone", "my")
MASKS = ("alert", "calendar", "check", "clock", "close", "down", "edit", "eye", "info", "left", "plus", "right", "search",
         "trash", "up")  # fmt: skip
FILES = (
    *(f"js/{name}.js" for name in SCRIPTS), *(f"css/{name}.css" for name in STYLES), *(f"img/mask-{name}.svg" for name in MASKS),
    "img/icons.svg", "img/favicon.svg", "img/app-192.png", "django_htmx/htmx-2.min.js",
)  # fmt: skip


@login_not_required
@cache_control(no_cache=True)
@require_GET
def show_worker(request):
    """Says nothing of anybody. Another version of a file is another text, and with it another worker."""
    files = [*map(static, FILES), *(f"{settings.STATIC_URL}js/{name}.js" for name in MODULES)]
    version = hashlib.sha256("\n".join(files).encode()).hexdigest()[:12]
    told = json.dumps({"version": version, "files": files, "hours": settings.SESSION_HOURS})
    script = f'import {{ serve }} from "{static("js/worker.js")}";\nserve({told});\n'
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@login_not_required
@cache_control(max_age=24 * 60 * 60)
@require_GET
def show_manifest(request):
    """The browser fetches it without the log-in."""
    icons = [
        {"src": static("img/app-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("img/app-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("img/app-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    home = reverse("cases:show-home")
    manifest = {
        "name": "政协委员联系界别群众", "short_name": "委员接待", "description": "接待日签到，登记来访，没有网络也能记。",
        "lang": "zh-CN", "id": home, "start_url": home, "scope": "/", "display": "standalone",
        "theme_color": "#b21e2b", "background_color": "#f5f6f8", "icons": icons,
    }  # fmt: skip
    return JsonResponse(manifest, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
