from django import forms
from django.contrib import admin

from liaison.models import Category
from liaison.privacy import blotted, mask_phone
from liaison.scoped_admin.columns import CappedPaginator, badge
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter, VisibleFilter
from liaison.scoped_admin.forms import ScopedForm
from liaison.scoped_admin.options import ScopedAdmin
from liaison.scoped_admin.revealing import Revealing
from liaison.scoped_admin.verbs import ActForm, Verb


class CategoryForm(ActForm):
    lede = "所选来访都改为这个类别，统计随之更新。"
    category = forms.ModelChoiceField(Category.objects.filter(is_active=True), label="事项类别")

    def act_on(self, records, *, by, at):
        records.update(category=self.cleaned_data["category"])


CHANGE_CATEGORY = Verb("category", "修改类别", CategoryForm, "已修改类别。", lambda visit: not visit.is_voided)


class VisitForm(ScopedForm):
    """A visit as the office records it afterwards: any channel, any studio of its own."""

    def clean(self):
        cleaned = super().clean()
        is_placed = (
            cleaned.get("studio") or cleaned.get("reception_day") or {"studio", "reception_day"} & self.errors.keys()
        )
        if self.instance._state.adding and not is_placed:
            self.instance.belong_to_office_of(self.account)
        return cleaned


class VisitAdmin(Revealing, ScopedAdmin):
    """Registered in cases, since a visit may open a case."""

    form = VisitForm
    list_display = [
        "visited_on", "masked_name", "headcount", "studio", "organisation", "category", "handling_badge", "channel",
        "late_badge",
    ]  # fmt: skip
    list_select_related = ["studio", "organisation", "category"]
    list_filter = [
        OrganisationFilter, ("visited_on", PeriodFilter), "channel", "handling", ("category", VisibleFilter),
        ("studio", VisibleFilter),
    ]  # fmt: skip
    search_fields = ["studio__name", "studio__pinyin__contains", "content"]
    search_help_text = "工作室、反映事项"
    sortable_by = ["visited_on"]
    paginator = CappedPaginator
    autocomplete_fields = ["studio", "reception_day", "receivers", "category"]
    fieldsets = [
        (None, {"fields": ["studio", "reception_day", "channel", "visited_on", "receivers", "headcount"]}),
        ("来访人", {"fields": ["visitor_name", "identity", "visitor_phone", "consented"]}),
        ("事项", {"fields": ["category", "content", "is_urgent", "is_group_matter"]}),
        ("处理", {"fields": ["handling", "reply", "referred_to", "exclusion", "channel_named"]}),
    ]
    personal = {"visitor_name": "masked_name", "visitor_phone": "masked_phone"}
    mentions = {"content": "blotted_content", "reply": "blotted_reply"}
    actions = ["change_category"]
    frozen = ("studio", "reception_day")
    named_with = ("organisation",)

    @admin.display(description="称呼")
    def masked_name(self, visit):
        return visit.masked_name

    @admin.display(description="联系电话")
    def masked_phone(self, visit):
        return mask_phone(visit.visitor_phone) or "—"

    @admin.display(description="反映事项")
    def blotted_content(self, visit):
        return blotted(visit.content, visit.recognised_by) or "—"

    @admin.display(description="答复")
    def blotted_reply(self, visit):
        return blotted(visit.reply, visit.recognised_by) or "—"

    @admin.display(description="处理方式")
    def handling_badge(self, visit):
        return badge("已作废", "late") if visit.is_voided else badge(visit.get_handling_display(), "info")

    @admin.display(description="补记")
    def late_badge(self, visit):
        """Written on a phone without network, and sent after the day was closed."""
        return badge("补记", "warn") if visit.is_late else ""

    def sees_whole(self, request, visit) -> bool:
        """Only clerks of the owning office see a stored visitor's name and phone unmasked."""
        return visit is None or visit.organisation in request.user.organisations_with("clerk")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "receivers" in form.changed_data:
            form.instance.receive(*form.cleaned_data["receivers"])

    @admin.action(description="修改所选来访的类别", permissions=["change"])
    def change_category(self, request, queryset):
        return self.on_selection(request, queryset, CHANGE_CATEGORY, "change_category")
