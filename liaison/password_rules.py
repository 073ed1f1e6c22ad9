"""What a password must be, beyond its length; one sentence for each rule that it breaks."""

import re

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from liaison.models import PastPassword

KINDS = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]")
# What lists of common passwords from elsewhere do not know, and what an office thinks of first.
USUAL = (
    "admin",
    "root",
    "test",
    "guest",
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwer",
    "qwerty",
    "qwertyuiop",
)
USUAL += ("asdf", "zxcv", "1qaz", "1qaz2wsx", "abc", "abcd", "aa", "zhengxie", "cppcc", "weiyuan", "lanzhou", "gansu")
RULES = "至少 10 个字符，大写字母、小写字母、数字、符号中至少有三种；不能是常见密码，也不能是最近 5 次用过的。"


class ThreeKindsValidator:
    def validate(self, password, user=None):
        if sum(bool(re.search(kind, password)) for kind in KINDS) < 3:
            raise ValidationError("密码须含大写字母、小写字母、数字、符号中的至少三种。", code="password_too_plain")

    def get_help_text(self):
        return "须含大写字母、小写字母、数字、符号中的至少三种。"


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Also a usual word with a year, a row of digits or signs around it, such as "Admin@123456"."""

    def validate(self, password, user=None):
        super().validate(password, user)
        word = password.lower().strip()
        bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word)
        if bare in USUAL or word.rstrip("0123456789.!@#_-") in USUAL or self._repeats(word):
            raise ValidationError(self.get_error_message(), code="password_too_common")

    @staticmethod
    def _repeats(word: str) -> bool:
        return len(set(word)) < 5

    def get_error_message(self):
        return "这个密码太常见，容易被猜到，请换一个。"


class PastPasswordsValidator:
    def validate(self, password, user=None):
        if user is not None and user.pk and PastPassword.knows(user, password):
            raise ValidationError(f"不能使用最近 {PastPassword.KEPT} 次用过的密码。", code="password_used_before")

    def password_changed(self, password, user=None):
        """Told by Django whenever an account with a new password has been stored."""
        if user is not None:
            PastPassword.keep(user)

    def get_help_text(self):
        return f"不能与最近 {PastPassword.KEPT} 次用过的密码相同。"
