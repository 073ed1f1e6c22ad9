"""All that an answer tells: body, the parts of zipped files, headers, cookies, messages, mails, written out as plain text."""

import html
import io
import json
import re
import zipfile
from urllib.parse import unquote

from django.conf import settings
from django.contrib.messages import get_messages
from django.core import mail

# Another one in each answer, of the same length.
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")\w+')
VOLATILE = {"Date", "Expires", "Set-Cookie"}


def told(answer) -> str:
    """Everything an answer tells; mails that went out meanwhile are told with it, and taken away."""
    said = [plain(body_of(answer)), *(unquote(f"{name}: {value}") for name, value in answer.headers.items())]
    said += [unquote(cookie.OutputString()) for cookie in answer.cookies.values()]
    said += [str(message) for message in _messages(answer)]
    said += [f"{message.message()}{message.subject}{message.body}{message.attachments}" for message in mail.outbox]
    mail.outbox.clear()
    return "\n".join(said)


def _messages(answer) -> list:
    """Also those that the next page would show."""
    request = getattr(answer, "wsgi_request", None)
    return list(get_messages(request)) if request is not None and hasattr(request, "_messages") else []


def body_of(answer) -> bytes:
    if not hasattr(answer, "read_body"):
        answer.read_body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.read_body


def plain(body: bytes) -> str:
    """Documents and workbooks member by member; JSON and HTML without their escapes."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(f"{name}\n{plain(packed.read(name))}" for name in packed.namelist())
    text = body.decode(errors="ignore")
    if text.startswith(("{", "[")):
        try:
            return json.dumps(json.loads(text), ensure_ascii=False)
        except ValueError:
            pass
    # Without the tags of a document's XML too, for a word may lie across several runs.
    return unquote(html.unescape(text)) + (re.sub(r"<[^>]+>", "", text) if text.startswith("<?xml") else "")


def outside(answer, key: object) -> dict:
    """What somebody sees who wants to know whether a record exists; its key in the address is not told apart."""
    body = TOKEN.sub(r"\1", body_of(answer).decode(errors="ignore"))
    headers = {name: value.replace(f"/{key}/", "/#/") for name, value in answer.headers.items() if name not in VOLATILE}
    # The log-in's own is sent again from time to time.
    cookies = sorted(set(answer.cookies) - {settings.SESSION_COOKIE_NAME})
    return {
        "status": answer.status_code, "length": len(body_of(answer)), "body": body.replace(f"/{key}/", "/#/"),
        "headers": headers, "cookies": cookies,
    }  # fmt: skip
