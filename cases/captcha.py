"""Who sends a form is no flood: the browser solves a puzzle of work (altcha), or the person a sum in words.

Both are made and signed here and carry everything with them; nothing is stored until a matter is, whose row keeps the
number of the puzzle for ever (Intake.proof), so that each is good once. docs/decisions/0029 tells the limits.
"""

import secrets
import unicodedata
from dataclasses import dataclass

import altcha
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from liaison import limits
from liaison.source import client_address
from studios.models import Studio

SALT = "cases.captcha"
# Long enough to write down what happened.
GOOD_FOR = 2 * 60 * 60  # seconds
# Attempts that a browser needs: a second on an old phone. From one address the first FREE puzzles of ten minutes cost
# this, the next FREE twice as much and so on, at most sixteen times: a hall waits, nobody is shut out.
ATTEMPTS, FREE, MOST_DOUBLED = 20_000, 30, 4

UNSOLVED = "请先完成验证，内容都还在。"
SPENT = "验证已过有效期或不正确，内容都还在，请重新验证后再提交。"
WRONG = "算式答案不对，换了一道，请再算一次。内容都还在。"
TOO_MANY_UNPROVEN = "这个网络上刚刚提交得太多，请过十分钟再提交，内容都还在；着急请打工作室电话或在接待日到现场。"

NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Proof:
    """number: of the puzzle that was solved · is_work: whether a browser worked for it, and no sum was done."""

    number: str
    is_work: bool


def _secret() -> str:
    return salted_hmac(SALT, "altcha").hexdigest()


def challenge(request) -> dict:
    """A puzzle for the browser, the harder the more this address has asked for lately."""
    asked = limits.count(f"captcha:{client_address(request)}", per=limits.TEN_MINUTES)
    attempts = ATTEMPTS << min(MOST_DOUBLED, asked // FREE)
    # The answer lies in the upper half, so that nobody is lucky or unlucky by more than twice.
    counter = attempts // 2 + secrets.randbelow(attempts // 2)
    expires = int(timezone.now().timestamp()) + GOOD_FOR
    return altcha.create_challenge(
        "SHA-256", 1, counter=counter, expires_at=expires, hmac_secret=_secret()
    ).to_dict()  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A sum in words for browsers that cannot work: without scripts, or over plain http."""

    token: str
    words: str

    @classmethod
    def new(cls) -> "Question":
        first, second = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
        return cls.of(signing.dumps([secrets.token_hex(16), first, second], salt=SALT))

    @classmethod
    def of(cls, token: str) -> "Question":
        """Raises signing.BadSignature for a forged token or one past its time."""
        _, first, second = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
        return cls(token, f"{NUMERALS[first]}加{NUMERALS[second]}等于几？")

    def proof(self, answer: str) -> Proof | None:
        number, first, second = signing.loads(self.token, salt=SALT, max_age=GOOD_FOR)
        return Proof(number, is_work=False) if _number(answer) == first + second else None


def _number(written: str) -> int | None:
    """9, ９, 九 or 十五."""
    text = unicodedata.normalize("NFKC", written).strip()
    if text.isdecimal() and len(text) < 4:
        return int(text)
    tens, is_teen, ones = text.partition("十")
    if is_teen and not tens:
        return 10 + (NUMERALS.find(ones) if ones else 0)
    return NUMERALS.index(text) if len(text) == 1 and text in NUMERALS else None


def proof(request) -> Proof:
    """What was solved for this request. Raises ValidationError, with the sentence for the person, when nothing was."""
    payload, answer = request.POST.get("altcha", ""), request.POST.get("answer", "").strip()
    if payload and (worked := _worked(payload)):
        return worked
    if not answer:
        raise ValidationError(SPENT if payload else UNSOLVED)
    try:
        solved = Question.of(request.POST.get("question", "")).proof(answer)
    except (signing.BadSignature, ValueError) as broken:
        raise ValidationError(SPENT) from broken
    if solved is None:
        raise ValidationError(WRONG)
    return solved


def _worked(payload: str) -> Proof | None:
    if not altcha.verify_solution(payload, _secret()).verified:
        return None
    return Proof(altcha.Payload.from_base64(payload).challenge.parameters.nonce, is_work=True)


def must_have_room(studio: Studio, solved: Proof, request):
    """Raises ValidationError when the studio has taken in enough for this hour, or this address sent enough with sums alone.
    Sums fill a quarter of the hour at most, so that a program that can add shuts out nobody whose browser works.

    To be asked about fresh proofs only: replayed ones must not fill the room of others.
    """
    if not solved.is_work:
        sums = limits.count(f"unproven:{client_address(request)}", per=limits.TEN_MINUTES)
        if sums > settings.INTAKE_UNPROVEN:
            raise ValidationError(TOO_MANY_UNPROVEN)
    most = settings.INTAKE_PER_HOUR
    is_full = limits.count(f"intake:{studio.pk}", per=limits.HOUR) > most
    if not solved.is_work:
        is_full |= limits.count(f"intake-unproven:{studio.pk}", per=limits.HOUR) > max(1, most // 4)
    if is_full:
        call = f"打电话 {studio.phone}，或" if studio.phone else ""
        raise ValidationError(
            f"这个工作室一小时内收到的事项太多，请过一会儿再提交，内容都还在；着急请{call}在接待日到现场。"
        )
