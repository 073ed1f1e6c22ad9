from collections import Counter
from collections.abc import Iterable

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q

from liaison import reach
from liaison.fields import PinyinField, ends_after_start, overlapping, phone_validator, same
from liaison.privacy import EncryptedField
from liaison.scope import Scope, ScopedQuerySet, under

from .organisations import ActivityGroup, Organisation, Sector, SpecialCommittee, StandingQuerySet, Term
from .places import Division
from .rules import PlacedRules


class Party(models.TextChoices):
    CPC = "cpc", "中共党员"
    RCCK = "rcck", "民革"
    CDL = "cdl", "民盟"
    CNDCA = "cndca", "民建"
    CAPD = "capd", "民进"
    CPWDP = "cpwdp", "农工党"
    CZGP = "czgp", "致公党"
    JIUSAN = "jiusan", "九三学社"
    TSL = "tsl", "台盟"
    NONE = "none", "无党派人士"
    MASSES = "masses", "群众"


class MemberQuerySet(ScopedQuerySet):
    def visible_to(self, account):
        """Members registered, seated or based in the account's subtree, and oneself."""
        if not account.is_authenticated:
            return self.none()
        scope = account.scope
        if "" in scope.paths:
            return self.all()
        seated = Seat.objects.filter(scope.within("organisation__path"), member=OuterRef("pk"))
        based = Base.objects.filter(scope.within("division__path"), member=OuterRef("pk"))
        return self.filter(scope.within(self.path) | self.own(scope) | Exists(seated) | Exists(based))

    def choosable_by(self, account):
        """Entries that still stand for a person; administrators name one when they make an account."""
        return (self.visible_to(account) | self.filter(under(self.path, account.scope.kept))).unmerged()

    def own(self, scope: Scope) -> Q:
        return Q(pk=scope.member) if scope.member else Q(pk__in=())

    def mergeable_by(self, account):
        """Entries a clerk may join: those its office and the offices below it keep; doubles go to the upper office."""
        return self.filter(under(self.path, account.scope.offices)).unmerged()

    def unmerged(self):
        return self.filter(merged_into__isnull=True)

    def suspected_doubles(self):
        """Entries that share name and birth year with another: perhaps one person imported twice."""
        other = Member.objects.unmerged().filter(name=OuterRef("name"), birth_year=OuterRef("birth_year"))
        return self.unmerged().filter(Exists(other.exclude(pk=OuterRef("pk"))))


class Member(PlacedRules):
    """A person who is or was a member; seats say where and when."""

    class Gender(models.TextChoices):
        MALE = "m", "男"
        FEMALE = "f", "女"

    mended_by = {"member_birth_year_plausible": "birth_year"}

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="registered_members", verbose_name="登记单位",
        help_text="负责维护这位委员资料的政协组织。",
    )  # fmt: skip
    name = models.CharField("姓名", max_length=40)
    pinyin = PinyinField("拼音")
    gender = models.CharField("性别", max_length=1, choices=Gender, blank=True)
    birth_year = models.PositiveSmallIntegerField("出生年份", null=True, blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    employer = models.CharField("工作单位", max_length=80, blank=True)
    post = models.CharField("职务", max_length=60, blank=True)
    phone = EncryptedField("联系电话", max_length=20, blank=True, validators=[phone_validator])
    expertise = ArrayField(models.CharField(max_length=20), verbose_name="专长", default=list, blank=True)
    photo = models.ForeignKey(
        "liaison.Attachment", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="照片"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged", verbose_name="已并入"
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员"
        ordering = ["pinyin", "id"]
        indexes = [
            models.Index(name="member_pinyin", fields=["pinyin"], opclasses=["varchar_pattern_ops"]),
            models.Index(name="member_name_year", fields=["name", "birth_year"]),  # suspected_doubles
        ]
        constraints = [
            models.CheckConstraint(
                name="member_birth_year_plausible",
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2100)),
                violation_error_message="出生年份应在 1900 到 2100 之间。",
            ),
            models.CheckConstraint(
                name="member_not_merged_into_self", condition=~Q(merged_into=F("id")),
                violation_error_message="不能并入自己。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def sector_on(self, day, organisation: Organisation) -> Sector | None:
        """The sector the member stands for: that of the seat in this organisation, else of any other; one query."""
        return sector_among(Seat.objects.standing_on(day).filter(member=self).select_related("sector"), organisation)

    @reach.everything()
    def merge(self, other: "Member") -> dict[str, int]:
        """Join `other`, an entry of the same person, into this one: every row that names it names this one instead.
        Returns how many, by kind of record.

        Figures of people are Distinct, so they recount to one person. The emptied entry stays as a pointer and keeps
        its own dated bases and parties. Raises ValidationError when both hold seats of one organisation at once, or
        both have an account.
        """
        if other.pk == self.pk:
            raise ValidationError("不能并入自己。")
        try:
            with transaction.atomic():
                moved = Counter()
                # First, so that what is posted or on duty there stays in line (reports/links.py).
                Member.objects.filter(pk=other.pk).update(merged_into=self)
                for relation in self._relations_to_move():
                    moved[_kind_of(relation)] += _point_at(relation, other, self)
        except IntegrityError as error:
            raise ValidationError("两条记录在同一组织的任职时间重叠，或各有账号，请先改正再合并。") from error
        other.merged_into = self
        return {kind: count for kind, count in moved.items() if count}

    def _relations_to_move(self):
        """Foreign keys to a member, many-to-many tables included; the dated rows of a person stay where they are."""
        relations = Member._meta.get_fields(include_hidden=True)
        incoming = [r for r in relations if r.auto_created and not r.concrete and not r.many_to_many]
        return [r for r in incoming if r.related_model not in (Base, PartyMembership)]


def sector_among(seats: "Iterable[Seat]", organisation: Organisation) -> Sector | None:
    """The sector of the seat in this organisation, else of any other; no query when the seats were read with it."""
    own_first = sorted(seats, key=lambda seat: seat.organisation_id != organisation.pk)
    return own_first[0].sector if own_first else None


def _kind_of(relation) -> str:
    """来访 for the visits themselves and for the table of who received them."""
    field = relation.field
    owner = field.model._meta.auto_created or field.model
    return str(owner._meta.verbose_name)


def _point_at(relation, old: Member, new: Member) -> int:
    rows = relation.related_model._base_manager.filter(**{relation.field.name: old})
    if relation.related_model._meta.auto_created:
        # A many-to-many row that would stand there twice: the visit already names the other entry.
        partner = next(
            f for f in relation.related_model._meta.fields if f.is_relation and f.name != relation.field.name
        )
        taken = relation.related_model._base_manager.filter(**{relation.field.name: new})
        rows.filter(**{f"{partner.name}__in": taken.values(partner.name)}).delete()
    return rows.update(**{relation.field.name: new})


class DatedQuerySet(StandingQuerySet):
    path = "member__organisation__path"
    owners = ("member",)


class Base(PlacedRules):
    """Where a member lives or works (驻地), from one day until another."""

    mended_by = {"base_ends_after_start": "ends_on", "base_one_a_day": "starts_on"}

    member = models.ForeignKey(Member, models.CASCADE, related_name="bases", verbose_name="委员")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="驻地")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "驻地"
        ordering = ["-starts_on"]
        constraints = [
            ends_after_start("base_ends_after_start"),
            ExclusionConstraint(
                name="base_one_a_day", expressions=[same("member"), overlapping()],
                violation_error_message="同一时间只能有一个驻地。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.member} {self.division}"


class PartyMembership(PlacedRules):
    """A member's party (党派), from one day until another."""

    mended_by = {"party_ends_after_start": "ends_on", "party_once_a_day": "starts_on"}

    member = models.ForeignKey(Member, models.CASCADE, related_name="party_memberships", verbose_name="委员")
    party = models.CharField("党派", max_length=8, choices=Party)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党派"
        ordering = ["-starts_on"]
        constraints = [
            ends_after_start("party_ends_after_start"),
            # 民主党派成员可以同时是中共党员, so only the same party may not overlap with itself.
            ExclusionConstraint(
                name="party_once_a_day", expressions=[same("member"), same(Func(F("party"), function="hashtext")), overlapping()],
                violation_error_message="同一党派的时间重叠。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.member} {self.get_party_display()}"


class SeatQuerySet(StandingQuerySet):
    def own(self, scope: Scope) -> Q:
        return Q(member=scope.member) if scope.member else Q(pk__in=())

    def outside_committees(self):
        """Seats that break 全员入委: members in no special committee."""
        return self.filter(special_committee__isnull=True)


class Seat(PlacedRules):
    """A member's seat in one organisation for one term; one person may hold seats at two levels."""

    class Duty(models.TextChoices):
        CHAIR = "chair", "主席"
        VICE_CHAIR = "vice_chair", "副主席"
        SECRETARY = "secretary", "秘书长"
        STANDING = "standing", "常务委员"
        MEMBER = "member", "委员"

    LEADING = (Duty.CHAIR, Duty.VICE_CHAIR, Duty.SECRETARY)

    mended_by = {"seat_ends_after_start": "ends_on", "seat_one_a_day": "starts_on"}

    member = models.ForeignKey(Member, models.PROTECT, related_name="seats", verbose_name="委员")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seats", verbose_name="政协组织")
    term = models.ForeignKey(Term, models.PROTECT, related_name="seats", verbose_name="届")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="seats", verbose_name="界别")
    special_committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name="专委会"
    )
    groups = models.ManyToManyField(ActivityGroup, blank=True, related_name="seats", verbose_name="活动小组")
    duty = models.CharField("职务", max_length=10, choices=Duty, default=Duty.MEMBER)
    starts_on = models.DateField("任职日期")
    ends_on = models.DateField("离任日期", null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["organisation__path", "member__pinyin"]
        constraints = [
            ends_after_start("seat_ends_after_start", "离任日期不能早于任职日期。"),
            ExclusionConstraint(
                name="seat_one_a_day", expressions=[same("member"), same("organisation"), overlapping()],
                violation_error_message="这位委员在本组织的任职时间重叠。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.member}（{self.organisation.short_name}{self.get_duty_display()}）"

    def clean(self):
        """Term, sector and special committee belong to the seat's own organisation."""
        must_match = {"term": "届", "sector": "界别", "special_committee": "专委会"}
        errors = {
            name: f"所选{label}不属于这个政协组织。"
            for name, label in must_match.items()
            if getattr(self, f"{name}_id") and getattr(self, name).organisation_id != self.organisation_id
        }
        if errors:
            raise ValidationError(errors)
