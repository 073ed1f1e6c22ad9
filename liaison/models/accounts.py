from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from liaison.fields import same
from liaison.privacy import EncryptedField, KeyedHashField, is_hash_of
from liaison.roles import ADMINISTRATORS, OFFICE, READERS, Role, permits
from liaison.scope import KeptQuerySet, Scope, under

from .organisations import Department, Organisation
from .people import Member
from .rules import PlacedRules


class AccountQuerySet(KeptQuerySet):
    path = "grants__organisation__path"

    def visible_to(self, account):
        return super().visible_to(account).distinct()

    def writable_by(self, account):
        return super().writable_by(account).distinct()

    def kept(self, scope: Scope) -> Q:
        """A new account has no grant yet: it waits in every administrator's list for its first one."""
        return super().kept(scope) | Q(grants__isnull=True) if scope.kept else Q(pk__in=())

    def own(self, scope: Scope) -> Q:
        return Q(pk=scope.account) if scope.account else Q(pk__in=())

    def named(self, typed: str) -> "Account | None":
        """The account that somebody means who types its name, or its telephone number, to log in; one query."""
        found = self.filter(Q(username=typed) | is_hash_of("phone_hash", typed))
        return found.order_by(Case(When(username=typed, then=0), default=1)).first()

    def given_codes_by(self, giver):
        """Accounts for which `giver` may print a sign-in code: an office for its members', never for one that may more."""
        active = self.filter(is_active=True)
        if Role.ADMIN in giver.roles:
            return active.writable_by(giver).exclude(grants__role__in=ADMINISTRATORS)
        if Role.CLERK not in giver.roles:
            return self.none()
        more = Grant.objects.exclude(role=Role.MEMBER).values("account")
        members = Member.objects.writable_by(giver).values("pk")
        return active.filter(member__in=members, grants__role=Role.MEMBER).exclude(pk__in=more).distinct()


class AccountManager(BaseUserManager.from_queryset(AccountQuerySet)):
    def create_user(self, username: str, password: str | None = None, **fields):
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.full_clean(exclude=["password"])
        account.save()
        return account

    def create_with_temporary_password(self, username: str, password: str, *, now: datetime, **fields):
        """For somebody else: the password must be changed at the first log-in."""
        temporary = {"must_change_password": True, "password_lapses_at": Account.lapse_of(now)}
        return self.create_user(username, password, **fields, **temporary)


class Account(AbstractBaseUser):
    """A login. What it may do follows from its grants alone; nobody is a superuser."""

    username = models.CharField(
        "账号", max_length=40, unique=True, error_messages={"unique": "这个账号名已被使用。"},
        validators=[RegexValidator(r"^[\w.@-]{3,40}$", "账号名为 3 到 40 个字母、数字或 . @ - _。")],
    )  # fmt: skip
    name = models.CharField("姓名", max_length=40)
    member = models.OneToOneField(
        Member, models.PROTECT, null=True, blank=True, related_name="account", verbose_name="对应委员",
        error_messages={"unique": "这位委员已经有账号。"},
    )  # fmt: skip
    phone = EncryptedField(
        "手机号", max_length=20, blank=True, help_text="可用来代替账号名登录。",
        validators=[RegexValidator(r"^1\d{10}$", "请填写 11 位手机号码。")],
    )  # fmt: skip
    phone_hash = KeyedHashField(source="phone")
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    must_change_password = models.BooleanField("下次登录须修改密码", default=False, editable=False)
    password_set_at = models.DateTimeField("密码设置时间", default=timezone.now, editable=False)
    # Of a password that somebody else set: unused until then, it no longer opens.
    password_lapses_at = models.DateTimeField("初始密码有效期至", null=True, editable=False)
    # Part of what each session is checked against: raising it ends them all.
    session_epoch = models.PositiveIntegerField("登录批次", default=0, editable=False)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                name="account_phone_once", fields=["phone_hash"], condition=~Q(phone_hash=""),
                violation_error_message="这个手机号已用于其他账号。",
            )
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def get_full_name(self):
        return self.name

    get_short_name = get_full_name

    def clean(self):
        """Neither a number nor a name may lead to two accounts."""
        super().clean()
        others = Account.objects.exclude(pk=self.pk)
        if self.phone and others.filter(is_hash_of("phone_hash", self.phone) | Q(username=self.phone)).exists():
            raise ValidationError({"phone": "这个手机号已用于其他账号。"})
        if others.filter(is_hash_of("phone_hash", self.username)).exists():
            raise ValidationError({"username": "这个账号名是其他账号的手机号。"})

    def save(self, *args, **kwargs):
        # Set anew, and not merely hashed anew by a log-in: Django keeps what was typed until it is stored.
        if self._password is not None:
            self.password_set_at = timezone.now()
        super().save(*args, **kwargs)

    def set_own_password(self, password: str):
        """Chosen by the person; stored by `save`."""
        self.set_password(password)
        self.must_change_password, self.password_lapses_at = False, None

    def set_temporary_password(self, password: str, now: datetime):
        """Chosen by somebody else, so to be changed at the next log-in; stored by `save`."""
        self.set_password(password)
        self.must_change_password, self.password_lapses_at = True, self.lapse_of(now)

    @staticmethod
    def lapse_of(now: datetime) -> datetime:
        return now + timedelta(hours=settings.TEMPORARY_HOURS)

    def password_has_lapsed(self, now: datetime) -> bool:
        return self.password_lapses_at is not None and self.password_lapses_at <= now

    def password_is_old(self, now: datetime) -> bool:
        return bool(settings.PASSWORD_DAYS) and self.password_set_at + timedelta(days=settings.PASSWORD_DAYS) <= now

    def must_choose_password(self, now: datetime) -> bool:
        return self.must_change_password or self.password_is_old(now)

    def end_sessions(self):
        """Every log-in of the account, on any device, ends at its next request."""
        Account.objects.filter(pk=self.pk).update(session_epoch=F("session_epoch") + 1)
        self.refresh_from_db(fields=["session_epoch"])
        self.usersession_set.all().delete()

    def end_tokens(self, now: datetime):
        """No program acts for the account any more: somebody else gave it a new password."""
        self.api_tokens.good(now).update(revoked_at=now)

    def _get_session_auth_hash(self, secret=None) -> str:
        key, value = "liaison.Account.session", f"{self.password}:{self.session_epoch}"
        return salted_hmac(key, value, secret=secret, algorithm="sha256").hexdigest()

    # One query per request: the grants are read once and kept on the instance.
    @cached_property
    def granted(self) -> list["Grant"]:
        return list(self.grants.select_related("organisation")) if self.is_active else []

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.granted)

    @cached_property
    def scope(self) -> Scope:
        return Scope(
            paths=self._paths(lambda grant: grant.role in READERS),
            seen=lambda: self._seen,
            member=self.member_id if Role.MEMBER in self.roles else None,
            account=self.pk if self.roles else None,
            departments=tuple(g.department_id for g in self.granted if g.role == Role.DEPARTMENT),
            offices=self._paths(lambda grant: grant.role == Role.CLERK),
            below=self._paths(lambda grant: grant.role == Role.CLERK and grant.records_below),
            officer=self.pk if Role.LIAISON_OFFICER in self.roles else None,
            kept=self._paths(lambda grant: grant.role in ADMINISTRATORS),
        )

    @cached_property
    def _seen(self) -> list[int]:
        """One query, none where nothing can lie below the offices it was granted."""
        granted = {grant.organisation for grant in self.granted if grant.role in READERS}
        if all(office.is_lowest for office in granted):
            return [office.pk for office in granted]
        return list(Organisation.objects.filter(under("path", self.scope.paths)).values_list("pk", flat=True))

    def _paths(self, which) -> tuple[str, ...]:
        return tuple(sorted({grant.organisation.path for grant in self.granted if which(grant)}))

    @cached_property
    def keeps_every_office(self) -> bool:
        """Whether an administrator's part is all offices there are: lists that all share are theirs to change."""
        kept = self.scope.kept
        return bool(kept) and not Organisation.objects.exclude(under("path", kept)).exists()

    @cached_property
    def organisation(self) -> Organisation | None:
        """The organisation whose business the account does first: the highest one granted."""
        organisations = sorted((g.organisation for g in self.granted), key=lambda o: o.path)
        return organisations[0] if organisations else None

    @property
    def idle_limit(self) -> timedelta:
        """How long a log-in lasts while nothing is done: short at an office's desk, a reception day on a phone."""
        return timedelta(minutes=settings.IDLE_MINUTES_OFFICE if self.roles & OFFICE else settings.IDLE_MINUTES)

    @property
    def is_administrator(self) -> bool:
        return bool(self.roles & ADMINISTRATORS)

    def organisations_with(self, *roles: str) -> list[Organisation]:
        return [g.organisation for g in self.granted if g.role in roles]

    @property
    def is_staff(self) -> bool:
        """May enter the admin."""
        return bool(self.roles & OFFICE)

    def has_perm(self, perm: str, obj=None) -> bool:
        return any(permits(role, perm) for role in self.roles)

    def has_perms(self, perms, obj=None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return any(permits(role, app_label) for role in self.roles)


class GrantQuerySet(KeptQuerySet):
    def own(self, scope: Scope) -> Q:
        return Q(account=scope.account) if scope.account else Q(pk__in=())


def only_itself(number: str) -> Func:
    """The range that holds one number and so overlaps nothing but itself; a row that is not stored yet has 0."""
    own = Coalesce(F(number), Value(0))
    return Func(own, own, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


# 三权分立 as ranges: a business grant holds its own number alone, an administrator's grant every number, so that
# an administrator's grant overlaps every other grant of the same account.
_EVERY_NUMBER = Func(Value(None), Value(None), function="int8range", output_field=BigIntegerRangeField())
_SHARES_ACCOUNT_WITH = Case(When(role__in=sorted(ADMINISTRATORS), then=_EVERY_NUMBER), default=only_itself("id"))


class Grant(PlacedRules):
    """A role given to an account in one organisation. The three administrators' roles exclude every other role."""

    mended_by = {"grant_administrators_alone": "role", "grant_department_with_its_role": "department"}

    account = models.ForeignKey(Account, models.CASCADE, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="grants", verbose_name="政协组织")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="承办单位"
    )
    records_below = models.BooleanField("可为下级代录", default=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        ordering = ["account", "role"]
        constraints = [
            models.UniqueConstraint(
                name="grant_once", fields=["account", "role", "organisation", "department"], nulls_distinct=False,
                violation_error_message="已有相同的授权。",
            ),
            models.CheckConstraint(
                name="grant_department_with_its_role",
                condition=Q(role=Role.DEPARTMENT, department__isnull=False)
                | (~Q(role=Role.DEPARTMENT) & Q(department__isnull=True)),
                violation_error_message="承办单位角色必须选择承办单位，其他角色不选。",
            ),
            ExclusionConstraint(
                name="grant_administrators_alone",
                expressions=[same("account"), (_SHARES_ACCOUNT_WITH, "&&")],
                violation_error_message="系统管理员、安全管理员、审计管理员不得兼任其他角色。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.organisation.short_name} {self.get_role_display()}"

    def clean(self):
        """Whose days and visits would a member without an entry see?"""
        if self.role == Role.MEMBER and self.account_id and not self.account.member_id:
            raise ValidationError({"role": "这个账号没有对应委员，请系统管理员先在账号里选择对应委员。"})
