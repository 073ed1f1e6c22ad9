"""The trail as the audit administrator reads it: filtered, record by record, and exported."""

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.text import Truncator

from liaison import trail
from liaison.models import Entry
from liaison.scoped_admin.columns import CappedPaginator
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter, TypedFilter
from liaison.scoped_admin.options import ScopedAdmin
from liaison.scoped_admin.telling import told
from liaison.workbooks import XLSX, Sheet, workbook

# Beyond this a person narrows the list; the file is made whole in memory, within the transaction.
MOST_EXPORTED = 10_000
COLUMNS = ("编号", "时间", "操作", "账号", "姓名", "记录类型", "记录编号", "记录", "内容", "政协组织", "来源地址")


def kind_of(entry: Entry) -> str:
    """来访, 委员 …; "" when the entry is about no record, or about a kind that is no more."""
    model = entry.content_type and entry.content_type.model_class()
    return str(model._meta.verbose_name) if model else ""


class KindFilter(admin.SimpleListFilter):
    """?kind=reception.visit"""

    title = "记录类型"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        own = [config.label for config in apps.get_app_configs() if "django" not in config.name]
        models = [model for label in own for model in apps.get_app_config(label).get_models()]
        shown = [model for model in models if admin.site.is_registered(model)]
        return [(model._meta.label_lower, model._meta.verbose_name) for model in shown]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        try:
            return queryset.filter(content_type=ContentType.objects.get_for_model(apps.get_model(self.value())))
        except (LookupError, ValueError):
            return queryset.none()


class RecordFilter(admin.SimpleListFilter):
    """All that was done to one record: `?record=reception.visit-12`, as the page of an entry links to it."""

    title = "记录"
    parameter_name = "record"

    def lookups(self, request, model_admin):
        """None to choose from: there may be millions."""
        label, _, key = (self.used_parameters.get("record") or "").partition("-")
        try:
            name = apps.get_model(label)._meta.verbose_name
        except (LookupError, ValueError):
            return [("-", "无法识别")] if label else []
        return [(self.used_parameters["record"], f"{name} 第 {key} 号")]

    def has_output(self):
        return bool(self.lookup_choices)

    def queryset(self, request, queryset):
        label, _, key = (self.value() or "").partition("-")
        if not label:
            return queryset
        try:
            kind = ContentType.objects.get_for_model(apps.get_model(label))
        except (LookupError, ValueError):
            return queryset.none()
        return queryset.filter(content_type=kind, object_id=key)


class AccountFilter(TypedFilter):
    title = "账号"
    parameter_name = "who"
    label = "账号名或姓名"

    def filtered(self, queryset, typed: str):
        return queryset.filter(Q(account__username=typed) | Q(account__name=typed))


class AddressFilter(TypedFilter):
    title = "来源地址"
    parameter_name = "source"
    label = "地址，如 10.0.0.7"

    def filtered(self, queryset, typed: str):
        return queryset.filter(address=typed) if is_address(typed) else queryset.none()


def is_address(typed: str) -> bool:
    try:
        Entry._meta.get_field("address").clean(typed, None)
    except ValidationError:
        return False
    return True


@admin.register(Entry)
class EntryAdmin(ScopedAdmin):
    """It can only be read."""

    list_display = ["at", "act", "account", "kind_of_record", "object_label", "content", "organisation", "address"]
    list_select_related = ["account", "content_type", "organisation"]
    list_filter = [
        ("at", PeriodFilter), "act", OrganisationFilter, AccountFilter, KindFilter, AddressFilter, RecordFilter,
    ]  # fmt: skip
    search_fields = ["object_label", "account__name", "account__username"]
    search_help_text = "记录名称、账号名或姓名"
    paginator = CappedPaginator
    ordering = ["-at", "-id"]
    sortable_by = ()
    fields = ["moment", "act", "account", "organisation", "address", "kind_of_record", "object_label"]
    readonly_fields = ["moment", "kind_of_record"]

    @admin.display(description="时间")
    def moment(self, entry):
        """To the second, which the list has no room for."""
        return f"{timezone.localtime(entry.at):%Y年%-m月%-d日 %H:%M:%S}"

    @admin.display(description="记录类型")
    def kind_of_record(self, entry):
        return kind_of(entry) or "—"

    @admin.display(description="内容")
    def content(self, entry):
        """What changed, by name; the entry's own page has the values."""
        said = told(entry)
        words = [*said.words, *(change.label for change in said.changes)]
        return Truncator("、".join(words)).chars(60) or "—"

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="liaison_entry_export"), *super().get_urls()]

    def list_links(self, request) -> list[dict]:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return [{"label": "导出表格", "url": reverse("admin:liaison_entry_export") + query}]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"chain": trail.state()} | (extra_context or {}))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["told"] = told(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def verb_links(self, request, record) -> list[dict]:
        """An entry is never acted on; from it one goes on to what else was done."""
        page = reverse("admin:liaison_entry_changelist")
        links = []
        if record.content_type and record.object_id:
            kind = f"{record.content_type.app_label}.{record.content_type.model}"
            query = urlencode({"record": f"{kind}-{record.object_id}"})
            links.append({"label": "这条记录的全部操作", "tone": "quiet", "url": f"{page}?{query}"})
        if record.account:
            query = urlencode({"who": record.account.username})
            links.append({"label": "这个账号的全部操作", "tone": "quiet", "url": f"{page}?{query}"})
        return links

    # Exporting

    def export_view(self, request):
        """What the list shows with the same filters, as a workbook; made whole before it is sent, and noted."""
        self.must_know_such_records(request)
        entries = list(self.get_changelist_instance(request).get_queryset(request)[: MOST_EXPORTED + 1])
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        if len(entries) > MOST_EXPORTED:
            messages.warning(request, f"符合条件的操作记录超过 {MOST_EXPORTED:,} 条，请先用时间等条件缩小范围再导出。")
            return HttpResponseRedirect(reverse("admin:liaison_entry_changelist") + query)
        content = workbook(Sheet("操作记录", COLUMNS, [self._row(entry) for entry in entries]))
        Entry.note(Entry.Act.EXPORT, request=request, fields=["操作记录"], rows=len(entries), filters=query)
        name = f"操作记录（{timezone.localtime():%Y年%-m月%-d日%H时%M分}）.xlsx"
        disposition = content_disposition_header(as_attachment=True, filename=name)
        return HttpResponse(content, XLSX, headers={"Content-Disposition": disposition})

    def _row(self, entry: Entry) -> tuple:
        account = entry.account
        return (
            entry.pk, entry.at, entry.get_act_display(), account and account.username, account and account.name,
            kind_of(entry), entry.object_id, entry.object_label, told(entry).summary,
            entry.organisation and entry.organisation.short_name, entry.address,
        )  # fmt: skip
