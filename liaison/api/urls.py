"""Addresses of the API; the modules of all apps are named in the settings."""

from importlib import import_module

from django.conf import settings
from django.urls import path
from rest_framework.routers import SimpleRouter

from liaison.api import pages

router = SimpleRouter(use_regex_path=False)
for module in settings.API_MODULES:
    for name, resource in import_module(module).RESOURCES.items():
        router.register(name, resource, basename=name)

app_name = "api"

urlpatterns = [
    path("", pages.show_api, name="show-api"),
    path("v1/schema/", pages.Schema.as_view(), name="schema"),
    *(path(f"v1/{entry.pattern}", entry.callback, name=entry.name) for entry in router.urls),
    path("v1/", pages.Nowhere.as_view(), name="root"),
    path("v1/<path:rest>", pages.Nowhere.as_view(), name="nowhere"),
]
