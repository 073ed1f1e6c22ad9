"""Field types and database expressions that several apps share."""

import re
from functools import lru_cache

from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value


def pinyin_key(text: str) -> str:
    """Full pinyin and initials of a Chinese name, e.g. 王新 → "wangxin wx".

    Sorting by it gives Chinese alphabetical order without a database collation; searching in it finds a name by its
    initials.
    """
    from pypinyin.seg import mmseg  # its dictionaries cost each process a second: only who writes pays

    words = [_spelled(word) for word in mmseg.seg.cut(text)]
    return f"{''.join(full for full, _ in words)} {''.join(initials for _, initials in words)}"


# Words repeat: spelling one costs a third of a millisecond, and an import spells tens of thousands.
@lru_cache(maxsize=50_000)
def _spelled(word: str) -> tuple[str, str]:
    from pypinyin import Style, lazy_pinyin

    full = "".join(lazy_pinyin(word, style=Style.NORMAL))
    initials = "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))
    return full.lower(), initials.lower()


class PinyinField(models.CharField):
    """Holds `pinyin_key` of another field; filled on every save and bulk_create."""

    def __init__(self, *args, source: str = "name", **kwargs):
        self.source = source
        kwargs.setdefault("max_length", 400)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance, add):
        key = pinyin_key(getattr(model_instance, self.source) or "")[: self.max_length]
        setattr(model_instance, self.attname, key)
        return key


class Today(Func):
    """Today's date in China; the database's own clock, whatever zone its session uses."""

    template = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
    output_field = models.DateField()

    def __init__(self):
        super().__init__()


def following_day(field: str) -> Func:
    """The day after a date column's."""
    return Func(F(field), template="(%(expressions)s + 1)", output_field=models.DateField())


def same(field: str | Func) -> tuple[Func, str]:
    """Exclusion-constraint part "the same number in `field`", as a range because btree_gist is not at hand."""
    number = F(field) if isinstance(field, str) else field
    bounds = (number, number, Value("[]"))
    return Func(*bounds, function="int8range", output_field=BigIntegerRangeField()), "&&"


def overlapping(first: str = "starts_on", last: str = "ends_on") -> tuple[Func, str]:
    """Exclusion-constraint part "the days from `first` to `last` (both inclusive, open if NULL) overlap"."""
    bounds = (F(first), F(last), Value("[]"))
    return Func(*bounds, function="daterange", output_field=DateRangeField()), "&&"


def ends_after_start(name: str, said: str = "结束日期不能早于起始日期。") -> models.CheckConstraint:
    """The last day, where there is one, is not before the first."""
    condition = Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
    return models.CheckConstraint(name=name, condition=condition, violation_error_message=said)


phone_validator = RegexValidator(
    re.compile(r"^(1\d{10}|0\d{2,3}-?\d{7,8})$"), "请填写 11 位手机号码，或带区号的固定电话。"
)
