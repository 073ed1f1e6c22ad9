"""Robots of groups in messengers: a JSON post to the address that the messenger gave out for the group.

Only hosts that the installation lists (NOTICE_WEBHOOK_HOSTS) are asked, so that nobody who may set an address reaches into
the network behind the server: no private address unless it is listed itself, no redirect followed, nothing but the
messenger's own yes or no read. Formats: 企业微信 群机器人, 钉钉 自定义机器人, 飞书 自定义机器人.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ValidationError

from . import Message, NotSent

CONNECT_SECONDS, READ_SECONDS, MOST_SECONDS = 5, 10, 20
MOST_READ = 16 * 1024
# 企业微信 takes 2,048 bytes; a character of Chinese is three.
LONGEST = 600
HEAD = "【委员联系群众工作平台】"


class Post(NamedTuple):
    """query: added to the address · body: sent as JSON · accepted: field of the answer that is 0 for a yes, "" for none."""

    query: dict[str, str]
    body: dict
    accepted: str


def wecom(text: str, secret: str, now: float) -> Post:
    return Post({}, {"msgtype": "text", "text": {"content": text}}, "errcode")


def dingtalk(text: str, secret: str, now: float) -> Post:
    stamp = str(int(now * 1000))
    signed = {"timestamp": stamp, "sign": _sign(secret, f"{stamp}\n{secret}")} if secret else {}
    return Post(signed, {"msgtype": "text", "text": {"content": text}}, "errcode")


def feishu(text: str, secret: str, now: float) -> Post:
    stamp = str(int(now))
    signed = {"timestamp": stamp, "sign": _sign(f"{stamp}\n{secret}", "")} if secret else {}
    return Post({}, {"msg_type": "text", "content": {"text": text}, **signed}, "code")


def other(text: str, secret: str, now: float) -> Post:
    return Post({}, {"text": text}, "")


KINDS: dict[str, Callable[[str, str, float], Post]] = {
    "wecom": wecom, "dingtalk": dingtalk, "feishu": feishu, "other": other,
}  # fmt: skip
# Which of them sign; the others' field would be an empty promise.
SIGNING = frozenset({"dingtalk", "feishu"})


def _sign(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def check_address(address: str):
    """Raises ValidationError with a sentence when no robot may have this address."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.username or parts.scheme not in ("https", "http"):
        raise ValidationError("请填写机器人的完整地址，以 https:// 开头。")
    if parts.scheme != "https" and not settings.DEMO:
        raise ValidationError("地址必须以 https:// 开头。")
    if not settings.NOTICE_WEBHOOK_HOSTS:
        raise ValidationError("本平台还没有开放群机器人：请运行维护人员先列出允许发往的主机。")
    if host not in settings.NOTICE_WEBHOOK_HOSTS:
        raise ValidationError(f"只能发往这些主机：{'、'.join(settings.NOTICE_WEBHOOK_HOSTS)}。")


def send(kind: str, address: str, secret: str, message: Message):
    """Raises NotSent."""
    try:
        check_address(address)
    except ValidationError as refused:
        raise NotSent(refused.messages[0], is_final=True) from refused
    text = f"{HEAD}{message.text}"
    post = KINDS[kind](text if len(text) <= LONGEST else text[: LONGEST - 1] + "…", secret, time.time())
    _must_be_outside(urlsplit(address))
    answer = _posted(address, post)
    if post.accepted and answer.get(post.accepted) != 0:
        code = answer.get(post.accepted)
        raise NotSent(f"群机器人没有接收（{code}）。" if isinstance(code, int) else "群机器人的回答看不懂。")


def _must_be_outside(parts):
    """What a listed name leads to is no address of the network behind the server, unless that is listed itself."""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as away:
        raise NotSent("找不到群机器人的主机。") from away
    for *_, (address, *_) in found:
        inside = not ipaddress.ip_address(address.partition("%")[0]).is_global
        if inside and address not in settings.NOTICE_WEBHOOK_HOSTS:
            raise NotSent("群机器人的主机指向内部地址，没有发送。", is_final=True)


def _posted(address: str, post: Post) -> dict:
    """The answer's JSON, {} where none is asked for."""
    joint = "&" if urlsplit(address).query else "?"
    url = f"{address}{joint}{urlencode(post.query)}" if post.query else address
    with requests.Session() as session:
        # Neither a proxy nor a password from the server's own surroundings.
        session.trust_env = False
        try:
            with session.post(
                url, json=post.body, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, stream=True
            ) as answer:
                if answer.status_code != 200 and (post.accepted or not 200 <= answer.status_code < 300):
                    raise NotSent(f"群机器人的主机没有接收（{answer.status_code}）。")
                return _read(answer) if post.accepted else {}
        except requests.RequestException as away:
            raise NotSent("群机器人的主机连不上，或没有及时回答。") from away


def _read(answer: requests.Response) -> dict:
    """At most MOST_READ bytes within MOST_SECONDS; byte by byte, for a larger part may take its time."""
    content, until = b"", time.monotonic() + MOST_SECONDS
    for part in answer.iter_content(1):
        content += part
        if len(content) > MOST_READ or time.monotonic() > until:
            raise NotSent("群机器人的回答太长。")
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}
