"""What stands behind a log-in besides the password itself: passwords of before, and codes that are good once."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
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
