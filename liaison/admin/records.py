from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from liaison.forms import AttachmentForm
from liaison.models import Attachment
from liaison.scoped_admin.columns import CappedPaginator
from liaison.scoped_admin.filters import OrganisationFilter
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
