import secrets

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from liaison.fields import PinyinField, phone_validator
from liaison.models import Account, Division, Organisation, PlacedRules, Sector
from liaison.scope import Scope, ScopedQuerySet

# Crockford's base 32: no I, L, O, U, so that a code can be read aloud and stays in the QR's alphanumeric set.
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """An unguessable upper-case code of 50 bits for a studio's public address."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(10))


class StudioQuerySet(ScopedQuerySet):
    def own(self, scope: Scope) -> Q:
        """A member's studios are those they are posted to today, an officer's those that name their account."""
        condition = Q(pk__in=())
        if scope.officer:
            condition |= Q(liaison_officer=scope.officer)
        if scope.member:
            condition |= self._posted_to(scope.member, timezone.localdate())
        return condition

    def _posted_to(self, member: int, day) -> Q:
        from .standing import Posting

        return Q(pk__in=Posting.objects.standing_on(day).filter(member=member).values("studio"))

    def worked_in_by(self, account, day):
        """Those that were the account's own on a day: what was written there then may arrive after the member left (补记)."""
        mine = self.own(account.scope)
        return self.filter(mine | self._posted_to(account.scope.member, day) if account.scope.member else mine)

    def unclosed_on(self, day):
        """Those that are open, and those that will be."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def open_on(self, day):
        return self.unclosed_on(day).filter(opened_on__lte=day)

    def in_state(self, state: str, day):
        """By one of Studio.STATES; all for any other word."""
        if state == "open":
            return self.open_on(day)
        if state == "closed":
            return self.filter(closed_on__lte=day)
        return self.without_lead(day) if state == "no-lead" else self

    def without_lead(self, day):
        """The gap list: open studios that nobody leads on that day."""
        from .standing import Posting

        leads = Posting.objects.standing_on(day).filter(studio=OuterRef("pk"), role=Posting.Role.LEAD)
        return self.open_on(day).filter(~Exists(leads))


class Studio(PlacedRules):
    """A place where members meet the public: 委员工作室, 委员工作站 or 协商议事室."""

    class Kind(models.TextChoices):
        STUDIO = "studio", "委员工作室"
        STATION = "station", "委员工作站"
        ROOM = "room", "协商议事室"

    class Basis(models.TextChoices):
        SECTOR = "sector", "界别"
        TOWNSHIP = "township", "街道乡镇"
        COMMUNITY = "community", "社区"
        PARK = "park", "园区"
        CHAIN = "chain", "产业链"
        HOST = "host", "依托单位"
        PERSONAL = "personal", "个人领衔"

    class ModelLevel(models.TextChoices):
        NONE = "none", "否"
        COUNTY = "county", "县级示范"
        CITY = "city", "市级示范"
        PROVINCE = "province", "省级示范"

    # As lists are narrowed by it, on a given day.
    STATES = [("open", "开放"), ("closed", "已撤销"), ("no-lead", "缺领衔委员")]
    # The office's matter, and not the liaison officer's.
    STANDING = ("name", "kind", "basis", "opened_on", "closed_on", "model_level", "stars", "liaison_officer")

    mended_by = {
        "studio_name_once": "name",
        "studio_closes_after_opening": "closed_on",
        "studio_stars_range": "stars",
    }

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="studios", verbose_name="政协组织")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在地")
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.STUDIO)
    name = models.CharField("名称", max_length=60)
    pinyin = PinyinField("拼音")
    brand = models.CharField("品牌", max_length=30, blank=True, help_text="如“致好协商”“高原妈妈”。")
    basis = models.CharField("建设依托", max_length=10, choices=Basis, default=Basis.TOWNSHIP)
    host = models.CharField("依托单位", max_length=60, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True, validators=[phone_validator])
    intro = models.TextField("简介", blank=True)
    industry = models.CharField("行业或产业链", max_length=30, blank=True)
    sectors = models.ManyToManyField(Sector, blank=True, related_name="studios", verbose_name="界别")
    grid = models.CharField("网格", max_length=60, blank=True)
    model_level = models.CharField("示范", max_length=10, choices=ModelLevel, default=ModelLevel.NONE)
    stars = models.PositiveSmallIntegerField(
        "星级", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    opened_on = models.DateField("挂牌日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True, help_text="自这一天起不再接待。")
    liaison_officer = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="studios", verbose_name="联络员账号"
    )
    code = models.CharField(
        "公开编码", max_length=10, unique=True, default=new_code, editable=False,
        validators=[RegexValidator(f"^[{CODE_LETTERS}]{{10}}$", "公开编码不正确。")],
    )  # fmt: skip

    objects = StudioQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员工作室"
        ordering = ["organisation__path", "pinyin", "id"]
        constraints = [
            models.UniqueConstraint(
                name="studio_name_once", fields=["organisation", "name"], violation_error_message="本组织已有同名工作室。"
            ),
            models.CheckConstraint(
                name="studio_closes_after_opening",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                violation_error_message="撤销日期应晚于挂牌日期。",
            ),
            models.CheckConstraint(
                name="studio_stars_range", condition=Q(stars__isnull=True) | Q(stars__range=(1, 5)),
                violation_error_message="星级为 1 到 5。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("admin:studios_studio_change", args=[self.pk])

    @property
    def place(self) -> str:
        """Where it is, in words, the township once."""
        return self.address if self.address.startswith(self.division.name) else f"{self.division}{self.address}"

    def is_open_on(self, day) -> bool:
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)

    def must_be_open_on(self, day):
        """Raises ValidationError with the sentence a person can act on."""
        if day < self.opened_on:
            raise ValidationError(f"{self.name}于{self.opened_on:%Y年%-m月%-d日}挂牌，不能登记此前的日期。")
        if self.closed_on and day >= self.closed_on:
            raise ValidationError(f"{self.name}已于{self.closed_on:%Y年%-m月%-d日}撤销，不再接受登记。")


def own_studios(scope: Scope):
    """Ids of the studios that are a person's own; a subquery."""
    return Studio.objects.filter(Studio.objects.all().own(scope)).values("pk")


class OfStudioQuerySet(ScopedQuerySet):
    """Rows that hang on a studio and are seen by whoever sees the studio."""

    path = "studio__organisation__path"

    def own(self, scope: Scope) -> Q:
        return Q(studio__in=own_studios(scope))
