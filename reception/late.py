"""What a phone wrote while it had no network, and how far its word is taken."""

from datetime import datetime, timedelta

from django.conf import settings


def written_at(waited: str, now: datetime) -> datetime | None:
    """When something was written that has waited so many seconds, by the phone's own reckoning.

    A phone's clock may be wrong, but hardly how long ago something was. None: just now, for a word that cannot be taken
    (no number, the future, more than LATE_DAYS ago).
    """
    if not (waited.isascii() and waited.isdecimal() and len(waited) < 10):
        return None
    ago = timedelta(seconds=int(waited))
    return now - ago if ago <= timedelta(days=settings.LATE_DAYS) else None
