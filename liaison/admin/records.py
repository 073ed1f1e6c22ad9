from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from liaison.forms import AttachmentForm
from liaison.models import Attachment, Entry
from liaison.scoped_admin.columns import CappedPaginator
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter
from liaison.scoped_admin.options import ScopedAdmin


@admin.register(Attachment)
class AttachmentAdmin(ScopedAdmin):
    """Files that papers and checks point to; those of a record are uploaded where the record is."""

    form = AttachmentForm
    list_display = ["name", "kind", "kilobytes", "organisation", "uploaded_by", "uploaded_at"]
    list_select_related = ["organisation", "uploaded_by"]
    list_filter = [OrganisationFilter, "kind"]
    search_fields = ["name"]
    autocomplete_fields = ["organisation"]
    fields = ["organisation", "file"]
    paginator = CappedPaginator
    named_with = ("organisation",)

    def get_fields(self, request, obj=None):
        return ["organisation", "link", "kind", "uploaded_by", "uploaded_at"] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        return ["organisation", "link", "kind", "uploaded_by", "uploaded_at"] if obj else []

    @admin.display(description="文件")
    def link(self, attachment):
        return format_html('<a href="{}">{}</a>', reverse("liaison:show-file", args=[attachment.pk]), attachment.name)

    @admin.display(description="大小（KB）")
    def kilobytes(self, attachment):
        return f"{attachment.size / 1024:,.0f}"

    def save_model(self, request, obj, form, change):
        obj.uploaded_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(Entry)
class EntryAdmin(ScopedAdmin):
    """The trail, for the audit administrator: it can only be read."""

    list_display = ["at", "act", "account", "kind_of_record", "object_label", "organisation", "address"]
    list_select_related = ["account", "content_type", "organisation"]
    list_filter = [("at", PeriodFilter), OrganisationFilter, "act"]
    search_fields = ["object_label", "account__name", "account__username"]
    paginator = CappedPaginator
    ordering = ["-id"]
    sortable_by = ()
    fields = ["at", "act", "account", "kind_of_record", "object_label", "changed", "organisation", "address"]
    readonly_fields = ["kind_of_record", "changed"]

    @admin.display(description="记录类型")
    def kind_of_record(self, entry):
        return entry.content_type and entry.content_type.model_class()._meta.verbose_name

    @admin.display(description="内容")
    def changed(self, entry):
        """Names of changed fields, or the page that was refused; values have no place in the trail."""
        return "、".join(entry.changes.get("fields", [])) or entry.changes.get("path", "—")
