"""How the database server goes about a recount: settings of the transaction that it is in (docs/decisions/0039)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Of each sort and each hash. Not more: what outgrows a processor's cache is slower than a file.
WORK_MEMORY = {"work_mem": "24MB", "hash_mem_multiplier": "1"}
# While parts are looked for side by side, each belongs to one process: no scan is large enough to be shared out itself.
NO_SHARED_SCANS = {"min_parallel_table_scan_size": "5TB", "min_parallel_index_scan_size": "5TB"}


def use(settings: dict[str, str]):
    """Until the transaction ends."""
    with connection.cursor() as cursor:
        for setting in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", setting)


@contextmanager
def using(settings: dict[str, str]) -> Iterator[None]:
    """Afterwards they are what they are outside of transactions; after an error the transaction is lost anyway."""
    use(settings)
    yield
    with connection.cursor() as cursor:
        for name in settings:
            cursor.execute(f"SET LOCAL {name} TO DEFAULT")
