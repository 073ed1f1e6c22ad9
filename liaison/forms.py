"""Forms of the ground floor's acts."""

import hashlib
from datetime import timedelta

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from liaison.models import Account, Entry, Grant, Member
from liaison.passwords import one_time_password
from liaison.roles import ADMINISTRATORS
from liaison.scoped_admin.forms import ScopedForm
from liaison.uploads import recognised


class LogInForm(AuthenticationForm):
    """Five wrong passwords from one source shut an account for that source for half an hour; never a whole hall."""

    MOST_FAILURES, SHUT_FOR = 5, timedelta(minutes=30)

    def clean(self):
        account = Account.objects.filter(username=self.cleaned_data.get("username", "")).first()
        if account and self._failures(account) >= self.MOST_FAILURES:
            raise ValidationError("密码连续输错 5 次，请 30 分钟后再试，或请政协机关重设密码。")
        return super().clean()

    def _failures(self, account: Account) -> int:
        """Since the last time it worked; one query."""
        tries = Entry.objects.filter(
            content_type=ContentType.objects.get_for_model(Account), object_id=str(account.pk),
            act__in=[Entry.Act.LOG_IN, Entry.Act.LOG_IN_FAILED], at__gte=timezone.now() - self.SHUT_FOR,
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip
        latest = list(tries.order_by("-id").values_list("act", flat=True)[: self.MOST_FAILURES])
        return latest.index(Entry.Act.LOG_IN) if Entry.Act.LOG_IN in latest else len(latest)


class NewAccountForm(ScopedForm):
    """A login with a typed password, or with one made up and shown once."""

    password1 = forms.CharField(
        label="初始密码", required=False, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="至少 10 个字符。留空则自动生成，保存后只显示一次。",
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
        self.instance.set_password(typed or self.made_up)
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

    def merge(self, entries) -> Member:
        """Raises ValidationError when the entries cannot be one person."""
        kept = self.cleaned_data["kept"]
        for other in entries:
            if other != kept:
                kept.merge(other)
        return kept
