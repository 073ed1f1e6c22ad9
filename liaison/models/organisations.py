from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value

from liaison.fields import PinyinField, ends_after_start, overlapping, phone_validator, pinyin_key, same
from liaison.privacy import EncryptedField
from liaison.scope import KeptQuerySet, Scope, ScopedQuerySet, under
from liaison.sectors import StandardSector

from .places import Division, Level
from .rules import PlacedRules


class OrganisationQuerySet(KeptQuerySet):
    path = "path"
    owners = ()

    def within(self, path: str):
        """The organisation with this path and every one below it."""
        return self.filter(path__startswith=path)

    def named(self, words: str):
        """By a part of the name, the beginning of its pinyin or initials, or of the division's code."""
        spelled = words.lower()
        return self.filter(
            Q(name__contains=words) | Q(short_name__contains=words) | Q(division__code__startswith=words)
            | Q(pinyin__startswith=spelled) | Q(pinyin__contains=f" {spelled}")
        )  # fmt: skip


class Organisation(PlacedRules):
    """A CPPCC committee of the nation, a province, a city or a county; one per division."""

    mended_by = {"organisation_letters_form": "letters", "organisation_one_per_path": "division"}

    division = models.OneToOneField(
        Division, models.PROTECT, related_name="organisation", verbose_name="行政区划",
        error_messages={"unique": "这个行政区划已经有政协组织。"},
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级组织"
    )
    level = models.CharField("级别", max_length=10, choices=[c for c in Level.choices if c[0] != Level.TOWNSHIP])
    name = models.CharField("全称", max_length=80)
    short_name = models.CharField("简称", max_length=40)
    pinyin = PinyinField("拼音", source="short_name")
    letters = models.CharField("编号字头", max_length=12, help_text="事项编号以它开头，如 CGQ。")
    path = models.CharField("路径", max_length=9, editable=False, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政协组织"
        ordering = ["path"]
        indexes = [
            models.Index(name="organisation_path", fields=["path"], opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(name="organisation_one_per_path", fields=["path"]),
            models.CheckConstraint(
                name="organisation_letters_form", condition=Q(letters__regex=r"^[A-Z]{1,12}$"),
                violation_error_message="编号字头只能是 1 到 12 个大写字母。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.short_name

    def save(self, *args, **kwargs):
        self.path = self.division.path
        super().save(*args, **kwargs)

    @classmethod
    def founded_in(cls, division: Division) -> "Organisation":
        """An unsaved office of a division, named as offices are, below the nearest one above it."""
        above = cls.objects.annotate(asked=Value(division.path)).filter(asked__startswith=F("path"))
        return cls(
            division=division, level=division.level, parent=above.order_by("-path").first(),
            name=f"政协{division.name}委员会", short_name=f"{division.name}政协",
            letters=pinyin_key(division.name).split()[-1].upper()[:12],
        )  # fmt: skip

    @property
    def is_lowest(self) -> bool:
        """Nothing stands below it."""
        return self.level == Level.COUNTY

    @property
    def code(self) -> str:
        """The division's six-digit code, as it stands in addresses of pages ("620100")."""
        return self.path.ljust(6, "0")

    def contains(self, other: "Organisation") -> bool:
        return other.path.startswith(self.path)


class StandingQuerySet(ScopedQuerySet):
    """Rows that stand from `starts_on` to `ends_on`, both inclusive."""

    def standing_on(self, day):
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class Term(PlacedRules):
    """A numbered term (届) of an organisation; the days are inclusive."""

    mended_by = {
        "term_number_once": "number",
        "term_ends_after_start": "ends_on",
        "term_no_overlap": "starts_on",
    }

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="terms", verbose_name="政协组织")
    number = models.PositiveSmallIntegerField("届次")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "届"
        ordering = ["organisation__path", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="term_number_once", fields=["organisation", "number"], violation_error_message="这一届已经登记过。"
            ),
            ends_after_start("term_ends_after_start"),
            ExclusionConstraint(
                name="term_no_overlap", expressions=[same("organisation"), overlapping()],
                violation_error_message="与同一组织的另一届时间重叠。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.organisation.short_name}第{self.number}届"


class SpecialCommittee(PlacedRules):
    """A special committee (专委会) of an organisation."""

    mended_by = {"special_committee_name_once": "name", "special_committee_ends_after_start": "ends_on"}

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="special_committees", verbose_name="政协组织"
    )
    name = models.CharField("名称", max_length=60)
    pinyin = PinyinField("拼音")
    convener = models.ForeignKey(
        "liaison.Member", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="召集人"
    )
    order = models.PositiveSmallIntegerField("顺序", default=0)
    starts_on = models.DateField("设立日期")
    ends_on = models.DateField("撤销日期", null=True, blank=True, help_text="自这一天起不再计入。")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专委会"
        ordering = ["organisation__path", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                name="special_committee_name_once", fields=["organisation", "name"],
                violation_error_message="本组织已有同名专委会。",
            ),
            ends_after_start("special_committee_ends_after_start", "撤销日期不能早于设立日期。"),
        ]  # fmt: skip

    def __str__(self):
        return self.name


class ActivityGroup(PlacedRules):
    """A group of members under a special committee; a party group holds the committee's 中共 members."""

    class Kind(models.TextChoices):
        ACTIVITY = "activity", "委员活动小组"
        PARTY = "party", "党员委员活动小组"

    class QuerySet(ScopedQuerySet):
        path = "special_committee__organisation__path"
        owners = ("special_committee",)

    mended_by = {"activity_group_name_once": "name"}

    special_committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, related_name="groups", verbose_name="专委会"
    )
    name = models.CharField("名称", max_length=60)
    pinyin = PinyinField("拼音")
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.ACTIVITY)
    leader = models.ForeignKey(
        "liaison.Member", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="组长"
    )

    objects = QuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员活动小组"
        ordering = ["special_committee", "id"]
        constraints = [
            models.UniqueConstraint(
                name="activity_group_name_once", fields=["special_committee", "name"],
                violation_error_message="本专委会已有同名小组。",
            )
        ]  # fmt: skip

    def __str__(self):
        return self.name


class Sector(PlacedRules):
    """A sector (界别) as one organisation uses it; the standard code makes sectors compare across organisations."""

    mended_by = {"sector_name_once": "name"}

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sectors", verbose_name="政协组织")
    name = models.CharField("名称", max_length=30)
    pinyin = PinyinField("拼音")
    standard_code = models.CharField("国家标准界别", max_length=2, choices=StandardSector)
    order = models.PositiveSmallIntegerField("顺序", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "界别"
        ordering = ["organisation__path", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                name="sector_name_once", fields=["organisation", "name"], violation_error_message="本组织已有同名界别。"
            )
        ]

    def __str__(self):
        return self.name


class DepartmentQuerySet(ScopedQuerySet):
    def choosable_by(self, account):
        """Administrators name a department when they grant its role."""
        return self.visible_to(account) | self.filter(under(self.path, account.scope.kept))

    def own(self, scope: Scope) -> Q:
        return Q(pk__in=scope.departments)


class Department(PlacedRules):
    """A government department or unit that handles matters for an organisation (承办单位)."""

    mended_by = {"department_name_once": "name"}

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="departments", verbose_name="政协组织")
    name = models.CharField("名称", max_length=60)
    pinyin = PinyinField("拼音")
    contact = EncryptedField("联系人", max_length=30, blank=True)
    phone = EncryptedField("联系电话", max_length=20, blank=True, validators=[phone_validator])

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "承办单位"
        ordering = ["organisation__path", "pinyin"]
        constraints = [
            models.UniqueConstraint(
                name="department_name_once",
                fields=["organisation", "name"],
                violation_error_message="已有同名承办单位。",
            )
        ]

    def __str__(self):
        return self.name
