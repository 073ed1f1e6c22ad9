"""The second factor: a code from the phone (TOTP, RFC 6238) or one of the recovery codes on paper, each good once.

allauth keeps the secrets; what it remembers of used codes lies in a cache of one process, so that is kept here, in the row.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from liaison.models import Account
from liaison.privacy import decrypt, encrypt, is_written_by

WRONG = "动态口令不正确，请核对手机上的 6 位数字，并确认手机时间准确。"
USED = "这个动态口令刚才已经用过，请等手机上换出下一个再输入。"
TOTP, CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


def is_on(account: Account) -> bool:
    return Authenticator.objects.filter(user=account, type=TOTP).exists()


def is_missing(account: Account) -> bool:
    """Whether the account may do nothing before it has set one up; one query, for administrators only."""
    return settings.MFA_REQUIRED and account.is_administrator and not is_on(account)


def is_waived(account: Account) -> bool:
    """Administrators are told so on every page."""
    return not settings.MFA_REQUIRED and account.is_administrator


def counter_of(secret: str, code: str) -> int | None:
    """The half minute whose code it is, if it is one of those that count now."""
    plain = "".join(code.split())
    return next((c for c in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, c)) == plain), None)


@transaction.atomic
def spend(account: Account, code: str) -> Authenticator:
    """Use up a code. Raises ValidationError when it is wrong or was used before."""
    own = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=account)}
    if TOTP not in own:
        raise ValidationError(WRONG)
    counter = counter_of(decrypt(own[TOTP].data["secret"]), code)
    if counter is not None:
        if counter <= own[TOTP].data.get("last_counter", -1):
            raise ValidationError(USED)
        remember(own[TOTP], counter)
        return own[TOTP]
    if CODES in own and own[CODES].wrap().validate_code("".join(code.split())):
        return own[CODES]
    raise ValidationError(WRONG)


def remember(totp: Authenticator, counter: int):
    """Codes up to this half minute are no longer good."""
    totp.data["last_counter"] = counter
    totp.save(update_fields=["data"])


def remove(account: Account):
    """With the recovery codes; whoever must have one sets up another at the next log-in."""
    Authenticator.objects.filter(user=account).delete()


def rewrite_secrets() -> int:
    """Encrypt under the first key what an older one wrote; returns how many rows were rewritten."""
    count = 0
    for row in Authenticator.objects.order_by("pk"):
        count += _rewrite(row.pk)
    return count


@transaction.atomic
def _rewrite(key: int) -> bool:
    row = Authenticator.objects.select_for_update().get(pk=key)
    name = next((name for name in ("secret", "seed") if name in row.data), None)
    if name is None or is_written_by(settings.PERSONAL_DATA_KEYS[0], row.data[name]):
        return False
    row.data[name] = encrypt(decrypt(row.data[name]))
    row.save(update_fields=["data"])
    return True
