"""The instants by which the length of a log-in is measured (liaison/middleware.py)."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

BEGAN, SEEN = "began_at", "seen_at"


@receiver(user_logged_in)
def begin(sender, request, user, **_):
    request.session[BEGAN] = request.session[SEEN] = int(timezone.now().timestamp())
