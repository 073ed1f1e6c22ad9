"""我的账号 → 通知设置: channels, when, and the address that a code confirms."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from liaison.models import Delivery, Entry, NoticeSetting
from tests.liaison.test_notices import tell
from tests.liaison.test_outbox import mailed, wants  # noqa: F401  a fixture
from tests.pages import signed_in, text_of

PAGE = "/account/notices/"
ADDRESS = "zhang@test.cn"


def confirmed(client, mails) -> None:
    client.post(f"{PAGE}email/", {"email": ADDRESS})
    client.post(f"{PAGE}email/confirm/", {"code": code_of(mails)})


def code_of(mails) -> str:
    return re.search(r"确认码 (\d{6})", mails[-1].get_content())[1]


def setting(account) -> NoticeSetting:
    return NoticeSetting.objects.get(account=account)


def test_an_address_is_confirmed_by_a_code_and_then_used(cast, mailed):  # noqa: F811
    account = cast.chengguan.account
    client = signed_in(account)
    page = text_of(client.get(PAGE))
    assert "还没有确认过的邮箱" in page
    assert not NoticeSetting.objects.exists()
    answer = client.post(f"{PAGE}email/", {"email": ADDRESS}, follow=True)
    assert "确认码已发到 z***@test.cn，30 分钟内有效。" in text_of(answer)
    assert (mailed[-1]["To"], setting(account).email) == (ADDRESS, "")
    assert "确认码不正确。" in text_of(client.post(f"{PAGE}email/confirm/", {"code": "x"}))
    answer = client.post(f"{PAGE}email/confirm/", {"code": f" {code_of(mailed)} "}, follow=True)
    assert "现在使用 z***@test.cn，已确认。" in text_of(answer)
    assert "确认码已经失效" in text_of(client.post(f"{PAGE}email/confirm/", {"code": code_of(mailed)}))
    client.post(PAGE, {"rule": "now", "by_email": "on"})
    kept = setting(account)
    assert (kept.email, kept.rule, kept.is_quiet, kept.channels()) == (ADDRESS, "now", False, ["email"])
    entries = Entry.objects.about(kept).filter(account=account)
    assert entries.count() == 3
    assert ADDRESS not in str(list(entries.values_list("changes", flat=True)))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"rule": "now", "by_email": "on"}, "请先确认邮箱，再选择邮件。"),
        ({"rule": "now", "by_sms": "on"}, "账号没有手机号，不能选择短信。"),
        ({"rule": "daily"}, "请在下面至少选择一个渠道，或者选“只在系统内”。"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(cast, sent, sentence):
    answer = signed_in(cast.auditor).post(PAGE, sent)
    assert sentence in text_of(answer)
    assert f'value="{sent["rule"]}" id="id_rule_' in answer.content.decode()
    assert setting(cast.auditor).rule == "inside"


def test_a_code_is_guessed_at_five_times_lasts_half_an_hour_and_is_sent_once_a_minute(cast, mailed):  # noqa: F811
    client, account = signed_in(cast.chengguan.clerk), cast.chengguan.clerk
    client.post(f"{PAGE}email/", {"email": ADDRESS})
    again = client.post(f"{PAGE}email/", {"email": "other@test.cn"})
    assert "确认码刚刚发出，请过一分钟再试。" in text_of(again)
    assert 'value="other@test.cn"' in again.content.decode()
    good = code_of(mailed)
    for _ in range(5):
        client.post(f"{PAGE}email/confirm/", {"code": "000000" if good != "000000" else "1"})
    assert "确认码已经失效" in text_of(client.post(f"{PAGE}email/confirm/", {"code": good}))
    NoticeSetting.objects.update(code_tries=0, code_good_until=timezone.now() - timedelta(seconds=1))
    assert "确认码已经失效" in text_of(client.post(f"{PAGE}email/confirm/", {"code": good}))
    assert (setting(account).email, len(mailed)) == ("", 1)


def test_a_mail_that_is_refused_is_said_and_the_address_stays(cast, mailed, settings):  # noqa: F811
    client = signed_in(cast.chengguan.clerk)
    answer = client.post(f"{PAGE}email/", {"email": "nobody@test.cn"})
    assert "邮件服务器拒收这个地址（550）。" in text_of(answer)
    assert 'value="nobody@test.cn"' in answer.content.decode()
    assert setting(cast.chengguan.clerk).new_email == ""
    settings.EMAIL_IS_SET, settings.SMS_PROVIDER = False, ""
    page = client.get(PAGE)
    assert "本平台没有设置邮件服务器" in text_of(page)
    assert not re.search("by_email|by_sms|发送确认码", page.content.decode())


def test_nothing_more_goes_out_by_a_channel_that_was_closed(cast):
    clerk = cast.chengguan.clerk
    wants(clerk, rule="daily")
    tell(clerk, cast.chengguan.organisation)
    assert Delivery.objects.count() == 1
    signed_in(clerk).post(PAGE, {"rule": "inside"})
    assert not Delivery.objects.exists()
