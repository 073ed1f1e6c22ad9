from itertools import islice

from django import forms
from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from liaison.scoped_admin.columns import CappedPaginator, badge
from liaison.scoped_admin.filters import OrganisationFilter, PeriodFilter, VisibleFilter
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.verbs import ActForm, Verb
from reception import rota
from reception.models import Duty, ReceptionDay

State = ReceptionDay.State
MOST_LISTED = 200
TONES = {State.PLANNED: "info", State.ANNOUNCED: "info", State.HELD: "good", State.CANCELLED: "neutral"}


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

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.model is Duty and change:
            form.instance.tell_duties(formset.new_objects, formset.deleted_objects, timezone.now())

    def get_urls(self):
        view = self.admin_site.admin_view(self.list_out_of_line)
        return [path("out-of-line/", view, name="reception_receptionday_out-of-line"), *super().get_urls()]

    def list_links(self, request) -> list[dict]:
        return [{"label": "已公布但与规则或日历不符", "url": reverse("admin:reception_receptionday_out-of-line")}]

    def list_out_of_line(self, request):
        self.must_know_such_records(request)
        days = ReceptionDay.objects.visible_to(request.user)
        found = list(islice(rota.out_of_line(days, timezone.localdate()), MOST_LISTED))
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": "已公布但与规则或日历不符的接待日",
            "found": found, "is_capped": len(found) == MOST_LISTED,
        }  # fmt: skip
        return TemplateResponse(request, "admin/out_of_line.html", context)


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
