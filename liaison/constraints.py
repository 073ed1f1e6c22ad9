"""What the database refuses, said in Chinese.

Forms ask every rule beforehand; what reaches the database all the same is a race or a rule that only the database
can keep. Both must come out as a sentence beside the form, never as a fault.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.text import capfirst

# Raised by our triggers, whose message is the sentence itself (migrations).
SPOKEN = "23L01"
STATES = {
    "23502": "有必填的内容没有填写。",
    "23503": "所选的记录已不存在，或还有别的记录用到它。",
}
OTHERWISE = "这些内容与已有记录冲突，没有保存。请刷新后核对。"


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """Undo what was written inside and raise ValidationError, its code the constraint's name, when the database
    refuses it."""
    try:
        with transaction.atomic():
            yield
            # Foreign keys are checked at the commit, which would be too late to say anything.
            connection.check_constraints()
    except IntegrityError as error:
        raise ValidationError(sentence(error), code=broken_rule(error)) from error


@contextmanager
def said_beside(field: str) -> Iterator[None]:
    """What is refused inside is refused beside this field."""
    try:
        yield
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error


def tell(form, refusal: ValidationError) -> None:
    """Put each sentence beside its field; above the form where the form has no such field."""
    if not hasattr(refusal, "error_dict"):
        return form.add_error(None, refusal)
    for name, errors in refusal.error_dict.items():
        field = name if name != NON_FIELD_ERRORS and name in form.fields else None
        form.add_error(field, ValidationError(errors))
    return None


def sentence(error: IntegrityError) -> str:
    """What to tell the person whose row was refused."""
    report = _report(error)
    if report is None:
        return STATES["23503"]
    if report.sqlstate == SPOKEN:
        return report.message_primary
    return _sentences().get(report.constraint_name) or STATES.get(report.sqlstate, OTHERWISE)


def _report(error: IntegrityError):
    """What the database says of it; None for Django's own ProtectedError."""
    return getattr(error.__cause__, "diag", None)


def broken_field(record, rule: str | None) -> str | None:
    """The field that mends a rule which the database found broken; None where the record as a whole breaks it."""
    return getattr(record, "mended_by", {}).get(rule) or linked_field(type(record), rule)


def linked_field(model, rule: str | None) -> str | None:
    """The field whose link to another office's row was refused, by the name its rule has in the database."""
    return _linked_fields(model).get(rule)


@cache
def _linked_fields(model) -> dict[str, str]:
    """Names of rules as reports/links.py gives them; those of a list of choices belong to its own table."""
    keys = [(f.model._meta.db_table, f.column, f.name) for f in model._meta.concrete_fields if f.is_relation]
    lists = [(f.m2m_db_table(), f.m2m_reverse_name(), f.name) for f in model._meta.many_to_many]
    return {f"{table}_{column}_across": name for table, column, name in keys + lists}


def is_spoken(error: IntegrityError) -> bool:
    """Whether one of our triggers refused, with a sentence for people."""
    report = _report(error)
    return report is not None and report.sqlstate == SPOKEN


def broken_rule(error: IntegrityError) -> str | None:
    """The name of the constraint; that of a unique column is the database's own."""
    report = _report(error)
    return report and report.constraint_name


@cache
def _sentences() -> dict[str, str]:
    """By the constraint's name; that of a unique column is the database's own."""
    sentences = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            sentences[constraint.name] = constraint.violation_error_message
        for field in model._meta.local_concrete_fields:
            if field.unique and not field.primary_key:
                name = f"{model._meta.db_table}_{field.column}_key"
                words = {"model_name": model._meta.verbose_name, "field_label": capfirst(field.verbose_name)}
                sentences[name] = str(field.error_messages["unique"]) % words
    return sentences
