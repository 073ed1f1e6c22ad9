"""Activities by the API: who took part, acts, and what a stored one keeps."""

import pytest

from activities.models import Activity
from liaison.models import Entry
from tests.cast import make_activity
from tests.programs import send

pytestmark = pytest.mark.django_db
ACTIVITIES = "/api/v1/activities/"
SENT = {"title": "太和夜话", "kind": "policy_talk", "held_on": "2026-03-04"}


def test_who_took_part_is_named_with_the_sector_of_that_day(cast, program):
    client, office = program(cast.chengguan.clerk), cast.chengguan
    sent = SENT | {"organisation": office.organisation.pk, "members": [office.member.pk], "state": "held"}
    answer = send(client, ACTIVITIES, sent)
    assert answer.status_code == 201, answer.json()
    activity = Activity.objects.get()
    assert (activity.member_count, activity.recorded_by) == (1, office.clerk)
    assert activity.participations.get().sector == office.sectors[0]
    told = {row["name"] for row in Entry.objects.about(activity).get(act="add").changes["diff"]}
    assert {"members", "title", "held_on"} <= told
    assert send(client, f"{ACTIVITIES}{activity.pk}/", {"members": []}, "patch").json()["members"] == []
    (row,) = Entry.objects.about(activity).get(act="change").changes["diff"]
    assert (row["name"], row["before"], row["after"]) == ("members", "张新民", "")


def test_an_officers_activity_belongs_to_the_studios_office(cast, program):
    client = program(cast.chengguan.officer)
    answer = send(client, ACTIVITIES, SENT | {"studio": cast.chengguan.studio.pk})
    assert (answer.status_code, answer.json()["organisation"]) == (201, cast.chengguan.organisation.pk)
    assert send(client, ACTIVITIES, SENT).json()["fields"] == {"organisation": ["请选择政协组织。"]}


def test_acts_follow_the_states_and_are_noted(cast, program):
    client, activity = program(cast.chengguan.clerk), make_activity(cast.chengguan, state="planned")
    address = f"{ACTIVITIES}{activity.pk}/"
    assert send(client, f"{address}hold/").json()["state"] == "held"
    again = send(client, f"{address}cancel/")
    assert (again.status_code, again.json()["message"]) == (400, "只有计划中的活动可以取消。")
    assert send(client, address, {"state": "planned"}, "patch").json()["fields"] == {"state": ["登记以后不能更改。"]}
    nothing = send(client, f"{address}void/")
    assert (nothing.status_code, list(nothing.json()["fields"])) == (400, ["why"])
    assert send(client, f"{address}void/", {"why": "重复登记"}).json()["is_voided"] is True
    for method, sent in (("patch", {"brand": "x"}), ("post", {"why": "再次"})):
        late = send(client, address if method == "patch" else f"{address}void/", sent, method)
        assert (late.status_code, late.json()["message"]) == (400, "这条记录已经作废，不能再改。")
    assert [entry.act for entry in Entry.objects.about(activity).order_by("id")] == ["change", "void"]


def test_the_list_is_narrowed_by_period_studio_and_voiding(cast, program):
    client = program(cast.gansu.clerk)
    early, late = make_activity(cast.chengguan, "2026-01-05"), make_activity(cast.xifeng, "2026-02-05")
    late.void(by=cast.xifeng.clerk, why="重复", at=early.held_on + "T00:00:00+08:00")

    def found(query: str) -> list[int]:
        return [row["id"] for row in client.get(f"{ACTIVITIES}?{query}").json()["results"]]

    assert found("period=2026-01") == found(f"studio={cast.chengguan.studio.pk}") == found("voided=false") == [early.pk]
    assert found("voided=true") == found("org=621002") == [late.pk]
    wrong = client.get(f"{ACTIVITIES}?period=1月").json()["fields"]["period"]
    assert "看不懂这个时段" in wrong[0]
    unseen = program(cast.chengguan.clerk).get(f"{ACTIVITIES}?studio={cast.xifeng.studio.pk}")
    assert (unseen.status_code, unseen.json()["fields"]) == (400, {"studio": ["没有这条记录。"]})
