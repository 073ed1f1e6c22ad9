"""The outbox is emptied: claim what is due to one recipient, send it as one message, note what came of it.

The database is the truth: rung for on commit, swept by beat, and safe to run at any time and in several workers at once.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from liaison import reach
from liaison.channels import Message, NotSent, mail, robots, sms
from liaison.models import Channel, Delivery, Grant, Notice, NoticeSetting, Role

logger = logging.getLogger(__name__)

# Messages of one run; the next sweep goes on.
MOST_AT_ONCE = 200


class NotWanted(NotSent):
    """The recipient has gone, or closed the channel: nothing that anybody could mend."""


@dataclass(frozen=True)
class Sent:
    """How many messages went out, and how many did not."""

    messages: int = 0
    failures: int = 0

    def __str__(self):
        return f"发出 {self.messages} 条消息，失败 {self.failures} 条"


def send_due() -> Sent:
    """Everything that is due now; no transaction is open while a message is on its way."""
    messages = failures = 0
    while messages + failures < MOST_AT_ONCE and (claimed := _claimed()):
        if _send(*claimed):
            messages += 1
        else:
            failures += 1
    return Sent(messages, failures)


def _claimed() -> tuple[list[Delivery], Message] | None:
    """One message and its rows; one claim at a time, so that what belongs into one message is not torn into two."""
    with reach.everything():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('liaison.outbox'))")
        rows = Delivery.objects.claim(timezone.now())
        notices = Notice.objects.filter(deliveries__in=rows).order_by("id")
        texts = dict.fromkeys(notices.values_list("text", flat=True))
        return (rows, Message(tuple(texts))) if rows else None


def _send(rows: list[Delivery], message: Message) -> bool:
    with reach.everything():
        recipient = _recipient(rows[0])
    error, is_final, is_wanted = "", False, True
    try:
        _dispatch(rows[0].channel, recipient, message)
    except NotSent as failure:
        error, is_final, is_wanted = failure.sentence, failure.is_final, not isinstance(failure, NotWanted)
    except Exception:
        # One message that breaks its channel must not keep the others waiting.
        logger.exception("通知外发 %s 出错", rows[0].pk)
        error = "发送时出了问题，请告诉系统管理员。"
    with reach.everything():
        for row in rows:
            row.note(timezone.now(), error, is_final, recipient.awake)
        if error and is_wanted:
            _tell_clerks(rows)
    return not error


def _tell_clerks(rows: list[Delivery]):
    """Whoever can mend an address or a robot hears once a day that something could not be delivered; inside the house,
    since it may be their own way out that is broken."""
    dead = Delivery.objects.filter(pk__in=[row.pk for row in rows], state=Delivery.State.DEAD).first()
    if dead is None:
        return
    listed = reverse("admin:liaison_delivery_changelist")
    clerks = Grant.objects.filter(organisation=dead.organisation_id, role=Role.CLERK, account__is_active=True)
    told = [
        Notice(
            account_id=account, organisation_id=dead.organisation_id,
            key=f"dead-letters:{dead.organisation_id}:{timezone.localdate()}",
            text=f"有通知无法送达{dead.recipient}（{dead.get_channel_display()}）：{dead.error}",
            url=f"{listed}?state__exact={Delivery.State.DEAD}",
        )
        for account in clerks.values_list("account", flat=True).distinct()
    ]  # fmt: skip
    Notice.objects.tell(told, goes_out=False)


def _recipient(row: Delivery):
    return row.robot or NoticeSetting.objects.select_related("account").get(account=row.account_id)


def _dispatch(channel: str, recipient, message: Message):
    """Raises NotSent, also where the recipient does not want it any more."""
    if channel == Channel.ROBOT:
        if not recipient.is_active:
            raise NotWanted("群机器人已停用。", is_final=True)
        robots.send(recipient.kind, recipient.address, recipient.secret, message)
    elif not recipient.account.is_active or channel not in recipient.channels():
        raise NotWanted("收件人已停用账号或关闭了这个渠道。", is_final=True)
    elif channel == Channel.EMAIL:
        mail.send(recipient.email, message)
    else:
        sms.send(recipient.account.phone, message)


@reach.everything()
def forget() -> tuple[int, int]:
    """Take away read notices and what of the outbox has ended, after NOTICE_DAYS; how many of each."""
    before = timezone.now() - timedelta(days=settings.NOTICE_DAYS)
    _, deliveries = Delivery.objects.ended_before(before).delete()
    _, notices = Notice.objects.read_before(before).delete()
    return notices.get(Notice._meta.label, 0), deliveries.get(Delivery._meta.label, 0)
