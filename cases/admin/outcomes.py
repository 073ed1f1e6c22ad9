from decimal import Decimal

from django.contrib import admin, messages
from django.utils.html import format_html

from cases.models import Instruction, Outcome, Submission
from liaison.scoped_admin.columns import CappedPaginator
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter
from liaison.scoped_admin.forms import ScopedForm
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline

TEN_THOUSAND = Decimal(10_000)


def in_ten_thousands(yuan: Decimal) -> Decimal:
    """万元, every digit kept and no trailing zero; to be formatted with "f", for it may carry an exponent."""
    return (yuan / TEN_THOUSAND).normalize()


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
