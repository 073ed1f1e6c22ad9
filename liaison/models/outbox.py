"""The outbox: what is sent out of the house, to whom, when next, and what came of it."""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from liaison import reach
from liaison.privacy import EncryptedField
from liaison.scope import KeptQuerySet, ScopedQuerySet

from .accounts import Account, Grant, Role
from .organisations import Organisation

if TYPE_CHECKING:
    from .notices import Notice

NIGHT, MORNING, DIGEST = time(22), time(7), time(8)
# After each failure; when none is left, it cannot be delivered.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
# A worker that has not said what came of a message is taken for dead.
LEASE = timedelta(minutes=5)
# Sentences of one message.
MOST_AT_ONCE = 50
# Something is to be sent when this transaction has ended.
filled = Signal()


def next_at(clock: time, after: datetime) -> datetime:
    """The next instant at which the clock on the wall says so."""
    local = timezone.localtime(after)
    found = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return found if found > local else found + timedelta(days=1)


def awake(at: datetime) -> datetime:
    """`at`, or the end of the night it lies in (22:00–7:00)."""
    now = timezone.localtime(at).time()
    return next_at(MORNING, at) if now >= NIGHT or now < MORNING else at


class Channel(models.TextChoices):
    EMAIL = "email", "邮件"
    SMS = "sms", "短信"
    ROBOT = "robot", "群机器人"


class NoticeSetting(models.Model):
    """What of its notices an account wants to have sent out of the house; without a row nothing is."""

    class Rule(models.TextChoices):
        NOW = "now", "立即"
        DAILY = "daily", "每日汇总（早上 8 点）"
        INSIDE = "inside", "只在系统内"

    CODE_LASTS, CODE_EVERY, MOST_TRIES = timedelta(minutes=30), timedelta(minutes=1), 5

    account = models.OneToOneField(Account, models.CASCADE, related_name="notice_setting", verbose_name="账号")
    rule = models.CharField("何时发送", max_length=8, choices=Rule, default=Rule.INSIDE)
    by_email = models.BooleanField("邮件", default=False)
    by_sms = models.BooleanField("短信", default=False)
    is_quiet = models.BooleanField(
        "夜间不打扰", default=True, help_text="22:00 至次日 7:00 不发送，7:00 以后合并成一条发出。"
    )
    # Confirmed by a code that was sent there.
    email = EncryptedField("邮箱", max_length=100, blank=True, editable=False)
    new_email = EncryptedField("待确认的邮箱", max_length=100, blank=True, editable=False)
    code_digest = models.CharField("确认码摘要", max_length=64, blank=True, editable=False)
    code_good_until = models.DateTimeField("确认码有效期至", null=True, editable=False)
    code_tries = models.PositiveSmallIntegerField("确认码输错次数", default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "通知设置"

    def __str__(self):
        return str(self.account)

    def issue_code(self, email: str, now: datetime) -> str:
        """Six digits to be sent to the new address; what was issued before is no longer good. Raises ValidationError."""
        if self.code_good_until and self.code_good_until - self.CODE_LASTS + self.CODE_EVERY > now:
            raise ValidationError("确认码刚刚发出，请过一分钟再试。")
        code = f"{secrets.randbelow(1_000_000):06}"
        self.new_email, self.code_digest, self.code_tries = email, self._digest_of(code), 0
        self.code_good_until = now + self.CODE_LASTS
        self.save()
        return code

    def confirm(self, typed: str, now: datetime):
        """The new address is the account's, whoever read the code there. Raises ValidationError; a wrong code is counted."""
        is_good = self.new_email and self.code_good_until and now < self.code_good_until
        if not is_good or self.code_tries >= self.MOST_TRIES:
            raise ValidationError("确认码已经失效，请重新获取。")
        if not constant_time_compare(self.code_digest, self._digest_of(typed.strip())):
            self.code_tries += 1
            self.save(update_fields=["code_tries"])
            raise ValidationError("确认码不正确。")
        self.email, self.new_email, self.code_digest, self.code_good_until = self.new_email, "", "", None
        self.save()

    def _digest_of(self, code: str) -> str:
        return salted_hmac("liaison.email-code", f"{self.account_id}:{code}", algorithm="sha256").hexdigest()

    def drop_unwanted(self) -> int:
        """Nothing more goes out by a channel that was closed; returns how many rows waited there."""
        closed = self.account.deliveries.filter(state__in=Delivery.OPEN).exclude(channel__in=self.channels())
        return closed.delete()[0]

    def channels(self) -> list[Channel]:
        if self.rule == self.Rule.INSIDE:
            return []
        wanted = {Channel.EMAIL: self.by_email and self.email, Channel.SMS: self.by_sms and self.account.phone}
        return [channel for channel, is_wanted in wanted.items() if is_wanted]

    def due_at(self, now: datetime) -> datetime:
        return next_at(DIGEST, now) if self.rule == self.Rule.DAILY else self.awake(now)

    def awake(self, at: datetime) -> datetime:
        return awake(at) if self.is_quiet else at


class Robot(models.Model):
    """A robot of an office's group in a messenger: what its clerks are told is posted there, once."""

    class Kind(models.TextChoices):
        WECOM = "wecom", "企业微信"
        DINGTALK = "dingtalk", "钉钉"
        FEISHU = "feishu", "飞书"
        OTHER = "other", "其他"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="robots", verbose_name="政协组织")
    name = models.CharField("群名称", max_length=40)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    # Whoever knows the address may post there.
    address = EncryptedField("地址", max_length=500, editable=False)
    secret = EncryptedField("加签密钥", max_length=200, blank=True, editable=False)
    is_active = models.BooleanField(
        "启用",
        default=True,
        help_text="启用后，发给本单位机关工作人员的通知，群里也发一次；22:00 至次日 7:00 的留到早上。",
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群机器人"
        ordering = ["organisation", "id"]

    def __str__(self):
        return self.name

    def awake(self, at: datetime) -> datetime:
        return awake(at)


class DeliveryQuerySet(KeptQuerySet):
    """The lists of an office's clerk and of the system administrator; what a notice says is in neither."""

    def due(self, now: datetime):
        return self.filter(state__in=Delivery.OPEN, due_at__lte=now)

    def ended_before(self, at: datetime):
        return self.exclude(state__in=Delivery.OPEN).filter(ended_at__lt=at)

    def plan(self, notices: Iterable["Notice"], now: datetime) -> int:
        """Put down what is to be sent of stored notices, by the accounts' settings and their offices' robots; how many.

        Safe to run twice: a notice is sent once by each channel, and to a robot once whomever it was told. Five queries.
        """
        notices = list(notices)
        if not notices:
            return 0
        accounts = {notice.account_id for notice in notices}
        settings = NoticeSetting.objects.select_related("account").filter(account__in=accounts)
        settings = {one.account_id: one for one in settings if one.channels()}
        offices, robots = _offices(accounts), _robots(accounts)
        rows = [row for notice in notices for row in _personal(notice, settings, offices, now)]
        rows += [
            Delivery(
                notice=notice, robot=robot, channel=Channel.ROBOT, key=notice.key, organisation_id=robot.organisation_id,
                recipient=robot.name, due_at=robot.awake(now),
            )
            for notice in notices
            for robot in robots[notice.account_id]
        ]  # fmt: skip
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        return len(rows)

    def claim(self, now: datetime) -> list["Delivery"]:
        """All that is due to one recipient by one channel, oldest first: one message. Nobody else gets it for the LEASE.

        Whose sender dies between sending and noting gets it once more: at least once, not exactly once.
        """
        due = self.due(now).select_for_update(skip_locked=True).order_by("due_at", "id")
        first = due.first()
        if first is None:
            return []
        same = {"channel": first.channel, "account": first.account_id, "robot": first.robot_id}
        found = list(due.filter(**same)[:MOST_AT_ONCE])
        found.sort(key=lambda one: one.pk)
        self.filter(pk__in=[one.pk for one in found]).update(tries=F("tries") + 1, due_at=now + LEASE)
        for one in found:
            one.tries += 1
        return found


def _offices(accounts: set[int]) -> dict[int, int]:
    """Of each account the highest office granted."""
    grants = Grant.objects.filter(account__in=accounts).order_by("-organisation__path")
    return dict(grants.values_list("account", "organisation"))


def _robots(accounts: set[int]) -> dict[int, list[Robot]]:
    """Of each account the robots of the offices whose clerk it is."""
    clerks = Grant.objects.filter(account__in=accounts, role=Role.CLERK).values_list("account", "organisation")
    found, by_office = defaultdict(list), defaultdict(list)
    if clerks := list(clerks):
        # Of the office above too: a report is put forward by one office and told to the next.
        with reach.everything():
            active = Robot.objects.filter(is_active=True, organisation__in={office for _, office in clerks})
            for robot in active.order_by("id"):
                by_office[robot.organisation_id].append(robot)
    for account, office in clerks:
        found[account] += by_office[office]
    return found


def _personal(notice, settings: dict[int, NoticeSetting], offices: dict[int, int], now: datetime) -> list["Delivery"]:
    setting, office = settings.get(notice.account_id), offices.get(notice.account_id)
    if not setting or not office:
        return []
    place = {"account_id": notice.account_id, "organisation_id": office, "due_at": setting.due_at(now)}
    place["recipient"] = setting.account.name
    return [Delivery(notice=notice, channel=channel, **place) for channel in setting.channels()]


class Delivery(models.Model):
    """One notice on its way out by one channel: waiting → sent, or failed and tried again, at last undeliverable.

    It holds nothing of what the notice says; that is read when it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "将重试"
        DEAD = "dead", "无法送达"

    OPEN = (State.WAITING, State.FAILED)

    notice = models.ForeignKey("liaison.Notice", models.CASCADE, related_name="deliveries", verbose_name="通知")
    # The recipient's: whose clerk sees that it did not arrive.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="deliveries", verbose_name="收件账号"
    )
    robot = models.ForeignKey(
        Robot, models.CASCADE, null=True, blank=True, related_name="deliveries", verbose_name="群机器人"
    )
    # By name: of the robot, which who looks at the list may not reach.
    recipient = models.CharField("收件人", max_length=40, editable=False)
    channel = models.CharField("渠道", max_length=8, choices=Channel)
    # Of a robot: what the notice is about, so that the group reads it once whomever it was told.
    key = models.CharField("事由", max_length=80, blank=True, editable=False)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING, editable=False)
    tries = models.PositiveSmallIntegerField("已试次数", default=0, editable=False)
    due_at = models.DateTimeField("下次发送", editable=False)
    error = models.CharField("原因", max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    ended_at = models.DateTimeField("结束时间", null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知外发"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="delivery_to_account_or_robot",
                condition=Q(channel=Channel.ROBOT, robot__isnull=False, account__isnull=True)
                | (~Q(channel=Channel.ROBOT) & Q(robot__isnull=True, account__isnull=False)),
                violation_error_message="发给账号，或发到群机器人。",
            ),
            models.UniqueConstraint(
                name="delivery_once", fields=["notice", "channel"], condition=Q(robot__isnull=True),
                violation_error_message="已在外发之列。",
            ),
            models.UniqueConstraint(
                name="delivery_once_to_a_robot", fields=["robot", "key"], condition=Q(robot__isnull=False),
                violation_error_message="已在外发之列。",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(name="delivery_due", fields=["due_at"], condition=Q(state__in=["waiting", "failed"])),  # claim
            models.Index(name="delivery_state", fields=["state", "-id"]),  # the list, by state
            models.Index(name="delivery_office", fields=["organisation", "-id"]),  # the list of an office
        ]

    def __str__(self):
        return f"{self.get_channel_display()} {self.recipient}"

    def note(self, at: datetime, error: str = "", is_final: bool = False, wakes=awake) -> bool:
        """What came of this try; False if it has been claimed again meanwhile."""
        if not error:
            values = {"state": self.State.SENT, "ended_at": at, "error": ""}
        elif is_final or self.tries > len(WAITS):
            values = {"state": self.State.DEAD, "ended_at": at, "error": error}
        else:
            values = {"state": self.State.FAILED, "due_at": wakes(at + WAITS[self.tries - 1]), "error": error}
        own = Delivery.objects.filter(pk=self.pk, tries=self.tries, state__in=self.OPEN)
        return bool(own.update(**values))

    def again(self, at: datetime):
        """From the beginning, for what could not be delivered."""
        if self.state != self.State.DEAD:
            raise ValidationError("只有无法送达的才能重新发送。")
        self.state, self.tries, self.due_at, self.error, self.ended_at = self.State.WAITING, 0, at, "", None
        self.save(update_fields=["state", "tries", "due_at", "error", "ended_at"])
        filled.send(sender=Delivery)
