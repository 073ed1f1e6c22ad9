"""The page where an account issues tokens for programs and ends them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from liaison.models import ApiToken, Entry
from tests.cast import PASSWORD
from tests.pages import signed_in, text_of

pytestmark = pytest.mark.django_db
PAGE = "/account/tokens/"
SENT = {"name": "市数据共享平台", "days": "90", "password": PASSWORD}


def test_a_token_is_issued_shown_once_and_opens_the_api(cast):
    client = signed_in(cast.chengguan.clerk)
    answer = client.post(PAGE, SENT)
    text = re.search(r">(liaison_[\w-]{43})<", answer.content.decode())[1]
    assert "no-store" in answer["Cache-Control"]
    assert Client().get("/api/v1/studios/", headers={"Authorization": f"Bearer {text}"}).status_code == 200
    again = client.get(PAGE)
    assert text not in again.content.decode()
    assert "市数据共享平台" in text_of(again)
    assert "最近使用" in text_of(again)
    token = ApiToken.objects.get()
    assert abs(token.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    entry = Entry.objects.get(act="token")
    assert (entry.account, entry.changes["fields"][0].partition("，")[0]) == (
        cast.chengguan.clerk,
        "签发“市数据共享平台”",
    )
    assert text not in str(entry.changes)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": ""}, "请写明给哪个系统使用。"),
        ({"days": ""}, "请选择有效期。"),
        ({"password": "wrong"}, "现在的密码不正确。"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_issued(cast, sent, sentence):
    answer = signed_in(cast.chengguan.clerk).post(PAGE, SENT | sent)
    assert sentence in text_of(answer)
    assert 'value="市数据共享平台"' in answer.content.decode() or not sent.get("name", "x")
    assert not ApiToken.objects.exists()


def test_there_is_an_end_to_them_and_a_revoked_one_makes_room(cast):
    client = signed_in(cast.chengguan.clerk)
    for _ in range(ApiToken.MOST):
        client.post(PAGE, SENT)
    assert "一个账号最多有 5 个有效的令牌，请先停用不再使用的。" in text_of(client.post(PAGE, SENT))
    first = ApiToken.objects.last()
    client.post(f"{PAGE}{first.pk}/revoke/")
    first.refresh_from_db()
    assert first.revoked_at
    assert Entry.objects.filter(act="token").first().changes["fields"] == ["停用“市数据共享平台”"]
    client.post(PAGE, SENT)
    assert ApiToken.objects.good(timezone.now()).count() == ApiToken.MOST


def test_a_token_of_somebody_else_is_not_there_to_be_ended(cast):
    token, _ = ApiToken.issue(cast.chengguan.clerk, name="数据局", days=30, now=timezone.now())
    assert signed_in(cast.chengguan.leader).post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
    assert "数据局" not in text_of(signed_in(cast.chengguan.leader).get(PAGE))


def test_an_administrator_finds_no_tokens_on_the_account_page_and_gets_none(cast):
    client = signed_in(cast.admin)
    assert "接口令牌" not in text_of(client.get("/account/"))
    assert "不使用接口" in text_of(client.post(PAGE, SENT))
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "account"])
def test_the_page_of_addresses_tells_each_with_its_fields(cast, who):
    page = text_of(signed_in(getattr(cast.chengguan, who)).get("/api/"))
    assert "/api/v1/studios/{id}/" in page
    assert "修改委员工作室" in page
    assert "协商议事室" in page
    assert "政协组织的六位区划代码；含下级。" in page
