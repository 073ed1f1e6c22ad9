"""What an account is told: a row of its inbox, whether anybody was there to see it or not."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils import timezone

from liaison.privacy import blotted
from liaison.scope import ScopedQuerySet

from .accounts import Account
from .organisations import Organisation
from .outbox import Delivery, filled

LONGEST = 300


class NoticeQuerySet(ScopedQuerySet):
    def to(self, account: Account):
        """The account's own inbox, the latest first; by the index notice_inbox."""
        return self.filter(account=account).order_by("-id")

    def unread(self):
        return self.filter(state=Notice.State.UNREAD)

    def read_before(self, at: datetime):
        """Read, and sent wherever it was to be sent."""
        return self.filter(state=Notice.State.READ, read_at__lt=at).exclude(deliveries__state__in=Delivery.OPEN)

    def read_by(self, account: Account, at: datetime) -> int:
        """Mark all that the account has not read, and return how many."""
        return self.to(account).unread().update(state=Notice.State.READ, read_at=at)

    def tell(self, notices: Iterable["Notice"], *, goes_out: bool = True) -> int:
        """Store those that were not told before (same account and key), and return how many are new; safe to run twice.

        Telephone and identity numbers in a text are masked: reasons that people type come along in some. What does not go
        out stays in the inbox, whatever the account has chosen.
        """
        notices = list(notices)
        for one in notices:
            one.text = blotted(one.text, [])[:LONGEST]
        told = Notice.objects.filter(key__in={one.key for one in notices}).values_list("account_id", "key")
        known = set(told)
        fresh = [one for one in notices if (one.account_id, one.key) not in known]
        # Two runs at the same moment: the second one's rows are already there.
        Notice.objects.bulk_create(fresh, ignore_conflicts=True)
        if goes_out and Delivery.objects.plan(self._stored(fresh), timezone.now()):
            filled.send(sender=Notice)
        return len(fresh)

    def _stored(self, fresh: list["Notice"]) -> list["Notice"]:
        """As they lie in the database, with their numbers."""
        pairs = {(one.account_id, one.key) for one in fresh}
        found = Notice.objects.filter(key__in={key for _, key in pairs}, account__in={account for account, _ in pairs})
        return [one for one in found if (one.account_id, one.key) in pairs] if fresh else []


class Notice(models.Model):
    """One sentence to one account about an office's business, with the page it is about.

    It names offices, studios, days, numbers of matters and states, never a citizen and nothing a citizen said: it is read by
    its account whatever that may see today, and may be sent out of the house. What it is about stays behind the wall, on the page.
    """

    class State(models.TextChoices):
        UNREAD = "unread", "未读"
        READ = "read", "已读"

    account = models.ForeignKey(Account, models.CASCADE, related_name="notices", verbose_name="账号")
    # The office it is about: the wall asks for it.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    text = models.CharField("内容", max_length=LONGEST)
    url = models.CharField("网址", max_length=300)
    # What it is about, so that nobody is told the same twice.
    key = models.CharField("事由", max_length=80)
    state = models.CharField("状态", max_length=8, choices=State, default=State.UNREAD, editable=False)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="notice_once", fields=["account", "key"], violation_error_message="已经通知过。"
            )
        ]  # fmt: skip
        indexes = [
            models.Index(name="notice_inbox", fields=["account", "-id"]),
            models.Index(name="notice_unread", fields=["account", "-id"], condition=models.Q(state="unread")),
        ]

    def __str__(self):
        return self.text

    def read(self, at: datetime):
        if self.state == self.State.UNREAD:
            self.state, self.read_at = self.State.READ, at
            self.save(update_fields=["state", "read_at"])
