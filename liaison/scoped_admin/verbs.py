"""Acts on a record that are no mere change of fields: void, announce, hold, move … each asks what it needs first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from liaison.constraints import refusals_in_words, tell
from liaison.models import Entry
from liaison.models.diff import picture

# What one act on a selection may touch; beyond that a person should think again.
MOST_AT_ONCE = 1000


class ActForm(forms.Form):
    """What an act asks for; `record` is None when several were selected.

    A subclass says `act` for one record, or `act_on` for all at once; both may raise ValidationError.
    """

    lede = ""

    def __init__(self, *args, record=None, **kwargs):
        self.record = record
        super().__init__(*args, **kwargs)

    def act(self, record, *, by, at):
        raise NotImplementedError

    def act_on(self, records, *, by, at):
        for record in records:
            self.act(record, by=by, at=at)


class VoidForm(ActForm):
    lede = "作废后，这条记录不再计入任何统计，但仍可查阅。作废不能撤销。"
    why = forms.CharField(label="作废原因", max_length=200, widget=forms.Textarea({"rows": 3}))

    def act(self, record, *, by, at):
        record.void(by=by, why=self.cleaned_data["why"], at=at)


@dataclass(frozen=True)
class Verb:
    """One act: its part of the address, its words, the form that asks, and when it makes sense."""

    name: str
    label: str
    form: type[ActForm]
    done: str
    applies: Callable[[Any], bool]
    tone: str = "quiet"
    # None: the act notes what it does itself.
    entry: str | None = Entry.Act.CHANGE


VOID = Verb(
    "void", "作废", VoidForm, "已作废。", lambda record: not record.is_voided, tone="plain", entry=Entry.Act.VOID
)


class Verbs:
    """Mixin of ScopedAdmin: a page per verb, and the pages of acts on several records."""

    verbs: tuple[Verb, ...] = ()

    def get_verbs(self) -> tuple[Verb, ...]:
        return (*self.verbs, VOID) if self.is_voidable else self.verbs

    def get_urls(self):
        label = f"{self.opts.app_label}_{self.opts.model_name}"
        pages = [
            path(
                f"<path:object_id>/{verb.name}/",
                self.admin_site.admin_view(self.verb_view),
                {"verb": verb},
                name=f"{label}_{verb.name}",
            )
            for verb in self.get_verbs()
        ]
        return pages + super().get_urls()

    def verb_links(self, request, record) -> list[dict]:
        """The acts that make sense now, for the buttons above the form."""
        if not self.may_act(request, record):
            return []
        return [
            {"label": verb.label, "tone": verb.tone, "url": self.address(verb.name, record)}
            for verb in self.get_verbs()
            if verb.applies(record)
        ]

    def address(self, page: str, record) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[record.pk])

    def verb_view(self, request, object_id: str, verb: Verb):
        self.must_know_such_records(request)
        record = self.found(request, unquote(object_id))
        if not self.may_act(request, record):
            raise PermissionDenied
        if not verb.applies(record):
            messages.warning(request, f"“{record}”现在不能{verb.label}。")
            return HttpResponseRedirect(self.address("change", record))
        form = verb.form(request.POST if request.method == "POST" else None, record=record)
        if form.is_valid() and self._done(request, verb, form, [record.pk]):
            messages.success(request, f"“{record}”{verb.done}")
            return HttpResponseRedirect(self.address("change", record))
        return self.ask(request, form, verb.label, [record], original=record)

    def _done(self, request, verb: Verb, form: ActForm, keys: list) -> bool:
        """Lock, act and note, all or nothing; a refusal becomes a sentence of the form."""
        try:
            with refusals_in_words():
                records = self.model._base_manager.select_for_update(of=("self",)).filter(pk__in=keys)
                before = {record.pk: picture(record) for record in records}
                form.request = request
                form.act_on(records, by=request.user, at=timezone.now())
                for record in records if verb.entry else ():
                    Entry.note(verb.entry, record, request=request, before=before[record.pk], fields=[verb.label])
        except ValidationError as refusal:
            tell(form, refusal)
        return not form.errors

    def ask(self, request, form, title: str, records, **more):
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": title, "form": form,
            "records": records, **more,
        }  # fmt: skip
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/act.html", context)

    def on_selection(self, request, queryset, verb: Verb, action: str):
        """Page of an action on several records: asks once, then acts on those the account may write."""
        rows = self.model._default_manager.filter(pk__in=queryset.writable_by(request.user).order_by().values("pk"))
        records = [record for record in rows[: MOST_AT_ONCE + 1] if verb.applies(record)]
        if not records:
            messages.warning(request, f"所选记录都不能{verb.label}：不属于本单位，或已经处理过。")
            return None
        if len(records) > MOST_AT_ONCE:
            messages.warning(request, f"一次最多处理 {MOST_AT_ONCE} 条，请先筛选。")
            return None
        form = verb.form(request.POST if "confirmed" in request.POST else None)
        if form.is_valid() and self._done(request, verb, form, [record.pk for record in records]):
            messages.success(request, f"{len(records)} 条记录{verb.done}")
            return None
        return self.ask(request, form, verb.label, records, selection=self.selection(action, records))

    def selection(self, action: str, records) -> dict:
        """What the page sends along so that the same action finds the same rows again."""
        return {"name": ACTION_CHECKBOX_NAME, "keys": [record.pk for record in records], "action": action}

    @admin.action(description="作废所选记录", permissions=["change"])
    def void_selected(self, request, queryset):
        return self.on_selection(request, queryset, VOID, "void_selected")
