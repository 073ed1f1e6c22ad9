"""Who is let in: the life of a token, what a bad one meets, and how often one may ask."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from liaison.api.door import MOST_FAULTS
from liaison.models import ApiToken, Entry
from tests.pages import address, signed_in
from tests.programs import send

pytestmark = pytest.mark.django_db
STUDIOS = "/api/v1/studios/"


def issued(account, **how) -> tuple[ApiToken, str]:
    return ApiToken.issue(account, **{"name": "数据局", "days": 30, "now": timezone.now()} | how)


def ask(text: str, address: str = STUDIOS, **more):
    return Client().get(address, headers={"Authorization": f"Bearer {text}"}, **more)


def test_a_token_opens_what_its_account_sees(cast):
    token, text = issued(cast.chengguan.clerk)
    answer = ask(text)
    assert [row["name"] for row in answer.json()["results"]] == ["广武门委员工作室"]
    token.refresh_from_db()
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)


def test_the_database_knows_no_token_but_its_digest(cast):
    token, text = issued(cast.chengguan.clerk)
    assert text not in str(ApiToken.objects.filter(pk=token.pk).values())
    assert len(text) > 43


def test_without_a_token_or_with_a_strangers_nobody_is_let_in(cast):
    answers = [
        Client().get(STUDIOS),
        ask("liaison_0000"),
        Client().get(STUDIOS, headers={"Authorization": "Basic abc"}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert answers[0]["WWW-Authenticate"] == "Bearer"
    assert answers[0].json() == {
        "code": "not_authenticated", "fields": {},
        "message": "请在请求头 Authorization 里写明接口令牌，形如 Bearer 令牌；令牌在“我的账号”里签发。",
    }  # fmt: skip


def test_a_log_in_of_a_browser_opens_nothing_here(cast):
    client = signed_in(cast.chengguan.clerk)
    assert client.get(STUDIOS).status_code == 401
    assert client.post(STUDIOS, {"name": "伪造"}).status_code == 401


def test_a_token_opens_no_page(cast):
    _, text = issued(cast.chengguan.clerk)
    answer = ask(text, "/admin/studios/studio/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/")


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        (lambda token, now: token.revoke(now), "这个接口令牌已停用。"),
        (lambda token, now: ApiToken.objects.update(expires_at=now), "这个接口令牌已过有效期，请重新签发。"),
        (
            lambda token, now: type(token.account).objects.filter(pk=token.account_id).update(is_active=False),
            "这个账号已停用。",
        ),
    ],
)
def test_a_token_that_is_no_longer_good_says_why_and_leaves_a_line_in_the_trail(cast, ends, sentence):
    token, text = issued(cast.chengguan.clerk)
    assert ask(text).status_code == 200
    ends(token, timezone.now())
    answer = ask(text)
    assert (answer.status_code, answer.json()["message"]) == (401, sentence)
    entry = Entry.objects.get(act=Entry.Act.REFUSED)
    assert (entry.account, entry.changes["path"], entry.changes["fields"]) == (
        cast.chengguan.clerk,
        STUDIOS,
        [sentence],
    )


def test_a_password_that_somebody_else_sets_ends_the_tokens(cast):
    account = cast.chengguan.clerk
    _, text = issued(account)
    call_command("reset_account", account.username)
    assert ask(text).json()["message"] == "这个接口令牌已停用。"
    _, text = issued(account)
    page = address("password_change", "auth.user", account.pk)
    signed_in(cast.admin).post(page, {"password1": "another-Of-2026", "password2": "another-Of-2026"})
    assert ask(text).json()["message"] == "这个接口令牌已停用。"


def test_an_account_holds_a_few_tokens_at_once_and_an_administrator_none(cast):
    first, _ = issued(cast.chengguan.clerk)
    for _ in range(ApiToken.MOST - 1):
        issued(cast.chengguan.clerk)
    with pytest.raises(ValidationError, match="一个账号最多有 5 个有效的令牌"):
        issued(cast.chengguan.clerk)
    first.revoke(timezone.now())
    issued(cast.chengguan.clerk)
    with pytest.raises(ValidationError, match="管理员不使用接口"):
        issued(cast.admin)


@pytest.mark.parametrize("role", ["admin", "security", "auditor"])
def test_an_administrator_is_refused_whatever_is_asked(cast, role):
    """Also one who held a token before."""
    token = ApiToken.objects.create(
        account=getattr(cast, role),
        name="旧",
        digest=ApiToken.digest_of("旧令牌"),
        expires_at=timezone.now() + timedelta(1),
    )
    answer = ask("旧令牌", "/api/v1/organisations/")
    assert (answer.status_code, answer.json()["message"]) == (403, "系统、安全、审计管理员不查看业务记录，不使用接口。")
    assert Entry.objects.filter(act=Entry.Act.REFUSED, account=token.account).count() == 1


def test_an_account_that_asks_too_often_waits_and_others_do_not(cast, settings):
    settings.API_PER_MINUTE = 3
    _, text = issued(cast.chengguan.clerk)
    _, another = issued(cast.anning.clerk)
    assert [ask(text).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(text)
    assert refused.json()["code"] == "throttled"
    assert int(refused["Retry-After"]) > 0
    assert ask(another).status_code == 200


def test_who_guesses_is_cut_off_and_a_good_token_of_the_same_source_is_not(cast):
    _, text = issued(cast.chengguan.clerk)
    statuses = [ask(f"liaison_{n}").status_code for n in range(MOST_FAULTS + 2)]
    assert statuses == [401] * MOST_FAULTS + [429] * 2
    assert Entry.objects.filter(act=Entry.Act.REFUSED).count() == MOST_FAULTS
    assert ask(text).status_code == 200
    assert ask("liaison_x", REMOTE_ADDR="10.1.2.3").status_code == 401


def test_while_redis_is_away_the_api_works(cast, settings):
    _, text = issued(cast.chengguan.clerk)
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert ask(text).status_code == 200


@pytest.mark.parametrize(
    ("sent", "media", "status", "sentence"),
    [
        ('{"name": ', "application/json", 400, "提交的内容不是有效的 JSON，请核对。"),
        ("[1]", "application/json", 400, "提交的内容应是一个 JSON 对象。"),
        ('{"stars": NaN}', "application/json", 400, "提交的内容不是有效的 JSON，请核对。"),
        ("[" * 100_000, "application/json", 400, "提交的内容不是有效的 JSON，请核对。"),
        (f'{{"intro": "{"长" * 400_000}"}}', "application/json", 413, "提交的内容超过 1 MB。"),
        ("name=x", "application/x-www-form-urlencoded", 415, "请以 application/json 提交。"),
    ],
)
def test_what_is_no_json_or_too_much_is_refused_in_words(cast, program, sent, media, status, sentence):
    answer = program(cast.chengguan.clerk).post(STUDIOS, sent, content_type=media)
    assert (answer.status_code, answer.json()["message"]) == (status, sentence)


def test_addresses_and_methods_that_are_not_there_answer_in_the_same_shape(cast, program):
    client = program(cast.chengguan.clerk)
    answers = [
        client.get("/api/v1/"),
        client.get("/api/v1/nothing/"),
        client.post("/api/v1/studios"),
        client.get(f"{STUDIOS}x/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert {tuple(answer.json()) for answer in answers} == {("code", "message", "fields")}
    other = [client.delete(f"{STUDIOS}{cast.chengguan.studio.pk}/"), client.put(STUDIOS), client.options(STUDIOS)]
    assert [(answer.status_code, answer.json()["code"]) for answer in other] == [(405, "method_not_allowed")] * 3


def test_an_unknown_parameter_is_refused_and_named(cast, program):
    client = program(cast.chengguan.clerk)
    answer = client.get(f"{STUDIOS}?knd=room")
    assert (answer.status_code, answer.json()["fields"]) == (400, {"knd": ["没有这个查询参数。"]})
    assert client.get(f"{STUDIOS}{cast.chengguan.studio.pk}/?kind=room").status_code == 400


def test_an_act_says_which_token_did_it(cast, program):
    client, studio = program(cast.chengguan.clerk), cast.chengguan.studio
    assert send(client, f"{STUDIOS}{studio.pk}/", {"brand": "太和夜话"}, "patch").status_code == 200
    entry = Entry.objects.about(studio).get()
    assert (entry.account, entry.act, entry.changes["fields"]) == (
        cast.chengguan.clerk,
        "change",
        ["接口令牌“测试程序”"],
    )
    (row,) = entry.changes["diff"]
    assert (row["label"], row["before"], row["after"]) == ("品牌", "", "太和夜话")
