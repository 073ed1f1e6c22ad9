"""The second wall's context: whose rows the current transaction may touch (SECURITY.md).

The database shows and takes rows only of the organisations that the setting `liaison.reach` names: ids with commas between
them, `*` for all, nothing for none. Each request, task and command says so for its own transaction; without a word there
are no rows. `liaison_reach(account)`, in the database, says what an account may reach.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

EVERYTHING = "*"


@contextmanager
def of(account) -> Iterator[None]:
    """A transaction in which the account's own rows are there, and no others; one query."""
    with _transaction("liaison_reach(%s)", account.pk):
        yield


@contextmanager
def of_office(organisation: int) -> Iterator[None]:
    """A transaction over one office's rows: for public pages, which show what that office tells everybody."""
    with _transaction("%s", str(organisation)):
        yield


@contextmanager
def everything() -> Iterator[None]:
    """A transaction over all organisations: for the roll-up, loads and other verbs that no single office owns."""
    with _transaction("%s", EVERYTHING):
        yield


@contextmanager
def _transaction(reach: str, parameter) -> Iterator[None]:
    before = None
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT current_setting('liaison.reach', true), set_config('liaison.reach', coalesce({reach}, ''), true)",
                    [parameter],
                )
                before, _ = cursor.fetchone()
            yield
    finally:
        # The setting lasts as long as the outermost transaction, which may go on.
        if connection.in_atomic_block and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('liaison.reach', %s, true)", [before or ""])
