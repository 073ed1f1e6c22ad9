"""The declared list of personal data against the models."""

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from liaison.fields import PinyinField
from liaison.personal import IMPERSONAL, PERSONAL, Kind
from liaison.privacy import EncryptedField, KeyedHashField

OURS = ("liaison", "studios", "activities", "reception", "cases", "reports")
TEXTS = (
    models.CharField,
    models.TextField,
    models.FileField,
    models.JSONField,
    models.GenericIPAddressField,
    ArrayField,
)


def texts() -> dict[str, dict[str, models.Field]]:
    """Every stored text that is not one of a few choices; pinyin repeats the text that it spells."""
    found = {}
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            fields = [f for f in model._meta.local_fields if isinstance(f, TEXTS) and not isinstance(f, PinyinField)]
            found[model._meta.label_lower] = {f.name: f for f in fields if not f.choices}
    return found


def test_every_stored_text_is_declared_personal_or_impersonal():
    declared = {
        label: set(PERSONAL.get(label, {})) | IMPERSONAL.get(label, set()) for label in {*PERSONAL, *IMPERSONAL}
    }
    assert {label: set(fields) for label, fields in texts().items() if fields} == {
        k: v for k, v in declared.items() if v
    }


def test_no_text_is_declared_both():
    assert [label for label in PERSONAL if set(PERSONAL[label]) & IMPERSONAL.get(label, set())] == []


def test_what_is_declared_encrypted_is_encrypted_and_nothing_else():
    for label, fields in texts().items():
        for name, field in fields.items():
            is_encrypted = PERSONAL.get(label, {}).get(name) is Kind.ENCRYPTED
            assert (label, name, isinstance(field, EncryptedField)) == (label, name, is_encrypted)
            if isinstance(field, KeyedHashField):
                assert PERSONAL[label][name] is Kind.SECRET
