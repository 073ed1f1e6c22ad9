from django import forms
from django.contrib import admin
from django.utils import timezone

from cases.forms import MoveForm
from cases.models import Case, Step
from cases.workflow import TRANSITIONS, State
from liaison.privacy import NUMBERS, blotted
from liaison.scoped_admin.columns import CappedPaginator, badge, lamp
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter, VisibleFilter
from liaison.scoped_admin.forms import ScopedForm
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.revealing import Revealing
from liaison.scoped_admin.verbs import Verb

TONES = {
    State.RECEIVED: "warn", State.ACCEPTED: "info", State.IN_PROGRESS: "info", State.RESOLVED: "good",
    State.CONFIRMED: "good",
}  # fmt: skip
LAMPS = {"green": ("正常", "good"), "yellow": ("将到期", "warn"), "red": ("已超期", "late")}


class OfficeMoveForm(MoveForm):
    """The office sees all cases, so it may also join two."""

    lede = "选择下一步，并写明说明。每一步都记入办理记录，不能修改。"
    IN_THE_OFFICE = ()
    BRINGS = MoveForm.BRINGS | {State.MERGED: ("merged_into",)}

    department_reply = forms.CharField(
        label="承办单位答复", required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    merged_into = forms.CharField(
        label="并入的事项编号", required=False, help_text="仅并案时填写，如 CGQ-2026-000123。"
    )

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, case=record, **kwargs)

    def clean(self):
        super().clean()
        if self.cleaned_data.get("to") == State.MERGED:
            self._find_merged_into()

    def _find_merged_into(self):
        number = self.cleaned_data.get("merged_into", "").strip().upper()
        others = Case.objects.unvoided().filter(organisation=self.case.organisation).exclude(pk=self.case.pk)
        self.cleaned_data["merged_into"] = others.filter(number=number).exclude(state=State.MERGED).first()
        if self.cleaned_data["merged_into"] is None:
            self.add_error("merged_into", "请填写本组织另一件事项的编号。")

    def act_on(self, records, *, by, at):
        to, note = self.cleaned_data["to"], self.cleaned_data["note"]
        reply, brought = self.cleaned_data["department_reply"], self.brought()
        for case in records:
            case.move(to, by=by, at=at, note=note, reply=reply, **brought)


def can_move(case: Case) -> bool:
    return not case.is_voided and bool(TRANSITIONS[State(case.state)])


MOVE = Verb("move", "办理", OfficeMoveForm, "已办理。", can_move, tone="primary")


class LampFilter(admin.SimpleListFilter):
    title = "期限"
    parameter_name = "lamp"

    def lookups(self, request, model_admin):
        return [("open", "在办"), ("overdue", "已超期")]

    def queryset(self, request, queryset):
        if self.value() == "overdue":
            return queryset.overdue(timezone.localdate())
        return queryset.open() if self.value() == "open" else queryset


class StepInline(ScopedInline):
    """办理记录: read, never written here."""

    model = Step
    fields = ["at", "state", "by", "told_note", "told_reply"]
    readonly_fields = fields
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")

    @admin.display(description="说明")
    def told_note(self, step):
        return blotted(step.note, [])

    @admin.display(description="承办单位答复")
    def told_reply(self, step):
        return blotted(step.department_reply, [])


class CaseForm(ScopedForm):
    def clean(self):
        """The title stands in lists, figures and reports, where nobody may recognise the visitor."""
        cleaned = super().clean()
        title = cleaned.get("title") or ""
        words = [word for visit in cleaned.get("visits") or () for word in visit.recognised_by]
        if "title" in self.changed_data and (NUMBERS.search(title) or any(word in title for word in words)):
            self.add_error("title", "事项名称会出现在统计和报告里，请不要写来访人的姓名、电话和证件号码。")
        return cleaned


@admin.register(Case)
class CaseAdmin(Revealing, ScopedAdmin):
    form = CaseForm
    mentions = {"content": "blotted_content", "result": "blotted_result"}
    list_display = [
        "number", "title", "state_badge", "lamp", "organisation", "studio", "member", "registered_on", "deadline",
    ]  # fmt: skip
    list_select_related = ["organisation", "studio", "member"]
    list_filter = [
        OrganisationFilter, ("registered_on", PeriodFilter), "state", LampFilter, ("category", VisibleFilter),
        ("studio", VisibleFilter),
    ]  # fmt: skip
    search_fields = ["number__startswith", "title", "pinyin__contains"]
    search_help_text = "编号、事项或拼音首字母"
    sortable_by = ["registered_on"]
    paginator = CappedPaginator
    autocomplete_fields = [
        "organisation", "category", "division", "studio", "member", "visits", "lead_department", "joint_departments",
    ]  # fmt: skip
    readonly_fields = ["number", "state_badge", "lamp", "resolved_on", "satisfaction", "merged_into", "query_code"]
    fieldsets = [
        (None, {"fields": ["organisation", "studio", "title", "content", "category", "is_urgent"]}),
        ("来源", {"fields": ["channel", "registered_on", "visits", "division"]}),
        ("办理", {"fields": ["member", "lead_department", "joint_departments", "deadline"]}),
        ("结果", {"fields": ["result", "result_class", "campaign", "is_typical"]}),
    ]
    standing_fields = (
        "进度",
        {"fields": ["number", "state_badge", "lamp", "resolved_on", "satisfaction", "merged_into"]},
    )
    inlines = [StepInline]
    verbs = (MOVE,)
    frozen = ("organisation", "studio", "registered_on")
    named_with = ("organisation",)

    def get_queryset(self, request):
        return super().get_queryset(request).with_lamps(timezone.localdate())

    @admin.display(description="状态", ordering="state")
    def state_badge(self, case):
        if case.is_voided:
            return badge("已作废", "late")
        return badge(case.get_state_display(), TONES.get(case.state, "neutral"))

    @admin.display(description="期限灯")
    def lamp(self, case):
        colour = case.lamp(timezone.localdate())
        return lamp(*LAMPS[colour]) if colour else "—"

    def get_fieldsets(self, request, obj=None):
        return self.masked(request, obj, [self.standing_fields, *self.fieldsets] if obj else self.fieldsets[:3])

    @admin.display(description="内容")
    def blotted_content(self, case):
        return self._blotted(case, case.content)

    @admin.display(description="办理结果")
    def blotted_result(self, case):
        return self._blotted(case, case.result)

    def _blotted(self, case, text: str) -> str:
        return blotted(text, [word for visit in case.visits.all() for word in visit.recognised_by]) or "—"

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_changeform_initial_data(self, request):
        return {"registered_on": timezone.localdate()} | super().get_changeform_initial_data(request)

    def save_model(self, request, obj, form, change):
        if change:
            return super().save_model(request, obj, form, change)
        if obj.member:
            obj.sector = obj.member.sector_on(obj.registered_on, obj.organisation)
        obj.open(by=request.user, at=timezone.now())
        return self.must_be_writable(request, obj)

    def full_label(self, record) -> str:
        return str(record)


@admin.register(Step)
class StepAdmin(ScopedAdmin):
    list_display = ["case", "state", "at", "by", "note"]
    list_select_related = ["case", "by"]
    list_filter = [OrganisationFilter, ("at", PeriodFilter), "state"]
    search_fields = ["case__number__startswith", "case__title", "case__pinyin__contains"]
    search_help_text = "编号、事项或拼音首字母"
    ordering = ["-id"]
    sortable_by = ()
    paginator = CappedPaginator
