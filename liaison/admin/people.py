from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, ExpressionWrapper, Prefetch
from django.utils import timezone
from django.utils.html import format_html_join

from liaison.admin.accounts import code_links
from liaison.constraints import refusals_in_words, tell
from liaison.forms import MergeForm
from liaison.models import Base, Entry, Member, PartyMembership, Seat
from liaison.models.diff import picture
from liaison.privacy import mask_phone
from liaison.scoped_admin.columns import badge
from liaison.scoped_admin.filters import OrganisationFilter, VisibleFilter
from liaison.scoped_admin.options import ScopedAdmin, ScopedInline
from liaison.scoped_admin.revealing import Revealing


class EntriesFilter(admin.SimpleListFilter):
    """Entries that stand for a person are shown unless something else is asked for."""

    title = "条目"
    parameter_name = "entries"

    def lookups(self, request, model_admin):
        return [("doubles", "疑似重复"), ("no-committee", "未入专委会"), ("merged", "已并入其他条目")]

    def queryset(self, request, queryset):
        if self.value() == "merged":
            return queryset.filter(merged_into__isnull=False)
        if self.value() == "doubles":
            return queryset.suspected_doubles()
        if self.value() == "no-committee":
            seats = Seat.objects.visible_to(request.user).standing_on(timezone.localdate()).outside_committees()
            return queryset.unmerged().filter(pk__in=seats.values("member"))
        return queryset.unmerged()


class CommitteeGapFilter(admin.SimpleListFilter):
    title = "专委会"
    parameter_name = "committee"

    def lookups(self, request, model_admin):
        return [("none", "未入专委会")]

    def queryset(self, request, queryset):
        if self.value() == "none":
            return queryset.standing_on(timezone.localdate()).outside_committees()
        return queryset


class SeatInline(ScopedInline):
    model = Seat
    fk_name = "member"
    autocomplete_fields = ["organisation", "term", "sector", "special_committee"]
    fields = ["organisation", "term", "sector", "special_committee", "duty", "starts_on", "ends_on"]


class BaseInline(ScopedInline):
    model = Base
    autocomplete_fields = ["division"]


class PartyMembershipInline(ScopedInline):
    model = PartyMembership


@admin.register(Member)
class MemberAdmin(Revealing, ScopedAdmin):
    list_display = ["name", "standing", "organisation", "shown_employer", "shown_post", "state"]
    names_offices = True
    list_select_related = ["organisation"]
    list_filter = [OrganisationFilter, EntriesFilter, "gender"]
    search_fields = ["name", "pinyin__contains"]
    search_help_text = "姓名、拼音首字母或单位"
    autocomplete_fields = ["organisation", "photo"]
    fieldsets = [
        (None, {"fields": ["organisation", "name", "gender", "birth_year", "ethnicity"]}),
        ("联系与专长", {"fields": ["employer", "post", "phone", "expertise", "photo"]}),
    ]
    inlines = [SeatInline, BaseInline, PartyMembershipInline]
    personal = {"phone": "masked_phone"}
    actions = ["merge_selected"]
    named_with = ("organisation",)

    def get_queryset(self, request):
        seats = Seat.objects.standing_on(timezone.localdate()).select_related("organisation", "sector")
        members = super().get_queryset(request).prefetch_related(Prefetch("seats", seats, to_attr="seats_today"))
        is_near = ExpressionWrapper(request.user.scope.within("organisation__path"), BooleanField())
        return members.annotate(is_near=is_near)

    def get_search_results(self, request, queryset, search_term):
        """A guest from elsewhere is found by the directory line alone."""
        found, has_doubles = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return found, has_doubles
        near = request.user.scope.within("organisation__path")
        return found | queryset.filter(near, employer__icontains=search_term), has_doubles

    @admin.display(description="工作单位")
    def shown_employer(self, member):
        return member.employer if member.is_near else "—"

    @admin.display(description="职务")
    def shown_post(self, member):
        return member.post if member.is_near else "—"

    @admin.display(description="现任")
    def standing(self, member):
        """The directory line: organisation, sector and duty, open to whoever sees the member."""
        seats = [(s.organisation.short_name, s.sector.name, s.get_duty_display()) for s in member.seats_today]
        return format_html_join("；", "{} {} {}", seats) or "—"

    @admin.display(description="状态")
    def state(self, member):
        return badge("已并入", "neutral") if member.merged_into_id else badge("在册", "good")

    @admin.display(description="联系电话")
    def masked_phone(self, member):
        return mask_phone(member.phone) or "—"

    @admin.display(description="已并入")
    def merged_pointer(self, member):
        return member.merged_into or "—"

    def get_fieldsets(self, request, obj=None):
        """Below one's own office the phone is masked; of a guest from elsewhere only the directory line is shown."""
        if obj is None or self.may_act(request, obj):
            return super().get_fieldsets(request, obj)
        shown = ["organisation", "name", "standing"]
        if self._is_of_subtree(request, obj):
            shown += ["gender", "birth_year", "ethnicity", "employer", "post", "masked_phone", "expertise"]
        return [(None, {"fields": [*shown, "merged_pointer"] if obj.merged_into_id else shown})]

    def _is_of_subtree(self, request, member) -> bool:
        return request.user.scope.holds(member.organisation)

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), "standing", "merged_pointer")

    def may_reveal(self, request, record) -> bool:
        """Of a guest from elsewhere only the directory line is open."""
        return super().may_reveal(request, record) and self._is_of_subtree(request, record)

    def get_inlines(self, request, obj):
        return self.inlines if obj is None or self._is_of_subtree(request, obj) else []

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not getattr(obj, "merged_into_id", None)

    def verb_links(self, request, record) -> list[dict]:
        return [*super().verb_links(request, record), *code_links(request, getattr(record, "account", None))]

    @admin.action(description="合并所选的两条", permissions=["change"])
    def merge_selected(self, request, queryset):
        entries = Member.objects.mergeable_by(request.user).filter(pk__in=queryset.order_by().values("pk"))
        entries = entries.select_related("organisation")
        if queryset.count() != 2 or len(entries) != 2:
            messages.warning(request, "请选中两条属于本单位或下级、尚未合并的委员条目。")
            return None
        form = MergeForm(request.POST if "confirmed" in request.POST else None, entries=entries)
        if form.is_valid() and self._merged(request, form, entries):
            messages.success(request, f"已合并到“{form.cleaned_data['kept']}”。")
            return None
        return self.ask(request, form, "合并", entries, selection=self.selection("merge_selected", entries))

    def _merged(self, request, form, entries) -> bool:
        try:
            with refusals_in_words():
                before = {entry.pk: picture(entry) for entry in entries}
                kept, moved = form.merge(entries)
                for entry in entries:
                    words = (
                        [f"改记在本条名下：{what} {count} 条" for what, count in moved.items()] if entry == kept else []
                    )
                    Entry.note(
                        Entry.Act.CHANGE, entry, request=request, before=before[entry.pk], fields=["合并", *words]
                    )  # fmt: skip
        except ValidationError as refusal:
            tell(form, refusal)
        return not form.errors


@admin.register(Seat)
class SeatAdmin(ScopedAdmin):
    list_display = ["member", "organisation", "term", "sector", "committee", "duty", "starts_on", "ends_on"]
    list_select_related = ["member", "organisation", "term__organisation", "sector", "special_committee"]
    list_filter = [OrganisationFilter, CommitteeGapFilter, "duty", ("sector", VisibleFilter)]
    search_fields = ["member__name", "member__pinyin__contains"]
    search_help_text = "姓名或拼音首字母"
    autocomplete_fields = ["member", "organisation", "term", "sector", "special_committee", "groups"]
    named_with = ("member", "organisation")

    @admin.display(description="专委会")
    def committee(self, seat):
        return seat.special_committee or badge("未入专委会", "warn")

    def full_label(self, record) -> str:
        return str(record)
