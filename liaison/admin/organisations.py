from django.contrib import admin

from liaison.models import ActivityGroup, Department, Organisation, Sector, SpecialCommittee, Term
from liaison.privacy import mask_name, mask_phone
from liaison.scoped_admin.filters import OrganisationFilter
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.revealing import Revealing


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    list_display = ["short_name", "level", "code", "parent", "letters"]
    list_select_related = ["parent"]
    list_filter = [OrganisationFilter, "level"]
    search_fields = ["short_name", "name", "pinyin__contains"]
    search_help_text = "名称或拼音首字母"
    autocomplete_fields = ["division", "parent"]
    fields = ["division", "parent", "level", "name", "short_name", "letters"]
    frozen = ()

    @admin.display(description="区划代码", ordering="path")
    def code(self, organisation):
        return organisation.code

    def get_readonly_fields(self, request, obj=None):
        """An office keeps its own names; its place in the tree is set by whoever founds offices."""
        founds = self.has_add_permission(request)
        return super().get_readonly_fields(request, obj) if founds else ("division", "parent", "level")


@admin.register(Term)
class TermAdmin(ScopedAdmin):
    list_display = ["__str__", "organisation", "starts_on", "ends_on"]
    list_select_related = ["organisation"]
    list_filter = [OrganisationFilter]
    search_fields = ["organisation__short_name", "organisation__pinyin__contains"]
    search_help_text = "政协组织名称或拼音首字母"
    autocomplete_fields = ["organisation"]
    named_with = ("organisation",)

    def full_label(self, record) -> str:
        return str(record)


class ActivityGroupInline(ScopedInline):
    model = ActivityGroup
    autocomplete_fields = ["leader"]


@admin.register(SpecialCommittee)
class SpecialCommitteeAdmin(ScopedAdmin):
    list_display = ["name", "organisation", "convener", "order", "starts_on", "ends_on"]
    list_select_related = ["organisation", "convener"]
    list_filter = [OrganisationFilter]
    search_fields = ["name", "pinyin__contains", "organisation__short_name", "organisation__pinyin__contains"]
    search_help_text = "专委会、政协组织的名称或拼音首字母"
    autocomplete_fields = ["organisation", "convener"]
    inlines = [ActivityGroupInline]
    named_with = ("organisation",)


@admin.register(ActivityGroup)
class ActivityGroupAdmin(ScopedAdmin):
    list_display = ["name", "kind", "special_committee", "organisation", "leader"]
    list_select_related = ["special_committee__organisation", "leader"]
    list_filter = [OrganisationFilter, "kind"]
    search_fields = ["name", "pinyin__contains", "special_committee__name", "special_committee__pinyin__contains"]
    search_help_text = "小组、专委会的名称或拼音首字母"
    autocomplete_fields = ["special_committee", "leader"]
    frozen = ("special_committee",)
    named_with = ("special_committee",)

    @admin.display(description="政协组织", ordering="special_committee__organisation__path")
    def organisation(self, group):
        return group.special_committee.organisation

    def full_label(self, record) -> str:
        return f"{record}（{record.special_committee}）"


@admin.register(Sector)
class SectorAdmin(ScopedAdmin):
    list_display = ["name", "organisation", "standard_code", "order"]
    list_select_related = ["organisation"]
    list_filter = [OrganisationFilter, "standard_code"]
    search_fields = ["name", "pinyin__contains", "organisation__short_name", "organisation__pinyin__contains"]
    search_help_text = "界别、政协组织的名称或拼音首字母"
    autocomplete_fields = ["organisation"]
    named_with = ("organisation",)


@admin.register(Department)
class DepartmentAdmin(Revealing, ScopedAdmin):
    list_display = ["name", "organisation", "masked_contact", "masked_phone"]
    fieldsets = [(None, {"fields": ["organisation", "name", "contact", "phone"]})]
    personal = {"contact": "masked_contact", "phone": "masked_phone"}
    list_select_related = ["organisation"]
    list_filter = [OrganisationFilter]
    search_fields = ["name", "pinyin__contains"]
    search_help_text = "名称或拼音首字母"
    autocomplete_fields = ["organisation"]
    named_with = ("organisation",)

    @admin.display(description="联系人")
    def masked_contact(self, department):
        return mask_name(department.contact) or "—"

    @admin.display(description="联系电话")
    def masked_phone(self, department):
        return mask_phone(department.phone) or "—"
