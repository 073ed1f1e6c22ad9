import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db import models

from liaison.models import Account


class FeedQuerySet(models.QuerySet):
    def good(self):
        return self.filter(revoked_at__isnull=True, account__is_active=True)

    def found(self, token: str) -> "Feed | None":
        """The feed that this token opens; one query."""
        return self.good().filter(digest=Feed.digest_of(token)).select_related("account").first()


class Feed(models.Model):
    """An address under which a calendar program reads an account's own reception days; whoever knows it needs no log-in.

    Of the token only a check sum is kept: the address is shown once. Read before anybody is known, so outside the wall.
    """

    MOST = 5

    account = models.ForeignKey(Account, models.CASCADE, related_name="feeds", verbose_name="账号")
    name = models.CharField("用在哪里", max_length=30)
    digest = models.CharField("摘要", max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField("签发时间", editable=False)
    read_on = models.DateField("最近读取", null=True, editable=False)
    revoked_at = models.DateTimeField("停用时间", null=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.account} {self.name}"

    def issue(self, account: Account, at) -> str:
        """Store it and return the token (256 bits). Raises ValidationError when there are too many already."""
        if account.feeds.good().count() >= self.MOST:
            raise ValidationError(f"最多 {self.MOST} 个同时有效，请先停用不再使用的。")
        token = secrets.token_urlsafe(32)
        self.account, self.digest, self.issued_at = account, self.digest_of(token), at
        self.save()
        return token

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    def note_read(self, today):
        """Once a day is enough: calendar programs ask every hour."""
        if self.read_on != today:
            Feed.objects.filter(pk=self.pk).update(read_on=today)
