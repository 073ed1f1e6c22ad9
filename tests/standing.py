"""What is put up once for many tests, in a transaction around theirs: each takes back what it does to it."""

import pickle
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import transaction

# Whoever asks for one of these commits, or has a cast of its own.
OWN = {"transactional_db", "live_server", "celery_running", "world"}


@contextmanager
def taken_back(blocker) -> Iterator[None]:
    """Rows written within are gone afterwards. blocker: pytest-django's."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


class Standing:
    """The cast, for tests that follow one another in a module: it takes as long as many a test itself. Each test gets its own
    copies of the objects; it is gone before a test that wants none of it, or that commits.

    blocker: pytest-django's, once there is a database.
    """

    def __init__(self) -> None:
        self.blocker = None
        self._module = self._pickled = None
        self._open = ExitStack()

    def before(self, item: pytest.Item) -> None:
        """Put it up for a test, leave it, or take it away."""
        wanted = self.blocker is not None and _wants(item)
        if not wanted or item.module is not self._module:
            self.end()
        if wanted and not self._pickled:
            self._put_up(item)

    def _put_up(self, item: pytest.Item) -> None:
        from tests.cast import build_cast

        self._open.enter_context(taken_back(self.blocker))
        self._module, self._pickled = item.module, pickle.dumps(build_cast())

    def end(self) -> None:
        self._module = self._pickled = None
        self._open.close()

    def cast(self):
        """None where it does not stand."""
        return pickle.loads(self._pickled) if self._pickled else None


def _wants(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    commits = any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
    return "cast" in names and not commits and OWN.isdisjoint(names)
