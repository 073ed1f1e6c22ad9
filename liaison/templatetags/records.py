"""How the admin shows what a record names without offering it for change."""

from django import template
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

register = template.Library()


@register.simple_tag
def readonly_value(field, account=None):
    """The value of a read-only field. The record it names is a link only where the account may open that record;
    without an account (rows of an inline, where asking would cost a query each) it is its name alone."""
    record = _named_by(field)
    if record is None or (account and _may_open(account, record)):
        return field.contents()
    return str(record)


def _named_by(field) -> Model | None:
    """The record that a foreign key points to; None for every other kind of value."""
    name, instance = field.field["field"], field.form.instance
    try:
        column = instance._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None
    return getattr(instance, name) if column and (column.many_to_one or column.one_to_one) else None


def _may_open(account, record: Model) -> bool:
    options = record._meta
    if not account.has_perm(f"{options.app_label}.view_{options.model_name}"):
        return False
    return type(record)._default_manager.visible_to(account).filter(pk=record.pk).exists()
