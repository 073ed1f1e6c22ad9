from django.contrib import admin

from liaison.models import Category, Division
from liaison.roles import Role
from liaison.scoped_admin.columns import CappedPaginator
from liaison.scoped_admin.filters import PeriodFilter
from liaison.scoped_admin.options import ScopedAdmin


class SharedAdmin(ScopedAdmin):
    """A list that all offices share: who keeps only some of them is offered nothing that would change it."""

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.keeps_every_office

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and request.user.keeps_every_office


@admin.register(Division)
class DivisionAdmin(ScopedAdmin):
    list_display = ["name", "code", "level", "parent"]
    list_select_related = ["parent"]
    list_filter = ["level"]
    search_fields = ["name", "pinyin__contains", "code__startswith"]
    search_help_text = "名称、拼音首字母或代码"
    paginator = CappedPaginator
    named_with = ("parent",)

    def full_label(self, record) -> str:
        return f"{record}（{record.parent}）" if record.parent else str(record)


@admin.register(Category)
class CategoryAdmin(SharedAdmin):
    list_display = ["name", "parent", "order", "is_active"]
    list_select_related = ["parent"]
    list_filter = ["is_active"]
    search_fields = ["name", "pinyin__contains"]
    search_help_text = "名称或拼音首字母"
    autocomplete_fields = ["parent"]
    named_with = ("parent",)

    def full_label(self, record) -> str:
        return f"{record.parent} / {record}" if record.parent else str(record)


class HolidayAdmin(ScopedAdmin):
    """Registered in reception, whose days follow the calendar."""

    list_display = ["date", "name", "kind", "office"]
    list_select_related = ["organisation"]
    list_filter = [("date", PeriodFilter), "kind"]
    search_fields = ["name"]
    search_help_text = "名称"
    fields = ["organisation", "date", "name", "kind"]

    @admin.display(description="适用范围")
    def office(self, holiday):
        return f"{holiday.organisation}及下级" if holiday.organisation else "全国统一"

    def get_fields(self, request, obj=None):
        """Who keeps every office keeps the common list, and no office's own."""
        fields = super().get_fields(request, obj)
        return [name for name in fields if name != "organisation"] if self._is_common(request, obj) else fields

    def _is_common(self, request, holiday) -> bool:
        return holiday.organisation is None if holiday else request.user.keeps_every_office

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "organisation":
            field.required = True
        return field

    def has_add_permission(self, request):
        keeps = request.user.keeps_every_office or request.user.organisations_with(Role.CLERK)
        return super().has_add_permission(request) and bool(keeps)

    def has_delete_permission(self, request, obj=None):
        """Also of a list: whoever may write no row of it is offered no deletion of several."""
        return super().has_delete_permission(request, obj) and self.has_add_permission(request)
