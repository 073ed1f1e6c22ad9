"""The trail of who did what: sealed into a chain, proven unchanged, and taken away when it is old enough.

Whoever changes, removes or inserts a row behind the application's back breaks every link from there on; to notice that the
last links were cut off, keep the digest that `audit_verify` prints somewhere else and give it back to `--kept`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, transaction
from django.dispatch import receiver

from liaison import lockout
from liaison.models import Account, Anchor, Entry, Seal, Unsealed

MOST_AT_ONCE = 2000


def seal() -> int:
    """Link the entries that wait for a seal, and return how many; short transactions, as many as it takes."""
    total = count = _seal_some()
    while count == MOST_AT_ONCE:
        count = _seal_some()
        total += count
    return total


@transaction.atomic
def _seal_some() -> int:
    """Oldest first, only one process at a time. What commits late comes later in the chain, whatever its number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('liaison.trail'))")
    last = _tail()
    # Two queries: joined, the planner may walk the whole trail to where the queue begins.
    waiting = list(Unsealed.objects.order_by("entry_id").values_list("entry_id", flat=True)[:MOST_AT_ONCE])
    seals = []
    for entry in Entry.objects.filter(pk__in=waiting).order_by("id"):
        last = Seal.digest_of(last, entry.said)
        seals.append(Seal(entry=entry, digest=last))
    Seal.objects.bulk_create(seals)
    return len(seals)


def _tail() -> str:
    """Digest of the last link; after a purge of everything, of the last link that there was."""
    last = Seal.objects.order_by("-id").first() or Anchor.objects.order_by("-id").first()
    return last.digest if last else ""


def purge() -> int:
    """Take away entries older than TRAIL_DAYS and return how many; the database's own function does and notes it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT liaison_purge_trail(%s)", [settings.TRAIL_DAYS])
        return cursor.fetchone()[0]


@dataclass(frozen=True)
class Proof:
    """sealed: links that hold · unsealed: entries that wait for their seal · purged: entries that purges took away ·
    last: digest of the last link · fault: what is wrong, in a sentence, or "" · broken: key of the entry it is wrong with."""

    sealed: int
    unsealed: int
    purged: int
    last: str
    fault: str = ""
    broken: int | None = None


@transaction.atomic
def prove(kept: str = "") -> Proof:
    """Follow the whole chain from the last anchor on; stops at the first fault. `kept`: a digest that must be in it.

    About a minute for a million entries. No purge begins meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext('liaison.trail.purge'))")
    anchor = Anchor.objects.order_by("-id").first()
    before, sealed, is_found = anchor.digest if anchor else "", 0, not kept or (anchor and anchor.digest == kept)
    purged = sum(Anchor.objects.values_list("count", flat=True))
    for key, digest, *said in _links():
        is_purged = anchor and key <= anchor.last_seal
        if is_purged or digest != Seal.digest_of(before, said):
            fault = f"第 {said[0]} 号操作记录与封存不符；它之前的 {sealed} 条相符。"
            return Proof(sealed, 0, purged, before, fault, said[0])
        before, sealed = digest, sealed + 1
        is_found = is_found or before == kept
    broken, fault = _beside_the_chain()
    if not fault and not is_found:
        fault = "所保存的链尾摘要已不在链上，链的末尾可能被截去。"
    return Proof(sealed, Unsealed.objects.count(), purged, before, fault, broken)


def _links() -> Iterator[tuple]:
    """Key and digest of each link, and what its entry says; tuples, for making a million objects takes three times as long."""
    columns = [f"entry__{name}" for name in Entry.SAID]
    return Seal.objects.order_by("id").values_list("id", "digest", *columns).iterator(chunk_size=2000)


def _beside_the_chain() -> tuple[int | None, str]:
    """What the chain itself cannot tell: entries outside it, and anchors that are not what their purges said."""
    neither = (
        "SELECT min(e.id) FROM liaison_entry e LEFT JOIN liaison_seal s ON s.entry_id = e.id {} WHERE s.id IS NULL {}"
    )
    with connection.cursor() as cursor:
        cursor.execute(neither.format("LEFT JOIN liaison_unsealed u ON u.entry_id = e.id", "AND u.entry_id IS NULL"))
        if lost := cursor.fetchone()[0]:
            return lost, f"第 {lost} 号操作记录没有封存，也不在待封存之列。"
        cursor.execute(
            "SELECT min(u.entry_id) FROM liaison_unsealed u LEFT JOIN liaison_entry e ON e.id = u.entry_id WHERE e.id IS NULL"
        )
        if gone := cursor.fetchone()[0]:
            return gone, f"第 {gone} 号操作记录等待封存，但已不存在。"
    noted = Entry.objects.filter(act=Entry.Act.PURGE).values_list("at", "changes")
    told = {(at, said["last_seal"], said["digest"], said["count"]) for at, said in noted}
    if told != set(Anchor.objects.values_list("purged_at", "last_seal", "digest", "count")):
        return None, "清除锚点与清除时的操作记录不符。"
    return None, ""


def verify(kept: str = "") -> Proof:
    """Prove, and put down in the trail that it was done and what came of it."""
    proof = prove(kept)
    Entry.note(Entry.Act.VERIFY, sealed=proof.sealed, digest=proof.last, fault=proof.fault)
    return proof


@dataclass(frozen=True)
class State:
    """last: the last link, its entry read with it · unsealed: how many wait · verified: the last verification."""

    last: Seal | None
    unsealed: int
    verified: Entry | None


def state() -> State:
    """What the viewer's head says; three queries, each by an index."""
    return State(
        last=Seal.objects.order_by("-id").first(),
        unsealed=Unsealed.objects.count(),
        verified=Entry.objects.filter(act=Entry.Act.VERIFY).order_by("-id").first(),
    )


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
    if account is None:
        why = "没有这个账号"
    else:
        why = "密码或登录码不正确，或已过有效期" if account.is_active else "账号已停用"
    lockout.note_failure(account, request, why)
