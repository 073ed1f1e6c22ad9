"""The second wall's context: whose rows the current transaction may touch (SECURITY.md).

The database shows and takes rows only of the organisations that the setting `liaison.reach` names: ids with commas between
them, `*` for all, nothing for none. Each request, task and command says so for its own transaction; without a word there
are no rows. `liaison_reach(account)`, in the database, says what an account may reach. `liaison.account` names the account
itself: what is addressed to it is there whatever office it is about.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

EVERYTHING = "*"


@contextmanager
def of(account) -> Iterator[None]:
    """A transaction in which the account's own rows are there, and no others; one query."""
    with _transaction("liaison_reach(%s)", account.pk, str(account.pk)):
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
def _transaction(reach: str, parameter, account: str = "") -> Iterator[None]:
    before = None
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    f"""SELECT current_setting('liaison.reach', true), current_setting('liaison.account', true),
                    set_config('liaison.reach', coalesce({reach}, ''), true), set_config('liaison.account', %s, true)""",
                    [parameter, account],
                )
                before = cursor.fetchone()[:2]
            yield
    finally:
        # The settings last as long as the outermost transaction, which may go on.
        if before and connection.in_atomic_block and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('liaison.reach', coalesce(%s, ''), true), set_config('liaison.account', coalesce(%s, ''), true)",
                    before,
                )
