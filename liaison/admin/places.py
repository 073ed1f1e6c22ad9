from django.contrib import admin

from liaison.models import Category, Division, Holiday
from liaison.scoped_admin.columns import CappedPaginator
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


@admin.register(Holiday)
class HolidayAdmin(SharedAdmin):
    list_display = ["date", "name", "kind"]
    list_filter = ["kind"]
    search_fields = ["name"]
