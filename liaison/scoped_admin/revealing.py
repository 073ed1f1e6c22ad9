"""Whole names and telephone numbers: who sees them, and how others ask to, with a reason that stays in the trail."""

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.cache import never_cache

from liaison.models import Entry
from liaison.roles import Role

# A leader reads totals, a department its cases: neither has business with a visitor's number.
MAY_ASK = frozenset({Role.CLERK, Role.LIAISON_OFFICER})


class RevealForm(forms.Form):
    lede = "查看的人、时间、来源和原因都记入操作记录，由审计管理员核查。"
    why = forms.CharField(
        label="查看原因", min_length=4, max_length=200, widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请填写查看原因。", "min_length": "请把原因写清楚，至少 4 个字。"},
    )  # fmt: skip


class Revealing:
    """Mixin of ScopedAdmin. `personal` names the encrypted fields, each with the column that shows it masked."""

    personal: dict[str, str] = {}
    # The same for texts in which somebody may be named.
    mentions: dict[str, str] = {}

    def sees_whole(self, request, record) -> bool:
        """The office that owns the record; whoever makes a new one sees what they type."""
        return record is None or self.may_act(request, record)

    def may_reveal(self, request, record) -> bool:
        if self.sees_whole(request, record) or not MAY_ASK & request.user.roles:
            return False
        return self.has_view_permission(request, record) and any(getattr(record, name) for name in self.personal)

    def get_fieldsets(self, request, obj=None):
        return self.masked(request, obj, super().get_fieldsets(request, obj))

    def masked(self, request, obj, fieldsets):
        if self.sees_whole(request, obj):
            return fieldsets
        shown = self.personal | self.mentions
        return [
            (title, options | {"fields": [shown.get(name, name) for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), *self.personal.values(), *self.mentions.values())

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_reveal"
        view = self.admin_site.admin_view(never_cache(self.reveal_view))
        return [path("<path:object_id>/reveal/", view, name=name), *super().get_urls()]

    def verb_links(self, request, record) -> list[dict]:
        links = super().verb_links(request, record)
        if self.may_reveal(request, record):
            links.append({"label": "查看完整信息", "tone": "quiet", "url": self.address("reveal", record)})
        return links

    def reveal_view(self, request, object_id: str):
        """Shown on the answer to the form alone: opening the address again asks again."""
        self.must_know_such_records(request)
        record = self.found(request, unquote(object_id))
        if not self.may_reveal(request, record):
            raise PermissionDenied
        form = RevealForm(request.POST or None)
        if not form.is_valid():
            return self.ask(request, form, "查看完整信息", [record], original=record)
        shown = {
            self.opts.get_field(name).verbose_name: getattr(record, name) for name in (*self.personal, *self.mentions)
        }
        Entry.note(Entry.Act.REVEAL, record, request=request, fields=[*shown], reason=form.cleaned_data["why"])
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": "完整信息", "original": record,
            "shown": shown,
        }  # fmt: skip
        return TemplateResponse(request, "admin/revealed.html", context)
