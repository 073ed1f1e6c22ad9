from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from liaison.models import Category, Entry
from liaison.privacy import blotted, mask_phone
from liaison.scoped_admin.columns import CappedPaginator, badge
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter, VisibleFilter
from liaison.scoped_admin.forms import ScopedForm
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.revealing import Revealing
from liaison.scoped_admin.verbs import ActForm, Verb
from reception.models import Duty, ReceptionDay, Visit

State = ReceptionDay.State
TONES = {State.PLANNED: "info", State.ANNOUNCED: "info", State.HELD: "good", State.CANCELLED: "neutral"}
MOST_FOUND = 50


class AnnounceForm(ActForm):
    lede = "公布后，群众可以看到这个接待日。"

    def act(self, record, *, by, at):
        record.announce()


class HoldForm(ActForm):
    lede = "登记后，这个接待日计入统计，不能再登记来访。"
    summary = forms.CharField(label="小结", required=False, widget=forms.Textarea({"rows": 4}))

    def act(self, record, *, by, at):
        record.hold(summary=self.cleaned_data["summary"])


class ReopenForm(ActForm):
    lede = "重新开放后可以补登来访，接待日暂不计入统计；补登完请再次登记已开展。"

    def act(self, record, *, by, at):
        record.reopen()


class CancelForm(ActForm):
    why = forms.CharField(label="取消原因", max_length=200, widget=forms.Textarea({"rows": 3}))

    def act(self, record, *, by, at):
        record.cancel(why=self.cleaned_data["why"])


class CategoryForm(ActForm):
    lede = "所选来访都改为这个类别，统计随之更新。"
    category = forms.ModelChoiceField(Category.objects.filter(is_active=True), label="事项类别")

    def act_on(self, records, *, by, at):
        records.update(category=self.cleaned_data["category"])


def is_planned(day: ReceptionDay) -> bool:
    return day.state == State.PLANNED and not day.is_voided


def is_open(day: ReceptionDay) -> bool:
    return day.is_open


ANNOUNCE = Verb("announce", "公布", AnnounceForm, "已公布。", is_planned, tone="primary")


def is_due(day: ReceptionDay) -> bool:
    return day.is_open and day.held_on <= timezone.localdate()


def is_held(day: ReceptionDay) -> bool:
    return day.state == State.HELD and not day.is_voided


HOLD = Verb("hold", "登记已开展", HoldForm, "已登记为已开展。", is_due, tone="primary")
REOPEN = Verb("reopen", "重新开放登记", ReopenForm, "已重新开放登记。", is_held)
CANCEL = Verb("cancel", "取消", CancelForm, "已取消。", is_open)
CHANGE_CATEGORY = Verb("category", "修改类别", CategoryForm, "已修改类别。", lambda visit: not visit.is_voided)


class DutyInline(ScopedInline):
    model = Duty
    autocomplete_fields = ["member"]
    fields = ["member", "signed_in_at"]
    readonly_fields = ["signed_in_at"]


@admin.register(ReceptionDay)
class ReceptionDayAdmin(ScopedAdmin):
    list_display = ["studio", "held_on", "opens", "closes", "kind", "organisation", "state_badge", "theme"]
    list_select_related = ["studio", "organisation"]
    list_filter = [OrganisationFilter, ("held_on", PeriodFilter), "state", "kind", ("studio", VisibleFilter)]
    search_fields = ["studio__name", "studio__pinyin__contains", "theme"]
    search_help_text = "工作室名称、拼音首字母或主题"
    sortable_by = ["held_on"]
    paginator = CappedPaginator
    autocomplete_fields = ["studio"]
    readonly_fields = ["state_badge", "cancel_reason"]
    fields = [
        "studio",
        "kind",
        "held_on",
        "opens",
        "closes",
        "place",
        "theme",
        "summary",
        "state_badge",
        "cancel_reason",
    ]
    inlines = [DutyInline]
    verbs = (ANNOUNCE, HOLD, REOPEN, CANCEL)
    frozen = ("studio",)
    named_with = ("studio", "organisation")

    @admin.display(description="状态", ordering="state")
    def state_badge(self, day):
        if day.is_voided:
            return badge("已作废", "late")
        if day.is_open and day.held_on and day.held_on < timezone.localdate():
            return badge("未开展", "warn")
        return badge(day.get_state_display(), TONES[day.state])

    def get_readonly_fields(self, request, obj=None):
        """Visits carry the day's date: once there are any, or the day was held, it stays."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "held_on", "kind") if obj and obj.is_settled else fields

    def full_label(self, record) -> str:
        return str(record)


@admin.register(Duty)
class DutyAdmin(ScopedAdmin):
    list_display = ["member", "reception_day", "organisation", "signed_in_at"]
    list_select_related = ["member", "reception_day__studio", "reception_day__organisation"]
    list_filter = [("reception_day__held_on", PeriodFilter)]
    search_fields = [
        "member__name", "member__pinyin__contains", "reception_day__studio__name", "reception_day__studio__pinyin__contains",
    ]  # fmt: skip
    search_help_text = "委员、工作室或拼音首字母"
    sortable_by = ()
    paginator = CappedPaginator
    autocomplete_fields = ["reception_day", "member"]
    frozen = ("reception_day",)
    readonly_fields = ["signed_in_at"]

    @admin.display(description="政协组织")
    def organisation(self, duty):
        return duty.reception_day.organisation


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


class FindVisitorForm(forms.Form):
    visitor = forms.CharField(
        label="称呼或电话号码", max_length=40, widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "请填写完整的称呼或电话号码。"},
    )  # fmt: skip


class VisitAdmin(Revealing, ScopedAdmin):
    """Registered in cases, since a visit may open a case."""

    form = VisitForm
    list_display = [
        "visited_on", "masked_name", "headcount", "studio", "organisation", "category", "handling_badge", "channel",
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

    def sees_whole(self, request, visit) -> bool:
        """Only clerks of the owning office see a stored visitor's name and phone unmasked."""
        return visit is None or visit.organisation in request.user.organisations_with("clerk")

    def get_urls(self):
        view = self.admin_site.admin_view(self.find_visitor)
        return [path("find-visitor/", view, name="reception_visit_find-visitor"), *super().get_urls()]

    def find_visitor(self, request):
        """By POST alone: a name or number in an address would stand in logs and histories."""
        offices = request.user.organisations_with("clerk")
        if not offices:
            raise PermissionDenied
        form = FindVisitorForm(request.POST or None)
        visits = None
        if form.is_valid():
            found = Visit.objects.visible_to(request.user).filter(organisation__in=offices)
            visits = found.of_visitor(form.cleaned_data["visitor"]).select_related("studio")[:MOST_FOUND]
            Entry.note(Entry.Act.REVEAL, offices[0], request=request, fields=["查找来访人"], rows=len(visits))
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": "查找来访人", "form": form,
            "visits": visits, "is_capped": visits is not None and len(visits) == MOST_FOUND,
        }  # fmt: skip
        return TemplateResponse(request, "admin/find_visitor.html", context)

    def list_links(self, request) -> list[dict]:
        links = [{"label": "查找来访人", "url": reverse("admin:reception_visit_find-visitor")}]
        return links if request.user.organisations_with("clerk") else []

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "receivers" in form.changed_data:
            form.instance.receive(*form.cleaned_data["receivers"])

    @admin.action(description="修改所选来访的类别", permissions=["change"])
    def change_category(self, request, queryset):
        return self.on_selection(request, queryset, CHANGE_CATEGORY, "change_category")
