from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Length

from liaison.fields import PinyinField
from liaison.scope import ScopedQuerySet, under

from .rules import PlacedRules


class Level(models.TextChoices):
    NATION = "nation", "全国"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"


def line_above(path: str) -> list[str]:
    """The paths of an office and of all that stand above it, the nation's ("") first."""
    return [path[:length] for length in range(0, len(path) + 1, 2)]


class PublicQuerySet(ScopedQuerySet):
    """Rows that belong to nobody: everyone with an account may read them."""

    path = ""

    def visible_to(self, account):
        return self.all() if account.is_authenticated else self.none()

    def writable_by(self, account):
        """By whoever's role may change them at all (liaison/roles.py), if it keeps every office there is: a list that all
        share is not one county's to change."""
        return self.all() if account.is_authenticated and account.keeps_every_office else self.none()


class DivisionQuerySet(PublicQuerySet):
    def within(self, path: str):
        """The division with this path and everything below it."""
        return self.filter(path__startswith=path)


class Division(PlacedRules):
    """A province, city, county or township; "000000" is the nation (GB/T 2260 codes, nine digits below the county)."""

    NATION_CODE = "000000"

    mended_by = {"division_code_form": "code", "division_code_fits_level": "code"}

    code = models.CharField(
        "区划代码", max_length=9, unique=True,
        validators=[RegexValidator(r"^(\d{6}|\d{9})$", "行政区划代码应为 6 位或 9 位数字。")],
        error_messages={"unique": "已有这个代码的行政区划。"},
    )  # fmt: skip
    name = models.CharField("名称", max_length=60)
    pinyin = PinyinField("拼音")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    level = models.CharField("级别", max_length=10, choices=Level)
    # A 6-digit code without its trailing zero pairs, a 9-digit code as it is: a subtree is a prefix.
    path = models.GeneratedField(
        verbose_name="路径", db_persist=True, output_field=models.CharField(max_length=9),
        expression=Case(
            When(Q(level=Level.TOWNSHIP), then=F("code")),
            default=Func(F("code"), Value("(00)+$"), Value(""), function="regexp_replace"),
        ),
    )  # fmt: skip

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        indexes = [
            models.Index(name="division_path", fields=["path"], opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="division_code_form", condition=Q(code__regex=r"^([0-9]{6}|[0-9]{9})$"),
                violation_error_message="行政区划代码应为 6 位或 9 位数字。",
            ),
            models.CheckConstraint(
                name="division_code_fits_level",
                condition=Q(code__length=9, level=Level.TOWNSHIP) | (Q(code__length=6) & ~Q(level=Level.TOWNSHIP)),
                violation_error_message="乡级区划代码为 9 位，其他级别为 6 位。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name


models.CharField.register_lookup(Length)


class CategoryQuerySet(PublicQuerySet):
    def choosable_by(self, account):
        return self.visible_to(account).filter(is_active=True)


class Category(models.Model):
    """A topic a matter is about, on two levels (事项类别)."""

    name = models.CharField("名称", max_length=30, unique=True, error_messages={"unique": "已有这个类别。"})
    pinyin = PinyinField("拼音")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级类别"
    )
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("启用", default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项类别"
        ordering = ["order", "id"]

    def __str__(self):
        return self.name


class HolidayQuerySet(ScopedQuerySet):
    """The list of all offices, and what single offices add to it or say otherwise: public, and read by whoever works there."""

    owners = ("organisation",)

    def visible_to(self, account):
        if not account.is_authenticated:
            return self.none()
        above = {path for grant in account.granted for path in line_above(grant.organisation.path)}
        shared = Q(organisation=None) | Q(organisation__path__in=above)
        return self.filter(shared | account.scope.within(self.path) | under(self.path, account.scope.kept))

    def writable_by(self, account):
        """An office's own by its clerks, the common list by whoever keeps every office there is."""
        if not account.is_authenticated:
            return self.none()
        if account.keeps_every_office:
            return self.all()
        return self.filter(organisation__isnull=False).filter(account.scope.working(self.path))


class Holiday(PlacedRules):
    """A date that is off, or a weekend day worked instead; dates without a row follow the week.

    Without an office it is on the common list. An office's own row stands for it and for all below it, before the common
    one; the nearest office's row is the one that counts (docs/decisions/0032).
    """

    class Kind(models.TextChoices):
        OFF = "off", "放假"
        WORK = "work", "调休上班"

    mended_by = {"holiday_once": "date"}

    organisation = models.ForeignKey(
        "liaison.Organisation", models.PROTECT, null=True, blank=True, related_name="holidays", verbose_name="政协组织"
    )
    date = models.DateField("日期")
    name = models.CharField("名称", max_length=30)
    kind = models.CharField("类型", max_length=4, choices=Kind, default=Kind.OFF)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "节假日"
        ordering = ["-date", "organisation__path"]
        constraints = [
            models.UniqueConstraint(
                name="holiday_once", fields=["date", "organisation"], nulls_distinct=False,
                violation_error_message="这一天已经登记过。",
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.date} {self.name}"
