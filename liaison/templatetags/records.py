"""How the admin shows what a record names without offering it for change."""

from django import template
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from liaison.templatetags.shell import in_chinese

register = template.Library()


@register.simple_tag
def readonly_value(field, account=None):
    """The value of a read-only field. The record it names is a link only where the account may open that record;
    without an account (rows of an inline, where asking would cost a query each) it is its name alone."""
    if words := _words_of(field):
        return words
    record = _named_by(field)
    if record is None or (account and _may_open(account, record)):
        return in_chinese(field.contents())
    return str(record)


def _words_of(field) -> str:
    """What a list of words or choices says; Django would print it as Python does."""
    column = _column_of(field)
    if not isinstance(column, ArrayField):
        return ""
    labels = dict(column.base_field.flatchoices)
    return "、".join(str(labels.get(word, word)) for word in field.form.instance.__dict__[column.attname] or ()) or "—"


def _column_of(field):
    name = field.field["field"]
    try:
        return field.form.instance._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None


def _named_by(field) -> Model | None:
    """The record that a foreign key points to; None for every other kind of value."""
    column = _column_of(field)
    is_one = column and (column.many_to_one or column.one_to_one)
    return getattr(field.form.instance, column.name) if is_one else None


def _may_open(account, record: Model) -> bool:
    options = record._meta
    if not account.has_perm(f"{options.app_label}.view_{options.model_name}"):
        return False
    return type(record)._default_manager.visible_to(account).filter(pk=record.pk).exists()
