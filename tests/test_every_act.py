"""Whatever a page can do to a record, it leaves an entry; without a place for the entry, nothing is done.

The admin's models, verbs and actions and the members' pages are taken from their own registers: what is new there must be
walked here, or a test says so.
"""

import uuid
from contextlib import contextmanager
from datetime import date

import psycopg
import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.utils import timezone

from activities.models import Activity
from cases import urls as members_pages
from cases.models import Case
from liaison.models import Delivery, Entry, Member
from reception.models import Duty, ReceptionDay, Visit
from reports import urls as figures_pages
from tests import pages
from tests.cast import make_activity, make_case, make_day, make_visit
from tests.database import address
from tests.rows import one_of_each

pytestmark = pytest.mark.django_db
WHY = "填错了日期"


@pytest.fixture
def rows(cast) -> dict[str, object]:
    """By label: one row of every kind in Chengguan, and the office itself."""
    found = {model._meta.label_lower: row for model, row in one_of_each(cast.chengguan).items()}
    return found | {"liaison.organisation": cast.chengguan.organisation}


@pytest.fixture
def clerk(cast) -> Client:
    client = Client()
    client.force_login(cast.chengguan.clerk)
    return client


def noted(act: str, record) -> list[Entry]:
    return list(Entry.objects.about(record).filter(act=act).order_by("id"))


def may(account, act: str) -> list[str]:
    """Labels of the registered models on which the account may act."""
    labels = [model._meta.label_lower for model in admin.site._registry]
    return [label for label in labels if account.has_perm(label.replace(".", f".{act}_"))]


# --- The admin ---


def test_every_change_of_a_record_is_noted(cast, clerk, rows):
    changed, refused = [], []
    for label in may(cast.chengguan.clerk, "change"):
        answer = pages.change(clerk, label, rows[label].pk)
        if answer.status_code != 302:
            refused.append((label, pages.errors(answer)))
            continue
        entry = noted("change", rows[label])[-1]
        assert (label, entry.account) == (label, cast.chengguan.clerk)
        changed.append(label)
    assert refused == []
    assert len(changed) > 20


def test_every_deletion_is_noted(cast, clerk, rows):
    deleted = []
    for label in may(cast.chengguan.clerk, "delete"):
        row = rows.get(label) or cast.chengguan.member.bases.first()
        if type(row)._meta.label_lower != label:
            row = cast.chengguan.member.party_memberships.get()
        before = len(noted("delete", row))
        clerk.post(pages.address("delete", label, row.pk), {"post": "yes"})
        is_gone = not type(row).objects.filter(pk=row.pk).exists()
        assert (label, len(noted("delete", row)) - before) == (label, is_gone)
        deleted += [label] if is_gone else []
    assert len(deleted) > 8


NEW = {
    "liaison.term": {"number": 4, "starts_on": "2016-01-01", "ends_on": "2020-12-01"},
    "liaison.sector": {"name": "特邀界", "standard_code": "23", "order": 9},
    "liaison.department": {"name": "民政局"},
    "liaison.specialcommittee": {"name": "农业委员会", "starts_on": "2026-01-01", "order": 3},
    "liaison.member": {"name": "王小明", "phone": "13912345678"},
    "studios.paper": {"title": "接待制度", "effective_on": "2026-01-01"},
    "activities.programme": {"name": "春风行动", "starts_on": "2026-01-01"},
    "activities.activity": {
        "title": "政策宣讲",
        "kind": "policy_talk",
        "held_on": "2026-03-04",
        "member_count": 1,
        "public_count": 2,
    },
}


@pytest.mark.parametrize("label", NEW)
def test_an_addition_is_noted_with_what_it_holds(cast, clerk, label):
    model = apps.get_model(label)
    known = set(model.objects.values_list("pk", flat=True))
    assert pages.errors(pages.add(clerk, label, **NEW[label])) == {}
    (made,) = model.objects.exclude(pk__in=known)
    (entry,) = noted("add", made)
    told = {row["name"] for row in entry.changes["diff"] if row["after"]}
    assert told >= set(NEW[label])


def test_rows_of_an_inline_have_entries_of_their_own(cast, clerk):
    """A member's parties, bases and seats: added, changed, deleted on the member's page."""
    member = cast.chengguan.member
    base, party = member.bases.get(), member.party_memberships.get()
    sent = {
        "bases-0-starts_on": "2020-02-02", "party_memberships-0-DELETE": "on", "party_memberships-TOTAL_FORMS": 2,
        "party_memberships-1-member": member.pk, "party_memberships-1-party": "cdl",
        "party_memberships-1-starts_on": "2024-05-06",
    }  # fmt: skip
    assert pages.errors(pages.change(clerk, "liaison.member", member.pk, **sent)) == {}
    (row,) = noted("change", base)[0].changes["diff"]
    assert (row["label"], row["before"], row["after"]) == ("起始日期", "2021-01-01", "2020-02-02")
    assert [row["before"] for row in noted("delete", party)[0].changes["diff"]] == ["张新民", "中共党员", "2021-01-01"]
    added = noted("add", member.party_memberships.get())[0]
    assert [row["after"] for row in added.changes["diff"]] == ["张新民", "民盟", "2024-05-06"]
    assert noted("change", member)[0].changes == {"diff": [], "fields": ["修改驻地", "新增党派", "删除党派"]}


# What each verb asks for, and on which row it makes sense.
VERBS = {
    "reception.receptionday/announce": ({}, lambda office: make_day(office, state="planned")),
    "reception.receptionday/hold": ({"summary": "来了三人"}, make_day),
    "reception.receptionday/reopen": ({}, lambda office: make_day(office, state="held")),
    "reception.receptionday/cancel": ({"why": WHY}, make_day),
    "activities.activity/hold": ({}, lambda office: make_activity(office, state="planned")),
    "activities.activity/cancel": ({}, lambda office: make_activity(office, state="planned")),
    "cases.case/move": ({"to": "accepted"}, make_case),
    "liaison.delivery/again": ({}, lambda office: one_of_each(office)[Delivery]),
}
# tests/cases/test_erasure.py, tests/cases/test_choices.py, tests/liaison/test_two_factors.py, tests/liaison/test_outbox.py
NOTED_BY_THEMSELVES = {
    "reception.visit/erase", "cases.case/erase", "liaison.account/remove-second-factor", "liaison.robot/try",
}  # fmt: skip


def test_every_verb_of_the_admin_is_walked_here():
    labels = {f"{m._meta.label_lower}/{verb.name}" for m, a in admin.site._registry.items() for verb in a.verbs}
    assert labels == set(VERBS) | NOTED_BY_THEMSELVES


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_is_noted(cast, clerk, name):
    label, verb = name.split("/")
    sent, make = VERBS[name]
    row = make(cast.chengguan)
    assert clerk.post(pages.address(verb, label, row.pk), sent).status_code == 302
    (entry,) = noted("change", row)
    assert (len(entry.changes["fields"]), entry.changes["diff"][0]["label"]) == (1, "状态")


def test_every_voiding_is_noted(cast, clerk, rows):
    voidable = [m._meta.label_lower for m, a in admin.site._registry.items() if a.is_voidable]
    rows["reception.receptionday"] = make_day(cast.chengguan)
    for label in voidable:
        assert clerk.post(pages.address("void", label, rows[label].pk), {"why": WHY}).status_code == 302
        (entry,) = noted("void", rows[label])
        told = {row["name"]: row["after"] for row in entry.changes["diff"]}
        assert told["voided_by"] == cast.chengguan.clerk.name
        assert WHY not in str(entry.changes)
    assert len(voidable) == 10


ACTIONS = {
    "delete_selected": ("liaison.holiday", {"post": "yes"}, "delete"),
    "void_selected": ("reception.visit", {"confirmed": "1", "why": WHY}, "void"),
    "change_category": ("reception.visit", {"confirmed": "1"}, "change"),
    "change_kind": ("activities.activity", {"confirmed": "1", "kind": "visit"}, "change"),
    "merge_selected": ("liaison.member", {"confirmed": "1"}, "change"),
    # Walked by tests/liaison/test_outbox.py.
    "send_again": ("liaison.delivery", {"confirmed": "1"}, "change"),
}


def test_every_action_on_a_selection_is_walked_here():
    names = {name for a in admin.site._registry.values() for name in (*(a.actions or ()), "delete_selected")}
    assert names == set(ACTIONS)


@pytest.mark.parametrize("action", ["void_selected", "change_category", "change_kind"])
def test_every_action_is_noted_on_each_record(cast, clerk, action):
    label, sent, act = ACTIONS[action]
    make = make_visit if label == "reception.visit" else make_activity
    chosen = [make(cast.chengguan), make(cast.chengguan)]
    kind = Activity.Kind.values[-1]
    sent = sent | {"category": cast.categories[0].pk, "kind": kind, "action": action}
    sent |= {"_selected_action": [row.pk for row in chosen]}
    assert clerk.post(pages.address("changelist", label), sent).status_code == 302
    for row in chosen:
        (entry,) = noted(act, row)
        assert entry.changes["diff"]


def test_a_deletion_of_several_is_noted_on_each(cast, clerk, rows):
    duties = [
        rows["reception.duty"],
        Duty.objects.create(reception_day=make_day(cast.chengguan), member=cast.chengguan.member),
    ]
    sent = {"action": "delete_selected", "post": "yes", "_selected_action": [duty.pk for duty in duties]}
    clerk.post(pages.address("changelist", "reception.duty"), sent)
    assert not Duty.objects.exists()
    assert [len(noted("delete", duty)) for duty in duties] == [1, 1]


def test_merging_is_noted_on_both_entries_with_what_moved(cast, clerk):
    office = cast.chengguan
    make_visit(office)
    double = Member.objects.create(organisation=office.organisation, name="张新民")
    chosen = {"action": "merge_selected", "confirmed": "1", "kept": double.pk}
    chosen |= {"_selected_action": [office.member.pk, double.pk]}
    assert clerk.post(pages.address("changelist", "liaison.member"), chosen).status_code == 302
    words = noted("change", double)[0].changes["fields"]
    assert {"合并", "改记在本条名下：来访 1 条", "改记在本条名下：任职 1 条"} <= set(words)
    (row,) = noted("change", office.member)[0].changes["diff"]
    assert (row["name"], row["after"]) == ("merged_into", "张新民")


# --- The members' pages ---


def test_every_members_page_that_writes_is_walked_here():
    reading = {"show-home", "show-day", "list-day-visits", "list-visits", "show-visit", "list-cases", "show-case"}
    reading |= {"show-calendar", "show-attendance", "show-sign-in-code", "show-pass", "mend-visit"}
    reading |= {"show-worker", "show-manifest", "print-slip"}
    reading |= {"list-choices", "show-choice"}
    writing = {
        "add-day",
        "log-visit-on-day",
        "log-visit",
        "sign-in",
        "hold-day",
        "correct-visit",
        "void-visit",
        "move-case",
        "take-visit",
        "announce-day",
        "cancel-day",
        "change-duties",
        "ask-swap",
        "accept-swap",
        "decline-swap",
        "withdraw-swap",
        "accept-choice",
        "decline-choice",
        "pass-on-choice",  # tests/cases/test_choices.py
        "list-feeds",
        "export-attendance",
        "fill-register",
        "print-day-register",
        "print-ledger",
        "join-day",
        "revoke-feed",
        "answer-case",  # tests/cases/test_query_page.py
    }  # tests/cases/test_duties.py, test_feeds.py, test_register.py and test_signing_in.py for the last lines
    assert {pattern.name for pattern in members_pages.urlpatterns} == reading | writing


@pytest.fixture
def member(cast) -> Client:
    client = Client()
    client.force_login(cast.chengguan.account)
    return client


def filled(**values) -> dict:
    return {"client_key": str(uuid.uuid4()), "headcount": "3", "content": "路灯不亮", "handling": "answered"} | values


def test_an_extra_day_and_the_signing_in_with_it(cast, member):
    now = timezone.localtime()
    hours = {"opens": now.strftime("%H:00"), "closes": "23:59"}
    assert member.post("/my/days/new/", {"studio": cast.chengguan.studio.pk, **hours}).status_code == 302
    day = ReceptionDay.objects.get()
    assert len(noted("add", day)) == len(noted("add", day.duties.get())) == 1


def test_signing_in_planned_or_not(cast, member):
    day = make_day(cast.chengguan)
    duty = Duty.objects.create(reception_day=day, member=cast.chengguan.member)
    member.post(f"/my/days/{day.pk}/sign-in/")
    (row,) = noted("change", duty)[0].changes["diff"]
    assert (row["label"], row["before"]) == ("签到时间", "")


def test_a_visit_with_its_case_and_photos(cast, member):
    from tests.cases.my import photo

    day = make_day(cast.chengguan)
    sent = filled(handling="case", visitor_name="王女士", photos=[photo()])
    assert member.post(f"/my/days/{day.pk}/visits/new/", sent).status_code == 302
    added = [entry.content_type.model for entry in Entry.objects.filter(act="add").order_by("id")]
    assert added == ["visit", "attachment", "case"]


def test_a_visit_that_a_phone_sends_later(cast, member):
    day = make_day(cast.chengguan)
    sent = filled(account=cast.chengguan.account.pk, day=day.pk, waited="60")
    assert [member.post("/my/queue/", sent).status_code for _ in range(2)] == [201, 200]
    assert len(noted("add", Visit.objects.get())) == 1


def test_a_walk_in_its_correction_and_its_voiding(cast, member):
    today = timezone.localdate().isoformat()
    place = {"channel": "home", "visited_on": today, "studio": cast.chengguan.studio.pk}
    member.post("/my/visits/new/", filled(**place))
    visit = Visit.objects.get()
    member.post(f"/my/visits/{visit.pk}/correct/", filled(**place, headcount="5", why=WHY))
    member.post(f"/my/visits/{visit.pk}/void/", {"reason": WHY})
    acts = [
        (e.act, sorted(row["name"] for row in e.changes["diff"])) for e in Entry.objects.about(visit).order_by("id")
    ][1:]
    assert acts == [("change", ["headcount"]), ("void", ["void_reason", "voided_at", "voided_by"])]


def test_closing_a_day_and_moving_a_case(cast, member):
    day, case = make_day(cast.chengguan), make_case(cast.chengguan)
    member.post(f"/my/days/{day.pk}/hold/", {"summary": "来了三人"})
    member.post(f"/my/cases/{case.pk}/move/", {"to": "resolved", "result": "已换灯", "result_class": "A"})
    assert sorted(row["name"] for row in noted("change", day)[0].changes["diff"]) == ["held_at", "state", "summary"]
    told = {row["name"]: row["after"] for row in noted("change", case)[0].changes["diff"]}
    assert told["state"] == "已办结"
    assert told["result"]["length"] == 3


# --- What is signed ---


def test_every_page_of_what_is_signed_that_writes_is_noted_somewhere():
    """A new page stands here as reading, or with the test that finds its entry."""
    reading = {
        "list-period-reports", "show-period-report", "list-data-checks", "list-supplements", "show-supplement",
    }  # fmt: skip
    noted = {
        "start-period-report", "save-period-report", "submit-period-report", "return-period-report",
        "accept-period-report",  # tests/reports/test_period_reports.py
        "add-supplement", "approve-supplement", "refuse-supplement", "withdraw-supplement",  # tests/reports/test_supplements.py
        "confirm-data-check",  # tests/reports/test_checks.py
    }  # fmt: skip
    modules = {f"reports.views.{name}" for name in ("checks", "period_reports", "supplements")}
    pages = [pattern for pattern in figures_pages.urlpatterns if pattern.callback.__module__ in modules]
    assert {pattern.name for pattern in pages} == reading | noted


# --- Act and entry, both or neither ---


@contextmanager
def no_place_for_entries():
    """The database takes no entries: the application's role may not add any."""
    app = connection.settings_dict["USER"]
    with psycopg.connect(address("owner", connection.settings_dict["NAME"]), autocommit=True) as owner:
        owner.execute(f"REVOKE INSERT ON liaison_entry FROM {app}")
        try:
            yield
        finally:
            owner.execute(f"GRANT INSERT ON liaison_entry TO {app}")


@pytest.mark.django_db(transaction=True)
def test_what_can_not_be_noted_is_not_done(cast):
    day, visit, case = make_day(cast.chengguan), make_visit(cast.chengguan), make_case(cast.chengguan)
    clerk, member = (Client(raise_request_exception=False) for _ in range(2))
    for client, account in ((clerk, cast.chengguan.clerk), (member, cast.chengguan.account)):
        client.force_login(account)
    planned = make_day(cast.chengguan, date(2026, 1, 5), state="planned")
    with no_place_for_entries():
        answers = [
            pages.change(clerk, "reception.visit", visit.pk, headcount=9),
            clerk.post(pages.address("void", "reception.visit", visit.pk), {"why": WHY}),
            clerk.post(pages.address("announce", "reception.receptionday", planned.pk)),
            member.post(f"/my/days/{day.pk}/visits/new/", filled()),
            member.post(f"/my/days/{day.pk}/sign-in/"),
            member.post(f"/my/days/{day.pk}/hold/"),
            member.post(f"/my/cases/{case.pk}/move/", {"to": "accepted"}),
        ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [500] * 7
    assert list(Visit.objects.values_list("headcount", "voided_at")) == [(1, None)]
    assert set(ReceptionDay.objects.values_list("state", flat=True)) == {"announced", "planned"}
    assert not Duty.objects.exists()
    assert Case.objects.get().state == "received"
