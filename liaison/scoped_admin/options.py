"""ScopedAdmin and its inlines: what Django's admin shows, offers and writes, cut to what the account may."""

import re

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.forms import CheckboxSelectMultiple, HiddenInput, RadioSelect, TypedMultipleChoiceField
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from liaison import reach
from liaison.constraints import refusals_in_words
from liaison.models import Entry, Level, Organisation, Voidable
from liaison.models.diff import picture, said_fields
from liaison.scope import choices, may_write

from .columns import badge
from .forms import ScopedForm, WordsField
from .telling import told
from .verbs import Verbs

# The number of a case as it is typed, or the beginning of one: CGQ-2026-000123.
NUMBER = re.compile(r"[a-z]{1,12}-[\d-]*", re.IGNORECASE)

# An inline's own buttons beside a select box (add, change, delete in a pop-up) are off: one page, one record.
NO_POPUPS = ("can_add_related", "can_change_related", "can_delete_related", "can_view_related")


class Scoped:
    """What lists, forms and inlines share."""

    form = ScopedForm

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, ArrayField):
            return self._list_field(db_field)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for button in NO_POPUPS:
            if field and hasattr(field.widget, button):
                setattr(field.widget, button, False)
        return field

    def _list_field(self, db_field):
        words = {"label": db_field.verbose_name, "required": not db_field.blank, "help_text": db_field.help_text}
        if db_field.base_field.choices:
            return TypedMultipleChoiceField(choices=db_field.base_field.choices, widget=CheckboxSelectMultiple, **words)
        return WordsField(base_field=db_field.base_field, **words)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = offered = choices(db_field, request.user)
        if db_field.name == "organisation" and db_field.name in self._owners():
            # One office: nothing to choose. None: a liaison officer's record belongs to the studio's office.
            offices = list(offered[:2])
            if len(offices) < 2:
                kwargs |= {"widget": HiddenInput, "initial": offices[0].pk if offices else None}
                kwargs["required"] = bool(offices)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """A choice left open says so in words instead of dashes."""
        if "choices" not in kwargs and not isinstance(kwargs.get("widget"), RadioSelect):
            has_blank = db_field.blank or not (db_field.has_default() or "initial" in kwargs)
            words = [("", "未填写" if db_field.blank else "请选择")]
            kwargs["choices"] = db_field.get_choices(include_blank=has_blank, blank_choice=words)
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = choices(db_field, request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _owners(self) -> tuple[str, ...]:
        return self.model._default_manager.all().owners


class ScopedInline(Scoped, admin.TabularInline):
    """Rows of a record: those the account may see, or, where it may write the record, those it may write."""

    extra = 0
    show_change_link = False

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.account = request.user
        return formset

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and self._may_write(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._may_write(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._may_write(request, obj)

    def _may_write(self, request, record) -> bool:
        return may_write(request.user, record) and not getattr(record, "is_voided", False)


class ScopedAdmin(Verbs, Scoped, admin.ModelAdmin):
    """A model's pages, behind the first wall. Another office's record is not found; below one's own, it is read."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    save_on_top = False
    # What a choice in a select box is told apart by, read in the same query.
    named_with: tuple[str, ...] = ()
    # Whether its rows may be of other offices than the account's own.
    names_offices = False
    # Fields that a stored record no longer changes.
    frozen: tuple[str, ...] = ("organisation",)

    def __init__(self, model, admin_site):
        super().__init__(model, admin_site)
        self.is_voidable = issubclass(model, Voidable)
        if self.is_voidable:
            self.actions = [*(self.actions or ()), "void_selected"]

    # Who may do what

    def may_act(self, request, record) -> bool:
        return super().has_change_permission(request, record) and may_write(request.user, record)

    def has_change_permission(self, request, obj=None):
        return self.may_act(request, obj) and not getattr(obj, "is_voided", False)

    def has_delete_permission(self, request, obj=None):
        return not self.is_voidable and super().has_delete_permission(request, obj) and may_write(request.user, obj)

    def lookup_allowed(self, lookup, value, request=None):
        """Only what a filter of this list asks: any other column would answer questions about masked values."""
        names = {item[0] if isinstance(item, tuple) else item for item in self.get_list_filter(request)}
        fields = [name for name in names if isinstance(name, str)]
        endings = ("", "__exact", "__id__exact", "__isnull", "__in", "__id__in")
        if lookup in {f"{field}{ending}" for field in (*fields, "id", "pk") for ending in endings}:
            return True
        known = {field.name for field in self.opts.get_fields()} | {f.attname for f in self.opts.concrete_fields}
        return lookup.split("__")[0] not in known

    def get_list_display(self, request):
        """Who sees one office only needs no column that says which."""
        columns = super().get_list_display(request)
        offices = {grant.organisation for grant in request.user.granted}
        sees_one = len(offices) == 1 and {office.level for office in offices} == {Level.COUNTY}
        return [c for c in columns if c != "organisation"] if sees_one and not self.names_offices else columns

    @admin.display(description="状态")
    def voided(self, record):
        return badge("已作废", "late") if record.is_voided else badge("有效", "good")

    def get_action_choices(self, request, default_choices=(("", "请选择"),)):
        return super().get_action_choices(request, list(default_choices))

    def list_links(self, request) -> list[dict]:
        """Further pages that a list's head leads to: label and url."""
        return []

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"links": self.list_links(request)} | (extra_context or {}))

    # Finding a record

    def must_know_such_records(self, request):
        """Whose role has nothing to do with such records is told so before any is looked for."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied

    def found(self, request, object_id):
        """The record, or 404 in the same words whether it is another office's or does not exist."""
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404("没有这条记录。")
        return record

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404("没有这条记录。")

    def get_search_results(self, request, queryset, search_term):
        """Pinyin is stored in lower case, a case's number in upper case."""
        is_number = NUMBER.fullmatch(search_term.strip())
        term = search_term.upper() if is_number else search_term.lower()
        return super().get_search_results(request, queryset, term)

    def full_label(self, record) -> str:
        """A choice in a select box: the name, and the office where the account sees several."""
        office = getattr(record, "organisation", None)
        return f"{record}（{office}）" if isinstance(office, Organisation) else str(record)

    # Forms

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.account, form.refusal = request.user, getattr(request, "refusal", None)
        return form

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        own = {field.name for field in self.opts.fields if field.editable}
        return (*fields, *(f for f in self.frozen if f in own and f not in fields)) if obj else fields

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk and inline.has_change_permission(request, obj):
            kwargs["queryset"] = inline.get_queryset(request).writable_by(request.user)
        return kwargs

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """What the database refuses comes back as the same form with a sentence, nothing typed lost."""
        if object_id is not None:
            self.must_know_such_records(request)
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        if object_id is not None:
            # Before the question of rights, which Django asks first: another office's record does not exist.
            self.found(request, unquote(object_id))
        try:
            with refusals_in_words():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["verbs"] = self.verb_links(request, obj) if change else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        if not change and getattr(obj, "recorded_by", True) is None:
            obj.recorded_by = request.user
        super().save_model(request, obj, form, change)
        self.must_be_writable(request, obj)

    def must_be_writable(self, request, record):
        """The last guard: what was just written must lie in the account's own part; otherwise nothing is stored."""
        if not type(record)._default_manager.writable_by(request.user).filter(pk=record.pk).exists():
            raise PermissionDenied("只能登记本单位的记录。")

    # The trail

    def save_form(self, request, form, change):
        request.before = picture(form.instance) if change else None
        return super().save_form(request, form, change)

    def save_formset(self, request, form, formset, change):
        """Each row of an inline is a record of its own, and has entries of its own."""
        before = {f.instance.pk: picture(f.instance) for f in formset.initial_forms if f.has_changed()}
        for gone in (f.instance for f in formset.deleted_forms if f in formset.initial_forms):
            Entry.note(Entry.Act.DELETE, gone, request=request)
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            Entry.note(Entry.Act.ADD, row, request=request)
        for row, _ in formset.changed_objects:
            Entry.note(Entry.Act.CHANGE, row, request=request, before=before[row.pk])

    def construct_change_message(self, request, form, formsets, add=False) -> list[str]:
        """What the record's own fields do not tell: rows of inlines, and inputs that are no fields of it."""
        told = {field.name for field in said_fields(self.model)}
        names = [self._field_label(form, name) for name in form.changed_data if name not in told]
        for formset in formsets or ():
            title = formset.model._meta.verbose_name
            found = (
                ("新增", formset.new_objects),
                ("修改", formset.changed_objects),
                ("删除", formset.deleted_objects),
            )
            names += [f"{done}{title}" for done, rows in found if rows]
        return names

    def _field_label(self, form, name: str) -> str:
        field = form.fields.get(name)
        return str((field and field.label) or self.opts.get_field(name).verbose_name)

    def log_addition(self, request, obj, message):
        return Entry.note(Entry.Act.ADD, obj, request=request, fields=message)

    def log_change(self, request, obj, message):
        before = getattr(request, "before", None)
        return Entry.note(Entry.Act.CHANGE, obj, request=request, before=before, fields=message)

    def log_deletions(self, request, queryset):
        return [Entry.note(Entry.Act.DELETE, record, request=request) for record in queryset]

    def history_view(self, request, object_id, extra_context=None):
        self.must_know_such_records(request)
        record = self.found(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        page = Paginator(Entry.objects.about(record).select_related("account"), 100).get_page(request.GET.get("p"))
        unseen = self.unseen_fields(request, record)
        for entry in page.object_list:
            entry.shown = told(entry, unseen, whole=False)
        context = {
            **self.admin_site.each_context(request), "title": "修改记录", "opts": self.opts, "object": record,
            "entries": page, "page_range": page.paginator.get_elided_page_range(page.number),
        }  # fmt: skip
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/object_history.html", context)

    def unseen_fields(self, request, record) -> set[str]:
        """Fields that the page shows to others but not to this account: their values stay out of the history too."""
        everything = set(flatten_fieldsets(self.fieldsets or [(None, {"fields": self.fields or ()})]))
        shown = set(flatten_fieldsets(self.get_fieldsets(request, record)))
        # What is masked on the page is masked in the trail.
        return everything - shown - {name for name, masked in getattr(self, "personal", {}).items() if masked in shown}

    # Deleting

    def get_deleted_objects(self, objs, request):
        """What stands in the way is named by kind: its rows may belong to anybody, and there may be a million."""
        kept = [relation for relation in self.opts.related_objects if relation.on_delete is models.PROTECT]
        # Also of offices that the account does not reach: the database would refuse, and not in words.
        with reach.everything():
            users = [
                r.related_model
                for r in kept
                if r.related_model._base_manager.filter(**{f"{r.field.name}__in": objs})[:1]
            ]
        lacking = {self.opts.verbose_name for record in objs if not self.has_delete_permission(request, record)}
        counts = {self.opts.verbose_name_plural: len(objs)}
        return [str(record) for record in objs], counts, lacking, sorted({m._meta.verbose_name for m in users})

    def delete_view(self, request, object_id, extra_context=None):
        try:
            with refusals_in_words():
                return super().delete_view(request, object_id, extra_context)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return HttpResponseRedirect(reverse(admin_urlname(self.opts, "changelist")))
