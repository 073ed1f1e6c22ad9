"""What stands behind a log-in besides the password itself: passwords of before, and codes that are good once."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import salted_hmac

# Nothing that looks alike on paper: no 0 O 1 I L.
CHARACTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class PastPassword(models.Model):
    """A hash that an account had; the latest few may not come back, the present one among them."""

    KEPT = 5

    account = models.ForeignKey("liaison.Account", models.CASCADE, related_name="past_passwords", verbose_name="账号")
    password = models.CharField("密码摘要", max_length=128)
    set_at = models.DateTimeField("设置时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "用过的密码"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.account} {self.set_at:%Y-%m-%d}"

    @classmethod
    def keep(cls, account):
        """Note the account's present hash and forget what is older than the latest few."""
        cls.objects.create(account=account, password=account.password)
        latest = list(account.past_passwords.values_list("pk", flat=True)[: cls.KEPT])
        account.past_passwords.exclude(pk__in=latest).delete()

    @classmethod
    def knows(cls, account, password: str) -> bool:
        """Slow on purpose: one hash for each password kept."""
        hashes = {*account.past_passwords.values_list("password", flat=True), account.password}
        return any(check_password(password, kept) for kept in hashes if kept)


class SignInCode(models.Model):
    """A code that an office prints for a member who has forgotten the password; good once, and not for long."""

    account = models.ForeignKey("liaison.Account", models.CASCADE, related_name="sign_in_codes", verbose_name="账号")
    digest = models.CharField("摘要", max_length=64)
    issued_by = models.ForeignKey("liaison.Account", models.PROTECT, null=True, related_name="+", verbose_name="签发人")
    good_until = models.DateTimeField("有效期至")
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录码"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.account} {self.good_until:%Y-%m-%d %H:%M}"

    @classmethod
    def issue(cls, account, *, by, now) -> str:
        """A new code such as "K7MX-3RQP-9TWA" (59 bits); what was issued before and not used is no longer good."""
        code = "-".join("".join(secrets.choice(CHARACTERS) for _ in range(4)) for _ in range(3))
        account.sign_in_codes.filter(used_at=None, good_until__gt=now).update(good_until=now)
        cls.objects.create(
            account=account, digest=cls.digest_of(account, code), issued_by=by,
            good_until=now + timedelta(minutes=settings.CODE_MINUTES),
        )  # fmt: skip
        return code

    @classmethod
    def find(cls, account, typed: str) -> "SignInCode | None":
        return cls.objects.filter(account=account, digest=cls.digest_of(account, typed)).first()

    @staticmethod
    def digest_of(account, code: str) -> str:
        """However it was typed: small letters, with or without hyphens."""
        plain = "".join(character for character in code.upper() if character.isalnum())
        return salted_hmac("liaison.sign-in-code", f"{account.pk}:{plain}", algorithm="sha256").hexdigest()

    def spend(self, now) -> bool:
        """Whether the code was good; it is no more."""
        good = SignInCode.objects.filter(pk=self.pk, used_at=None, good_until__gt=now)
        return good.update(used_at=now) == 1


class ApiToken(models.Model):
    """A key by which a program acts as an account (接口令牌). The database knows its digest alone; a new SECRET_KEY ends all."""

    # Good at once, of one account.
    MOST = 5
    DAYS = [(30, "30 天"), (90, "90 天"), (180, "180 天"), (365, "一年")]
    TOUCHED_EVERY = timedelta(minutes=1)

    class QuerySet(models.QuerySet):
        def good(self, now):
            return self.filter(revoked_at=None, expires_at__gt=now)

    account = models.ForeignKey("liaison.Account", models.CASCADE, related_name="api_tokens", verbose_name="账号")
    name = models.CharField("名称", max_length=40)
    digest = models.CharField("摘要", max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField("签发时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至")
    last_used_at = models.DateTimeField("最近使用", null=True, editable=False)
    revoked_at = models.DateTimeField("停用时间", null=True, editable=False)

    objects = QuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        ordering = ["-id"]

    def __str__(self):
        return self.name

    @classmethod
    def issue(cls, account, *, name: str, days: int, now: datetime) -> tuple["ApiToken", str]:
        """The token and its text (256 bits), which nobody can read again. Raises ValidationError when there are enough."""
        # One at a time, so that two at once do not both find room.
        account._meta.model.objects.select_for_update().get(pk=account.pk)
        if account.is_administrator:
            raise ValidationError("系统、安全、审计管理员不使用接口。")
        if account.api_tokens.good(now).count() >= cls.MOST:
            raise ValidationError(f"一个账号最多有 {cls.MOST} 个有效的令牌，请先停用不再使用的。")
        text = f"liaison_{secrets.token_urlsafe(32)}"
        expires_at = now + timedelta(days=days)
        token = cls.objects.create(account=account, name=name, digest=cls.digest_of(text), expires_at=expires_at)
        return token, text

    @classmethod
    def find(cls, written: str) -> "ApiToken | None":
        """Whose token this is, good or not; one query."""
        return cls.objects.filter(digest=cls.digest_of(written)).select_related("account").first()

    @staticmethod
    def digest_of(text: str) -> str:
        return salted_hmac("liaison.api-token", text, algorithm="sha256").hexdigest()

    def why_not(self, now: datetime) -> str:
        """Why it does not open; "" for a good one."""
        if self.revoked_at:
            return "这个接口令牌已停用。"
        if self.expires_at <= now:
            return "这个接口令牌已过有效期，请重新签发。"
        return "" if self.account.is_active else "这个账号已停用。"

    def touch(self, now: datetime):
        """Once a minute: no write per request."""
        if self.last_used_at is None or now - self.last_used_at >= self.TOUCHED_EVERY:
            ApiToken.objects.filter(pk=self.pk).update(last_used_at=now)

    def revoke(self, now: datetime):
        """For good. Once is enough: it keeps the first instant."""
        ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=now)
        self.refresh_from_db(fields=["revoked_at"])
