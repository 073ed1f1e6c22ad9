"""What a change was, field by field, as far as the trail may know it.

Short plain values stand as they read on the page. Personal data is masked, and of free text only the length and a keyed hash
remain: enough to prove later what a text said, not to read it. Secrets never appear. Which is which follows the declared
list (liaison/personal.py), and beyond it the kind of the field.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from liaison.fields import PinyinField
from liaison.personal import Kind, kind_of
from liaison.privacy import ERASED, EncryptedField, KeyedHashField, keyed_hash, mask_name, mask_phone

# Longer than this, a line of text is a text: a reason, a remark.
LONGEST_LINE = 100
# What opens something, or says nothing by itself.
UNSAID_NAMES = frozenset({"password", "last_login", "query_code", "revision", "changed_at"})
UNSAID_KINDS = (KeyedHashField, PinyinField, models.GeneratedField, models.UUIDField, models.BinaryField)


@dataclass(frozen=True)
class Picture:
    """A record as the database has it at one moment, and the keys that its many-to-many lists named."""

    record: models.Model
    lists: dict[str, frozenset]


def picture(record: models.Model) -> Picture | None:
    """Read anew, whatever a form has put into `record` already; None when it is not stored. A query, and one per list."""
    stored = record._meta.model._base_manager.filter(pk=record.pk).first()
    if stored is None:
        return None
    return Picture(stored, {f.name: frozenset(_keys(f, stored)) for f in record._meta.many_to_many})


def _keys(field, record):
    """Straight from the table between: who may see the rows it names is another question."""
    through = field.remote_field.through._base_manager.filter(**{field.m2m_field_name(): record.pk})
    return through.values_list(f"{field.m2m_reverse_field_name()}_id", flat=True)


def differences(before: Picture | None, after: Picture | None) -> list[dict[str, Any]]:
    """One row per field that changed: name, label, before, after. Without a `before` it was added, without an `after`
    deleted; empty values are left out then."""
    some = before or after
    if some is None:
        return []
    rows = []
    for field in said_fields(some.record):
        if before and after and _raw(field, before) == _raw(field, after):
            continue
        old, new = (told(field, side, is_alone=not (before and after)) if side else "" for side in (before, after))
        if old or new:
            rows.append({"name": field.name, "label": str(field.verbose_name), "before": old, "after": new})
    return rows


def said_fields(model: models.Model | type[models.Model]) -> list[models.Field]:
    """Those that a diff tells of."""
    options = model._meta
    return [field for field in (*options.concrete_fields, *options.many_to_many) if _is_said(field)]


def _is_said(field) -> bool:
    is_stamp = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    is_secret = field.name in UNSAID_NAMES or _kind(field) is Kind.SECRET
    return not (field.primary_key or is_stamp or is_secret or isinstance(field, UNSAID_KINDS))


def _kind(field) -> Kind | None:
    return kind_of(field.model._meta.label_lower, field.name)


def _raw(field, side: Picture):
    return side.lists[field.name] if field.many_to_many else field.value_from_object(side.record)


def told(field, side: Picture, *, is_alone: bool) -> str | dict[str, Any]:
    """A value as the trail may tell it; {"length", "hash"} for free text, "" for nothing.

    is_alone: nothing stands beside it, and a "no" is not worth a line.
    """
    value = _raw(field, side)
    if value is False:
        return "" if is_alone else "否"
    if value is None or (hasattr(value, "__len__") and not value):
        return ""
    if isinstance(field, EncryptedField) or _kind(field) is Kind.MASKED:
        return _masked(value)
    if _is_free_text(field):
        return {"length": len(str(value)), "hash": keyed_hash(str(value))}
    if field.is_relation:
        return _named(field, side.record, value)
    return _plain(field, value)


def _masked(value: str) -> str:
    if value == ERASED:
        return value
    return mask_phone(value) if value[0].isdigit() else mask_name(value)


def label_of(record) -> str:
    """What the trail calls a record: its name, unless that may name a citizen."""
    return getattr(record, "trail_label", str(record))


def _is_free_text(field) -> bool:
    if isinstance(field, models.TextField | models.JSONField) or _kind(field) is Kind.MENTIONS:
        return True
    is_line = isinstance(field, models.CharField) and not isinstance(field, models.FileField)
    return is_line and not field.choices and (field.max_length or 0) > LONGEST_LINE


def _named(field, record, value) -> str:
    """What a key points to, by name; a row that is out of reach by its number."""
    if field.many_to_many:
        rows = field.related_model._base_manager.filter(pk__in=value)
        return "、".join(sorted(label_of(row) for row in rows))[:400]
    related = field.related_model._base_manager.filter(pk=value).first()
    return label_of(related)[:200] if related else f"第 {value} 号"


def _plain(field, value) -> str:
    if isinstance(field, ArrayField):
        labels = dict(field.base_field.flatchoices)
        return "、".join(str(labels.get(one, one)) for one in value)
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    return _written(value)


def _written(value) -> str:
    match value:
        case True:
            return "是"
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
        case date():
            return f"{value:%Y-%m-%d}"
        case time():
            return f"{value:%H:%M}"
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)
