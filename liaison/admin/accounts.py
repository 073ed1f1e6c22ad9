from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.template.response import TemplateResponse
from django.urls import reverse

from liaison.forms import GrantFormSet, LogInForm, NewAccountForm
from liaison.models import Account, Grant, Role
from liaison.scoped_admin.columns import badge
from liaison.scoped_admin.filters import OrganisationFilter
from liaison.scoped_admin.forms import ScopedForm
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline

# Whose password nobody else sets: who could, would also be them (三权分立).
OWN_PASSWORDS = {Role.SECURITY, Role.AUDITOR}

# Comes with Django's admin of accounts; rights follow from grants alone.
admin.site.unregister(Group)
# The admin's own door is shut like the front door.
admin.site.login_form = LogInForm


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
    fieldsets = [
        (None, {"fields": ["username", "name", "member", "is_active"]}),
        ("授权与使用", {"fields": ["roles", "created_at", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "member", "password1", "password2"]})]
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
        fields = super().get_readonly_fields(request, obj)
        return fields if self.has_add_permission(request) else (*fields, "username", "name", "member")

    def save_model(self, request, obj, form, change):
        obj.made_up_password = getattr(form, "made_up", "")
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """A made-up password is on this page only: neither stored nor sent along in a message."""
        if not obj.made_up_password:
            return super().response_add(request, obj, post_url_continue)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "账号已创建", "account": obj}
        return TemplateResponse(request, "admin/liaison/account/created.html", context)

    def may_set_password(self, request, account) -> bool:
        return self.has_add_permission(request) and not OWN_PASSWORDS & account.roles

    def user_change_password(self, request, id, form_url=""):
        if not self.may_set_password(request, self.found(request, id)):
            raise PermissionDenied("安全管理员和审计管理员的密码只能由本人修改。")
        return super().user_change_password(request, id, form_url)

    def verb_links(self, request, record) -> list[dict]:
        links = super().verb_links(request, record)
        if self.may_set_password(request, record):
            url = reverse("admin:auth_user_password_change", args=[record.pk])
            links.append({"label": "重设密码", "tone": "quiet", "url": url})
        return links


@admin.register(Grant)
class GrantAdmin(ScopedAdmin):
    list_display = ["account", "role", "organisation", "department", "records_below"]
    list_select_related = ["account", "organisation", "department"]
    list_filter = [OrganisationFilter, "role"]
    search_fields = ["account__name", "account__username"]
    autocomplete_fields = ["account", "organisation", "department"]
    frozen = ("account",)
