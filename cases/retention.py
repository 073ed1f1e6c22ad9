"""How long a visitor's data is kept, and what a restored backup must forget again."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases import journal
from cases.erasure import Report, drop_if_unused, erase
from cases.models import Case, Erasure, Intake
from cases.workflow import OPEN
from liaison import reach
from liaison.models import Attachment
from reception.models import Visit

AT_ONCE = 200
# A file is stored a moment before its row is: what is younger may be somebody's upload.
YOUNG = timedelta(days=1)


def expired(today: date) -> tuple[QuerySet, ...]:
    """Visits past their time (setting VISITOR_DAYS) whose matters are closed: with a name or number, with a photo, with one
    that was added to the matter; and the same of what came in by a code and was never accepted.

    Querysets of their own, for each has an index of its own.
    """
    open_case = Case.objects.unvoided().filter(visits=OuterRef("pk"), state__in=OPEN)
    kept_since = today - timedelta(days=settings.VISITOR_DAYS)
    old = Visit.objects.filter(visited_on__lt=kept_since).exclude(Exists(open_case)).order_by("pk")
    unheard = Intake.objects.filter(case__registered_on__lt=kept_since).exclude(case__in=Case.objects.open())
    unheard = unheard.order_by("pk")
    return (
        old.with_personal_data(), old.filter(pk__in=_photographed(Visit)),
        old.filter(pk__in=Case.visits.through.objects.filter(case__in=_photographed(Case)).values("visit")),
        unheard.with_personal_data(), unheard.filter(pk__in=_photographed(Intake)),
        unheard.filter(case__in=_photographed(Case)),
    )  # fmt: skip


def _photographed(model) -> QuerySet:
    return Attachment.objects.filter(content_type=ContentType.objects.get_for_model(model)).values("object_id")


def retain(today: date, *, at: datetime, say: Callable[[Report], None] = lambda report: None) -> Report:
    """Erase what is past its time, some visits at once so that it may be stopped; sweeps files that no row names."""
    total = Report()
    for visits in _batches(today):
        total += erase(visits, reason=Erasure.Reason.EXPIRED, at=at, by=None)
        say(total)
    total.photos += sweep(at)
    journal.write()
    return total


def _batches(today: date) -> Iterator[list[Visit]]:
    for which in range(len(expired(today))):
        while True:
            with reach.everything():
                visits = list(expired(today)[which][:AT_ONCE])
            if not visits:
                break
            yield visits


def sweep(at: datetime, folder: str = "") -> int:
    """Delete files without a row: an erasure that was killed after its commit left them."""
    folders, files = default_storage.listdir(folder) if default_storage.exists(folder) else ([], [])
    names = [f"{folder}/{name}".lstrip("/") for name in files]
    old = [name for name in names if at - default_storage.get_modified_time(name) > YOUNG]
    return sum(map(drop_if_unused, old)) + sum(sweep(at, f"{folder}/{inner}".lstrip("/")) for inner in folders)


def replay() -> Report:
    """Erase again what the journal says was erased and this database, restored from an older backup, still knows."""
    total = Report()
    for key, reason, at in journal.entries():
        with reach.everything():
            # An accepted intake and its visit share their key: the visit holds the data.
            found = [m.objects.filter(client_key=key).first() for m in (Visit, Intake)]
            source = next(filter(None, found), None)
            done = Erasure.objects.filter(Q(visit__client_key=key) | Q(intake__client_key=key), at__gte=at).exists()
        if source and not done:
            total += erase([source], reason=reason, at=at, by=None)
    return total
