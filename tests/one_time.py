"""The code that a phone would show (RFC 6238), computed without the library under test."""

import base64
import hashlib
import hmac
import time


def steady_clock(seconds: int = 10):
    """Returns when the code on the phone stays the same for so long: what needs a certain one is not overtaken by it."""
    left = 30 - time.time() % 30
    if left < seconds:
        time.sleep(left)


def code_of(secret: str, periods_ahead: int = 0) -> str:
    counter = int(time.time()) // 30 + periods_ahead
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"
