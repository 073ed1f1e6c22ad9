import pytest

from liaison.models import Account, Member
from tests.cast import LONG_AGO, make_visit
from tests.pages import add, address, change, errors


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.lanzhou.clerk)
    return client


@pytest.fixture
def double(cast):
    """The city's own entry of the county's member, imported a second time."""
    known = cast.chengguan.member
    return Member.objects.create(name=known.name, birth_year=known.birth_year, organisation=cast.lanzhou.organisation)


def merge(client, entries, **more):
    chosen = {"action": "merge_selected", "_selected_action": [entry.pk for entry in entries]}
    return client.post(address("changelist", "liaison.member"), chosen | more)


def test_suspected_doubles_are_listed(clerk, cast, double):
    listed = clerk.get(address("changelist", "liaison.member"), {"entries": "doubles"}).context["cl"].queryset
    assert set(listed) == {cast.chengguan.member, double}


def test_two_entries_become_one_person(clerk, cast, double):
    known, visit = cast.chengguan.member, make_visit(cast.chengguan)
    assert "保留哪一条" in merge(clerk, [known, double]).content.decode()
    merge(clerk, [known, double], confirmed="1", kept=double.pk)
    known.refresh_from_db()
    assert (known.merged_into, list(visit.receivers.all())) == (double, [double])
    listed = clerk.get(address("changelist", "liaison.member")).context["cl"].queryset
    assert known not in listed


def test_a_county_does_not_merge_its_citys_entries(client, cast, double):
    client.force_login(cast.chengguan.clerk)
    double.bases.create(division=cast.chengguan.division, starts_on=LONG_AGO)
    merge(client, [cast.chengguan.member, double], confirmed="1", kept=cast.chengguan.member.pk)
    double.refresh_from_db()
    assert double.merged_into is None


def test_entries_that_cannot_be_one_person_stay_apart(clerk, cast, double):
    Account.objects.create(username="double", name="重复", member=double)
    answer = merge(clerk, [cast.chengguan.member, double], confirmed="1", kept=double.pk)
    assert answer.context["form"].non_field_errors()
    double.refresh_from_db()
    assert double.merged_into is None


def test_seats_outside_the_committees_are_listed(clerk, cast):
    cast.chengguan.seat.special_committee = None
    cast.chengguan.seat.save()
    listed = clerk.get(address("changelist", "liaison.member"), {"entries": "no-committee"}).context["cl"].queryset
    assert list(listed) == [cast.chengguan.member]


def test_a_guest_shows_only_the_directory_line(client, cast):
    """A provincial member who lives in Chengguan: the county knows name and seat, no more."""
    guest = Member.objects.create(
        name="孟远", phone="13912345678", employer="省农科院", organisation=cast.gansu.organisation
    )
    guest.bases.create(division=cast.chengguan.division, starts_on=LONG_AGO)
    guest.seats.create(
        organisation=cast.gansu.organisation, term=cast.gansu.term, sector=cast.gansu.sectors[0], starts_on=LONG_AGO
    )
    client.force_login(cast.chengguan.clerk)
    page = client.get(address("change", "liaison.member", guest.pk)).content.decode()
    assert "甘肃省政协 经济界 委员" in page
    assert "13912345678" not in page
    assert "省农科院" not in page


def test_a_countys_members_phone_is_masked_for_the_city(clerk, cast):
    Member.objects.filter(pk=cast.chengguan.member.pk).update(phone="13912345678")
    page = clerk.get(address("change", "liaison.member", cast.chengguan.member.pk)).content.decode()
    assert "139****5678" in page
    assert "13912345678" not in page


def test_a_member_is_made_with_seat_base_and_party(clerk, cast):
    office = cast.lanzhou
    sent = {"name": "王新", "expertise": "法律、教育，医疗"}
    sent |= {"seats-TOTAL_FORMS": 1, "seats-0-organisation": office.organisation.pk, "seats-0-term": office.term.pk,
             "seats-0-sector": office.sectors[0].pk, "seats-0-duty": "member", "seats-0-starts_on": "2026-01-01"}  # fmt: skip
    sent |= {"bases-TOTAL_FORMS": 1, "bases-0-division": office.division.pk, "bases-0-starts_on": "2026-01-01"}
    sent |= {"party_memberships-TOTAL_FORMS": 1, "party_memberships-0-party": "cdl"}
    sent |= {"party_memberships-0-starts_on": "2026-01-01"}
    answer = add(clerk, "liaison.member", **sent)
    assert answer.status_code == 302, errors(answer)
    member = Member.objects.get(name="王新")
    assert member.expertise == ["法律", "教育", "医疗"]
    assert (member.seats.count(), member.bases.count(), member.party_memberships.count()) == (1, 1, 1)


def test_a_sector_of_another_organisation_is_refused_in_the_row(clerk, cast):
    row = {"seats-TOTAL_FORMS": 2, "seats-1-organisation": cast.lanzhou.organisation.pk, "seats-1-duty": "member",
           "seats-1-term": cast.lanzhou.term.pk, "seats-1-sector": cast.chengguan.sectors[0].pk,
           "seats-1-starts_on": "2026-01-01"}  # fmt: skip
    answer = change(clerk, "liaison.member", cast.lanzhou.member.pk, **row)
    assert "所选界别不属于这个政协组织。" in errors(answer)["seats.sector"]


def test_a_seat_that_overlaps_is_refused_in_the_row(clerk, cast):
    office = cast.lanzhou
    row = {"seats-TOTAL_FORMS": 2, "seats-1-organisation": office.organisation.pk, "seats-1-term": office.term.pk,
           "seats-1-sector": office.sectors[0].pk, "seats-1-duty": "member", "seats-1-starts_on": "2026-01-01"}  # fmt: skip
    answer = change(clerk, "liaison.member", office.member.pk, **row)
    assert errors(answer) == {"seats.starts_on": ["这位委员在本组织的任职时间重叠。"]}


def test_a_guests_employer_is_neither_listed_nor_searched(client, cast):
    """Of a guest from elsewhere only the directory line is open, in the list as on the page."""
    guest = Member.objects.create(name="来客", organisation=cast.gansu.organisation, employer="某某研究院", post="院长")
    guest.seats.create(
        organisation=cast.chengguan.organisation, term=cast.chengguan.term, sector=cast.chengguan.sectors[0],
        starts_on="2022-01-01",
    )  # fmt: skip
    Member.objects.filter(pk=cast.chengguan.member.pk).update(employer="本地研究院")
    client.force_login(cast.chengguan.clerk)
    everyone = client.get("/admin/liaison/member/").content.decode()
    assert "来客" in everyone
    assert "本地研究院" in everyone
    assert "某某研究院" not in everyone
    assert "院长" not in everyone
    found = client.get("/admin/liaison/member/?q=研究院").content.decode()
    assert cast.chengguan.member.name in found
    assert "来客" not in found
