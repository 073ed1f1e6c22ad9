"""The pages under /my/ as members, officers and everybody else meet them: home, lists, files."""

import io

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from liaison.models import Attachment, Grant, Role
from reception.models import Duty, Visit
from studios.models import Posting
from tests.cases.my import ONE_DAY, filled, log, photo, text
from tests.cast import LONG_AGO, make_case, make_day, make_visit
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


# --- /my/ ---


def test_home_says_when_today_and_who_has_come(member, office, day):
    Duty.sign_in(day, office.member, timezone.now())

    assert "今天 09:00 广武门委员工作室接待日，已到 1 人" in text(member.get("/my/"))


def test_home_without_a_day_names_the_next_one(member, office):
    next_day = make_day(office, timezone.localdate() + 3 * ONE_DAY)

    response = member.get("/my/")

    assert f"今天没有接待日，下一个是 {next_day.held_on:%-m月%-d日} 09:00" in text(response)
    assert "临时开展接待" in text(response)


def test_home_of_a_member_in_two_studios_shows_both_days(member, cast, office, day):
    Posting.objects.create(studio=cast.anning.studio, member=office.member, starts_on=LONG_AGO)
    other = make_day(cast.anning)

    assert {d.pk for d in member.get("/my/").context["days"]} == {day.pk, other.pk}


def test_home_shows_nothing_of_another_county(member, cast, day):
    make_day(cast.anning, theme="邻县的主题")
    make_visit(cast.anning, content="邻县的来访")
    make_case(cast.anning, title="邻县的事项")

    assert "邻县" not in text(member.get("/my/"))


def test_a_leader_who_is_a_member_works_in_the_own_studio_only(cast, office, day):
    Grant.objects.create(account=office.account, role=Role.LEADER, organisation=cast.gansu.organisation)
    elsewhere = make_day(cast.anning)

    client = signed_in(office.account)

    assert [d.pk for d in client.get("/my/").context["days"]] == [day.pk]
    assert log(client, elsewhere).status_code == 404


def test_a_day_that_nobody_closed_is_named_until_somebody_does(member, office):
    yesterday = make_day(office, timezone.localdate() - ONE_DAY)
    make_visit(office, yesterday.held_on, reception_day=yesterday)

    assert "还没有结束登记" in text(member.get("/my/"))


@pytest.mark.parametrize("address", ["/my/", "/my/days/{day}/", "/my/visits/", "/my/cases/"])
def test_pages_cost_as_many_queries_with_three_rows_as_with_one(
    member, office, day, address, django_assert_num_queries, django_assert_max_num_queries
):
    def add_row():
        visit = make_visit(office, reception_day=day, recorded_by=office.account)
        make_case(office).visits.add(visit)

    address = address.format(day=day.pk)
    add_row()
    with django_assert_max_num_queries(25) as one:
        member.get(address)
    add_row()
    add_row()

    with django_assert_num_queries(len(one)):
        member.get(address)


# --- Who may ---


@pytest.mark.parametrize("who", ["leader", "admin", "security", "auditor"])
def test_the_workspace_does_not_exist_for_those_who_record_nothing(cast, office, day, who):
    client = signed_in(office.leader if who == "leader" else getattr(cast, who))

    assert client.get("/my/").status_code == 404
    assert log(client, day).status_code == 404
    assert Visit.objects.count() == 0


def test_a_stranger_is_asked_to_log_in(client, day):
    response = log(client, day)

    assert response.status_code == 302
    assert response["Location"] == f"/login/?next=/my/days/{day.pk}/visits/new/"


def test_a_clerk_records_only_where_they_are_the_officer(office, day):
    client = signed_in(office.clerk)

    assert log(client, day).status_code == 404

    office.studio.liaison_officer = office.clerk
    office.studio.save()
    Duty.sign_in(day, office.member, timezone.now())
    assert log(client, day).status_code == 302


def test_another_countys_day_is_the_same_as_a_missing_one(member, cast, day):
    elsewhere = make_day(cast.anning)
    for address in ("/my/days/{}/", "/my/days/{}/visits/new/", "/my/days/{}/hold/"):
        foreign, missing = (member.get(address.format(pk)) for pk in (elsewhere.pk, 999_999))
        assert (foreign.status_code, foreign.content) == (404, missing.content)


@pytest.mark.parametrize("address", ["/my/visits/{visit}/", "/my/visits/{visit}/correct/", "/my/visits/{visit}/void/"])
def test_another_countys_visit_is_not_found(member, cast, address):
    visit = make_visit(cast.anning)

    assert member.get(address.format(visit=visit.pk)).status_code == 404
    assert member.post(address.format(visit=visit.pk), filled(reason="试试")).status_code in (404, 405)


# --- The day's list ---


def test_the_days_list_runs_along_and_leaves_out_what_is_voided(member, office, day):
    log(member, day)
    log(member, day, headcount="5")
    Visit.objects.get(headcount=5).void(by=office.account, why="重复登记", at=timezone.now())

    response = member.get(f"/my/days/{day.pk}/visits/", headers={"HX-Request": "true"})

    shown = response.context["day"]
    assert (shown.running_people, shown.parties) == (3, 1)
    assert "<html" not in text(response)
    assert "已作废" in text(response)


def test_the_lists_part_opened_by_hand_leads_to_the_page(member, day):
    assert member.get(f"/my/days/{day.pk}/visits/")["Location"] == f"/my/days/{day.pk}/"


def test_an_expired_log_in_reloads_the_page_instead_of_filling_the_list(client, day):
    response = client.get(f"/my/days/{day.pk}/visits/", headers={"HX-Request": "true"})

    assert response["HX-Refresh"] == "true"
    assert text(response) == ""


def test_older_visits_are_one_page_further(member, office):
    rows = [make_visit(office) for _ in range(33)]

    first = member.get("/my/visits/")
    second = member.get("/my/visits/", {"before": first.context["older"]})

    assert [v.pk for v in [*first.context["visits"], *second.context["visits"]]] == [v.pk for v in reversed(rows)]
    assert second.context["older"] is None


# --- Files ---


@pytest.fixture
def stored(member, day, settings, tmp_path) -> Attachment:
    settings.MEDIA_ROOT = tmp_path
    log(member, day, photos=photo("王女士的照片.jpg"))
    return Attachment.objects.get()


def test_a_photo_is_served_to_whoever_works_on_its_visit(cast, office, member, stored):
    response = member.get(f"/files/{stored.pk}/")

    assert Image.open(io.BytesIO(response.getvalue())).size == (30, 20)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert signed_in(office.clerk).get(f"/files/{stored.pk}/").status_code == 200
    for reader in (office.leader, cast.lanzhou.leader, cast.lanzhou.clerk):
        assert signed_in(reader).get(f"/files/{stored.pk}/").status_code == 404


def test_a_photo_does_not_exist_for_others(cast, client, office, stored):
    neighbour = signed_in(cast.anning.account)

    refused, missing = (neighbour.get(f"/files/{pk}/") for pk in (stored.pk, 999_999))

    assert (refused.status_code, refused.content) == (404, missing.content)
    assert signed_in(cast.security).get(f"/files/{stored.pk}/").status_code == 404
    assert Client().get(f"/files/{stored.pk}/")["Location"] == f"/login/?next=/files/{stored.pk}/"
