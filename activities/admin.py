from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils import timezone

from activities.models import Activity, MediaReport, Output, Participation, Programme, TaskGroup
from liaison.periods import quarter_of
from liaison.scoped_admin.columns import CappedPaginator, badge
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter, VisibleFilter
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.verbs import ActForm, Verb
from studios.admin import StandingFilter
from studios.models import LeaderLink

TONES = {Activity.State.PLANNED: "info", Activity.State.HELD: "good", Activity.State.CANCELLED: "neutral"}


def is_planned(activity: Activity) -> bool:
    return activity.state == Activity.State.PLANNED and not activity.is_voided


class HoldForm(ActForm):
    lede = "登记后，这次活动计入统计。"

    def act(self, record, *, by, at):
        record.hold()


class CancelForm(ActForm):
    lede = "取消的活动不计入统计。"

    def act(self, record, *, by, at):
        record.cancel()


class KindForm(ActForm):
    lede = "所选活动都改为这个类型，统计随之更新。"
    kind = forms.ChoiceField(label="类型", choices=Activity.Kind)

    def act_on(self, records, *, by, at):
        records.update(kind=self.cleaned_data["kind"])


HOLD = Verb("hold", "登记已开展", HoldForm, "已登记为已开展。", is_planned, tone="primary")
CANCEL = Verb("cancel", "取消", CancelForm, "已取消。", is_planned)
CHANGE_KIND = Verb("kind", "修改类型", KindForm, "已修改类型。", lambda activity: not activity.is_voided)


class ParticipationInline(ScopedInline):
    model = Participation
    autocomplete_fields = ["member"]
    fields = ["member", "sector"]
    readonly_fields = ["sector"]


class OutputInline(ScopedInline):
    model = Output
    autocomplete_fields = ["file"]
    fields = ["kind", "count", "title", "happened_on", "file"]
    show_change_link = True

    def get_queryset(self, request):
        return super().get_queryset(request).unvoided()


@admin.register(Activity)
class ActivityAdmin(ScopedAdmin):
    list_display = ["title", "held_on", "kind", "organisation", "studio", "state_badge", "member_count", "public_count"]
    list_select_related = ["organisation", "studio"]
    list_filter = [OrganisationFilter, ("held_on", PeriodFilter), "kind", "state", ("studio", VisibleFilter)]
    search_fields = ["title", "pinyin__contains"]
    search_help_text = "名称或拼音首字母"
    sortable_by = ["held_on"]
    paginator = CappedPaginator
    autocomplete_fields = [
        "organisation", "studio", "special_committee", "programme", "leader_link", "co_organisers", "division",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["organisation", "studio", "title", "kind", "state", "held_on", "ends_on"]}),
        ("地点", {"fields": ["venue", "place", "division"]}),
        ("人次与小结", {"fields": ["member_count", "public_count", "six_new", "summary"]}),
        (
            "更多",
            {
                "classes": ["collapse"],
                "fields": ["brand", "campaign", "special_committee", "programme", "leader_link", "co_organisers"],
            },
        ),
    ]
    inlines = [ParticipationInline, OutputInline]
    verbs = (HOLD, CANCEL)
    actions = ["change_kind"]
    # What it was when it was recorded: a held activity does not quietly become a planned one again.
    frozen = ("organisation", "state")
    named_with = ("organisation",)

    @admin.display(description="状态", ordering="state")
    def state_badge(self, activity):
        if activity.is_voided:
            return badge("已作废", "late")
        return badge(activity.get_state_display(), TONES[activity.state])

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "state":
            kwargs["choices"] = [c for c in Activity.State.choices if c[0] != Activity.State.CANCELLED]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.count_names()

    @admin.action(description="修改所选活动的类型", permissions=["change"])
    def change_kind(self, request, queryset):
        return self.on_selection(request, queryset, CHANGE_KIND, "change_kind")


@admin.register(Participation)
class ParticipationAdmin(ScopedAdmin):
    list_display = ["member", "activity", "organisation", "sector"]
    list_select_related = ["member", "activity__organisation", "sector"]
    list_filter = [("activity__held_on", PeriodFilter)]
    search_fields = ["member__name", "member__pinyin__contains", "activity__title", "activity__pinyin__contains"]
    search_help_text = "委员姓名、活动名称或拼音首字母"
    sortable_by = ()
    paginator = CappedPaginator
    autocomplete_fields = ["activity", "member", "sector"]
    frozen = ("activity",)

    @admin.display(description="政协组织")
    def organisation(self, participation):
        return participation.activity.organisation


@admin.register(Output)
class OutputAdmin(ScopedAdmin):
    list_display = ["kind", "count", "title", "happened_on", "activity", "organisation", "voided"]
    list_select_related = ["activity", "organisation"]
    list_filter = [OrganisationFilter, ("happened_on", PeriodFilter), "kind"]
    search_fields = ["title", "activity__title", "activity__pinyin__contains"]
    search_help_text = "内容、活动名称或拼音首字母"
    sortable_by = ["happened_on"]
    paginator = CappedPaginator
    autocomplete_fields = ["activity", "file"]
    frozen = ("activity",)


class TaskGroupInline(ScopedInline):
    model = TaskGroup
    autocomplete_fields = ["leader"]
    fields = ["name", "leader", "starts_on", "ends_on"]


@admin.register(Programme)
class ProgrammeAdmin(ScopedAdmin):
    inlines = [TaskGroupInline]
    list_display = ["name", "organisation", "starts_on", "ends_on"]
    list_select_related = ["organisation"]
    list_filter = [OrganisationFilter]
    search_fields = ["name", "pinyin__contains"]
    search_help_text = "名称或拼音首字母"
    autocomplete_fields = ["organisation"]
    named_with = ("organisation",)


@admin.register(TaskGroup)
class TaskGroupAdmin(ScopedAdmin):
    list_display = ["name", "programme", "organisation", "leader", "starts_on", "ends_on"]
    list_select_related = ["programme", "organisation", "leader"]
    list_filter = [OrganisationFilter, StandingFilter]
    search_fields = ["name", "programme__name", "programme__pinyin__contains"]
    search_help_text = "专班、专项工作的名称或拼音首字母"
    autocomplete_fields = ["programme", "leader"]
    fields = ["programme", "name", "leader", "starts_on", "ends_on"]
    frozen = ("programme",)


@admin.register(MediaReport)
class MediaReportAdmin(ScopedAdmin):
    list_display = ["title", "outlet", "level", "published_on", "organisation", "studio", "voided"]
    list_select_related = ["organisation", "studio"]
    list_filter = [OrganisationFilter, ("published_on", PeriodFilter), "level", ("studio", VisibleFilter)]
    search_fields = ["title", "outlet"]
    search_help_text = "标题或媒体"
    sortable_by = ["published_on"]
    paginator = CappedPaginator
    autocomplete_fields = ["organisation", "studio", "activity", "praised"]
    fields = ["organisation", "studio", "activity", "title", "outlet", "level", "published_on", "link", "praised"]


class UnvisitedFilter(admin.SimpleListFilter):
    """每季度到各个包抓联系点: links that stand today and have had no visit in this quarter."""

    title = "本季度"
    parameter_name = "quarter"

    def lookups(self, request, model_admin):
        return [("overdue", "还没有去")]

    def queryset(self, request, queryset):
        if self.value() == "overdue":
            return queryset.standing_on(timezone.localdate()).filter(is_visited=False)
        return queryset


@admin.register(LeaderLink)
class LeaderLinkAdmin(ScopedAdmin):
    """Stands here and not with the studios, because visits are activities."""

    list_display = ["leader_name", "organisation", "kind", "where", "visited", "starts_on", "ends_on"]
    list_select_related = ["leader__member", "leader__organisation", "organisation", "studio", "target"]
    list_filter = [OrganisationFilter, StandingFilter, UnvisitedFilter, "kind"]
    search_fields = [
        "leader__member__name", "leader__member__pinyin__contains", "studio__name", "studio__pinyin__contains",
        "target__short_name", "target__pinyin__contains",
    ]  # fmt: skip
    search_help_text = "领导、工作室、下级政协的名称或拼音首字母"
    autocomplete_fields = ["organisation", "leader", "studio", "target"]
    named_with = ("leader__member", "studio", "target")

    def get_queryset(self, request):
        visits = Activity.objects.leader_visits(during=quarter_of(timezone.localdate()))
        return super().get_queryset(request).annotate(is_visited=Exists(visits.filter(leader_link=OuterRef("pk"))))

    @admin.display(description="领导", ordering="leader__member__pinyin")
    def leader_name(self, link):
        return link.leader.member

    @admin.display(description="联系点")
    def where(self, link):
        return link.studio or link.target

    @admin.display(description="本季度")
    def visited(self, link):
        if link.is_visited:
            return badge("已去", "good")
        is_over = link.ends_on is not None and link.ends_on < timezone.localdate()
        return badge("已结束", "neutral") if is_over else badge("还没有去", "warn")

    def full_label(self, record) -> str:
        return str(record)
