"""The query page: one's own matter by its code, followed, added to, rated, reopened; and nothing for whoever guesses."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import finding
from cases.models import Case, Step
from cases.workflow import ordinary_deadline
from liaison.models import Attachment, Department, Entry, Notice
from tests.cases.my import photo
from tests.cases.test_choices import colleague, scanned
from tests.cast import make_case, make_visit
from tests.pages import signed_in, text_of

pytestmark = pytest.mark.django_db
PHONE = "13912345678"


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def case(cast) -> Case:
    """A matter of somebody who left a number."""
    visit = make_visit(cast.chengguan, visitor_name="王来访", visitor_phone=PHONE, consented=True)
    made = make_case(cast.chengguan, content="我家门口的路灯不亮")
    made.visits.add(visit)
    return made


def move(case: Case, cast, *states: str, **more):
    for state in states:
        case.move(state, by=cast.chengguan.clerk, at=timezone.now(), **(more if state == states[-1] else {}))


def look_up(case: Case, digits: str = PHONE[-4:], client=None, **more):
    return (client or Client(**more)).post("/q/", {"code": case.query_code, "digits": digits})


def opened(case: Case) -> Client:
    client = Client()
    assert look_up(case, client=client).url == "/q/matter/"
    return client


def refusal(answer) -> str:
    assert answer.status_code == 422
    return str(answer.context["form"].non_field_errors()[0])


# --- Opening ---


def test_a_code_opens_its_matter_however_it_is_typed_and_stands_in_no_address(case):
    code = case.query_code
    for typed in (code, f" {code[:5]} {code[5:9]}-{code[9:]} ".lower(), code.replace("0", "O").replace("1", "l")):
        client = Client()
        answer = client.post("/Q/", {"code": typed, "digits": PHONE[-4:]})
        page = client.get(answer.url)
        assert (answer.url, page.status_code) == ("/q/matter/", 200)
        assert (code in answer.url, code in str(answer.cookies), code in page.content.decode()) == (False,) * 3
    cookie = answer.cookies["matter"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == ("/q/", True, "Strict", 3600)
    assert "no-store" in page.headers["Cache-Control"]


def test_without_a_number_the_code_alone_opens(cast):
    for digits in ("", "1234"):
        assert look_up(make_case(cast.chengguan), digits).url == "/q/matter/"


def test_a_scanned_matter_opens_with_the_number_that_came_with_it_and_tells_who_was_asked(cast):
    choice = scanned(cast.chengguan, cast.chengguan.member)
    assert refusal(look_up(choice.case, "0000")) == finding.WRONG
    assert "已请张新民委员在" in text_of(opened(choice.case).get("/q/matter/"))


def test_without_the_cookie_or_with_anothers_forged_one_there_is_only_the_form(case):
    client = Client()
    client.cookies["matter"] = f"{case.organisation_id}-{case.pk}:1abcde:forged"
    for page in ("", "slip/"):
        assert client.get(f"/q/matter/{page}").url == "/q/"
    for act in ("add", "rate", "reopen"):
        assert client.post(f"/q/matter/{act}/", {"said": "啊"}).url == "/q/"
    assert Step.objects.count() == 1


def test_leaving_closes_it_on_this_device_and_a_voided_one_is_no_longer_there(case, cast):
    client = opened(case)
    assert client.post("/q/leave/").url == "/q/?done=left"
    assert client.get("/q/matter/").url == "/q/"
    client = opened(case)
    case.void(by=cast.chengguan.clerk, why="重复", at=timezone.now())
    assert client.get("/q/matter/").url == "/q/"
    assert refusal(look_up(case)) == finding.WRONG


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": ""}, "请输入凭条上的查询码。"),
        ({"code": "ABC"}, "查询码是 13 位字母和数字，请对照凭条再看一遍。"),
        ({"digits": "12"}, "请填写电话号码的最后 4 位数字。"),
    ],
)
def test_a_slip_of_the_finger_is_said_beside_it_costs_nothing_and_loses_nothing(case, typed, sentence):
    answer = Client().post("/q/", {"code": "0123456789ABC", "digits": "1234"} | typed)
    assert [str(e) for errors in answer.context["form"].errors.values() for e in errors] == [sentence]
    assert answer.context["form"]["digits"].value() == typed.get("digits", "1234")
    assert not Entry.objects.filter(act="refused").exists()


# --- Guessing ---


def test_a_wrong_code_and_a_wrong_number_can_not_be_told_apart(case):
    """The same queries in the same order, and the same answer to the byte."""
    unknown = "0" * 13
    client = Client()

    def ask(code: str, digits: str):
        with CaptureQueriesContext(connection) as asked:
            answer = client.post("/q/", {"code": code, "digits": digits}, REMOTE_ADDR=f"10.0.0.{next(addresses)}")
        shapes = [re.sub(r"'[^']*'|\d", "", query["sql"]) for query in asked]
        body = re.sub(r'(csrfmiddlewaretoken" value=")\w{64}', r"\1", answer.content.decode().replace(code, ""))
        return answer.status_code, shapes, body

    addresses = iter(range(1, 9))
    wrong_number, missing_number = ask(case.query_code, "0000"), ask(case.query_code, "")
    assert ask(unknown, "0000") == wrong_number
    assert ask(unknown, "") == missing_number
    assert wrong_number[0] == 422


def test_six_wrong_codes_say_when_to_try_again_and_a_neighbour_behind_the_same_address_still_gets_in(case):
    said = [refusal(Client().post("/q/", {"code": f"{n:013d}", "digits": ""})) for n in range(7)]
    assert said[:5] == [finding.WRONG] * 5
    until = timezone.localtime(timezone.now() + finding.SHUT_FOR)
    for sentence in said[5:]:
        assert sentence.startswith("已经连续输错 6 次，请核对凭条，在")
        assert sentence.endswith("以后再试。")
    assert f"{until + timedelta(minutes=1):%-H:%M}" in said[5] or f"{until:%-H:%M}" in said[5]
    assert look_up(case).url == "/q/matter/"


@pytest.mark.parametrize("exists", [True, False])
def test_six_wrong_numbers_shut_the_code_from_everywhere_even_for_the_right_one_until_half_an_hour_is_over(
    case, exists
):
    shown = case if exists else Case(query_code="0" * 13)
    for n in range(6):
        look_up(shown, f"{n:04d}", REMOTE_ADDR=f"10.0.0.{n}")
    before = Entry.objects.count()
    assert refusal(look_up(shown, REMOTE_ADDR="10.0.9.9")).startswith("这个查询码输错次数太多，请在")
    assert Entry.objects.count() == before
    later = timezone.now() + finding.SHUT_FOR + timedelta(minutes=1)
    found, _ = finding.find(shown.query_code, PHONE[-4:], request=look_up(case).wsgi_request, at=later)
    assert found == (case if exists else None)


def test_twenty_wrong_numbers_shut_it_for_a_day(case):
    now = timezone.now()
    assert finding.shut_until([now - timedelta(hours=n) for n in range(20)], now) == now + timedelta(hours=5)
    assert finding.shut_until([now - timedelta(hours=n) for n in range(19)], now) is None


def test_the_trail_knows_of_failures_without_the_code_and_without_an_account(case):
    for n in range(6):
        look_up(case, f"{n:04d}")
    entries = list(Entry.objects.filter(act="refused").order_by("id"))
    assert {(e.account, e.organisation, e.address, e.object_label) for e in entries} == {
        (None, None, "127.0.0.1", "查询码")
    }
    assert [len(e.changes["fields"]) for e in entries] == [1, 1, 1, 1, 1, 2]
    assert case.query_code not in str([(e.changes, e.object_id) for e in entries])


# --- Reading ---


def test_it_tells_the_state_and_what_was_meant_for_the_person_and_nothing_else(case, cast):
    office = cast.chengguan
    Case.objects.filter(pk=case.pk).update(lead_department=Department.objects.get(organisation=office.organisation))
    member = signed_in(office.account)
    member.post(f"/my/cases/{case.pk}/move/", {"to": "accepted", "note": "内部：等经费"})
    member.post(f"/my/cases/{case.pk}/answer/", {"words": "已联系路灯所，下周去看。"})
    case.refresh_from_db()
    case.move("in_progress", by=office.clerk, at=timezone.now(), note="内部二", reply="承办单位的话")
    sent = {"to": "resolved", "result": "换了灯具", "note": "多谢您的反映", "is_told": "on"}
    member.post(f"/my/cases/{case.pk}/move/", sent)
    page = opened(case).get("/q/matter/")
    said = text_of(page)
    for words in (
        "路灯不亮", case.number, "您的事情已经办结", "换了灯具", "已联系路灯所，下周去看。", "多谢您的反映", "已受理", "开始办理", "已登记",
    ):  # fmt: skip
        assert words in said
    for words in (
        "内部",
        "承办单位的话",
        "交通运输局",
        PHONE,
        "5678",
        "139",
        "王来访",
        office.clerk.name,
        case.query_code,
    ):
        assert words not in said


def test_of_a_merged_matter_only_the_others_state_is_told(case, cast):
    other = make_case(cast.chengguan, title="别人家的事", content="别人的话")
    case.move("merged", by=cast.chengguan.clerk, at=timezone.now(), merged_into=other)
    client = opened(case)
    assert "那件事项还在办理。" in text_of(client.get("/q/matter/"))
    other.move("resolved", by=cast.chengguan.clerk, at=timezone.now(), result="别人的结果")
    said = text_of(client.get("/q/matter/"))
    assert "那件事项已经办完。" in said
    assert "别人" not in said


# --- Acting ---


def test_adding_words_and_photos_tells_the_member_and_is_noted_and_sent_twice_is_one(case, cast):
    client = opened(case)
    sent = {"said": "灯杆也歪了"}
    assert client.post("/q/matter/add/", sent | {"photos": [photo()]}).url == "/q/matter/?done=added"
    assert client.post("/q/matter/add/", sent | {"photos": [photo()]}).status_code == 302
    step = case.steps.last()
    assert (step.note, step.is_said, step.by, step.state) == ("灯杆也歪了", True, None, "received")
    assert (case.steps.count(), Attachment.objects.get().target) == (2, case)
    assert "灯杆也歪了" in text_of(client.get("/q/matter/"))
    told = Notice.objects.get(account=cast.chengguan.account)
    assert (told.text, told.url) == (f"群众补充了情况：路灯不亮（{case.number}）", f"/my/cases/{case.pk}/")
    assert set(Notice.objects.values_list("account", flat=True)) == {
        cast.chengguan.account.pk,
        cast.chengguan.officer.pk,
    }
    (entry,) = Entry.objects.about(step)
    assert (entry.act, entry.account, entry.organisation) == ("add", None, cast.chengguan.organisation)
    assert "灯杆" not in str(entry.changes)
    page = signed_in(cast.chengguan.account).get(f"/my/cases/{case.pk}/")
    assert "反映人说：" in text_of(page)
    assert f'src="/files/{Attachment.objects.get().pk}/"' in page.content.decode()
    assert signed_in(cast.chengguan.account).get(f"/files/{Attachment.objects.get().pk}/").status_code == 200
    assert Client().get(f"/files/{Attachment.objects.get().pk}/").status_code == 302


def test_what_can_not_be_added_says_why_and_loses_nothing(case, cast):
    client = opened(case)
    empty = client.post("/q/matter/add/", {"said": " "})
    assert empty.context["add"].errors == {"said": ["请写下要补充的情况，或选择照片。"]}
    long = client.post("/q/matter/add/", {"said": "长" * 1001})
    assert (long.status_code, "长" * 1001 in long.content.decode()) == (422, True)
    for n in range(10):
        client.post("/q/matter/add/", {"said": f"第{n}次"})
    assert "一天最多补充 10 次" in text_of(client.post("/q/matter/add/", {"said": "第十一次"}))
    move(case, cast, "resolved")
    late = client.post("/q/matter/add/", {"said": "还有话"})
    assert "这件事情已经办完，不能再补充。" in str(late.context["add"].errors)


def test_the_result_is_rated_once(case, cast):
    client = opened(case)
    early = client.post("/q/matter/rate/", {"satisfaction": "not"})
    assert (early.status_code, Case.objects.get().satisfaction) == (422, "")
    move(case, cast, "resolved", result="换了灯具")
    assert str(client.post("/q/matter/rate/").context["rate"].errors["satisfaction"][0]) == "请选择一项。"
    assert client.post("/q/matter/rate/", {"satisfaction": "basically"}).url == "/q/matter/?done=rated"
    again = client.post("/q/matter/rate/", {"satisfaction": "not"})
    assert "这件事情已经评价过，谢谢。" in str(again.context["rate"].errors)
    case.refresh_from_db()
    assert (case.state, case.satisfaction, case.steps.last().by) == ("confirmed", "basically", None)
    assert "您的评价：基本满意" in text_of(client.get("/q/matter/"))
    entry = Entry.objects.about(case).get(act="change")
    told = {row["name"]: row["after"] for row in entry.changes["diff"]}
    assert (entry.account, told["state"], told["satisfaction"]) == (None, "已回访", "基本满意")
    assert Notice.objects.get(account=cast.chengguan.account).text.startswith("群众作了评价")


def test_not_solved_reopens_it_counted_with_the_reason(case, cast):
    client = opened(case)
    assert "现在不是“已办结”" in str(client.post("/q/matter/reopen/", {"said": "还不亮"}).context["reopen"].errors)
    Case.objects.update(deadline=case.registered_on)
    case.refresh_from_db()
    move(case, cast, "resolved", result="换了灯具")
    unsaid = client.post("/q/matter/reopen/", {"said": " "})
    assert unsaid.context["reopen"].errors["said"] == ["请写明还有什么没有解决，委员好接着办。"]
    assert client.post("/q/matter/reopen/", {"said": "昨晚又灭了"}).url == "/q/matter/?done=reopened"
    case.refresh_from_db()
    step = case.steps.last()
    assert (case.state, case.times_reopened, case.resolved_on) == ("in_progress", 1, None)
    assert case.deadline == ordinary_deadline(timezone.localdate(), case.organisation)
    assert (step.note, step.is_said, step.by) == ("昨晚又灭了", True, None)
    assert "重新办理 您说：昨晚又灭了" in text_of(client.get("/q/matter/"))
    assert Notice.objects.get(account=cast.chengguan.account).text.startswith("群众说没有解决，已重新办理")
    told = {row["name"]: row["after"] for row in Entry.objects.about(case).get(act="change").changes["diff"]}
    assert (told["state"], told["times_reopened"]) == ("办理中", "1")


def test_the_whole_story_of_a_scanned_matter_is_read_there_from_offer_to_rating(cast):
    """Declined by the one who was chosen, claimed from the pool by a colleague, resolved, rated."""
    office = cast.chengguan
    other = colleague(office)
    choice = scanned(office, office.member)
    signed_in(office.account).post(f"/my/choices/{choice.pk}/decline/", {"reason": "本月在外地开会"})
    signed_in(other).post(f"/my/choices/{choice.case.choices.last().pk}/accept/")
    sent = {"to": "resolved", "result": "换了灯具", "note": "内部的话"}
    signed_in(other).post(f"/my/cases/{choice.case_id}/move/", sent)
    client = opened(choice.case)
    said = text_of(client.get("/q/matter/"))
    for words in (
        "张新民委员未能受理：本月在外地开会。",
        f"{other.member}委员已受理。",
        "换了灯具",
        "您的事情已经办结",
    ):
        assert words in said
    assert "内部的话" not in said
    assert client.post("/q/matter/rate/", {"satisfaction": "satisfied"}).url == "/q/matter/?done=rated"
    assert Case.objects.get().satisfaction == "satisfied"


# --- Paper, and the other side ---


def test_the_slip_bears_the_code_and_leads_to_the_query_page(case, cast):
    spaced = f"{case.query_code[:5]} {case.query_code[5:9]} {case.query_code[9:]}"
    member = signed_in(cast.chengguan.account)
    for who, page in ((opened(case), "/q/matter/slip/"), (member, f"/my/cases/{case.pk}/slip/")):
        answer = who.get(page)
        said = text_of(answer)
        assert (spaced in said, "testserver/q/" in said, "电话号码的后四位" in said, PHONE in said) == (
            True,
            True,
            True,
            False,
        )
        assert 'src="data:image/svg+xml' in answer.content.decode()
    assert f'href="/my/cases/{case.pk}/slip/"' in member.get(f"/my/cases/{case.pk}/").content.decode()
    visit = case.visits.get()
    assert f'href="/my/cases/{case.pk}/slip/"' in member.get(f"/my/visits/{visit.pk}/").content.decode()
    assert signed_in(cast.anning.account).get(f"/my/cases/{case.pk}/slip/").status_code == 404


def test_an_answer_needs_words_and_the_case_in_hand_and_is_noted(case, cast):
    member = signed_in(cast.chengguan.account)
    empty = member.post(f"/my/cases/{case.pk}/answer/", {"words": " "})
    assert (empty.status_code, "请写下要告诉反映人的话。" in text_of(empty)) == (422, True)
    assert signed_in(cast.anning.account).post(f"/my/cases/{case.pk}/answer/", {"words": "好"}).status_code == 404
    member.post(f"/my/cases/{case.pk}/answer/", {"words": "下周去看"})
    step = case.steps.last()
    assert (step.is_told, step.by, step.state, step.note) == (True, cast.chengguan.account, "received", "下周去看")
    assert Entry.objects.about(step).get().account == cast.chengguan.account


def test_large_text_stays_through_every_act(case):
    client = Client()
    answer = client.post("/q/?text=large", {"code": case.query_code, "digits": PHONE[-4:]})
    assert answer.url == "/q/matter/?text=large"
    page = client.get(answer.url).content.decode()
    assert 'class="large-text"' in page
    assert 'action="/q/matter/add/?text=large"' in page
    assert client.post("/q/matter/add/?text=large", {"said": "还有"}).url == "/q/matter/?text=large&done=added"
