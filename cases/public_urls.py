"""Addresses that stand on posters: in capitals a QR code is smaller; people who type them use small letters."""

from django.urls import path

from cases.views import feeds, intakes, public

app_name = "public"

urlpatterns = [
    path("s/<slug:code>/", public.show_studio, name="show-studio"),
    path("S/<slug:code>/", public.show_studio),
    path("s/<slug:code>/say/", intakes.say, name="say"),
    path("s/<slug:code>/slip/", intakes.show_slip, name="show-slip"),
    path("captcha/", intakes.give_challenge, name="give-challenge"),
    path("s/<slug:code>/calendar.ics", feeds.studio_feed, name="studio-feed"),
    path("calendar/<slug:token>.ics", feeds.own_feed, name="own-feed"),
]
