from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from liaison.fields import PinyinField, ends_after_start, overlapping, same
from liaison.models import Account, Attachment, Division, Member, Organisation, PlacedRules, Seat, SpecialCommittee
from liaison.models.organisations import StandingQuerySet
from liaison.privacy import mask_name
from liaison.scope import Scope, ScopedQuerySet

from .studio import OfStudioQuerySet, Studio, own_studios


class PostingQuerySet(OfStudioQuerySet, StandingQuerySet):
    def leads(self):
        return self.filter(role=Posting.Role.LEAD)

    def team(self):
        """加盟委员: members of the team besides the lead and outside experts."""
        return self.filter(role=Posting.Role.MEMBER)


class Posting(PlacedRules):
    """A member or an outside expert in a studio, from one day until another."""

    class Role(models.TextChoices):
        LEAD = "lead", "领衔委员"
        MEMBER = "member", "成员"
        EXPERT = "expert", "专家"

    mended_by = {
        "posting_member_or_expert": "member",
        "posting_ends_after_start": "ends_on",
        "posting_one_lead_a_day": "role",
        "posting_once_a_day": "member",
    }

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="postings", verbose_name="工作室")
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="委员"
    )
    expert_name = models.CharField("专家姓名", max_length=40, blank=True)
    expert_employer = models.CharField("专家单位", max_length=80, blank=True)
    role = models.CharField("身份", max_length=6, choices=Role, default=Role.MEMBER)
    starts_on = models.DateField("进驻日期")
    ends_on = models.DateField("离开日期", null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "进驻委员"
        ordering = ["studio", "role", "id"]
        constraints = [
            models.CheckConstraint(
                name="posting_member_or_expert",
                condition=Q(member__isnull=False, expert_name="") & ~Q(role="expert")
                | Q(member__isnull=True, role="expert") & ~Q(expert_name=""),
                violation_error_message="请选择一位委员；外请专家则填写姓名，身份选“专家”。",
            ),
            ends_after_start("posting_ends_after_start"),
            ExclusionConstraint(
                name="posting_one_lead_a_day", expressions=[same("studio"), overlapping()], condition=Q(role="lead"),
                violation_error_message="同一时间一个工作室只能有一位领衔委员。",
            ),
            ExclusionConstraint(
                name="posting_once_a_day", expressions=[same("studio"), same("member"), overlapping()],
                condition=Q(member__isnull=False), violation_error_message="这位委员在此期间已进驻该工作室。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.member or self.expert_name}（{self.get_role_display()}）"


class Guidance(PlacedRules):
    """A special committee guides exactly one studio at a time; its 联络员 is a member."""

    class QuerySet(OfStudioQuerySet, StandingQuerySet):
        path = "special_committee__organisation__path"
        owners = ("special_committee",)

    mended_by = {"guidance_ends_after_start": "ends_on", "guidance_one_studio_a_day": "starts_on"}

    special_committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, related_name="guidances", verbose_name="专委会"
    )
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="guidances", verbose_name="工作室")
    liaison_member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联络员"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = QuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系指导"
        ordering = ["special_committee", "-starts_on"]
        constraints = [
            ends_after_start("guidance_ends_after_start"),
            ExclusionConstraint(
                name="guidance_one_studio_a_day", expressions=[same("special_committee"), overlapping()],
                violation_error_message="同一时间一个专委会只联系指导一个工作室。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.special_committee} → {self.studio}"


class LeaderLink(PlacedRules):
    """A leader is linked to a studio, a lower organisation or a township studio (领导包抓联系), with quarterly visits."""

    class Kind(models.TextChoices):
        STUDIO = "studio", "重点联系指导工作室"
        ORGANISATION = "organisation", "联系下级政协"
        TOWNSHIP = "township", "联系乡镇（街道）工作室"

    class QuerySet(StandingQuerySet):
        owners = ("organisation",)

        def own(self, scope: Scope) -> Q:
            return Q(leader__member=scope.member) if scope.member else Q(pk__in=())

    mended_by = {"leader_link_one_target": "studio", "leader_link_ends_after_start": "ends_on"}

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="leader_links", verbose_name="政协组织")
    leader = models.ForeignKey(Seat, models.PROTECT, related_name="leader_links", verbose_name="领导")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="leader_links", verbose_name="工作室"
    )
    target = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="links_from_above", verbose_name="下级政协"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = QuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "领导包抓联系"
        ordering = ["organisation__path", "leader", "kind"]
        constraints = [
            models.CheckConstraint(
                name="leader_link_one_target",
                condition=Q(kind="organisation", target__isnull=False, studio__isnull=True)
                | Q(kind__in=["studio", "township"], studio__isnull=False, target__isnull=True),
                violation_error_message="请按类型选择一个工作室，或一个下级政协。",
            ),
            ends_after_start("leader_link_ends_after_start"),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.leader.member} → {self.studio or self.target}"

    def clean(self):
        if self.leader_id and self.leader.duty not in Seat.LEADING:
            raise ValidationError({"leader": "只有主席、副主席、秘书长可以包抓联系。"})


class StandardCheck(PlacedRules):
    """One of the 五有 standards of a studio, met or not on the day it was checked."""

    class Standard(models.TextChoices):
        PLACE = "place", "有场所"
        STANDARD = "standard", "有标准"
        SUPPORT = "support", "有保障"
        RULES = "rules", "有制度"
        CHARACTER = "character", "有特色"

    mended_by = {"standard_check_once_a_day": "checked_on"}

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="standard_checks", verbose_name="工作室")
    standard = models.CharField("标准", max_length=10, choices=Standard)
    is_met = models.BooleanField("达标", default=False)
    evidence = models.ForeignKey(
        Attachment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    checked_on = models.DateField("检查日期")
    checked_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="检查人"
    )

    objects = OfStudioQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "“五有”检查"
        ordering = ["studio", "-checked_on"]
        constraints = [
            models.UniqueConstraint(
                name="standard_check_once_a_day", fields=["studio", "standard", "checked_on"],
                violation_error_message="这一天已检查过这项标准。",
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.studio} {self.get_standard_display()}"


class Contact(PlacedRules):
    """Whom a member keeps contact with (一名委员联系一户企业)."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        HOUSEHOLD = "household", "户"
        GROUP = "group", "群体"
        VILLAGE = "village", "村"

    class QuerySet(StandingQuerySet):
        def own(self, scope: Scope) -> Q:
            mine = Q(studio__in=own_studios(scope))
            return mine | Q(member=scope.member) if scope.member else mine

    mended_by = {"contact_ends_after_start": "ends_on"}

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="contacts", verbose_name="政协组织")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=60)
    pinyin = PinyinField("拼音")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在地")
    member = models.ForeignKey(Member, models.PROTECT, related_name="contacts", verbose_name="委员")
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name="工作室"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = QuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系对象"
        ordering = ["organisation__path", "kind", "name"]
        constraints = [ends_after_start("contact_ends_after_start")]

    def __str__(self):
        """A household is named by a person's name, which belongs in no list and not in the trail."""
        return mask_name(self.name) if self.kind == self.Kind.HOUSEHOLD else self.name


class Paper(models.Model):
    """A rule, plan or standard (制度文件) of an organisation or one studio."""

    class Kind(models.TextChoices):
        RULE = "rule", "制度办法"
        PLAN = "plan", "工作方案"
        STANDARD = "standard", "建设标准"
        OTHER = "other", "其他"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="papers", verbose_name="政协组织")
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name="工作室"
    )
    title = models.CharField("标题", max_length=120)
    pinyin = PinyinField("拼音", source="title")
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.RULE)
    version = models.CharField("版本", max_length=20, blank=True)
    effective_on = models.DateField("施行日期")
    file = models.ForeignKey(Attachment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="文件")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "制度文件"
        ordering = ["organisation__path", "-effective_on"]

    def __str__(self):
        return self.title
