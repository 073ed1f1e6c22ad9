from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.admin.erasing import EraseForm
from cases.erasure import erase
from cases.forms import OfficeMoveForm
from cases.models import Case, Step
from cases.workflow import TRANSITIONS, State
from liaison.constraints import tell
from liaison.privacy import blotted
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


def can_move(case: Case) -> bool:
    return not case.is_voided and bool(TRANSITIONS[State(case.state)])


def keeps_a_sender(case: Case) -> bool:
    """Whoever scanned a code and was not accepted yet; afterwards the visit keeps who it was."""
    intake = getattr(case, "intake", None)
    return intake is not None and bool(intake.visitor_name or intake.visitor_phone or intake.photos.exists())


class EraseSenderForm(EraseForm):
    lede = "删除反映人的称呼、电话和照片，并清理这件事各处文字里的姓名和号码。事项本身和统计数字不变。删除不能撤销。"

    def act(self, record, *, by, at):
        erase([record.intake], reason=self.cleaned_data["reason"], by=by, at=at, request=self.request)


ERASE = Verb("erase", "删除个人信息", EraseSenderForm, "的个人信息已删除。", keeps_a_sender, tone="plain", entry=None)
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
    fields = ["at", "state", "by", "whose", "told_note", "told_reply"]
    readonly_fields = fields
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")

    @admin.display(description="说明来自或给谁")
    def whose(self, step):
        return "反映人所说" if step.is_said else "告诉反映人" if step.is_told else "内部"

    @admin.display(description="说明")
    def told_note(self, step):
        return blotted(step.note, [])

    @admin.display(description="承办单位答复")
    def told_reply(self, step):
        return blotted(step.department_reply, [])


class CaseForm(ScopedForm):
    def clean(self):
        cleaned = super().clean()
        if "title" in self.changed_data:
            try:
                Case.must_name_nobody(cleaned.get("title") or "", cleaned.get("visits") or ())
            except ValidationError as refusal:
                tell(self, refusal)
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
    verbs = (MOVE, ERASE)
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
        return blotted(text, case.recognised_by) or "—"

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_changeform_initial_data(self, request):
        return {"registered_on": timezone.localdate()} | super().get_changeform_initial_data(request)

    def save_model(self, request, obj, form, change):
        if change:
            return super().save_model(request, obj, form, change)
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
