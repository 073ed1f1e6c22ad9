"""The trail of who did what: sealed into a chain, and proven unchanged.

Whoever changes, removes or inserts a row behind the application's back breaks every link from there on; to notice that the
last links were cut off, keep the digest that `audit_verify` prints somewhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, transaction
from django.dispatch import receiver

from liaison.models import Account, Entry, Seal

MOST_AT_ONCE = 2000


@transaction.atomic
def seal() -> int:
    """Link the entries that have no seal yet, oldest first, and return how many; only one process does so at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('liaison.trail'))")
    last = Seal.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    seals = []
    for entry in Entry.objects.filter(seal=None).order_by("id")[:MOST_AT_ONCE]:
        last = Seal.digest_of(last, entry)
        seals.append(Seal(entry=entry, digest=last))
    Seal.objects.bulk_create(seals)
    return len(seals)


@dataclass(frozen=True)
class Proof:
    """sealed: links that hold · unsealed: entries that wait for their seal · broken: key of the first entry whose link
    does not hold · last: digest of the last link."""

    sealed: int
    unsealed: int
    broken: int | None
    last: str


def prove() -> Proof:
    """Follow the whole chain; stops at the first broken link."""
    before, sealed = "", 0
    for link in _links():
        if link.digest != Seal.digest_of(before, link.entry):
            return Proof(sealed, 0, link.entry_id, before)
        before, sealed = link.digest, sealed + 1
    return Proof(sealed, Entry.objects.filter(seal=None).count(), None, before)


def _links() -> Iterator[Seal]:
    return Seal.objects.select_related("entry").order_by("id").iterator(chunk_size=2000)


@receiver(user_logged_in)
def note_log_in(sender, request, user, **_):
    Entry.note(Entry.Act.LOG_IN, user, request=request, by=user)


@receiver(user_logged_out)
def note_log_out(sender, request, user, **_):
    """Who logs out does so on every device (GB/T 22239 practice)."""
    if user:
        Entry.note(Entry.Act.LOG_OUT, user, request=request, by=user)
        user.end_sessions()


@receiver(user_login_failed)
def note_failed_log_in(sender, credentials, request=None, **_):
    """Under the account that was named, if there is one: what was typed may be somebody's password."""
    account = Account.objects.named(credentials.get("username", ""))
    Entry.note(Entry.Act.LOG_IN_FAILED, account, request=request)
