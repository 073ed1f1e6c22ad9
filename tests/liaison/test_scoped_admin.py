"""The first wall in the admin: over every registered model, for every page of it."""

import json
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liaison.models import Grant, Holiday
from liaison.roles import MAY, Role
from tests.cast import make_activity, make_visit
from tests.pages import address, errors, typed
from tests.rows import mark, one_of_each

CLERKS = sorted(label for label in MAY[Role.CLERK] if apps.get_model(label) in admin.site._registry)
PUBLIC = {"liaison.division", "liaison.category", "liaison.holiday"}
OWNED = [label for label in CLERKS if label not in PUBLIC | {"liaison.organisation"}]


@pytest.fixture
def own(cast):
    """One row of every kind in Chengguan, by label."""
    return by_label(cast, cast.chengguan)


@pytest.fixture
def others(cast):
    """The same in Xifeng, another city's county."""
    return by_label(cast, cast.xifeng)


def by_label(cast, office, n=0):
    rows = {model._meta.label_lower: row for model, row in one_of_each(office, n).items()}
    holiday, _ = Holiday.objects.get_or_create(date="2026-10-01", defaults={"name": "国庆节"})
    shared = {"liaison.holiday": holiday, "liaison.category": cast.categories[0]}
    return rows | shared | {"liaison.division": office.division, "liaison.organisation": office.organisation}


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.chengguan.clerk)
    return client


# Each test walks over all models and gathers what is wrong: making the rows costs more than asking for the pages.


def test_every_page_of_every_model_opens_for_a_clerk(clerk, own):
    answers = {}
    for label in CLERKS:
        pages = {"changelist": ()} | ({"add": ()} if "a" in MAY[Role.CLERK][label] else {})
        pages |= {"change": (own[label].pk,), "history": (own[label].pk,)}
        answers |= {(label, page): clerk.get(address(page, label, *key)).status_code for page, key in pages.items()}
    assert {page: code for page, code in answers.items() if code != 200} == {}


def test_an_unchanged_form_is_saved(clerk, own):
    """Whatever a form shows, it accepts: no choice is offered that the same form refuses."""
    refused = {}
    for label in OWNED:
        url = address("change", label, own[label].pk)
        page = clerk.get(url)
        if page.context["has_change_permission"] and page.context["adminform"].form.fields:
            answer = clerk.post(url, typed(page))
            refused |= {label: errors(answer)} if answer.status_code != 302 else {}
    assert refused == {}


def test_a_list_costs_the_same_with_one_row_and_with_three(clerk, cast, own):
    def costs():
        found = {}
        for label in CLERKS:
            with CaptureQueriesContext(connection) as asked:
                clerk.get(address("changelist", label))
            found[label] = len(asked)
        return found

    costs()  # fills the caches that outlive a request
    with_one = costs()
    for n in (1, 2):
        by_label(cast, cast.chengguan, n)
    assert costs() == with_one


def test_another_countys_record_answers_as_a_missing_one_does(clerk, others):
    """404; or 403 for both where the account may delete nothing of that kind."""
    differing = {}
    for label in OWNED:
        for ask, page in ((clerk.get, "change"), (clerk.get, "history"), (clerk.get, "delete"), (clerk.post, "change"),
                          (clerk.post, "delete")):  # fmt: skip
            there, nowhere = (ask(address(page, label, pk)) for pk in (others[label].pk, 987654321))
            expected = 403 if page == "delete" and "d" not in MAY[Role.CLERK][label] else 404
            if (there.status_code, there.content) != (expected, nowhere.content):
                differing[label, page] = there.status_code
    assert differing == {}


def test_another_countys_record_is_not_voided(clerk, others):
    voidable = [label for label in OWNED if hasattr(apps.get_model(label), "void")]
    for label in voidable:
        row = others[label]
        assert clerk.post(address("void", label, row.pk), {"why": "试一试"}).status_code == 404
        chosen = {"action": "void_selected", "_selected_action": [row.pk], "confirmed": "1", "why": "试一试"}
        clerk.post(address("changelist", label), chosen)
        row.refresh_from_db()
    assert [label for label in voidable if others[label].is_voided] == []


def test_no_page_shows_another_countys_text(clerk, cast, own, others):
    foreign = mark(cast.xifeng)
    leaks = []
    for label in CLERKS:
        pages = [address("changelist", label), address("change", label, own[label].pk)]
        pages += [address("add", label)] * ("a" in MAY[Role.CLERK][label])
        pages += [address("changelist", label) + query for query in (f"?q={foreign}", "?org=621002")]
        for page in pages:
            body = clerk.get(page, follow=True).content.decode()
            # The search box and the links of the filters repeat what was searched for.
            shown = body.replace(f"q={foreign}", "").replace(f'value="{foreign}"', "")
            leaks += [page] if foreign in shown or cast.xifeng.member.name in shown else []
    assert leaks == []


def every_choice_field():
    for label in CLERKS:
        model = apps.get_model(label)
        options = admin.site._registry[model]
        for source in (options, *(inline(model, admin.site) for inline in options.inlines)):
            for name in source.autocomplete_fields:
                yield source.model, name


def test_no_select_box_offers_another_countys_rows(clerk, cast, own, others):
    leaks, asked = [], 0
    for model, name in every_choice_field():
        query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": name}
        answer = clerk.get(reverse("admin:autocomplete"), query | {"term": ""})
        remote = model._meta.get_field(name).remote_field.model._meta.label_lower
        if answer.status_code == 200 and remote in OWNED:
            offered = {choice["id"] for choice in json.loads(answer.content)["results"]}
            asked += bool(offered)
            leaks += [(model, name)] if str(others[remote].pk) in offered else []
            leaks += [(model, name)] if mark(cast.xifeng) in answer.content.decode() else []
    assert leaks == []
    assert asked > 40


def test_a_forged_foreign_key_is_refused_beside_its_field(clerk, cast):
    answer = clerk.post(
        address("add", "reception.visit"),
        {"studio": cast.xifeng.studio.pk, "channel": "desk", "visited_on": "2026-06-01", "headcount": 1,
         "receivers": [cast.chengguan.member.pk], "handling": "answered"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert "studio" in answer.context["adminform"].form.errors


def test_a_city_reads_its_county_but_does_not_write_there(client, cast):
    visit = make_visit(cast.chengguan)
    client.force_login(cast.lanzhou.clerk)
    page = client.get(address("change", "reception.visit", visit.pk))
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    assert client.post(address("change", "reception.visit", visit.pk), {}).status_code == 403
    assert client.post(address("void", "reception.visit", visit.pk), {"why": "错"}).status_code == 403
    chosen = {"action": "void_selected", "_selected_action": [visit.pk], "confirmed": "1", "why": "错"}
    client.post(address("changelist", "reception.visit"), chosen)
    visit.refresh_from_db()
    assert not visit.is_voided


def test_a_grant_to_record_below_opens_the_county(client, cast):
    Grant.objects.filter(account=cast.lanzhou.clerk).update(records_below=True)
    visit = make_visit(cast.chengguan)
    client.force_login(cast.lanzhou.clerk)
    assert client.get(address("change", "reception.visit", visit.pk)).context["has_change_permission"]


def test_a_liaison_officer_works_for_the_own_studio_only(client, cast, own):
    office = cast.chengguan
    theirs, elsewhere = make_activity(office), make_activity(cast.anning)
    client.force_login(office.officer)
    assert client.get(address("change", "activities.activity", theirs.pk)).context["has_change_permission"]
    assert client.get(address("change", "activities.activity", elsewhere.pk)).status_code == 404
    listed = client.get(address("changelist", "studios.studio")).context["cl"].queryset
    assert list(listed) == [office.studio]


def test_a_liaison_officers_activity_belongs_to_the_studios_office(client, cast):
    client.force_login(cast.chengguan.officer)
    sent = {"studio": cast.chengguan.studio.pk, "title": "宣讲", "kind": "policy_talk", "state": "held",
            "held_on": "2026-06-01", "venue": "other", "member_count": 1, "public_count": 5}  # fmt: skip
    sent |= {
        f"{prefix}-{name}": 0 for prefix in ("participations", "outputs") for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    answer = client.post(address("add", "activities.activity"), sent)
    assert answer.status_code == 302, errors(answer)
    assert cast.chengguan.studio.activities.get().organisation == cast.chengguan.organisation


def test_administrators_see_no_business_records(client, cast, own):
    for account in (cast.admin, cast.security, cast.auditor):
        client.force_login(account)
        codes = {label: client.get(address("changelist", label)).status_code for label in OWNED}
        # To whom something could not be delivered, without what it said, is the system administrator's too.
        own_list = {"liaison.delivery"} if account == cast.admin else set()
        assert {label for label, code in codes.items() if code != 403} == own_list


def test_a_list_answers_no_question_about_masked_columns(clerk, cast, own):
    for query in ("visitor_phone__startswith=139", "studio__visits__visitor_name__startswith=王", "receivers__phone=1"):
        assert clerk.get(address("changelist", "reception.visit") + "?" + query).status_code == 400


def test_choices_are_refused_to_whoever_does_not_fill_in_the_form(client, cast):
    client.force_login(cast.chengguan.account)
    query = {"app_label": "reception", "model_name": "visit", "field_name": "studio", "term": ""}
    assert client.get(reverse("admin:autocomplete"), query).status_code in (302, 403)


def test_every_change_is_noted_with_what_it_was_and_what_it_is(clerk, cast):
    studio = cast.chengguan.studio
    page = clerk.get(address("change", "studios.studio", studio.pk))
    clerk.post(address("change", "studios.studio", studio.pk), typed(page) | {"brand": "致好协商"})
    history = clerk.get(address("history", "studios.studio", studio.pk)).content.decode()
    shown = " ".join(re.sub("<[^>]+>", " ", history.split("timeline")[1]).split())
    assert "修改 字段 原值 新值 品牌 — 致好协商" in shown
