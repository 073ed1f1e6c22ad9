"""Members and departments by the API: numbers masked, a guest's line, whole for the owning office."""

import pytest

from liaison.models import Department, Member, Seat
from tests.cast import LONG_AGO
from tests.programs import send

pytestmark = pytest.mark.django_db
MEMBERS = "/api/v1/members/"


@pytest.fixture
def phoned(cast):
    member = cast.chengguan.member
    member.phone, member.employer = "13912345678", "兰州大学"
    member.save()
    return member


def test_a_number_is_masked_in_lists_and_below_and_whole_for_its_office(cast, program, phoned):
    own, above = program(cast.chengguan.clerk), program(cast.lanzhou.clerk)
    address = f"{MEMBERS}{phoned.pk}/"
    assert own.get(MEMBERS).json()["results"][0]["phone"] == "139****5678"
    assert own.get(address).json()["phone"] == "13912345678"
    assert above.get(address).json()["phone"] == "139****5678"
    assert above.get(address).json()["seats"] == [{"organisation": "城关区政协", "sector": "经济界", "duty": "member"}]
    changed = send(own, address, {"post": "教授"}, "patch").json()
    assert (changed["post"], changed["phone"]) == ("教授", "13912345678")
    masked = send(own, address, {"phone": "139****5678"}, "patch")
    assert (masked.status_code, list(masked.json()["fields"])) == (400, ["phone"])


def test_of_a_guest_there_is_the_directory_line_alone(cast, program, phoned):
    Seat.objects.create(
        member=phoned, organisation=cast.xifeng.organisation, term=cast.xifeng.term, sector=cast.xifeng.sectors[0],
        starts_on=LONG_AGO,
    )  # fmt: skip
    client = program(cast.xifeng.clerk)
    guest = client.get(f"{MEMBERS}{phoned.pk}/").json()
    assert (guest["name"], guest["employer"], guest["phone"], guest["birth_year"]) == ("张新民", "", "", None)
    assert {line["organisation"] for line in guest["seats"]} == {"城关区政协", "西峰区政协"}
    assert send(client, f"{MEMBERS}{phoned.pk}/", {"post": "x"}, "patch").status_code == 403


def test_an_entry_that_went_into_another_is_no_longer_there(cast, program, phoned):
    double = Member.objects.create(organisation=cast.chengguan.organisation, name="张新民")
    phoned.merge(double)
    assert program(cast.chengguan.clerk).get(f"{MEMBERS}{double.pk}/").status_code == 404


def test_a_department_is_read_with_its_contact_masked_in_the_list(cast, program):
    department = cast.chengguan.department
    Department.objects.filter(pk=department.pk).update(contact="李科长", phone="0931-8460000")
    client = program(cast.chengguan.clerk)
    (row,) = client.get("/api/v1/departments/").json()["results"]
    assert (row["contact"], row["phone"]) == ("李*", "093****0000")
    assert client.get(f"/api/v1/departments/{department.pk}/").json()["contact"] == "李科长"
    assert send(client, "/api/v1/departments/", {"name": "x"}).status_code == 405
