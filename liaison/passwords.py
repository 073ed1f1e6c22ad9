"""First passwords, given out once."""

import secrets

from django.utils import timezone

# Without letters and digits that look alike on paper: 0 O 1 l I.
LOWER, UPPER, DIGITS = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"


def one_time_password() -> str:
    """Sixteen characters in four groups, such as "kTm4-wX7p-Rb3q-Yd9s": 80 bits, all classes in each group."""
    return "-".join(_group() for _ in range(4))


def _group() -> str:
    characters = [secrets.choice(kind) for kind in (LOWER, UPPER, DIGITS, LOWER + UPPER + DIGITS)]
    return "".join(secrets.SystemRandom().sample(characters, 4))


def until(account) -> str:
    """When a temporary password lapses: "2026年11月25日 14:30"."""
    at = timezone.localtime(account.password_lapses_at)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
