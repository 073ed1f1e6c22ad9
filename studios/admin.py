from django.contrib import admin
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from liaison.scoped_admin.columns import badge
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter, VisibleFilter
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.revealing import Revealing
from studios.models import (
    Contact,
    Fund,
    Guidance,
    Paper,
    Posting,
    ReceptionRule,
    Spending,
    StandardCheck,
    Studio,
)


class StandingFilter(admin.SimpleListFilter):
    """Rows with dated validity: those that stand today, or all."""

    title = "时效"
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [("today", "现行有效")]

    def queryset(self, request, queryset):
        return queryset.standing_on(timezone.localdate()) if self.value() == "today" else queryset


class StudioStateFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return Studio.STATES

    def queryset(self, request, queryset):
        return queryset.in_state(self.value(), timezone.localdate()) if self.value() else queryset


class PostingInline(ScopedInline):
    model = Posting
    autocomplete_fields = ["member"]
    fields = ["role", "member", "expert_name", "expert_employer", "starts_on", "ends_on"]


class ReceptionRuleInline(ScopedInline):
    """One or two of a studio, with more fields than a row of a table can hold."""

    model = ReceptionRule
    template = "admin/edit_inline/stacked.html"


class StandardCheckInline(ScopedInline):
    model = StandardCheck
    autocomplete_fields = ["evidence"]
    fields = ["standard", "is_met", "checked_on", "evidence"]


@admin.register(Studio)
class StudioAdmin(ScopedAdmin):
    list_display = ["name", "organisation", "kind", "basis", "lead", "state", "model_level", "opened_on"]
    list_select_related = ["organisation"]
    list_filter = [OrganisationFilter, StudioStateFilter, "kind", "basis", "model_level"]
    search_fields = ["name", "pinyin__contains", "brand"]
    search_help_text = "名称、拼音首字母或品牌"
    autocomplete_fields = ["organisation", "division", "sectors", "liaison_officer"]
    readonly_fields = ["code"]
    fieldsets = [
        (None, {"fields": ["organisation", "name", "kind", "basis", "division", "opened_on", "closed_on"]}),
        ("名称与联系", {"fields": ["brand", "host", "address", "phone", "liaison_officer", "code"]}),
        ("特色", {"fields": ["sectors", "industry", "grid", "model_level", "stars", "intro"]}),
        ("位置", {"classes": ["collapse"], "fields": ["longitude", "latitude"]}),
    ]
    inlines = [PostingInline, ReceptionRuleInline, StandardCheckInline]
    named_with = ("organisation",)

    def get_queryset(self, request):
        leads = Posting.objects.leads().standing_on(timezone.localdate()).select_related("member")
        return super().get_queryset(request).prefetch_related(Prefetch("postings", leads, to_attr="leads_today"))

    @admin.display(description="领衔委员")
    def lead(self, studio):
        return studio.leads_today[0].member if studio.leads_today else badge("缺领衔", "warn")

    @admin.display(description="状态")
    def state(self, studio):
        today = timezone.localdate()
        if studio.is_open_on(today):
            return badge("开放", "good")
        return badge("已撤销" if studio.opened_on <= today else "还未挂牌", "neutral")

    def get_readonly_fields(self, request, obj=None):
        """A liaison officer keeps the studio's own particulars; its standing is the office's matter."""
        fields = super().get_readonly_fields(request, obj)
        if self.has_add_permission(request):
            return fields
        return (*fields, *Studio.STANDING)

    def verb_links(self, request, record) -> list[dict]:
        public = {"label": "群众页面", "tone": "quiet", "url": reverse("public:show-studio", args=[record.code])}
        posters = {"label": "二维码与海报", "tone": "quiet", "url": reverse("posters:show-poster", args=[record.pk])}
        is_closed = record.closed_on and record.closed_on <= timezone.localdate()
        return [*super().verb_links(request, record), public, *([] if is_closed else [posters])]

    def list_links(self, request) -> list[dict]:
        return [{"label": "二维码与海报", "url": reverse("posters:list-posters")}]


class OfStudioAdmin(ScopedAdmin):
    """Rows of a studio: found by the studio's name, and never moved to another."""

    list_select_related = ["studio__organisation"]
    search_fields = ["studio__name", "studio__pinyin__contains"]
    search_help_text = "工作室名称或拼音首字母"
    autocomplete_fields = ["studio"]
    frozen = ("studio",)

    @admin.display(description="政协组织", ordering="studio__organisation__path")
    def organisation(self, row):
        return row.studio.organisation


@admin.register(Posting)
class PostingAdmin(OfStudioAdmin):
    list_display = ["person", "role", "studio", "organisation", "starts_on", "ends_on"]
    list_select_related = ["studio__organisation", "member"]
    list_filter = [OrganisationFilter, StandingFilter, "role"]
    search_fields = [
        "member__name", "member__pinyin__contains", "expert_name", "studio__name", "studio__pinyin__contains",
    ]  # fmt: skip
    search_help_text = "姓名、工作室名称或拼音首字母"
    autocomplete_fields = ["studio", "member"]

    @admin.display(description="姓名", ordering="member__pinyin")
    def person(self, posting):
        return posting.member or posting.expert_name


@admin.register(ReceptionRule)
class ReceptionRuleAdmin(OfStudioAdmin):
    list_display = ["studio", "organisation", "pattern", "day_of_month", "nth", "weekday", "opens", "closes", "ends_on"]
    list_filter = [OrganisationFilter, "pattern"]


@admin.register(Guidance)
class GuidanceAdmin(ScopedAdmin):
    list_display = ["special_committee", "organisation", "studio", "liaison_member", "starts_on", "ends_on"]
    list_select_related = ["special_committee__organisation", "studio", "liaison_member"]
    list_filter = [OrganisationFilter, StandingFilter]
    search_fields = [
        "special_committee__name", "special_committee__pinyin__contains", "studio__name", "studio__pinyin__contains",
    ]  # fmt: skip
    search_help_text = "专委会、工作室的名称或拼音首字母"
    autocomplete_fields = ["special_committee", "studio", "liaison_member"]
    frozen = ("special_committee",)

    @admin.display(description="政协组织", ordering="special_committee__organisation__path")
    def organisation(self, guidance):
        return guidance.special_committee.organisation


@admin.register(StandardCheck)
class StandardCheckAdmin(OfStudioAdmin):
    list_display = ["studio", "organisation", "standard", "is_met", "checked_on", "checked_by"]
    list_select_related = ["studio__organisation", "checked_by"]
    list_filter = [OrganisationFilter, "standard", "is_met"]
    autocomplete_fields = ["studio", "evidence"]
    fields = ["studio", "standard", "is_met", "checked_on", "evidence"]

    def save_model(self, request, obj, form, change):
        obj.checked_by = obj.checked_by or request.user
        super().save_model(request, obj, form, change)


@admin.register(Contact)
class ContactAdmin(Revealing, ScopedAdmin):
    personal = {"name": "masked_name"}
    list_display = ["masked_name", "kind", "organisation", "member", "studio", "division", "starts_on", "ends_on"]
    list_select_related = ["organisation", "member", "studio", "division"]
    list_filter = [OrganisationFilter, StandingFilter, "kind"]
    search_fields = ["name", "pinyin__contains", "member__name", "member__pinyin__contains"]
    search_help_text = "名称、委员姓名或拼音首字母"
    autocomplete_fields = ["organisation", "division", "member", "studio"]

    @admin.display(description="名称", ordering="pinyin")
    def masked_name(self, contact):
        return str(contact)


class SpendingInline(ScopedInline):
    model = Spending
    fields = ["spent_on", "amount", "purpose"]


@admin.register(Fund)
class FundAdmin(ScopedAdmin):
    list_display = ["year", "organisation", "studio", "source", "amount", "spent", "allocated_on", "voided"]
    list_select_related = ["organisation", "studio"]
    list_filter = [OrganisationFilter, ("allocated_on", PeriodFilter), ("studio", VisibleFilter)]
    search_fields = ["source", "studio__name", "studio__pinyin__contains"]
    search_help_text = "来源、工作室名称或拼音首字母"
    autocomplete_fields = ["organisation", "studio"]
    inlines = [SpendingInline]
    named_with = ("organisation",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("spendings")

    @admin.display(description="已支出（元）")
    def spent(self, fund):
        return sum(spending.amount for spending in fund.spendings.all())


@admin.register(Spending)
class SpendingAdmin(ScopedAdmin):
    list_display = ["purpose", "amount", "spent_on", "fund", "organisation"]
    list_select_related = ["fund__organisation"]
    list_filter = [OrganisationFilter]
    search_fields = ["purpose", "fund__source", "fund__studio__name", "fund__studio__pinyin__contains"]
    search_help_text = "用途、经费来源、工作室名称或拼音首字母"
    autocomplete_fields = ["fund"]
    frozen = ("fund",)

    @admin.display(description="政协组织", ordering="fund__organisation__path")
    def organisation(self, spending):
        return spending.fund.organisation


@admin.register(Paper)
class PaperAdmin(ScopedAdmin):
    list_display = ["title", "kind", "organisation", "studio", "version", "effective_on"]
    list_select_related = ["organisation", "studio"]
    list_filter = [OrganisationFilter, "kind"]
    search_fields = ["title", "pinyin__contains"]
    search_help_text = "标题或拼音首字母"
    autocomplete_fields = ["organisation", "studio", "file"]
