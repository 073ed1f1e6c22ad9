from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join

from cases.admin.erasing import EraseForm
from cases.admin.finding import Finding
from cases.erasure import erase
from cases.forms.visits import photos_of
from cases.models import Erasure
from cases.taking_up import must_agree, take_up
from liaison.constraints import tell
from liaison.models import Entry
from liaison.scoped_admin.columns import CappedPaginator
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter
from liaison.scoped_admin.options import ScopedAdmin
from liaison.scoped_admin.verbs import Verb
from reception.admin import VisitAdmin, VisitForm
from reception.models import Visit


class OfficeVisitForm(VisitForm):
    """帮办 opens a case in the same act, and a case that is open stays open."""

    def clean(self):
        cleaned = super().clean()
        visit = self.instance
        if not {"handling", "content"} & self.errors.keys():
            try:
                # Whoever sees a stored visit's texts masked does not send them.
                must_agree(visit, handling=cleaned["handling"], content=cleaned.get("content", visit.content))
            except ValidationError as refusal:
                tell(self, refusal)
        return cleaned


class EraseVisitorForm(EraseForm):
    lede = "删除来访人的称呼、电话和照片，并清理反映事项、答复、帮办记录里的姓名和号码。来访本身和统计数字不变。删除不能撤销。"
    everywhere = forms.BooleanField(label="同一电话在本单位的其他来访一并删除", required=False)

    def act(self, record, *, by, at):
        visits = [record]
        if self.cleaned_data["everywhere"] and record.visitor_phone:
            own = Visit.objects.filter(organisation=record.organisation)
            visits += own.of_visitor(record.visitor_phone).exclude(pk=record.pk)
        erase(visits, reason=self.cleaned_data["reason"], by=by, at=at, request=self.request)


def names_somebody(visit: Visit) -> bool:
    return bool(visit.visitor_name or visit.visitor_phone) or photos_of(visit).exists()


ERASE = Verb("erase", "删除个人信息", EraseVisitorForm, "的个人信息已删除。", names_somebody, tone="plain", entry=None)


@admin.register(Visit)
class VisitWithCaseAdmin(Finding, VisitAdmin):
    form = OfficeVisitForm
    verbs = (ERASE,)
    readonly_fields = ["opened_cases", "photos"]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, ("帮办与照片", {"fields": ["opened_cases", "photos"]})] if obj else fieldsets

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        visit = form.instance
        if case := take_up(visit, member=visit.receivers.first(), by=request.user, at=timezone.now()):
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

    list_display = ["at", "organisation", "visit", "intake", "reason", "texts", "photos", "by"]
    list_select_related = ["organisation", "visit", "intake__case", "by"]
    list_filter = [OrganisationFilter, ("at", PeriodFilter), "reason"]
    sortable_by = ()
    paginator = CappedPaginator
