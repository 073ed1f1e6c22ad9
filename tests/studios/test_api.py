"""Studios by the API: the same rules as on their page."""

import pytest

from liaison.models import Entry
from studios.models import Posting, Studio
from tests.programs import send

pytestmark = pytest.mark.django_db
STUDIOS = "/api/v1/studios/"


def new(office, **values) -> dict:
    return {
        "organisation": office.organisation.pk, "division": office.township.pk, "name": "新工作室", "opened_on": "2026-01-01",
    } | values  # fmt: skip


def test_a_studio_is_added_with_its_lists_and_noted(cast, program):
    client, office = program(cast.chengguan.clerk), cast.chengguan
    sent = new(office, sectors=[office.sectors[0].pk], longitude="103.834304", liaison_officer=office.officer.pk)
    answer = send(client, STUDIOS, sent)
    assert answer.status_code == 201, answer.json()
    studio = Studio.objects.get(pk=answer.json()["id"])
    assert [*studio.sectors.all()] == [office.sectors[0]]
    assert answer.json()["code"] == studio.code
    assert client.get(f"{STUDIOS}{studio.pk}/").json() == answer.json()
    told = {row["name"] for row in Entry.objects.about(studio).get(act="add").changes["diff"]}
    assert {"name", "sectors", "opened_on"} <= told


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": "广武门委员工作室"}, "name", "本组织已有同名工作室。"),
        ({"closed_on": "2025-01-01"}, "closed_on", "撤销日期应晚于挂牌日期。"),
        ({"stars": 6}, "stars", ""),
        ({"phone": "不知道"}, "phone", ""),
        ({"code": "ABCDEFGHJK"}, "code", "这个字段由系统填写，不能提交。"),
        ({"brnd": "x"}, "brnd", "没有这个字段。"),
        ({"opened_on": None}, "opened_on", ""),
        ({"organisation": "1"}, "organisation", "应为记录的编号（整数）。"),
    ],
)
def test_each_rule_is_told_beside_its_field_and_nothing_is_stored(cast, program, values, field, sentence):
    answer = send(program(cast.chengguan.clerk), STUDIOS, new(cast.chengguan, **values))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    (said,) = answer.json()["fields"][field]
    assert sentence in said
    assert not any("a" <= letter <= "z" for letter in said)
    assert Studio.objects.count() == 3


def test_another_offices_rows_and_missing_ones_cannot_be_named_and_are_told_alike(cast, program):
    client, own, other = program(cast.chengguan.clerk), cast.chengguan, cast.xifeng
    forged = {
        "organisation": other.organisation.pk,
        "sectors": [other.sectors[0].pk],
        "liaison_officer": other.officer.pk,
    }
    for field, key in forged.items():
        said = [
            send(client, STUDIOS, new(own, **{field: value})).json()["fields"]
            for value in (key, [10**15] if isinstance(key, list) else 10**15)
        ]
        assert said == [{field: ["没有这条记录，或不能在这里选用。"]}] * 2
    assert Studio.objects.count() == 3


def test_what_is_stored_keeps_its_office_and_what_is_anothers_is_not_found(cast, program):
    client, studio = program(cast.lanzhou.clerk), cast.chengguan.studio
    assert client.get(f"{STUDIOS}{studio.pk}/").status_code == 200
    below = send(client, f"{STUDIOS}{studio.pk}/", {"brand": "x"}, "patch")
    assert (below.status_code, below.json()["message"]) == (403, "下级组织的记录只能查看。")
    gone = [send(client, f"{STUDIOS}{key}/", {"brand": "x"}, "patch") for key in (cast.xifeng.studio.pk, 10**15)]
    assert [a.status_code for a in gone] == [404, 404]
    assert gone[0].json() == gone[1].json()
    own = program(cast.chengguan.clerk)
    moved = send(own, f"{STUDIOS}{studio.pk}/", {"organisation": cast.anning.organisation.pk}, "patch")
    assert moved.status_code == 400
    kept = send(own, f"{STUDIOS}{studio.pk}/", {"organisation": cast.chengguan.organisation.pk}, "patch")
    assert kept.status_code == 200


def test_an_officer_keeps_the_particulars_and_not_the_standing(cast, program):
    client, studio = program(cast.chengguan.officer), cast.chengguan.studio
    assert [row["id"] for row in client.get(STUDIOS).json()["results"]] == [studio.pk]
    assert send(client, f"{STUDIOS}{studio.pk}/", {"intro": "每月五日接待"}, "patch").status_code == 200
    answer = send(client, f"{STUDIOS}{studio.pk}/", {"stars": 5}, "patch")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["stars"])
    assert send(client, STUDIOS, new(cast.chengguan)).status_code == 403


def test_a_member_reads_the_own_studios_and_a_leader_offices_alone(cast, program):
    member, leader = program(cast.chengguan.account), program(cast.chengguan.leader)
    assert [row["id"] for row in member.get(STUDIOS).json()["results"]] == [cast.chengguan.studio.pk]
    assert send(member, f"{STUDIOS}{cast.chengguan.studio.pk}/", {"brand": "x"}, "patch").status_code == 403
    assert leader.get(STUDIOS).status_code == 403
    assert [row["code"] for row in leader.get("/api/v1/organisations/").json()["results"]] == ["620102"]


def test_the_list_is_narrowed_by_office_kind_state_and_words(cast, program):
    client = program(cast.gansu.clerk)
    Posting.objects.filter(studio=cast.anning.studio).delete()
    Studio.objects.filter(pk=cast.xifeng.studio.pk).update(kind="room", closed_on="2026-01-01")

    def found(query: str) -> set[str]:
        return {row["name"][:2] for row in client.get(f"{STUDIOS}?{query}").json()["results"]}

    assert found("org=620100") == {"广武", "培黎"}
    assert found("kind=room") == found("state=closed") == {"北街"}
    assert found("state=no-lead") == {"培黎"}
    assert found("find=gwm") == {"广武"}
    assert client.get(f"{STUDIOS}?kind=nothing").status_code == 400
