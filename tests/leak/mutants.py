"""Guards of the application, each to be removed by itself: the walk must notice with row-level security switched off.

A mutant that goes unnoticed shows a hole in the walk, or a guard that guards nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.utils import timezone

from activities.models import Activity
from cases.forms import SignInForm, WalkInForm
from cases.models import Case
from cases.views import cases, days, visits
from liaison.admin.people import MemberAdmin
from liaison.api import resources, serializers
from liaison.api.resources import Resource
from liaison.api.serializers import RuledSerializer
from liaison.api.standing import MemberSerializer
from liaison.models import Account, Attachment, Entry, Member, Organisation, Sector
from liaison.scope import ScopedQuerySet
from liaison.scoped_admin import choices, options
from liaison.scoped_admin.filters import OrganisationFilter, VisibleFilter
from liaison.scoped_admin.options import Scoped, ScopedAdmin, ScopedInline
from liaison.scoped_admin.revealing import Revealing
from reception.models import ReceptionDay, Visit
from reports.columns import joined
from reports.views import dashboard, text
from reports.views import rows as rows_page
from studios.models import Posting, Studio


@dataclass(frozen=True)
class Mutant:
    """routes: where it should show · removes: takes pytest's monkeypatch."""

    guard: str
    asker: str
    routes: tuple[str, ...]
    removes: Callable


def everybodys(rows, *_):
    return rows.all()


def without(model, *names: str):
    """The model's querysets ask for everybody's rows in the named method."""
    queryset = type(model._default_manager.all())
    return lambda patch: [patch.setattr(queryset, name, everybodys) for name in names]


def put(owner, name: str, instead):
    return lambda patch: patch.setattr(owner, name, instead)


def unscoped_in(page: str):
    """On one page of the admin, every row is found."""

    def get_queryset(part, request):
        rows = super(Scoped, part).get_queryset(request)
        is_there = request.resolver_match.url_name.endswith(f"_{page}")
        return rows if is_there else rows.visible_to(request.user)

    return put(Scoped, "get_queryset", get_queryset)


def names_what_stands_in_the_way(form, objs, request):
    rows = (r.related_model._base_manager.filter(**{f"{r.field.name}__in": objs}) for r in form.opts.related_objects)
    named = [str(row) for found in rows for row in found]
    return [str(record) for record in objs], {}, set(), named


def any_office(request) -> Organisation:
    code = request.GET.get("org") or request.user.organisation.code
    return get_object_or_404(Organisation, division__code=code)


def any_part(request) -> dict:
    studio = request.GET.get("studio")
    return {"studio": Studio.objects.get(pk=studio)} if studio else {}


def any_name(request, ask) -> str:
    return str(Sector.objects.filter(pk=ask.key).first())


def all_offices(shown, request, model_admin) -> list:
    shown.chosen = None
    return [(office.code, office.short_name) for office in Organisation.objects.select_related("division")]


def every_choice(shown, field, request, model_admin) -> list:
    return [(row.pk, str(row)) for row in field.related_model._base_manager.all()]


def record(app: str, page: str) -> str:
    return f"admin/{app}/<path:object_id>/{page}/"


ROWS = "rows/<slug:table>/<int:pk>/"
CLERK, CITY, LEADER, MEMBER = "county clerk", "city clerk", "county leader", "member"

MUTANTS = (
    # Querysets
    Mutant("visits belong to their office", CLERK, ("admin/reception/visit/",), without(Visit, "visible_to")),
    Mutant("cases belong to their office", CLERK, ("admin/cases/case/",), without(Case, "visible_to")),
    Mutant("activities belong to their office", CLERK, ("admin/activities/activity/",), without(Activity, "visible_to")),
    Mutant("rows of a studio", CLERK, ("admin/studios/posting/",), without(Posting, "visible_to")),
    Mutant("members of other offices", CLERK, ("admin/liaison/member/",), without(Member, "visible_to")),
    Mutant("members a form may name", CLERK, ("admin/autocomplete/",), without(Member, "choosable_by")),
    Mutant("sectors and all that has no rule of its own", CLERK, ("admin/liaison/sector/",),
           put(ScopedQuerySet, "visible_to", everybodys)),
    Mutant("a department's own cases", "department", ("admin/cases/case/",), without(Case, "visible_to")),
    Mutant("the trail of one's own offices", "county auditor", ("admin/liaison/entry/",), without(Entry, "visible_to")),
    Mutant("accounts of one's own offices", "county admin", ("admin/liaison/account/",), without(Account, "visible_to")),
    Mutant("rows below are read, not written", CITY, ("admin/reception/visit/",), without(Visit, "writable_by")),
    # The admin
    Mutant("lists and records of the admin", CLERK, ("admin/studios/fund/",),
           put(Scoped, "get_queryset", lambda part, request: super(Scoped, part).get_queryset(request))),
    Mutant("the list", CLERK, ("admin/studios/paper/",), unscoped_in("changelist")),
    Mutant("the page of a record", CLERK, (record("cases/outcome", "change"),), unscoped_in("change")),
    Mutant("the page that deletes", CLERK, (record("studios/contact", "delete"),), unscoped_in("delete")),
    Mutant("the history of a record", CLERK, (record("cases/case", "history"),), unscoped_in("history")),
    Mutant("an act on a record", CLERK, (record("cases/outcome", "void"),), unscoped_in("void")),
    Mutant("an act is for who may write", CITY, (record("cases/outcome", "void"),),
           put(ScopedAdmin, "may_act", lambda form, request, record: True)),
    Mutant("what a record's deletion would name", "admin", (record("liaison/category", "delete"),),
           put(ScopedAdmin, "get_deleted_objects", names_what_stands_in_the_way)),
    Mutant("what a form may name", CLERK, ("admin/cases/case/add/",),
           put(options, "choices", lambda field, account: field.related_model._default_manager.all())),
    Mutant("lists that a form may name", CLERK, ("admin/cases/case/add/",),
           put(Scoped, "formfield_for_manytomany",
               lambda part, field, request, **more: super(Scoped, part).formfield_for_manytomany(field, request, **more))),
    Mutant("what a search box offers", CLERK, ("admin/autocomplete/",),
           put(choices, "choices", lambda field, account: field.related_model._default_manager.all())),
    Mutant("offices beside a list", CLERK, ("admin/cases/case/",), put(OrganisationFilter, "lookups", all_offices)),
    Mutant("studios beside a list", CLERK, ("admin/cases/case/",), put(VisibleFilter, "field_choices", every_choice)),
    Mutant("rows within a record", CITY, (record("liaison/member", "change"),),
           put(ScopedInline, "get_queryset", lambda part, request: super(Scoped, part).get_queryset(request))),
    # Personal data
    Mutant("a number is whole for its office alone", CITY, (record("reception/visit", "change"),),
           put(Revealing, "get_fieldsets", lambda form, request, obj=None: super(Revealing, form).get_fieldsets(request, obj))),
    Mutant("a visitor is revealed where they were received", CLERK, (record("reception/visit", "reveal"),),
           unscoped_in("reveal")),
    Mutant("a guest's page is the directory line", CLERK, (record("liaison/member", "change"),),
           put(MemberAdmin, "_is_of_subtree", lambda form, request, member: True)),
    Mutant("a guest's line in the list", CLERK, ("admin/liaison/member/",),
           put(MemberAdmin, "shown_employer", lambda form, member: member.employer)),
    Mutant("files go with their record", CLERK, ("files/<int:pk>/",), put(Attachment, "is_visible_to", lambda *_: True)),
    # Totals
    Mutant("one record by itself", LEADER, (ROWS,),
           put(rows_page, "joined", lambda rows, day: joined(rows.model.objects.all(), day))),
    Mutant("records behind a figure", LEADER, ("rows/",),
           put(rows_page, "asked_organisation", any_office)),
    Mutant("a figure's studio", LEADER, ("rows/",),
           put(rows_page, "asked_parts", any_part)),
    Mutant("the name of a breakdown's part", LEADER, ("rows/",),
           put(rows_page, "slice_words", any_name)),
    Mutant("the dashboard's office", LEADER, ("dashboard/",),
           put(dashboard, "asked_organisation", any_office)),
    Mutant("offices that are found", LEADER, ("dashboard/organisations/",), without(Organisation, "visible_to")),
    Mutant("the report text's office", LEADER, ("reports/text/",),
           put(text, "asked_organisation", any_office)),
    Mutant("the document's office", LEADER, ("reports/text.docx",),
           put(text, "asked_organisation", any_office)),
    # Programs
    Mutant("lists and records of the API", CLERK, ("api/v1/activities/",),
           put(Resource, "get_queryset", lambda view: super(Resource, view).get_queryset())),
    Mutant("an act by the API is for who may write", CITY, ("api/v1/activities/<int:pk>/void/",),
           put(resources, "may_write", lambda account, record: True)),
    Mutant("what a program may name", CLERK, ("api/v1/activities/",),
           put(serializers, "choices", lambda field, account: field.remote_field.model._default_manager.all())),
    Mutant("numbers in a list of the API", CLERK, ("api/v1/members/",),
           put(RuledSerializer, "_is_whole", lambda form, record: True)),
    Mutant("a guest's line in the API", CLERK, ("api/v1/members/",), put(MemberSerializer, "GUESTS_EMPTY", {})),
    # Members' pages
    Mutant("a member's days", MEMBER, ("my/days/<int:pk>/",),
           put(days, "reached_days",
               lambda account: ReceptionDay.objects.select_related("studio"))),
    Mutant("a member's visits", MEMBER, ("my/visits/<int:pk>/",),
           put(visits, "reached_visits",
               lambda account: Visit.objects.select_related("studio", "category", "reception_day"))),
    Mutant("a member's cases", MEMBER, ("my/cases/<int:pk>/",),
           put(cases, "own_cases",
               lambda account: Case.objects.with_lamps(timezone.localdate()))),
    Mutant("studios a member logs visits in", MEMBER, ("my/visits/new/",),
           put(WalkInForm, "studios", lambda form: Studio.objects.all())),
    Mutant("studios a member opens days in", MEMBER, ("my/days/new/",), without(Studio, "visible_to", "owned_by")),
    Mutant("whom an officer signs in", "officer", ("my/days/<int:pk>/",),
           put(SignInForm, "_people", lambda form: Member.objects.all())),
)  # fmt: skip
