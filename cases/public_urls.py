"""Addresses that stand on posters: in capitals a QR code is smaller; people who type them use small letters."""

from django.urls import path

from cases.views import feeds, intakes, matters, public

app_name = "public"

urlpatterns = [
    path("s/<slug:code>/", public.show_studio, name="show-studio"),
    path("S/<slug:code>/", public.show_studio),
    path("s/<slug:code>/say/", intakes.say, name="say"),
    path("s/<slug:code>/slip/", intakes.show_slip, name="show-slip"),
    path("captcha/", intakes.give_challenge, name="give-challenge"),
    path("s/<slug:code>/calendar.ics", feeds.studio_feed, name="studio-feed"),
    path("calendar/<slug:token>.ics", feeds.own_feed, name="own-feed"),
    path("q/", matters.find_case, name="find-case"),
    path("Q/", matters.find_case),
    path("q/matter/", matters.show_matter, name="show-matter"),
    path("q/matter/add/", matters.add_to_matter, name="add-to-matter"),
    path("q/matter/rate/", matters.rate_matter, name="rate-matter"),
    path("q/matter/reopen/", matters.reopen_matter, name="reopen-matter"),
    path("q/matter/slip/", matters.print_matter, name="print-matter"),
    path("q/leave/", matters.leave_matter, name="leave-matter"),
]
