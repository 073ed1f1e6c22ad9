"""Forms of the ground floor's acts."""

import hashlib
from collections import Counter

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from liaison import lockout, second_factor
from liaison.channels import Message, NotSent, mail, robots
from liaison.models import Account, ApiToken, Grant, Member, NoticeSetting, SignInCode
from liaison.password_rules import RULES
from liaison.passwords import one_time_password
from liaison.privacy import mask_email, mask_phone
from liaison.roles import ADMINISTRATORS
from liaison.scoped_admin.forms import ScopedForm
from liaison.uploads import recognised

CODE_INPUT = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class LogInForm(AuthenticationForm):
    """Five wrong passwords from one source shut an account for that source for half an hour; never a whole hall."""

    SHUT_FOR = lockout.SHUT_FOR

    def clean(self):
        self.account = Account.objects.named(self.cleaned_data.get("username", ""))
        lockout.must_be_open(self.account, self.request, shut_for=self.SHUT_FOR)
        return super().clean()

    def get_invalid_login_error(self):
        """Only who typed what was once right is told why it no longer is; who has just shut the door, that it is shut."""
        try:
            lockout.must_be_open(self.account, self.request, shut_for=self.SHUT_FOR)
        except ValidationError as shut:
            return shut
        typed, now = self.cleaned_data["password"], timezone.now()
        if self.account and self.account.is_active:
            if self.account.password_has_lapsed(now) and self.account.check_password(typed):
                return ValidationError("这个初始密码已过有效期，请管理员重新设置。", code="lapsed")
            if code := SignInCode.find(self.account, typed):
                said = "这个登录码已经用过" if code.used_at else "这个登录码已过有效期"
                return ValidationError(f"{said}，请政协机关重新打印。", code="spent")
        return super().get_invalid_login_error()


class SecondFactorForm(AuthenticateForm):
    """The code after the password; failures count like wrong passwords."""

    code = forms.CharField(
        label="动态口令", max_length=20, widget=forms.TextInput(CODE_INPUT),
        error_messages={"required": "请输入动态口令或备用码。"},
    )  # fmt: skip

    def clean_code(self):
        lockout.must_be_open(self.user, context.request, sentence=lockout.SHUT_CODE)
        try:
            self.authenticator = second_factor.spend(self.user, self.cleaned_data["code"])
        except ValidationError:
            lockout.note_failure(self.user, context.request, "动态口令或备用码不正确")
            raise
        return self.cleaned_data["code"]


class SetUpForm(ActivateTOTPForm):
    """The first code from the phone shows that the secret has arrived there."""

    code = forms.CharField(
        label="手机上显示的 6 位数字", max_length=20, widget=forms.TextInput(CODE_INPUT),
        error_messages={"required": "请输入手机上显示的 6 位数字。"},
    )  # fmt: skip

    def clean_code(self):
        self.counter = second_factor.counter_of(self.secret, self.cleaned_data["code"])
        if self.counter is None:
            raise ValidationError(second_factor.WRONG)
        return self.cleaned_data["code"]


class ConfirmPasswordForm(forms.Form):
    """The present password once more, before something that opens or shuts the account."""

    password = forms.CharField(
        label="现在的密码", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self):
        return must_be_password_of(self.user, self.cleaned_data["password"])


def must_be_password_of(account: Account, typed: str) -> str:
    """Raises ValidationError when it is not, or when it was guessed at too often."""
    lockout.must_be_open(account, context.request)
    if not account.check_password(typed):
        lockout.note_failure(account, context.request, "再次确认的密码不正确")
        raise ValidationError("现在的密码不正确。")
    return typed


class TokenForm(ConfirmPasswordForm):
    """A new token for a program; with the password, so that nobody at an unlocked desk takes one along."""

    name = forms.CharField(
        label="用途", max_length=40, help_text="写明给哪个系统使用，如“市数据共享平台”。",
        error_messages={"required": "请写明给哪个系统使用。"},
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label="有效期", choices=ApiToken.DAYS, coerce=int, initial=90, widget=forms.RadioSelect,
        error_messages={"required": "请选择有效期。"},
    )  # fmt: skip
    field_order = ["name", "days", "password"]

    def issue(self, now) -> tuple[ApiToken, str] | None:
        """The token and its text; None, with a sentence in the form, when the account has enough of them."""
        try:
            return ApiToken.issue(self.user, name=self.cleaned_data["name"], days=self.cleaned_data["days"], now=now)
        except ValidationError as refusal:
            self.add_error(None, refusal)
            return None


class NewPasswordForm(SetPasswordForm):
    """A password of one's own. Who came with a printed code has forgotten the old one and is not asked for it."""

    old_password = ConfirmPasswordForm.base_fields["password"]
    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args, asks_old: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = RULES
        self.fields["new_password2"].label, self.fields["new_password2"].help_text = "再输一次新密码", ""
        if not asks_old:
            del self.fields["old_password"]

    def clean_old_password(self):
        return must_be_password_of(self.user, self.cleaned_data["old_password"])

    def validate_password_for_user(self, user, password_field_name="new_password1"):
        """What is wrong with it is said beside it, not beside its repetition."""
        super().validate_password_for_user(user, password_field_name="new_password1")

    def set_password_and_save(self, user, password_field_name="new_password1", commit=True):
        user.set_own_password(self.cleaned_data["new_password1"])
        user.save()
        return user


class NewAccountForm(ScopedForm):
    """A login with a typed password, or with one made up and shown once."""

    password1 = forms.CharField(
        label="初始密码", required=False, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="留空则自动生成，保存后只显示一次。本人首次登录时须改成自己的密码。",
    )  # fmt: skip
    password2 = forms.CharField(
        label="再输一次密码", required=False, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def clean(self):
        cleaned = super().clean()
        typed = cleaned.get("password1")
        if typed != cleaned.get("password2"):
            self.add_error("password2", "两次输入的密码不一致。")
        self.made_up = "" if typed else one_time_password()
        self.instance.set_temporary_password(typed or self.made_up, timezone.now())
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if typed := self.cleaned_data.get("password1"):
            try:
                # Only now does the instance have the name that a password must not resemble.
                validate_password(typed, self.instance)
            except ValidationError as weak:
                self.add_error("password1", weak)


class GrantFormSet(BaseInlineFormSet):
    """三权分立 among the rows typed at once; the database keeps the same rule (Grant.Meta)."""

    def clean(self):
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data.get("role") and not form.cleaned_data.get("DELETE")]
        alone = [form for form in kept if form.cleaned_data["role"] in ADMINISTRATORS]
        if alone and len(kept) > 1:
            rule = next(c for c in Grant._meta.constraints if c.name == "grant_administrators_alone")
            alone[0].add_error("role", rule.violation_error_message)


class AttachmentForm(ScopedForm):
    """One file, recognised by its content."""

    def clean_file(self):
        upload = self.cleaned_data.get("file")
        if not upload or "file" not in self.changed_data:
            return upload
        stored, kind = recognised(upload)
        self.instance.name, self.instance.kind, self.instance.size = stored.name[-120:], kind, stored.size
        self.instance.checksum = hashlib.sha256(stored.read()).hexdigest()
        stored.seek(0)
        return stored


class NoticeSettingForm(forms.ModelForm):
    """Which notices go out of the house, by which channels the account can be reached by."""

    class Meta:
        model = NoticeSetting
        fields = ["rule", "by_email", "by_sms", "is_quiet"]
        widgets = {"rule": forms.RadioSelect}
        help_texts = {"rule": "无论怎样选，通知都会留在系统内。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        account, setting = self.instance.account, self.instance
        self.fields["by_email"].help_text = mask_email(setting.email) or "还没有确认过的邮箱，请先在下面确认。"
        self.fields["by_sms"].help_text = mask_phone(account.phone) or "账号没有手机号，请系统管理员在账号里填写。"
        for name, is_there in (("by_email", settings.EMAIL_IS_SET), ("by_sms", settings.SMS_PROVIDER)):
            if not is_there:
                del self.fields[name]

    def clean_by_email(self):
        if self.cleaned_data["by_email"] and not self.instance.email:
            raise ValidationError("请先确认邮箱，再选择邮件。")
        return self.cleaned_data["by_email"]

    def clean_by_sms(self):
        if self.cleaned_data["by_sms"] and not self.instance.account.phone:
            raise ValidationError("账号没有手机号，不能选择短信。")
        return self.cleaned_data["by_sms"]

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("by_email") or cleaned.get("by_sms")
        if not (chosen or self.errors or cleaned["rule"] == NoticeSetting.Rule.INSIDE):
            self.add_error("rule", "请在下面至少选择一个渠道，或者选“只在系统内”。")
        return cleaned

    def save(self, commit=True):
        setting = super().save(commit)
        setting.drop_unwanted()
        return setting


class EmailForm(forms.Form):
    """A new address, to which a code is sent."""

    email = forms.EmailField(
        label="新的邮箱", max_length=100, widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": "请填写邮箱。", "invalid": "请填写有效的邮箱，例如 name@example.cn。"},
    )  # fmt: skip

    def send_code(self, setting: NoticeSetting, now) -> bool:
        """Whether a code is on its way; otherwise the form says why not, and the former code stays good."""
        try:
            with transaction.atomic():
                code = setting.issue_code(self.cleaned_data["email"], now)
                mail.send(
                    self.cleaned_data["email"],
                    Message((f"确认码 {code}，30 分钟内有效。如果不是您本人操作，请不必理会。",)),
                )
        except ValidationError as refusal:
            self.add_error("email", refusal)
        except NotSent as failure:
            self.add_error("email", failure.sentence)
        return not self.errors


class EmailCodeForm(forms.Form):
    """The code that was read there."""

    code = forms.CharField(
        label="邮件里的 6 位确认码", max_length=10, widget=forms.TextInput(CODE_INPUT | {"autofocus": False}),
        error_messages={"required": "请填写邮件里的确认码。"},
    )  # fmt: skip

    def confirm(self, setting: NoticeSetting, now) -> bool:
        try:
            setting.confirm(self.cleaned_data["code"], now)
        except ValidationError as failure:
            self.add_error("code", failure)
        return not self.errors


class RobotForm(ScopedForm):
    """Address and secret are written here and never shown again; left empty, they stay as they are."""

    KEPT = "已保存，不再显示；留空则不变。"

    webhook = forms.CharField(
        label="机器人地址", max_length=500, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text="在群里添加机器人后得到的地址。知道它的人都能往群里发消息，请勿外传。",
        error_messages={"required": "请填写机器人的地址。"},
    )  # fmt: skip
    signing = forms.CharField(
        label="加签密钥", max_length=200, required=False, widget=forms.TextInput({"autocomplete": "off"}),
        help_text="钉钉、飞书的机器人选了“加签”或“签名校验”时填写。",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, stored in (("webhook", self.instance.address), ("signing", self.instance.secret)):
            if stored and name in self.fields:
                self.fields[name].required, self.fields[name].help_text = False, self.KEPT

    def clean_webhook(self):
        if typed := self.cleaned_data["webhook"].strip():
            robots.check_address(typed)
            self.instance.address = typed
        return typed

    def clean_signing(self):
        if typed := self.cleaned_data["signing"].strip():
            self.instance.secret = typed
        return typed


class MergeForm(forms.Form):
    """Which of two entries of one person stays."""

    lede = "另一条并入保留的一条：任职、来访、事项、活动等都改记在保留的一条名下。合并不能撤销。"
    kept = forms.ModelChoiceField(
        Member.objects.none(), label="保留哪一条", widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "请选择保留哪一条。"},
    )  # fmt: skip

    def __init__(self, *args, entries, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kept"].queryset = entries
        self.fields["kept"].label_from_instance = lambda member: (
            f"{member}（{member.organisation}，{member.employer or '单位未填'}）"
        )

    def merge(self, entries) -> tuple[Member, dict[str, int]]:
        """The entry that stays, and by kind of record how many rows name it now. Raises ValidationError when the entries
        cannot be one person."""
        kept, moved = self.cleaned_data["kept"], Counter()
        for other in entries:
            if other != kept:
                moved.update(kept.merge(other))
        return kept, moved
