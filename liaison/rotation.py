"""Rewriting encrypted columns under the first key: for a new key, and for columns that were not encrypted before."""

from collections.abc import Callable

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from liaison.privacy import EncryptedField, KeyedHashField, encrypt, is_written_by, keyed_hash

BATCH = 1000


def tables() -> dict[type[models.Model], tuple[list[EncryptedField], list[KeyedHashField]]]:
    """Every model with personal data that is kept encrypted."""
    found = {}
    for model in apps.get_models():
        fields = [f for f in model._meta.local_fields if isinstance(f, EncryptedField)]
        if fields:
            found[model] = fields, [f for f in model._meta.local_fields if isinstance(f, KeyedHashField)]
    return found


def rewrite(connection, table: str, columns: list[str], hashes: dict[str, str], read: Callable[[str], str]) -> int:
    """Encrypt `columns` anew, and make `hashes` (hash column → column) again; returns how many rows were rewritten.

    read: makes plain text of what is stored. Batch by batch, each in its own transaction, rows locked: the product goes
    on running, and who was interrupted starts again. What the first key wrote already is left alone.
    """
    last, count = 0, 0
    while True:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('liaison.reach', '*', true)")
            rows = _batch(cursor, table, columns, last)
            due = [
                row for row in rows if not all(is_written_by(settings.PERSONAL_DATA_KEYS[0], text) for text in row[1:])
            ]
            for row in due:
                plain = {column: read(text) for column, text in zip(columns, row[1:], strict=True)}
                fresh = {column: encrypt(text) for column, text in plain.items()}
                fresh |= {column: keyed_hash(plain[source]) for column, source in hashes.items()}
                assigned = ", ".join(f"{column} = %s" for column in fresh)
                cursor.execute(f"UPDATE {table} SET {assigned} WHERE id = %s", [*fresh.values(), row[0]])
        count += len(due)
        if len(rows) < BATCH:
            return count
        last = rows[-1][0]


def _batch(cursor, table: str, columns: list[str], last: int) -> list[tuple]:
    filled = " OR ".join(f"{column} <> ''" for column in columns)
    cursor.execute(
        f"SELECT id, {', '.join(columns)} FROM {table} WHERE id > %s AND ({filled}) ORDER BY id LIMIT {BATCH} FOR UPDATE",
        [last],
    )
    return cursor.fetchall()
