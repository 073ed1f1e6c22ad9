"""Terms and seats by the API: read and written as in the admin, another office's seats as little as on its pages."""

import pytest

from liaison.models import ActivityGroup, Entry, Member, Seat, SpecialCommittee, Term
from tests.cast import LONG_AGO
from tests.programs import send

pytestmark = pytest.mark.django_db
TERMS, SEATS = "/api/v1/terms/", "/api/v1/seats/"
NOT_OFFERED = "没有这条记录，或不能在这里选用。"


@pytest.fixture
def clerk(cast, program):
    return program(cast.chengguan.clerk)


@pytest.fixture
def newcomer(cast):
    return Member.objects.create(organisation=cast.chengguan.organisation, name="艾海霞")


def told(office, member, **values) -> dict:
    return {
        "member": member.pk, "organisation": office.organisation.pk, "term": office.term.pk,
        "sector": office.sectors[0].pk, "starts_on": "2026-01-01",
    } | values  # fmt: skip


def ids(client, address: str) -> set[int]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.json()
    return {row["id"] for row in answer.json()["results"]}


# --- Terms ---


def test_terms_are_read_by_office_and_day_and_not_written(cast, program):
    client, office = program(cast.lanzhou.clerk), cast.chengguan
    before = Term.objects.create(
        organisation=office.organisation, number=office.term.number + 30, starts_on="2011-01-01", ends_on="2015-12-31"
    )
    shown = client.get(f"{TERMS}{before.pk}/").json()
    assert shown == {
        "id": before.pk, "organisation": office.organisation.pk, "number": before.number, "starts_on": "2011-01-01",
        "ends_on": "2015-12-31",
    }  # fmt: skip
    every = {before.pk, *(one.term.pk for one in (cast.lanzhou, cast.chengguan, cast.anning))}
    for query, found in {
        "": every, "org=620102": {before.pk, office.term.pk}, "on=2015-12-31": {before.pk}, "on=2016-01-01": set(),
    }.items():  # fmt: skip
        assert ids(client, f"{TERMS}?{query}") == found, query
    assert client.get(f"{TERMS}{cast.xifeng.term.pk}/").status_code == 404
    assert send(client, TERMS, {"number": 9}).status_code == 405


# --- Seats ---


def test_a_new_member_takes_a_seat_and_leaves_it(cast, clerk):
    office, committee = cast.chengguan, cast.chengguan.seat.special_committee
    group = ActivityGroup.objects.create(special_committee=committee, name="第一小组")
    made = send(clerk, "/api/v1/members/", {"organisation": office.organisation.pk, "name": "艾海霞"}).json()
    member = Member.objects.get(pk=made["id"])
    sent = told(office, member, special_committee=committee.pk, groups=[group.pk], duty="standing")
    answer = send(clerk, SEATS, sent)
    assert answer.status_code == 201, answer.json()
    seat = member.seats.get()
    assert (seat.organisation, seat.term, seat.sector, seat.special_committee, seat.duty) == (
        office.organisation, office.term, office.sectors[0], committee, "standing",
    )  # fmt: skip
    assert (list(seat.groups.all()), seat.ends_on) == ([group], None)
    assert answer.json() == {"id": seat.pk, "ends_on": None} | sent == clerk.get(f"{SEATS}{seat.pk}/").json()
    ended = send(clerk, f"{SEATS}{seat.pk}/", {"ends_on": "2026-06-30", "groups": []}, "patch")
    assert (ended.status_code, ended.json()["ends_on"], ended.json()["groups"]) == (200, "2026-06-30", [])
    assert [entry.act for entry in Entry.objects.about(seat).order_by("id")] == ["add", "change"]
    for on, stands in {"2025-12-31": False, "2026-01-01": True, "2026-06-30": True, "2026-07-01": False}.items():
        assert (seat.pk in ids(clerk, f"{SEATS}?on={on}")) is stands, on


BAD = [
    ({"member": None}, "member", ""),
    ({"term": None}, "term", ""),
    ({"sector": None}, "sector", ""),
    ({"starts_on": "去年"}, "starts_on", ""),
    ({"starts_on": None}, "starts_on", ""),
    ({"ends_on": "2025-12-31"}, "ends_on", "离任日期不能早于任职日期。"),
    ({"duty": "国王"}, "duty", ""),
    ({"member": 10**15}, "member", NOT_OFFERED),
    ({"name": "艾海霞"}, "name", "没有这个字段。"),
]


@pytest.mark.parametrize(("values", "field", "sentence"), BAD)
def test_each_rule_is_told_beside_its_field_and_nothing_is_stored(cast, clerk, newcomer, values, field, sentence):
    answer = send(clerk, SEATS, told(cast.chengguan, newcomer) | values)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    (said,) = answer.json()["fields"][field]
    assert sentence in said
    assert not any("a" <= letter <= "z" for letter in said)
    assert not newcomer.seats.exists()


def test_a_second_seat_in_one_office_at_once_is_refused_and_a_later_one_is_not(cast, clerk, newcomer):
    office = cast.chengguan
    first = send(clerk, SEATS, told(office, newcomer, ends_on="2026-03-31")).json()
    twice = send(clerk, SEATS, told(office, newcomer, starts_on="2026-03-31"))
    assert twice.json()["fields"] == {"starts_on": ["这位委员在本组织的任职时间重叠。"]}
    assert send(clerk, SEATS, told(office, newcomer, starts_on="2026-04-01")).status_code == 201
    longer = send(clerk, f"{SEATS}{first['id']}/", {"ends_on": None}, "patch")
    assert longer.json()["fields"] == {"starts_on": ["这位委员在本组织的任职时间重叠。"]}
    assert newcomer.seats.count() == 2


def test_parts_of_another_office_do_not_fit_and_those_out_of_sight_are_missing(cast, program, newcomer):
    city, county, cousin = program(cast.lanzhou.clerk), cast.chengguan, cast.xifeng
    parts = {"term": county.term, "sector": county.sectors[0], "special_committee": county.seat.special_committee}
    words = {"term": "届", "sector": "界别", "special_committee": "专委会"}
    for name, row in parts.items():
        answer = send(city, SEATS, told(cast.lanzhou, newcomer) | {name: row.pk})
        assert answer.json()["fields"] == {name: [f"所选{words[name]}不属于这个政协组织。"]}
    group = ActivityGroup.objects.create(special_committee=cousin.seat.special_committee, name="外地小组")
    foreign = {
        "member": cousin.member.pk, "organisation": cousin.organisation.pk, "term": cousin.term.pk,
        "sector": cousin.sectors[0].pk, "special_committee": cousin.seat.special_committee.pk, "groups": [group.pk],
    }  # fmt: skip
    for name, key in foreign.items():
        for one in (key, [10**15] if isinstance(key, list) else 10**15):
            answer = send(city, SEATS, told(cast.lanzhou, newcomer) | {name: one})
            assert answer.json()["fields"] == {name: [NOT_OFFERED]}
    below = send(city, SEATS, told(county, newcomer))
    assert below.json()["fields"] == {"organisation": [NOT_OFFERED]}
    assert not newcomer.seats.exists()


def test_a_double_that_went_into_another_entry_takes_no_seat(cast, clerk, newcomer):
    double = Member.objects.create(organisation=cast.chengguan.organisation, name="艾海霞")
    newcomer.merge(double)
    assert send(clerk, SEATS, told(cast.chengguan, double)).json()["fields"] == {"member": [NOT_OFFERED]}


def test_a_stored_seat_keeps_its_office_and_the_office_above_reads_it(cast, clerk, program):
    seat = cast.chengguan.seat
    address = f"{SEATS}{seat.pk}/"
    above = program(cast.lanzhou.clerk)
    assert above.get(address).json() == clerk.get(address).json()
    answer = send(above, address, {"duty": "chair"}, "patch")
    assert (answer.status_code, answer.json()["message"]) == (403, "下级组织的记录只能查看。")
    cast.lanzhou.clerk.grants.update(records_below=True)
    moved = send(program(cast.lanzhou.clerk), address, {"organisation": cast.lanzhou.organisation.pk}, "patch")
    assert moved.json()["fields"] == {"organisation": ["登记以后不能更改。"]}
    assert send(above, address, {"duty": "chair"}, "patch").status_code == 200
    assert Entry.objects.about(seat).get().account == cast.lanzhou.clerk


def test_the_list_is_narrowed_by_office_member_term_sector_duty_and_gap(cast, program, newcomer):
    client, office = program(cast.lanzhou.clerk), cast.chengguan
    mine = Seat.objects.create(
        member=newcomer, organisation=office.organisation, term=office.term, sector=office.sectors[1], duty="chair",
        starts_on="2026-01-01",
    )  # fmt: skip
    every = {mine.pk, *(one.seat.pk for one in (cast.lanzhou, cast.chengguan, cast.anning))}
    for query, found in {
        "": every, "org=620102": {mine.pk, office.seat.pk}, f"member={newcomer.pk}": {mine.pk},
        f"term={office.term.pk}": {mine.pk, office.seat.pk}, f"sector={office.sectors[1].pk}": {mine.pk},
        "duty=chair": {mine.pk}, "committee=none": {mine.pk}, "on=2025-12-31": every - {mine.pk},
    }.items():  # fmt: skip
        assert ids(client, f"{SEATS}?{query}") == found, query
    for bad in ("on=昨天", f"member={cast.xifeng.member.pk}", "duty=国王", "committee=未知", "find=某"):
        answer = client.get(f"{SEATS}?{bad}")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [bad.partition("=")[0]])
        assert not any("a" <= letter <= "z" for letter in answer.json()["fields"][bad.partition("=")[0]][0])


# --- Guests from elsewhere ---


def test_of_a_guest_the_own_office_knows_its_own_seat_alone(cast, clerk):
    """A provincial member, who is called to the county as well: there the seat is a number, the person a directory line."""
    guest = Member.objects.create(
        organisation=cast.gansu.organisation, name="孟远", phone="13912345678", employer="省农科院"
    )
    there = Seat.objects.create(
        member=guest, organisation=cast.gansu.organisation, term=cast.gansu.term, sector=cast.gansu.sectors[0],
        starts_on=LONG_AGO,
    )  # fmt: skip
    guest.bases.create(division=cast.chengguan.division, starts_on=LONG_AGO)
    assert ids(clerk, f"{SEATS}?member={guest.pk}") == set()
    here = send(clerk, SEATS, told(cast.chengguan, guest))
    assert here.status_code == 201
    assert "孟远" not in here.text
    assert "省农科院" not in here.text
    assert ids(clerk, f"{SEATS}?member={guest.pk}") == {here.json()["id"]}
    assert clerk.get(f"{SEATS}{there.pk}/").status_code == 404
    assert send(clerk, f"{SEATS}{there.pk}/", {"duty": "chair"}, "patch").status_code == 404
    line = clerk.get(f"/api/v1/members/{guest.pk}/").json()
    assert {seat["organisation"] for seat in line["seats"]} == {"甘肃省政协", "城关区政协"}
    assert (line["employer"], line["phone"]) == ("", "")


def test_ones_own_seat_elsewhere_is_read_as_on_the_page_and_not_written(cast, program):
    """A clerk who is a member: of another office the own seat, and no other row of it."""
    office = cast.chengguan
    office.account.grants.create(role="clerk", organisation=office.organisation)
    committee = SpecialCommittee.objects.create(
        organisation=cast.xifeng.organisation, name="外地专委会", starts_on=LONG_AGO
    )
    elsewhere = Seat.objects.create(
        member=office.member, organisation=cast.xifeng.organisation, term=cast.xifeng.term, sector=cast.xifeng.sectors[0],
        special_committee=committee, starts_on=LONG_AGO,
    )  # fmt: skip
    client = program(office.account)
    assert ids(client, SEATS) == {office.seat.pk, elsewhere.pk}
    assert send(client, f"{SEATS}{elsewhere.pk}/", {"duty": "chair"}, "patch").status_code == 403
    assert client.get(f"{TERMS}{cast.xifeng.term.pk}/").status_code == 404
    assert client.get(f"{SEATS}{cast.xifeng.seat.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["officer", "account", "leader"])
@pytest.mark.parametrize("address", [TERMS, SEATS])
def test_who_has_no_seats_in_the_admin_has_none_here(cast, program, who, address):
    assert program(getattr(cast.chengguan, who)).get(address).status_code == 403
