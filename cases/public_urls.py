"""Addresses that stand on posters: in capitals a QR code is smaller; people who type them use small letters."""

from django.urls import path

from cases.views import public

app_name = "public"

urlpatterns = [
    path("s/<slug:code>/", public.show_studio, name="show-studio"),
    path("S/<slug:code>/", public.show_studio),
]
