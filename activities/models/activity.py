from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from liaison.constraints import said_beside
from liaison.fields import PinyinField, Today
from liaison.models import (
    Account,
    Attachment,
    Division,
    Inheriting,
    Member,
    Organisation,
    PlacedRules,
    Sector,
    SpecialCommittee,
    Voidable,
    VoidableQuerySet,
)
from liaison.periods import Period
from liaison.scope import Scope, ScopedQuerySet
from studios.models import LeaderLink, Studio, own_studios

from .programme import Programme


class ActivityQuerySet(VoidableQuerySet):
    # A city's activity may take place in a county's studio.
    owners = ("organisation",)

    def own(self, scope: Scope) -> Q:
        mine = Q(studio__in=own_studios(scope))
        if scope.member:
            mine |= Q(pk__in=Participation.objects.filter(member=scope.member).values("activity"))
        return mine

    def counted(self):
        """Activities that enter the statistics: held and not voided."""
        return self.unvoided().filter(state=Activity.State.HELD)

    def leader_visits(self, during: Period):
        """Counted visits of leaders to the places they are linked to."""
        days = {"held_on__gte": during.start, "held_on__lt": during.end}
        return self.counted().filter(kind=Activity.Kind.LEADER_VISIT, **days)


class Activity(Voidable):
    """Something members did together; it counts once, for the organisation that owns it."""

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        HELD = "held", "已开展"
        CANCELLED = "cancelled", "已取消"

    class Kind(models.TextChoices):
        POLICY_TALK = "policy_talk", "政策宣讲"
        PUBLIC_SERVICE = "public_service", "公益活动"
        VISIT = "visit", "走访群众"
        RESEARCH = "research", "调研视察"
        CONSULTATION = "consultation", "协商议事"
        THEMATIC_MEETING = "thematic_meeting", "专题协商议政会"
        MONTHLY_MEETING = "monthly_meeting", "月协商会"
        LISTENING = "listening", "倾听委员之声"
        ASSISTANCE = "assistance", "助力活动"
        LEADER_VISIT = "leader_visit", "领导联系指导"
        TRAINING = "training", "培训"
        READING = "reading", "读书活动"
        GROUP_ACTIVITY = "group_activity", "小组活动"
        SECTOR_ACTIVITY = "sector_activity", "界别活动"
        SEMINAR = "seminar", "研讨座谈"
        INVESTMENT = "investment", "招商引资"
        CHARITY = "charity", "爱心帮扶"
        CULTURE = "culture", "文化活动"
        STUDY = "study", "学习"
        EXCHANGE = "exchange", "交流联动"
        OTHER = "other", "其他"

    class Venue(models.TextChoices):
        ENTERPRISE = "enterprise", "进企业"
        VILLAGE = "village", "进农村"
        COMMUNITY = "community", "进社区"
        CAMPUS = "campus", "进校园"
        OTHER = "other", "其他"

    class SixNew(models.TextChoices):
        LEARNING = "learning", "学习交流新窗口"
        CONSULTING = "consulting", "协商议政新平台"
        OPINIONS = "opinions", "收集民意新渠道"
        SERVICE = "service", "服务群众新载体"
        HOME = "home", "联系各界新家园"
        CONSENSUS = "consensus", "凝聚共识新阵地"

    mended_by = {
        "activity_held_not_in_future": "held_on",
        "activity_ends_after_start": "ends_on",
        "activity_counts_plausible": "public_count",
        "activity_leader_visit_has_link": "leader_link",
    }

    # Its index is that of the figures, which begins with it: one less to write on every row.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, db_index=False, related_name="activities", verbose_name="政协组织"
    )
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="工作室"
    )
    special_committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="专委会"
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="专项工作"
    )
    leader_link = models.ForeignKey(
        LeaderLink, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="包抓联系点"
    )
    co_organisers = models.ManyToManyField(Organisation, blank=True, related_name="+", verbose_name="联合主办")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    title = models.CharField("名称", max_length=120)
    pinyin = PinyinField("拼音", source="title")
    brand = models.CharField("品牌", max_length=30, blank=True, help_text="如“太和夜话”“板凳会”“联读联享”。")
    campaign = models.CharField("行动", max_length=60, blank=True, help_text="如“我为群众办实事·政协委员在行动”。")
    venue = models.CharField("场所", max_length=12, choices=Venue, default=Venue.OTHER)
    held_on = models.DateField("日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    place = models.CharField("地点", max_length=80, blank=True)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在地"
    )
    members = models.ManyToManyField(
        Member, through="Participation", related_name="activities", verbose_name="参加委员"
    )
    member_count = models.PositiveIntegerField("参加委员（人次）", default=0)
    public_count = models.PositiveIntegerField("群众（人次）", default=0)
    six_new = ArrayField(
        models.CharField(max_length=10, choices=SixNew), verbose_name="“六新”", default=list, blank=True
    )
    summary = models.TextField("小结", blank=True)
    recorded_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="记录人"
    )

    objects = ActivityQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "履职活动"
        ordering = ["-held_on", "-id"]
        indexes = [
            models.Index(name="activity_list", fields=["-held_on", "-id", "organisation"]),
            models.Index(
                name="activity_figures",
                fields=["organisation", "held_on"],
                include=["kind", "state", "studio", "member_count", "public_count", "voided_at"],
            ),
        ]
        constraints = [
            *Voidable.Meta.constraints,
            models.CheckConstraint(
                name="activity_held_not_in_future", condition=~Q(state="held") | Q(held_on__lte=Today()),
                violation_error_message="已开展的活动，日期不能晚于今天。",
            ),
            models.CheckConstraint(
                name="activity_ends_after_start", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("held_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                name="activity_counts_plausible", condition=Q(member_count__lt=100_000, public_count__lt=100_000),
                violation_error_message="人次应小于 100000，请核对。",
            ),
            models.CheckConstraint(
                name="activity_leader_visit_has_link",
                condition=~Q(kind="leader_visit") | Q(leader_link__isnull=False),
                violation_error_message="领导联系指导活动必须选择包抓联系点。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def clean(self):
        if self.studio_id and self.held_on:
            with said_beside("studio"):
                self.studio.must_be_open_on(self.held_on)

    def hold(self):
        """Record that it took place. Raises ValidationError unless it was planned for today or before."""
        if self.state != self.State.PLANNED:
            raise ValidationError("只有计划中的活动可以登记为已开展。")
        if self.held_on > timezone.localdate():
            raise ValidationError("活动日期还没有到，不能登记为已开展。")
        self.state = self.State.HELD
        self.member_count = max(self.member_count, self.participations.count())
        self.save(update_fields=["state", "member_count"])

    def name_members(self, members):
        """Those who took part, each with the sector of that day."""
        self.participations.exclude(member__in=members).delete()
        named = set(self.participations.values_list("member", flat=True))
        for member in members:
            if member.pk not in named:
                self.participations.create(member=member)
        self.count_names()

    def count_names(self):
        """The figure of members is at least the list of names."""
        named = self.participations.count()
        if named > self.member_count:
            self.member_count = named
            self.save(update_fields=["member_count"])

    def cancel(self):
        if self.state != self.State.PLANNED:
            raise ValidationError("只有计划中的活动可以取消。")
        self.state = self.State.CANCELLED
        self.save(update_fields=["state"])


class ParticipationQuerySet(ScopedQuerySet):
    path = "activity__organisation__path"
    owners = ("activity",)

    def own(self, scope: Scope) -> Q:
        mine = Q(activity__studio__in=own_studios(scope))
        return mine | Q(member=scope.member) if scope.member else mine


class Participation(PlacedRules):
    """A member who took part in an activity, with the sector they stood for that day."""

    mended_by = {"participation_once": "member"}

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="participations", verbose_name="活动")
    member = models.ForeignKey(Member, models.PROTECT, related_name="participations", verbose_name="委员")
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="界别")

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参加委员"
        ordering = ["activity", "id"]
        constraints = [
            models.UniqueConstraint(
                name="participation_once", fields=["activity", "member"], violation_error_message="这位委员已在名单中。"
            )
        ]

    def __str__(self):
        return str(self.member)

    def save(self, *args, **kwargs):
        if self._state.adding and self.sector_id is None:
            self.sector = self.member.sector_on(self.activity.held_on, self.activity.organisation)
        super().save(*args, **kwargs)


class OutputQuerySet(VoidableQuerySet):
    owners = ("activity",)

    def own(self, scope: Scope) -> Q:
        return Q(activity__studio__in=own_studios(scope))

    def counted(self):
        """Outputs that enter the statistics: not voided, of an activity that counts itself."""
        return self.unvoided().filter(activity__state=Activity.State.HELD, activity__voided_at__isnull=True)


class Output(Inheriting, Voidable):
    """What an activity brought forth (活动成果), as a number of suggestions, matters settled and the like."""

    class Kind(models.TextChoices):
        SUGGESTION = "suggestion", "意见建议（条）"
        MATTER_SETTLED = "matter_settled", "协商落实事项（件）"
        COMMITMENT = "commitment", "部门承诺（项）"
        MINUTES = "minutes", "纪要（份）"

    mended_by = {"output_count_positive": "count", "output_not_in_future": "happened_on"}

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="outputs", verbose_name="活动")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, editable=False, related_name="outputs", verbose_name="政协组织"
    )
    happened_on = models.DateField("日期", blank=True, help_text="留空则为活动日期。")
    kind = models.CharField("类型", max_length=16, choices=Kind)
    count = models.PositiveIntegerField("数量", default=1)
    title = models.CharField("内容", max_length=200, blank=True)
    file = models.ForeignKey(Attachment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="文件")

    objects = OutputQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "活动成果"
        ordering = ["-happened_on", "-id"]
        indexes = [
            models.Index(
                name="output_figures", fields=["organisation", "happened_on"], include=["kind", "count", "voided_at"]
            )
        ]
        constraints = [
            *Voidable.Meta.constraints,
            models.CheckConstraint(
                name="output_count_positive", condition=Q(count__range=(1, 99_999)),
                violation_error_message="数量应在 1 到 99999 之间。",
            ),
            models.CheckConstraint(
                name="output_not_in_future", condition=Q(happened_on__lte=Today()),
                violation_error_message="成果日期不能晚于今天。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title or self.get_kind_display()

    def inherit(self):
        """An output belongs to its activity's organisation and, unless said otherwise, day."""
        if self.activity_id:
            self.organisation_id = self.activity.organisation_id
            self.happened_on = self.happened_on or self.activity.held_on
