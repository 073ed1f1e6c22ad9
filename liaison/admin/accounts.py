from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from liaison import second_factor
from liaison.forms import GrantFormSet, NewAccountForm
from liaison.models import Account, Entry, Grant, Role, SignInCode
from liaison.password_rules import RULES
from liaison.passwords import until
from liaison.privacy import mask_phone
from liaison.scoped_admin.columns import badge
from liaison.scoped_admin.filters import OrganisationFilter
from liaison.scoped_admin.forms import ScopedForm
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.verbs import ActForm, Verb

# Whose password nobody else sets: who could, would also be them (三权分立).
OWN_PASSWORDS = {Role.SECURITY, Role.AUDITOR}

# Come with the libraries: rights follow from grants alone, and what opens an account is nobody's to look at.
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])


class GrantInline(ScopedInline):
    model = Grant
    formset = GrantFormSet
    autocomplete_fields = ["organisation", "department"]
    fields = ["role", "organisation", "department", "records_below"]


class RoleFilter(admin.SimpleListFilter):
    title = "角色"
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [*Role.choices, ("none", "未授权")]

    def queryset(self, request, queryset):
        if self.value() == "none":
            return queryset.filter(grants__isnull=True)
        return queryset.filter(grants__role=self.value()).distinct() if self.value() else queryset


class PasswordForm(AdminPasswordChangeForm):
    """Without Django's choice to have no password at all: there is no other way in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True
        self.fields["password1"].help_text, self.fields["password2"].help_text = RULES, ""
        self.fields["password2"].label = "再输一次密码"

    def validate_password_for_user(self, user, **_):
        super().validate_password_for_user(user, password_field_name="password1")

    def set_password_and_save(self, user, password_field_name="password1", commit=True):
        user.set_temporary_password(self.cleaned_data["password1"], timezone.now())
        user.save()
        user.end_tokens(timezone.now())
        return user


class RemoveSecondFactorForm(ActForm):
    lede = "用于本人丢失手机、备用码也没有时，请先当面核实身份。解除后，该账号在所有设备上的登录随即退出，下次登录只需密码。"

    def act(self, record, *, by, at):
        second_factor.remove(record)
        record.end_sessions()


REMOVE_SECOND_FACTOR = Verb(
    "remove-second-factor", "解除动态口令", RemoveSecondFactorForm, "的动态口令已解除。", second_factor.is_on,
    entry=Entry.Act.MFA,
)  # fmt: skip


@admin.register(Account)
class AccountAdmin(ScopedAdmin, UserAdmin):
    """The system administrator makes accounts, the security administrator grants what they may do."""

    form = ScopedForm
    add_form = NewAccountForm
    change_password_form = PasswordForm
    list_display = ["username", "name", "roles", "member", "is_active", "last_login"]
    list_select_related = ["member"]
    list_filter = [OrganisationFilter, RoleFilter, "is_active"]
    search_fields = ["username", "name", "member__pinyin__contains"]
    ordering = ["username"]
    filter_horizontal = ()
    autocomplete_fields = ["member"]
    inlines = [GrantInline]
    verbs = (REMOVE_SECOND_FACTOR,)
    fieldsets = [
        (None, {"fields": ["username", "name", "phone", "member", "is_active"]}),
        ("授权与使用", {"fields": ["roles", "created_at", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "phone", "member", "password1", "password2"]})]
    readonly_fields = ["roles", "created_at", "last_login"]

    def get_queryset(self, request):
        grants = Grant.objects.select_related("organisation")
        return super().get_queryset(request).prefetch_related(Prefetch("grants", grants))

    @admin.display(description="授权")
    def roles(self, account):
        return "、".join(str(grant) for grant in account.grants.all()) or badge("未授权", "warn")

    def full_label(self, record) -> str:
        return f"{record.name}（{record.username}）"

    def get_readonly_fields(self, request, obj=None):
        """Who grants does not rename: only `is_active` is open to the security administrator."""
        fields = (*super().get_readonly_fields(request, obj), "masked_phone")
        return fields if self.has_add_permission(request) else (*fields, "username", "name", "member")

    def get_fieldsets(self, request, obj=None):
        """The number is whole for whoever keeps it, and masked for the security administrator."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_add_permission(request):
            return fieldsets
        masked = {"phone": "masked_phone"}
        return [(title, {"fields": [masked.get(name, name) for name in o["fields"]]}) for title, o in fieldsets]

    @admin.display(description="手机号")
    def masked_phone(self, account):
        return mask_phone(account.phone) or "—"

    def save_model(self, request, obj, form, change):
        obj.made_up_password = getattr(form, "made_up", "")
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            obj.end_sessions()

    def response_add(self, request, obj, post_url_continue=None):
        """A made-up password is on this page only: neither stored nor sent along in a message."""
        if not obj.made_up_password:
            return super().response_add(request, obj, post_url_continue)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "账号已创建", "account": obj}
        context["lapses"] = until(obj)
        return TemplateResponse(request, "admin/liaison/account/created.html", context)

    def may_set_password(self, request, account) -> bool:
        return self.has_add_permission(request) and not OWN_PASSWORDS & account.roles

    def must_be_theirs_to_open(self, request, account):
        if not self.may_set_password(request, account):
            raise PermissionDenied("安全管理员和审计管理员的密码、动态口令只能由本人修改，或在服务器上用命令重设。")
        if account == request.user:
            raise PermissionDenied("自己的密码和动态口令在“我的账号”中修改。")

    def user_change_password(self, request, id, form_url=""):
        self.must_be_theirs_to_open(request, self.found(request, id))
        return super().user_change_password(request, id, form_url)

    def log_change(self, request, obj, message):
        """A password set by somebody else is an act of its own; it also lifts a lock (liaison/lockout.py)."""
        if request.resolver_match.view_name == "admin:auth_user_password_change":
            return Entry.note(Entry.Act.PASSWORD, obj, request=request, fields=["管理员重设"])
        return super().log_change(request, obj, message)

    def verb_view(self, request, object_id, verb):
        self.must_know_such_records(request)
        self.must_be_theirs_to_open(request, self.found(request, unquote(object_id)))
        return super().verb_view(request, object_id, verb)

    def get_urls(self):
        code = self.admin_site.admin_view(self.code_view)
        return [path("<int:pk>/code/", code, name="liaison_account_code"), *super().get_urls()]

    def code_view(self, request, pk):
        """Prints a code for whom the account may do so; anybody else's does not exist."""
        account = get_object_or_404(Account.objects.given_codes_by(request.user), pk=pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "打印登录码",
            "account": account,
        }
        if request.method == "POST":
            context["code"] = SignInCode.issue(account, by=request.user, now=timezone.now())
            context["good_until"] = account.sign_in_codes.first().good_until
            Entry.note(Entry.Act.CODE, account, request=request, fields=["打印"])
        return TemplateResponse(request, "admin/liaison/account/code.html", context)

    def verb_links(self, request, record) -> list[dict]:
        if record == request.user or not self.may_set_password(request, record):
            return []
        url = reverse("admin:auth_user_password_change", args=[record.pk])
        return [
            *super().verb_links(request, record), {"label": "重设密码", "tone": "quiet", "url": url},
            *code_links(request, record),
        ]  # fmt: skip


def code_links(request, account: Account | None) -> list[dict]:
    """The button on the page of an account, and on that of its member."""
    if account and Account.objects.given_codes_by(request.user).filter(pk=account.pk).exists():
        url = reverse("admin:liaison_account_code", args=[account.pk])
        return [{"label": "打印登录码", "tone": "quiet", "url": url}]
    return []


@admin.register(Grant)
class GrantAdmin(ScopedAdmin):
    list_display = ["account", "role", "organisation", "department", "records_below"]
    list_select_related = ["account", "organisation", "department"]
    list_filter = [OrganisationFilter, "role"]
    search_fields = ["account__name", "account__username"]
    autocomplete_fields = ["account", "organisation", "department"]
    frozen = ("account",)
