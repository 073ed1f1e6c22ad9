from decimal import Decimal

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from cases.erasure import erase
from cases.forms import MoveForm
from cases.forms.visits import ORDINARY_WORKDAYS, first_sentence, photos_of
from cases.models import Case, Erasure, Instruction, Outcome, Step, Submission
from cases.workflow import TRANSITIONS, State
from liaison.models import Entry
from liaison.privacy import NUMBERS, blotted
from liaison.scoped_admin.columns import CappedPaginator, badge, lamp
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter, VisibleFilter
from liaison.scoped_admin.forms import ScopedForm
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.revealing import Revealing
from liaison.scoped_admin.verbs import ActForm, Verb
from liaison.workdays import add_workdays
from reception.admin import VisitAdmin, VisitForm
from reception.models import Visit

TONES = {
    State.RECEIVED: "warn", State.ACCEPTED: "info", State.IN_PROGRESS: "info", State.RESOLVED: "good",
    State.CONFIRMED: "good",
}  # fmt: skip
LAMPS = {"green": ("正常", "good"), "yellow": ("将到期", "warn"), "red": ("已超期", "late")}
TEN_THOUSAND = Decimal(10_000)


def in_ten_thousands(yuan: Decimal) -> Decimal:
    """万元, every digit kept and no trailing zero; to be formatted with "f", for it may carry an exponent."""
    return (yuan / TEN_THOUSAND).normalize()


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


class OutcomeForm(ScopedForm):
    """Money is typed in 万元 and stored in yuan."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "amount" in self.fields:
            self.fields["amount"].help_text = "资金以万元填写，其他按个、户、人、项填写整数。"
            if self.instance.pk and self.instance.kind in Outcome.MONEY:
                self.initial["amount"] = f"{in_ten_thousands(self.instance.amount):f}"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("amount") and cleaned.get("kind") in Outcome.MONEY:
            cleaned["amount"] = cleaned["amount"] * TEN_THOUSAND
        return cleaned


@admin.register(Outcome)
class OutcomeAdmin(ScopedAdmin):
    form = OutcomeForm
    list_display = ["kind", "shown_amount", "happened_on", "organisation", "studio", "case", "voided"]
    list_select_related = ["organisation", "studio", "case"]
    list_filter = [OrganisationFilter, ("happened_on", PeriodFilter), "kind"]
    search_fields = [
        "note", "case__title", "case__pinyin__contains", "case__number__startswith", "studio__name",
        "studio__pinyin__contains",
    ]  # fmt: skip
    search_help_text = "说明、事项、编号、工作室或拼音首字母"
    sortable_by = ["happened_on"]
    paginator = CappedPaginator
    autocomplete_fields = ["organisation", "case", "activity", "studio"]

    @admin.display(description="数量")
    def shown_amount(self, outcome):
        if outcome.kind in Outcome.MONEY:
            return format_html('<span class="num">{}</span> 万元', f"{in_ten_thousands(outcome.amount):,f}")
        return format_html('<span class="num">{}</span>', f"{outcome.amount:,.0f}")


class InstructionInline(ScopedInline):
    model = Instruction
    fields = ["leader_level", "given_on", "text", "follow_up"]
    show_change_link = True

    def get_queryset(self, request):
        return super().get_queryset(request).unvoided()


@admin.register(Submission)
class SubmissionAdmin(ScopedAdmin):
    list_display = ["title", "kind", "organisation", "author", "submitted_on", "handling", "adopted", "voided"]
    list_select_related = ["organisation", "first_author", "studio", "sector", "special_committee", "activity"]
    list_filter = [OrganisationFilter, ("submitted_on", PeriodFilter), "kind", "handling", "adopted"]
    search_fields = ["title", "pinyin__contains"]
    search_help_text = "标题或拼音首字母"
    sortable_by = ["submitted_on"]
    paginator = CappedPaginator
    autocomplete_fields = [
        "organisation", "first_author", "joint_authors", "studio", "sector", "special_committee", "source_cases",
        "activity", "lead_department", "joint_departments", "file",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["organisation", "kind", "title", "text", "submitted_on", "submitted_to"]}),
        ("提交人", {"fields": ["first_author", "joint_authors", "studio", "sector", "special_committee"]}),
        ("来源", {"fields": ["source_cases", "activity", "file"]}),
        (
            "办理",
            {
                "fields": [
                    "handling",
                    "lead_department",
                    "joint_departments",
                    "reply_due_on",
                    "result_class",
                    "author_opinion",
                    "adopted",
                ]
            },
        ),
    ]
    inlines = [InstructionInline]
    named_with = ("organisation",)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if obj.is_too_long:
            sentence = f"正文 {len(obj.text)} 字；提案和社情民意信息一般不超过 {obj.USUAL_LENGTH} 字，请酌情精简。"
            messages.warning(request, sentence)

    @admin.display(description="提交人")
    def author(self, submission):
        collectives = (submission.studio, submission.sector, submission.special_committee, submission.activity)
        return submission.first_author or next((c for c in collectives if c), "—")


@admin.register(Instruction)
class InstructionAdmin(ScopedAdmin):
    list_display = ["submission", "leader_level", "given_on", "organisation", "voided"]
    list_select_related = ["submission", "organisation"]
    list_filter = [OrganisationFilter, ("given_on", PeriodFilter), "leader_level"]
    search_fields = ["submission__title", "submission__pinyin__contains"]
    search_help_text = "材料标题或拼音首字母"
    sortable_by = ["given_on"]
    paginator = CappedPaginator
    autocomplete_fields = ["submission"]
    frozen = ("submission",)


class OfficeVisitForm(VisitForm):
    """帮办 opens a case in the same act, and a case that is open stays open."""

    def clean(self):
        cleaned = super().clean()
        is_case = cleaned.get("handling") == Visit.Handling.CASE
        has_case = self.instance.pk is not None and self.instance.cases.unvoided().exists()
        if has_case and not is_case:
            self.add_error("handling", "这次来访已经开了帮办事项，处理方式不能再改。")
        if is_case and not has_case and not first_sentence(cleaned.get("content") or ""):
            self.add_error("content", "帮办的事项请写明反映事项。")
        return cleaned


class EraseForm(ActForm):
    lede = "删除来访人的称呼、电话和照片，并清理反映事项、答复、帮办记录里的姓名和号码。来访本身和统计数字不变。删除不能撤销。"
    reason = forms.ChoiceField(
        label="删除原因", choices=[r for r in Erasure.Reason.choices if r[0] != Erasure.Reason.EXPIRED], widget=forms.RadioSelect,
        error_messages={"required": "请选择删除原因。"},
    )  # fmt: skip
    everywhere = forms.BooleanField(label="同一电话在本单位的其他来访一并删除", required=False)

    def act(self, record, *, by, at):
        visits = [record]
        if self.cleaned_data["everywhere"] and record.visitor_phone:
            own = Visit.objects.filter(organisation=record.organisation)
            visits += own.of_visitor(record.visitor_phone).exclude(pk=record.pk)
        erase(visits, reason=self.cleaned_data["reason"], by=by, at=at, request=self.request)


def names_somebody(visit: Visit) -> bool:
    return bool(visit.visitor_name or visit.visitor_phone) or photos_of(visit).exists()


ERASE = Verb("erase", "删除个人信息", EraseForm, "的个人信息已删除。", names_somebody, tone="plain", entry=None)


@admin.register(Visit)
class VisitWithCaseAdmin(VisitAdmin):
    form = OfficeVisitForm
    verbs = (ERASE,)
    readonly_fields = ["opened_cases", "photos"]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, ("帮办与照片", {"fields": ["opened_cases", "photos"]})] if obj else fieldsets

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        visit = form.instance
        if visit.handling == Visit.Handling.CASE and not visit.cases.exists():
            case = Case.open_from(
                visit, member=visit.receivers.first(), title=blotted(first_sentence(visit.content), visit.recognised_by),
                deadline=add_workdays(timezone.localdate(), ORDINARY_WORKDAYS), by=request.user, at=timezone.now(),
            )  # fmt: skip
            Entry.note(Entry.Act.ADD, case, request=request)
            messages.success(request, f"已登记帮办事项 {case.number}，查询码 {case.query_code}。")

    @admin.display(description="帮办事项")
    def opened_cases(self, visit):
        cases = [(reverse("admin:cases_case_change", args=[case.pk]), case) for case in visit.cases.all()]
        return format_html_join("、", '<a href="{}">{}</a>', cases) or "—"

    @admin.display(description="照片")
    def photos(self, visit):
        """Whoever works on the record opens them (Attachment.is_visible_to)."""
        files = [(reverse("liaison:show-file", args=[photo.pk]), n) for n, photo in enumerate(photos_of(visit), 1)]
        return format_html_join("、", '<a href="{}">照片 {}</a>', files) or "—"


@admin.register(Erasure)
class ErasureAdmin(ScopedAdmin):
    """What was erased, for the office to answer whoever asked for it."""

    list_display = ["at", "organisation", "visit", "reason", "texts", "photos", "by"]
    list_select_related = ["organisation", "visit", "by"]
    list_filter = [OrganisationFilter, ("at", PeriodFilter), "reason"]
    sortable_by = ()
    paginator = CappedPaginator
