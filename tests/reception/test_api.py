"""Reception days by the API: who is on duty, acts, and what a settled day keeps."""

import pytest
from django.utils import timezone

from liaison.models import Entry
from reception.models import Duty, ReceptionDay
from tests.cast import make_day, make_visit
from tests.programs import send

pytestmark = pytest.mark.django_db
DAYS = "/api/v1/reception-days/"


def test_a_day_is_planned_announced_and_held(cast, program):
    client, office = program(cast.chengguan.clerk), cast.chengguan
    today = timezone.localdate().isoformat()
    sent = {
        "studio": office.studio.pk,
        "held_on": today,
        "opens": "09:00",
        "closes": "11:00",
        "members": [office.member.pk],
    }
    answer = send(client, DAYS, sent)
    assert answer.status_code == 201, answer.json()
    day = ReceptionDay.objects.get()
    assert answer.json()["duties"] == [{"member": office.member.pk, "signed_in_at": None}]
    assert (day.organisation, day.state) == (office.organisation, "planned")
    address = f"{DAYS}{day.pk}/"
    assert send(client, f"{address}announce/").json()["state"] == "announced"
    assert send(client, f"{address}hold/", {"summary": "来了三人"}).json()["state"] == "held"
    assert send(client, address, {"held_on": "2026-01-01"}, "patch").json()["fields"] == {
        "held_on": ["登记以后不能更改。"]
    }
    assert send(client, f"{address}reopen/").json()["state"] == "announced"
    cancelled = send(client, f"{address}cancel/", {"why": "停电"})
    assert (cancelled.json()["state"], cancelled.json()["cancel_reason"]) == ("cancelled", "停电")
    assert Entry.objects.about(day).count() == 5


def test_the_same_hour_twice_and_a_closed_end_are_refused_beside_their_fields(cast, program):
    day = make_day(cast.chengguan)
    sent = {"studio": day.studio_id, "held_on": day.held_on, "opens": "09:00", "closes": "11:00"}
    client = program(cast.chengguan.clerk)
    assert send(client, DAYS, sent).json()["fields"] == {"opens": ["这个工作室当天已有同一时间的接待日。"]}
    turned = send(client, DAYS, sent | {"opens": "12:00"}).json()["fields"]
    assert turned == {"closes": ["结束时间应晚于开始时间。"]}


def test_whoever_signed_in_stays_on_the_list_and_received_visits_keep_the_day(cast, program):
    client, day = program(cast.chengguan.clerk), make_day(cast.chengguan)
    Duty.sign_in(day, cast.chengguan.member, timezone.now())
    address = f"{DAYS}{day.pk}/"
    kept = send(client, address, {"members": []}, "patch").json()
    assert kept["fields"] == {"members": ["已签到的委员不能移出值班名单。"]}
    make_visit(cast.chengguan, reception_day=day)
    refused = send(client, f"{address}cancel/", {"why": "停电"})
    assert refused.json()["message"] == "这个接待日已登记来访，不能取消。"
    day.refresh_from_db()
    assert day.state == "announced"


def test_a_member_reads_the_own_studios_days_and_writes_none(cast, program):
    own, _ = make_day(cast.chengguan), make_day(cast.xifeng)
    client = program(cast.chengguan.account)
    assert [row["id"] for row in client.get(DAYS).json()["results"]] == [own.pk]
    assert send(client, f"{DAYS}{own.pk}/announce/").status_code == 403
