"""What came of the work by the API: outcomes, papers handed in, what leaders wrote on them, and what was reported of it."""

from decimal import Decimal

import pytest

from activities.models import MediaReport
from cases.models import Instruction, Outcome, Submission
from liaison.models import Entry
from tests.cast import make_case
from tests.programs import send

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def client(cast, program):
    return program(cast.chengguan.clerk)


def outcome(cast, **values) -> dict:
    standing = {"organisation": cast.chengguan.organisation.pk, "kind": "financing", "happened_on": "2026-03-04"}
    return {**standing, "amount": "1234567.89", "studio": cast.chengguan.studio.pk, **values}


def opinion(cast, **values) -> dict:
    standing = {"organisation": cast.chengguan.organisation.pk, "kind": "opinion", "submitted_on": "2026-03-04"}
    return {**standing, "title": "关于增设路灯的建议", "first_author": cast.chengguan.member.pk, **values}


def test_an_outcome_is_stored_in_yuan_noted_and_voided(cast, client):
    case = make_case(cast.chengguan)
    answer = send(client, f"{API}/outcomes/", outcome(cast, case=case.pk))
    assert (answer.status_code, answer.json()["amount"]) == (201, "1234567.89")
    stored = Outcome.objects.get()
    assert (stored.amount, stored.case) == (Decimal("1234567.89"), case)
    assert send(client, f"{API}/outcomes/{stored.pk}/", {"note": "首批"}, "patch").json()["note"] == "首批"
    assert send(client, f"{API}/outcomes/{stored.pk}/void/", {"why": "重复"}).json()["is_voided"] is True
    assert [entry.act for entry in Entry.objects.about(stored).order_by("id")] == ["add", "change", "void"]
    found = client.get(f"{API}/outcomes/?kind=financing&period=2026-03&voided=true").json()["results"]
    assert [row["id"] for row in found] == [stored.pk]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"studio": None}, {"case": ["请选择成效来自哪个事项、活动或工作室。"]}),
        ({"amount": "0"}, {"amount": ["数量应大于 0。"]}),
        ({"kind": "jobs", "amount": "1.5"}, {"amount": ["这类成效的数量应为整数。"]}),
        ({"happened_on": "2999-01-01"}, {"happened_on": ["日期不能晚于今天。"]}),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_beside_its_field(cast, client, sent, said):
    answer = send(client, f"{API}/outcomes/", outcome(cast, **sent))
    assert (answer.status_code, answer.json()["fields"]) == (400, said)
    assert not Outcome.objects.exists()


def test_a_paper_has_an_author_and_what_leaders_write_on_it_belongs_to_its_office(cast, client):
    nobody = send(client, f"{API}/submissions/", opinion(cast, first_author=None))
    sentence = "请选择第一提交人，或一个集体（工作室、界别、专委会），或来源活动。"
    assert nobody.json()["fields"] == {"first_author": [sentence]}
    assert send(client, f"{API}/submissions/", opinion(cast)).status_code == 201
    paper = Submission.objects.get()
    written = {"submission": paper.pk, "leader_level": "city", "given_on": "2026-03-09", "text": "请市住建局研究。"}
    answer = send(client, f"{API}/instructions/", written)
    assert (answer.status_code, answer.json()["organisation"]) == (201, cast.chengguan.organisation.pk)
    moved = send(client, f"{API}/instructions/{Instruction.objects.get().pk}/", {"submission": 0}, "patch")
    assert moved.status_code == 400
    assert send(client, f"{API}/submissions/{paper.pk}/", {"adopted": "city"}, "patch").json()["adopted"] == "city"
    assert client.get(f"{API}/submissions/?find=增设路灯&adopted=city").json()["results"][0]["id"] == paper.pk


def test_a_report_in_the_media_names_whom_it_praised(cast, client):
    office = cast.chengguan
    sent = {"organisation": office.organisation.pk, "title": "委员进社区", "outlet": "甘肃日报", "level": "province"}
    sent |= {"published_on": "2026-03-09", "praised": [office.member.pk]}
    answer = send(client, f"{API}/media-reports/", sent)
    assert (answer.status_code, answer.json()["praised"]) == (201, [office.member.pk])
    broken = send(client, f"{API}/media-reports/", sent | {"link": "gansu.cn"})
    assert broken.json()["fields"] == {"link": ["请填写以 http:// 或 https:// 开头的网址。"]}
    assert MediaReport.objects.count() == 1


def test_only_clerks_write_them_and_anothers_do_not_exist(cast, client, program):
    send(client, f"{API}/outcomes/", outcome(cast))
    one = Outcome.objects.get()
    assert send(program(cast.chengguan.officer), f"{API}/outcomes/", outcome(cast)).status_code == 403
    other = program(cast.anning.clerk)
    assert other.get(f"{API}/outcomes/{one.pk}/").status_code == 404
    assert send(other, f"{API}/outcomes/", outcome(cast)).status_code in (400, 403)
    above = program(cast.lanzhou.clerk)
    assert above.get(f"{API}/outcomes/{one.pk}/").status_code == 200
    assert send(above, f"{API}/outcomes/{one.pk}/", {"note": "改"}, "patch").status_code == 403
