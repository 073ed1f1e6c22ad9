"""Erasures, kept outside the database as well: a backup from before them must not bring a visitor back.

One line of JSON each under VAR_DIR, naming visit or intake by its client key and nobody by anything.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings

from cases.models import Erasure
from liaison import reach


def path() -> Path:
    return settings.VAR_DIR / "erasures.jsonl"


@reach.everything()
def write() -> int:
    """Append the erasures that the journal does not know yet; safe to run at any time and twice."""
    with _locked() as file:
        known = {line.rstrip("\n") for line in file}
        lines = [_line(erasure) for erasure in Erasure.objects.select_related("visit", "intake").order_by("id")]
        fresh = [line for line in lines if line not in known]
        file.writelines(f"{line}\n" for line in fresh)
        file.flush()
        os.fsync(file.fileno())
    return len(fresh)


def _line(erasure: Erasure) -> str:
    """Without the row's number: a restored database counts on from an older one."""
    said = {"visit": str(erasure.source.client_key), "reason": erasure.reason, "at": erasure.at.isoformat()}
    return json.dumps(said)


def entries() -> Iterator[tuple[str, str, datetime]]:
    """Client key of the visit or intake, reason and instant of every erasure ever made here."""
    if path().exists():
        for line in path().read_text().splitlines():
            entry = json.loads(line)
            yield entry["visit"], entry["reason"], datetime.fromisoformat(entry["at"])


@contextmanager
def _locked():
    path().parent.mkdir(parents=True, exist_ok=True)
    path().touch(mode=0o600)
    with path().open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        yield file
