"""扫码说事: the form behind a studio's code, as browsers with and without scripts send it, and as floods do."""

import os
import uuid
from datetime import timedelta

import altcha
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cases import captcha
from cases.models import Case, Choice, Intake
from liaison.models import Attachment, Entry, Notice
from reception.models import Visit
from studios.models import Posting, Studio
from tests.cases.my import photo
from tests.cast import make_case
from tests.pages import text_of

pytestmark = pytest.mark.django_db
# QUEUE=all: as many posts of a minute as a flood has; fewer meet the same limits.
FLOOD = 300 if os.environ.get("QUEUE") == "all" else 30


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path, monkeypatch):
    """Counts of other tests are not this one's, no hour ends in its midst, and no puzzle takes long."""
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    cache.clear()
    monkeypatch.setattr(captcha.limits, "TEN_MINUTES", 86_400)
    monkeypatch.setattr(captcha.limits, "HOUR", 86_400)
    monkeypatch.setattr(captcha, "ATTEMPTS", 64)


@pytest.fixture
def studio(cast) -> Studio:
    return cast.chengguan.studio


def solved(client=None, **more) -> str:
    """What the widget would send for a fresh puzzle."""
    puzzle = altcha.Challenge.from_dict((client or Client()).get("/captcha/", **more).json())
    return altcha.Payload(puzzle, altcha.solve_challenge(puzzle)).to_base64()


def sent(**values) -> dict:
    standing = {"client_key": str(uuid.uuid4()), "content": "南昌路路灯不亮。老人晚上出行不安全。"}
    return standing | values


def say(studio, client=None, **values):
    """With a puzzle solved unless something else stands in its place."""
    client = client or Client()
    if not {"altcha", "answer"} & values.keys():
        values["altcha"] = solved(client)
    return client.post(f"/s/{studio.code}/say/", sent(**values))


def refusals(answer) -> list[str]:
    return [sentence for sentences in answer.context["form"].errors.values() for sentence in sentences]


def the_sum(client, studio) -> dict:
    """The question on the page and its answer."""
    question = client.get(f"/s/{studio.code}/say/").context["question"]
    first, second = (captcha.NUMERALS.index(word) for word in question.words.removesuffix("等于几？").split("加"))
    return {"question": question.token, "answer": str(first + second)}


def test_a_matter_becomes_a_case_an_offer_and_a_slip_and_nobody_is_served_yet(studio, cast):
    client, office = Client(), cast.chengguan
    person = {"visitor_name": "王女士", "visitor_phone": "13912345678", "consented": "on"}
    answer = say(studio, client, member=office.member.pk, category=cast.categories[0].pk, photos=[photo()], **person)
    assert answer.status_code == 302
    slip = client.get(answer.url)
    case = Case.objects.get()
    assert (case.channel, case.state, case.member, case.title) == ("scan", "received", None, "南昌路路灯不亮")
    assert (case.studio, case.organisation, case.category) == (studio, office.organisation, cast.categories[0])
    choice = case.choices.get()
    assert (choice.member, choice.state) == (office.member, "offered")
    assert choice.due_on > timezone.localdate()
    intake = case.intake
    assert (intake.visitor_name, intake.visitor_phone, intake.consent_version != "") == ("王女士", "13912345678", True)
    assert Attachment.objects.get().target == intake
    assert not Visit.objects.exists()
    assert case.steps.first().note == "登记"
    assert case.steps.get(is_told=True).note.startswith("已请张新民委员在")
    code = case.query_code
    assert f"{code[:5]} {code[5:9]} {code[9:]}" in text_of(slip)
    assert set(Notice.objects.values_list("account", flat=True)) == {office.account.pk, office.officer.pk}
    assert {entry.content_type.model for entry in Entry.objects.all()} == {"case", "intake", "attachment", "choice"}
    assert "13912345678" not in str(list(Entry.objects.values_list("changes", flat=True)))
    # Another browser has no slip, and the address alone says nothing.
    assert Client().get(answer.url).url == f"/s/{studio.code}/"


def test_without_a_chosen_member_it_lies_in_the_pool(studio, cast):
    assert say(studio).status_code == 302
    choice = Choice.objects.get()
    assert (choice.member, choice.due_on, choice.studio) == (None, None, studio)
    assert Intake.objects.get().visitor_name == ""


def test_the_form_warns_above_and_asks_for_little(studio):
    page = text_of(Client().get(f"/s/{studio.code}/say/"))
    assert page.index("紧急情况请拨打 110、120") < page.index("本渠道不代替信访") < page.index("想反映什么事")
    assert "等于几" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"content": ""}, "请写明想反映的事。"),
        ({"content": "长" * 2001}, "最多写 2000 字，现在有 2001 字。"),
        ({"visitor_phone": "12345", "consented": "on"}, "请填写 11 位手机号码，或带区号的固定电话。"),
        ({"visitor_name": "王女士"}, "留下称呼或电话，请先勾选同意；不留也可以提交。"),
        ({"member": "999999"}, "这位委员已不在这里接待，请另选一位，或由工作室安排。"),
        ({"client_key": "x"}, "这份表单缺少提交标识或已损坏，内容都还在，请再提交一次。"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"\xff\xd8" + b"0" * (40 << 20))]}, "“a.jpg”超过 10 MB，请换一张小一些的照片。"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"#!/bin/sh\necho")]}, "“a.jpg”不是能识别的图片，请重新拍照，或选 JPG、PNG 图片。"),
        ({"photos": [photo() for _ in range(4)]}, "一次最多 3 张照片。"),
        ({"altcha": "", "answer": ""}, captcha.UNSOLVED),
        ({"altcha": "eyJhIjoxfQ=="}, captcha.SPENT),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(studio, values, sentence):
    answer = say(studio, **{"content": "路灯不亮", "visitor_name": ""} | values)
    assert (answer.status_code, refusals(answer)) == (422, [sentence])
    assert values.get("content", "路灯不亮") in answer.content.decode()
    assert not Case.objects.exists()
    assert ("照片需要重新选择" in text_of(answer)) == ("photos" in values)


def test_a_studio_closed_since_says_so_and_keeps_what_was_typed(studio, cast):
    Studio.objects.filter(pk=studio.pk).update(closed_on=timezone.localdate() - timedelta(days=1))
    answer = say(studio)
    assert "撤销，不再接受登记。请与" in refusals(answer)[0]
    assert "南昌路路灯不亮" in answer.content.decode()
    assert Client().get(f"/s/{studio.code}/say/").url == f"/s/{studio.code}/"


def test_a_member_who_left_yesterday_can_no_longer_be_chosen(studio, cast):
    Posting.objects.filter(studio=studio).update(ends_on=timezone.localdate() - timedelta(days=1))
    answer = say(studio, member=cast.chengguan.member.pk)
    assert refusals(answer) == ["这位委员已不在这里接待，请另选一位，或由工作室安排。"]
    assert "张新民" not in text_of(answer)


def test_the_same_form_twice_is_one_matter_and_another_matter_under_its_key_is_kept(studio):
    client, key = Client(), str(uuid.uuid4())
    first, again = (say(studio, client, client_key=key) for _ in range(2))
    other = say(studio, client, client_key=key, content="另一件事")
    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)
    assert "另一件事" in other.content.decode()
    assert other.context["form"].data["client_key"] != key
    assert Case.objects.count() == 1


def test_a_solved_puzzle_is_good_once(studio):
    payload = solved()
    assert say(studio, altcha=payload).status_code == 302
    answer = say(studio, altcha=payload, content="第二件事")
    assert refusals(answer) == ["这次验证已经用过，内容都还在，请重新验证后再提交。"]
    assert "第二件事" in answer.content.decode()
    assert Case.objects.count() == 1


def test_a_puzzle_is_signed_and_lapses(studio, monkeypatch):
    payload = solved()
    forged = altcha.Payload.from_base64(payload)
    forged.challenge.parameters.expires_at += 60
    with monkeypatch.context() as earlier:
        earlier.setattr(captcha, "GOOD_FOR", -1)
        lapsed = solved()
    for stale in (lapsed, forged.to_base64()):
        assert refusals(say(studio, altcha=stale)) == [captcha.SPENT]
    assert say(studio, altcha=payload).status_code == 302


# --- Without scripts ---


def test_the_sum_serves_where_no_script_runs_and_is_good_once(studio):
    client = Client()
    answered = the_sum(client, studio)
    assert say(studio, client, **answered).status_code == 302
    assert refusals(say(studio, client, **answered)) == ["这次验证已经用过，内容都还在，请重新验证后再提交。"]


@pytest.mark.parametrize("written", ["十五", "１５", " 15 "])
def test_a_sum_may_be_answered_as_people_write(written):
    question = captcha.Question.of(captcha.signing.dumps(["n", 7, 8], salt=captcha.SALT))
    assert question.words == "七加八等于几？"
    assert question.proof(written) == captcha.Proof("n", is_work=False)
    assert question.proof("16") is None


def test_a_wrong_sum_is_asked_anew_and_a_right_one_is_kept_when_something_else_is_wrong(studio):
    client = Client()
    answered = the_sum(client, studio)
    wrong = say(studio, client, **answered | {"answer": "99"})
    assert refusals(wrong) == [captcha.WRONG]
    assert wrong.context["question"].token != answered["question"]
    unwritten = say(studio, client, **answered, content="")
    assert (unwritten.context["question"].token, unwritten.context["answer"]) == (
        answered["question"],
        answered["answer"],
    )
    assert refusals(say(studio, client, question="forged", answer="3")) == [captcha.SPENT]


# --- Floods ---


def test_a_flood_from_one_address_does_not_shut_out_the_neighbour_in_the_same_hall(studio, settings):
    """More posts than the studio takes in within an hour: without a proof, with a replayed one, with sums of a program."""
    settings.INTAKE_PER_HOUR, settings.INTAKE_UNPROVEN = 20, 3
    payload, client = solved(), Client()
    say(studio, altcha=payload)
    told = {refusals(say(studio, client, altcha=proof))[0] for proof in ["", payload] * (FLOOD // 2)}
    sums = [say(studio, client, **the_sum(client, studio)) for _ in range(6)]
    assert told == {captcha.UNSOLVED, "这次验证已经用过，内容都还在，请重新验证后再提交。"}
    assert [answer.status_code for answer in sums] == [302] * 3 + [422] * 3
    assert refusals(sums[-1]) == [captcha.TOO_MANY_UNPROVEN]
    before = Case.objects.count()
    neighbour = say(studio, Client(), content="邻座的事")
    assert (neighbour.status_code, Case.objects.count()) == (302, before + 1)


def test_puzzles_grow_with_what_an_address_asks_for_and_for_nobody_else(settings):
    settings.TRUSTED_PROXY = True

    def effort(address: str) -> int:
        return captcha.limits.count(f"captcha:{address}", per=86_400)

    for _ in range(40):
        Client().get("/captcha/", HTTP_X_FORWARDED_FOR="10.0.0.9")
    assert (effort("10.0.0.9"), effort("10.0.0.8")) == (41, 1)


def test_a_studio_takes_in_so_many_within_an_hour_and_sums_fill_a_quarter_of_it(studio, settings):
    settings.INTAKE_PER_HOUR = 4
    Studio.objects.filter(pk=studio.pk).update(phone="0931-8460000")
    client = Client()
    sums = [say(studio, client, **the_sum(client, studio)).status_code for _ in range(2)]
    works = [say(studio) for _ in range(3)]
    assert (sums, [answer.status_code for answer in works]) == ([302, 422], [302, 302, 422])
    assert "请打电话 0931-8460000，或在接待日到现场" in refusals(works[-1])[0]


# --- Whom to turn to ---


def test_members_are_suggested_by_topic_sector_and_place(studio, cast):
    office = cast.chengguan

    def member(name: str, where: Studio, **values):
        from liaison.models import Member, Seat

        made = Member.objects.create(organisation=office.organisation, name=name, **values)
        Posting.objects.create(studio=where, member=made, starts_on=timezone.localdate())
        Seat.objects.create(
            member=made, organisation=office.organisation, term=office.term, sector=office.sectors[1],
            special_committee=office.special_committee, starts_on=timezone.localdate(),
        )  # fmt: skip
        return made

    near = Studio.objects.create(
        organisation=office.organisation, division=office.township, name="近处工作室", opened_on=timezone.localdate()
    )
    member("懂路", studio, expertise=["道路交通"])
    member("近邻", near)
    busy = member("办过", studio)
    make_case(office, member=busy, category=cast.categories[0]).move("resolved", by=office.clerk, at=timezone.now())
    client = Client()
    plain = client.get(f"/s/{studio.code}/say/").context["form"]
    asked = {"suggest": "1", "content": "写好的", "category": cast.categories[0].pk, "sector": "教育界"}
    page = client.post(f"/s/{studio.code}/say/", sent(**asked))
    form = page.context["form"]
    assert [one.member.name for one in plain.own] == ["办过", "懂路", "张新民"]
    assert [(one.member.name, one.reasons) for one in form.own] == [
        ("办过", ["教育界", "办结过道路交通事项 1 件"]),
        ("懂路", ["教育界", "熟悉道路交通"]),
        ("张新民", []),
    ]
    assert [one.member.name for one in form.others] == ["近邻"]
    assert (page.status_code, "写好的" in page.content.decode(), Case.objects.count()) == (200, True, 1)
    say(studio, member=form.others[0].member.pk)
    assert Choice.objects.get().studio == near


def test_the_page_costs_the_same_queries_with_one_member_and_with_three(studio, cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from liaison.models import Member

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            Client().get(f"/s/{studio.code}/say/")
        return len(asked)

    cost()
    one = cost()
    for n in range(2):
        made = Member.objects.create(organisation=cast.chengguan.organisation, name=f"委员{n}")
        Posting.objects.create(studio=studio, member=made, starts_on=timezone.localdate())
    assert cost() == one <= 14
