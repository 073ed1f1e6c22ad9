"""Personal data: encrypted in the database, found again by a keyed hash, masked on the way out (PIPL; SECURITY.md).

The keys stand in the setting PERSONAL_DATA_KEYS: the first one writes, all of them read, so that a new key can be put in
front while `manage.py rotate_keys` rewrites what older ones wrote.
"""

import hashlib
import hmac
import re
import unicodedata
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact, IsNull

ERASED = "〔已删除〕"
# What many visitors are called is nobody's name.
NO_NAMES = frozenset({"群众", "居民", "村民", "业主", "市民", "家长", "学生", "职工", "商户", "老人", "代表"})
# Telephone and identity numbers as they are written in a sentence.
NUMBERS = re.compile(r"(?<!\d)(1\d{2}[ -]?\d{4}[ -]?\d{4}|\d{17}[\dXx]|0\d{2,3}-\d{7,8})(?!\d)")
NO_COMPARISON = "加密字段只能与空值比较，查找请用它的密钥散列。"


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Another result each time; empty stays empty, so that the database can tell that there is nothing."""
    return _cipher(tuple(settings.PERSONAL_DATA_KEYS)).encrypt(text.encode()).decode() if text else ""


def decrypt(text: str) -> str:
    """Raises ImproperlyConfigured when none of the keys wrote it."""
    try:
        return _cipher(tuple(settings.PERSONAL_DATA_KEYS)).decrypt(text.encode()).decode() if text else ""
    except InvalidToken as wrong:
        raise ImproperlyConfigured("个人信息无法解密：PERSONAL_DATA_KEYS 里没有加密时所用的密钥。") from wrong


def is_written_by(key: str, text: str) -> bool:
    """Whether this key can read it; nothing can be read by any."""
    try:
        return not text or bool(Fernet(key).decrypt(text.encode()))
    except InvalidToken:
        return False


def keyed_hash(text: str, key: str | None = None) -> str:
    """32 hex digits that are the same for the same text and cannot be guessed without the key; empty stays empty.

    Written with or without spaces and hyphens, a number is the same number.
    """
    if not text:
        return ""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).casefold()
    secret = hashlib.sha256(b"look-up" + (key or settings.PERSONAL_DATA_KEYS[0]).encode()).digest()
    return hmac.new(secret, plain.encode(), hashlib.sha256).hexdigest()[:32]


def is_hash_of(field: str, text: str) -> Q:
    """Rows whose KeyedHashField `field` was made of this text, under whichever key; nothing for an empty text."""
    hashes = [keyed_hash(text, key) for key in settings.PERSONAL_DATA_KEYS] if text.strip() else []
    return Q(**{f"{field}__in": hashes})


class EmptyOnly(Exact):
    """`field=""`; any other comparison would silently find nothing."""

    def get_prep_lookup(self):
        if self.rhs != "":
            raise FieldError(NO_COMPARISON)
        return self.rhs


class EncryptedField(models.CharField):
    """A short text that the database knows only encrypted; `max_length` counts the text as it is read.

    It can be compared with nothing but "": look-ups go through a KeyedHashField.
    """

    def db_type(self, connection):
        return "text"

    def get_lookup(self, lookup_name):
        lookups = {"exact": EmptyOnly, "isnull": IsNull}
        if lookup_name not in lookups:
            raise FieldError(NO_COMPARISON)
        return lookups[lookup_name]

    def get_prep_value(self, value):
        return encrypt(super().get_prep_value(value) or "")

    def from_db_value(self, value, expression, connection):
        return decrypt(value) if value else value


class KeyedHashField(models.CharField):
    """Holds `keyed_hash` of another field; filled on every save and bulk_create."""

    def __init__(self, *args, source: str, **kwargs):
        self.source = source
        kwargs = {"max_length": 32, "editable": False, "default": "", "blank": True} | kwargs
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance, add):
        value = keyed_hash(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value


def mask_phone(phone: str) -> str:
    """138****0000: the first three and last four digits stay."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def mask_email(address: str) -> str:
    """z***@example.cn: the first character and the host stay."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}" if host else ""


def mask_name(name: str) -> str:
    """王*: the first character stays, one star stands for the rest whatever its length."""
    return f"{name[0]}*" if name else ""


def recognisable(*words: str) -> list[str]:
    """Of names and numbers those by which somebody would be recognised in a text, longest first."""
    return sorted((w for w in set(words) if len(w) > 1 and w not in NO_NAMES), key=len, reverse=True)


def blotted(text: str, words: list[str]) -> str:
    """A text for whoever may not know whom it is about: these words and every number in it are masked."""
    for word in words:
        text = text.replace(word, mask_phone(word) if word[0].isdigit() else mask_name(word))
    return NUMBERS.sub(lambda number: mask_phone(number[0]), text)
