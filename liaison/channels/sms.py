"""Short messages: what a provider must be able to do, and the one that only writes to the log.

A provider of an operator is a class with `send`, put into PROVIDERS under the name that SMS_PROVIDER then gives.
"""

import logging
from typing import Protocol

from django.conf import settings

from liaison.privacy import mask_phone

from . import Message, NotSent

logger = logging.getLogger(__name__)

# One short message in Chinese.
LONGEST = 70
SIGNATURE = "【委员联系群众】"
MORE = "…请登录平台查看。"


class Provider(Protocol):
    def send(self, phone: str, text: str):
        """Hand `text` (at most LONGEST characters) over for this number. Raises NotSent."""


class Console:
    """For demo and trial: nothing leaves the machine."""

    def send(self, phone: str, text: str):
        logger.info("短信（演示，未真正发出）%s：%s", mask_phone(phone), text)


PROVIDERS: dict[str, type[Provider]] = {"console": Console}


def cut(message: Message) -> str:
    """What fits into one short message; of several notices the first, and how many there are."""
    count = len(message.sentences)
    text = message.sentences[0] if count == 1 else f"{count} 条通知：{message.sentences[0]}"
    room = LONGEST - len(SIGNATURE)
    is_whole = count == 1 and len(text) <= room
    return SIGNATURE + (text if is_whole else text[: room - len(MORE)] + MORE)


def send(phone: str, message: Message):
    """Raises NotSent."""
    if not settings.SMS_PROVIDER:
        raise NotSent("本平台没有开通短信。")
    PROVIDERS[settings.SMS_PROVIDER]().send(phone, cut(message))
