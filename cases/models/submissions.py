from django.db import models
from django.db.models import Q

from activities.models import Activity
from liaison.fields import PinyinField, Today
from liaison.models import (
    Attachment,
    Department,
    Inheriting,
    Member,
    Organisation,
    Sector,
    SpecialCommittee,
    Voidable,
    VoidableQuerySet,
)
from liaison.scope import Scope
from studios.models import Studio, own_studios

from .case import Case


class SubmissionQuerySet(VoidableQuerySet):
    def own(self, scope: Scope) -> Q:
        mine = Q(studio__in=own_studios(scope))
        if scope.member:
            mine |= Q(first_author=scope.member)
        return mine

    def counted(self):
        return self.unvoided()


class Submission(Voidable):
    """A proposal, an opinion, a research report or another paper handed in, and what became of it."""

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", "提案"
        OPINION = "opinion", "社情民意信息"
        REPORT = "report", "调研报告"
        MOTION = "motion", "议案"
        SUGGESTION_PAPER = "suggestion_paper", "建言材料"

    class Handling(models.TextChoices):
        FILED = "filed", "立案"
        NOT_FILED = "not_filed", "不立案"
        TO_OPINION = "to_opinion", "转社情民意"

    class Adopted(models.TextChoices):
        NATION = "nation", "全国"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"

    # A warning, not a rule: 提案 and 社情民意 are to be short.
    USUAL_LENGTH = 1500

    mended_by = {"submission_not_in_future": "submitted_on", "submission_has_author": "first_author"}

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="submissions", verbose_name="政协组织")
    kind = models.CharField("类型", max_length=18, choices=Kind)
    title = models.CharField("标题", max_length=120)
    pinyin = PinyinField("拼音", source="title")
    text = models.TextField("正文", blank=True)
    first_author = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="submissions", verbose_name="第一提交人"
    )
    joint_authors = models.ManyToManyField(Member, blank=True, related_name="joint_submissions", verbose_name="联名人")
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="submissions", verbose_name="集体：工作室"
    )
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="submissions", verbose_name="集体：界别"
    )
    special_committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="submissions", verbose_name="集体：专委会"
    )
    source_cases = models.ManyToManyField(Case, blank=True, related_name="submissions", verbose_name="来源事项")
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="submissions", verbose_name="来源活动"
    )
    submitted_on = models.DateField("提交日期")
    submitted_to = models.CharField("报送单位", max_length=60, blank=True)
    handling = models.CharField("办理", max_length=12, choices=Handling, blank=True)
    lead_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主办单位"
    )
    joint_departments = models.ManyToManyField(Department, blank=True, related_name="+", verbose_name="会办单位")
    reply_due_on = models.DateField("答复期限", null=True, blank=True)
    result_class = models.CharField("结果类别", max_length=1, choices=Case.ResultClass, blank=True)
    author_opinion = models.CharField("委员意见", max_length=10, choices=Case.Satisfaction, blank=True)
    adopted = models.CharField("采用级别", max_length=10, choices=Adopted, blank=True)
    file = models.ForeignKey(Attachment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="文件")

    objects = SubmissionQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "提案与社情民意"
        ordering = ["-submitted_on", "-id"]
        indexes = [
            models.Index(
                name="submission_figures", fields=["organisation", "submitted_on"], include=["kind", "voided_at"]
            )
        ]
        constraints = [
            *Voidable.Meta.constraints,
            models.CheckConstraint(
                name="submission_not_in_future", condition=Q(submitted_on__lte=Today()),
                violation_error_message="提交日期不能晚于今天。",
            ),
            models.CheckConstraint(
                name="submission_has_author",
                condition=Q(first_author__isnull=False) | Q(studio__isnull=False) | Q(sector__isnull=False)
                | Q(special_committee__isnull=False) | Q(activity__isnull=False),
                violation_error_message="请选择第一提交人，或一个集体（工作室、界别、专委会），或来源活动。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    @property
    def is_too_long(self) -> bool:
        return self.kind in (self.Kind.PROPOSAL, self.Kind.OPINION) and len(self.text) > self.USUAL_LENGTH


class InstructionQuerySet(VoidableQuerySet):
    owners = ("submission",)

    def counted(self):
        """Instructions on submissions that count themselves."""
        return self.unvoided().filter(submission__voided_at__isnull=True)


class Instruction(Inheriting, Voidable):
    """A leader's written instruction (批示) on a submission; one submission may receive several."""

    class LeaderLevel(models.TextChoices):
        NATION = "nation", "国家领导"
        PROVINCE = "province", "省委省政府领导"
        CITY = "city", "市委市政府领导"
        COUNTY = "county", "县委县政府领导"

    mended_by = {"instruction_not_in_future": "given_on"}

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="instructions", verbose_name="提案与社情民意"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, editable=False, related_name="instructions", verbose_name="政协组织"
    )
    leader_level = models.CharField("领导层级", max_length=10, choices=LeaderLevel)
    given_on = models.DateField("批示日期")
    text = models.TextField("批示内容", blank=True)
    follow_up = models.TextField("落实情况", blank=True)

    objects = InstructionQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "领导批示"
        ordering = ["-given_on", "-id"]
        indexes = [models.Index(name="instruction_figures", fields=["organisation", "given_on"])]
        constraints = [
            *Voidable.Meta.constraints,
            models.CheckConstraint(
                name="instruction_not_in_future", condition=Q(given_on__lte=Today()),
                violation_error_message="批示日期不能晚于今天。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.get_leader_level_display()} {self.given_on:%Y年%-m月%-d日}"

    def inherit(self):
        """An instruction belongs to the organisation whose submission it answers."""
        if self.submission_id:
            self.organisation_id = self.submission.organisation_id
