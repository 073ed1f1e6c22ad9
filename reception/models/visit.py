import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from liaison.constraints import said_beside
from liaison.fields import Today, phone_validator
from liaison.models import Account, Category, Inheriting, Member, OnceQuerySet, Organisation, Sector, Voidable
from liaison.privacy import EncryptedField, KeyedHashField, is_hash_of, mask_name, mask_phone, recognisable
from liaison.scope import Scope
from reception.consent import CONSENT, CONSENT_VERSION
from studios.models import Studio, own_studios

from .day import ReceptionDay


class VisitQuerySet(OnceQuerySet):
    owners = ("studio", "reception_day")

    def own(self, scope: Scope) -> Q:
        mine = Q(studio__in=own_studios(scope))
        if scope.member:
            mine |= Q(pk__in=Visit.receivers.through.objects.filter(member=scope.member).values("visit"))
        return mine

    def counted(self):
        """Visits that enter the statistics: everything not voided."""
        return self.unvoided()

    def of_visitor(self, text: str):
        """Visits of whoever gave exactly this name or this telephone number."""
        return self.filter(is_hash_of("visitor_name_hash", text) | is_hash_of("visitor_phone_hash", text))

    def with_personal_data(self):
        """Visits whose visitor is still named or can still be called."""
        return self.filter(~Q(visitor_name_hash="") | ~Q(visitor_phone_hash=""))

    def listed_after(self, visit: "Visit"):
        """Those that stand below `visit` in the usual order; the next page of a list."""
        same_day = Q(visited_on=visit.visited_on, pk__lt=visit.pk)
        return self.filter(Q(visited_on__lt=visit.visited_on) | same_day)


class Visit(Inheriting, Voidable):
    """One party received by members; a party of twelve is one row and twelve 人次."""

    class Channel(models.TextChoices):
        DESK = "desk", "现场"
        SCAN = "scan", "扫码"
        CALL = "call", "电话"
        HOME = "home", "走访"
        LETTER = "letter", "来信"
        COLUMN = "column", "专栏"

    class Identity(models.TextChoices):
        RESIDENT = "resident", "社区居民"
        VILLAGER = "villager", "村民"
        ENTERPRISE = "enterprise", "企业"
        SELF_EMPLOYED = "self_employed", "个体户"
        WORKER = "worker", "职工"
        STUDENT = "student", "学生"
        OTHER = "other", "其他"

    class Handling(models.TextChoices):
        ANSWERED = "answered", "当场答复"
        CASE = "case", "帮办"
        REFERRED = "referred", "转送"
        OUT_OF_SCOPE = "out_of_scope", "不属受理范围"

    class Exclusion(models.TextChoices):
        """Why a matter is not for members, and with it the channel to name."""

        LAWSUIT = "lawsuit", "诉讼"
        PETITION = "petition", "信访程序"
        ARBITRATION = "arbitration", "仲裁"
        SECRET = "secret", "涉密"
        REPORT = "report", "举报"
        CIVIL = "civil", "民事纠纷"

    MOST_PEOPLE = 9999

    mended_by = {
        "visit_not_in_future": "visited_on",
        "visit_phone_with_consent": "consented",
        "visit_referred_somewhere": "referred_to",
        "visit_out_of_scope_with_reason": "exclusion",
        "reception_visit_client_key_key": "client_key",
    }

    client_key = models.UUIDField(
        "提交标识", unique=True, default=uuid.uuid4, editable=False, error_messages={"unique": "这条来访已经提交过。"}
    )
    # Its index is that of the figures, which begins with it: one less to write on every row.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, db_index=False, editable=False, related_name="visits", verbose_name="政协组织"
    )
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="工作室"
    )
    reception_day = models.ForeignKey(
        ReceptionDay, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="接待日"
    )
    channel = models.CharField("渠道", max_length=8, choices=Channel, default=Channel.DESK)
    visited_on = models.DateField("日期")
    receivers = models.ManyToManyField(Member, related_name="visits", verbose_name="接待委员")
    sector = models.ForeignKey(
        Sector,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="visits",
        verbose_name="接待委员界别",
    )
    headcount = models.PositiveIntegerField(
        "人数", default=1,
        validators=[MinValueValidator(1, "来访人数至少为 1。"), MaxValueValidator(MOST_PEOPLE, "来访人数最多为 9999，请核对。")],
    )  # fmt: skip
    visitor_name = EncryptedField("称呼", max_length=40, blank=True, help_text="可只写“王女士”，不填记为“群众”。")
    visitor_name_hash = KeyedHashField(source="visitor_name")
    visitor_phone = EncryptedField("联系电话", max_length=20, blank=True, validators=[phone_validator])
    visitor_phone_hash = KeyedHashField(source="visitor_phone")
    consented = models.BooleanField("来访人同意留存联系方式", default=False, help_text=CONSENT)
    consent_version = models.CharField("同意书版本", max_length=10, blank=True, editable=False)
    consent_withdrawn_at = models.DateTimeField("撤回同意时间", null=True, blank=True, editable=False)
    identity = models.CharField("身份", max_length=14, choices=Identity, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="事项类别"
    )
    content = models.TextField("反映事项", max_length=2000, blank=True)
    is_urgent = models.BooleanField("紧急", default=False)
    is_group_matter = models.BooleanField("群体性", default=False)
    handling = models.CharField("处理方式", max_length=14, choices=Handling, default=Handling.ANSWERED)
    referred_to = models.CharField("转送单位", max_length=60, blank=True)
    exclusion = models.CharField("不受理原因", max_length=12, choices=Exclusion, blank=True)
    channel_named = models.CharField("告知的渠道", max_length=60, blank=True)
    reply = models.TextField("答复", max_length=2000, blank=True)
    recorded_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    written_at = models.DateTimeField("填写时间", null=True, blank=True, editable=False)
    is_late = models.BooleanField("补记", default=False, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "来访"
        ordering = ["-visited_on", "-id"]
        indexes = [
            models.Index(name="visit_list", fields=["-visited_on", "-id", "organisation"]),
            models.Index(
                name="visit_figures",
                fields=["organisation", "visited_on"],
                include=["headcount", "studio", "reception_day", "sector", "category", "channel", "voided_at"],
            ),
            # of_visitor
            models.Index(name="visit_name_hash", fields=["visitor_name_hash"], condition=~Q(visitor_name_hash="")),
            models.Index(name="visit_phone_hash", fields=["visitor_phone_hash"], condition=~Q(visitor_phone_hash="")),
        ]
        constraints = [
            *Voidable.Meta.constraints,
            models.CheckConstraint(
                name="visit_has_people", condition=Q(headcount__gte=1), violation_error_message="来访人数至少为 1。"
            ),
            models.CheckConstraint(
                name="visit_people_plausible", condition=Q(headcount__lte=9999),
                violation_error_message="来访人数最多为 9999，请核对。",
            ),
            models.CheckConstraint(
                name="visit_not_in_future", condition=Q(visited_on__lte=Today()),
                violation_error_message="来访日期不能晚于今天。",
            ),
            models.CheckConstraint(
                name="visit_phone_with_consent", condition=Q(visitor_phone="") | Q(consented=True),
                violation_error_message="留存联系电话须经来访人同意。",
            ),
            models.CheckConstraint(
                name="visit_referred_somewhere", condition=~Q(handling="referred") | ~Q(referred_to=""),
                violation_error_message="转送的事项请填写转送单位。",
            ),
            models.CheckConstraint(
                name="visit_out_of_scope_with_reason", condition=~Q(handling="out_of_scope") | ~Q(exclusion=""),
                violation_error_message="不属受理范围的事项请选择原因。",
            ),
            models.CheckConstraint(
                name="visit_day_in_studio", condition=Q(reception_day__isnull=True) | Q(studio__isnull=False),
                violation_error_message="接待日的来访必须属于该工作室。",
            ),
            models.CheckConstraint(
                name="visit_late_says_when", condition=Q(is_late=False) | Q(written_at__isnull=False),
                violation_error_message="补记的来访应有填写时间。",
            ),
        ]  # fmt: skip

    def __str__(self):
        """Stands in titles and in the trail, where nobody's full name belongs."""
        return f"{self.visited_on:%Y年%-m月%-d日} {self.masked_name}"

    def clean(self):
        """Rules between rows: the day is open and on this date, the studio is open; or both were when it was written."""
        if self.reception_day_id and self._state.adding:
            with said_beside("reception_day"):
                self.must_be_in_time(self.reception_day)
        if self.handling == self.Handling.OUT_OF_SCOPE and self.exclusion and not self.channel_named.strip():
            raise ValidationError({"channel_named": "请写明告诉群众走哪个渠道，如：区法院立案庭。"})
        if self.reception_day_id and self.visited_on != self.reception_day.held_on:
            raise ValidationError({"visited_on": "接待日的来访，日期应与接待日一致。"})
        if self.reception_day_id and self.studio_id != self.reception_day.studio_id:
            raise ValidationError({"studio": "工作室与接待日不一致。"})
        if self.studio_id and self.visited_on and self._state.adding:
            with said_beside("studio"):
                self.studio.must_be_open_on(self.visited_on)
            # Written offline while the studio was open, and closed since.
            self.is_late |= bool(self.written_at) and not self.studio.is_open_on(timezone.localdate())

    def must_be_in_time(self, day: ReceptionDay):
        """Raises ValidationError unless the day is open, or was when this was written offline; it is late (补记) then."""
        if not day.is_open and self.written_at and day.received_at(self.written_at):
            self.is_late = True
        else:
            day.must_be_open()

    def inherit(self):
        """Studio and date come from the reception day, the organisation from the studio, as they are at that time."""
        if self.reception_day_id and not self.studio_id:
            self.studio_id = self.reception_day.studio_id
        if self.reception_day_id and not self.visited_on:
            self.visited_on = self.reception_day.held_on
        if self.studio_id and not self.organisation_id:
            self.organisation_id = self.studio.organisation_id
        if self.consented and not self.consent_version:
            self.consent_version = CONSENT_VERSION

    def belong_to_office_of(self, account: Account):
        """Outside every studio a visit belongs to the office of the clerk who logs it. Raises ValidationError for whoever
        is no clerk."""
        offices = account.organisations_with("clerk")
        if not offices:
            raise ValidationError({"studio": "请选择工作室。"})
        self.organisation = offices[0]

    def receive(self, *members: Member):
        """Name the receiving members; the first one's sector is kept as it is on that day."""
        self.receivers.set(members)
        self.sector = members[0].sector_on(self.visited_on, self.organisation) if members else None
        self.save(update_fields=["sector"])

    def is_correctable(self, today) -> bool:
        """Members may still change it: on the day it was logged, until the reception day is closed."""
        if self.is_voided or timezone.localdate(self.recorded_at) != today:
            return False
        return self.reception_day is None or self.reception_day.is_open

    @property
    def shown_name(self) -> str:
        return self.visitor_name or "群众"

    @property
    def masked_name(self) -> str:
        return mask_name(self.visitor_name) or "群众"

    @property
    def recognised_by(self) -> list[str]:
        """Words by which a text would give the visitor away."""
        return recognisable(self.visitor_name, self.visitor_phone)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.visitor_phone)
