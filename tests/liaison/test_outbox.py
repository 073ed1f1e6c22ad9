"""Notices on their way out: put down with the notice, sent once as one message, tried again, at last on the list."""

import io
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from liaison import sending
from liaison.backup.databases import url
from liaison.channels import Message, NotSent, robots
from liaison.models import Account, Delivery, Entry, Grant, Notice, NoticeSetting, Robot, Role
from liaison.models.outbox import LEASE, WAITS, awake
from tests.cast import build_cast
from tests.conftest import ROOT
from tests.liaison.test_notices import tell
from tests.outside import mail_server, web_server
from tests.pages import add, address, change, errors, signed_in, text_of

MESSAGE = Message(("路灯修好了。",))
BEIJING = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BEIJING)


def wants(account, **values) -> NoticeSetting:
    """Everything by e-mail at once, whatever the hour."""
    standing = {"rule": "now", "by_email": True, "email": f"{account.username}@test.cn", "is_quiet": False}
    return NoticeSetting.objects.create(account=account, **standing | values)


def robot(office, where: str = "http://127.0.0.1/", **values) -> Robot:
    standing = {"name": "机关工作群", "kind": "wecom", "address": where}
    return Robot.objects.create(organisation=office.organisation, **standing | values)


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def content(mail) -> str:
    return mail.get_content().replace("\r\n", "\n")


def make_due(**values):
    Delivery.objects.update(due_at=timezone.now(), **values)


@pytest.fixture
def mailed(settings):
    """What a real mail server has received."""
    with mail_server() as (port, received):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield received


@pytest.fixture
def web():
    with web_server() as (url, web):
        web.url = url
        yield web


# What is put down


def test_nothing_goes_out_that_nobody_asked_for(cast):
    tell(cast.chengguan.clerk, cast.chengguan.organisation)
    assert not Delivery.objects.exists()


def test_each_channel_has_its_row_in_the_notice_s_own_transaction_and_only_once(cast):
    clerk = cast.chengguan.clerk
    clerk.phone = "13893112233"
    clerk.save()
    wants(clerk, by_sms=True)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(clerk, cast.chengguan.organisation)
        assert Delivery.objects.count() == 2
        raise ZeroDivisionError
    assert (Delivery.objects.count(), Notice.objects.count()) == (0, 0)
    for _ in range(2):
        notice = tell(clerk, cast.chengguan.organisation)
        assert Delivery.objects.plan([notice], timezone.now()) == 2
    assert sorted(Delivery.objects.values_list("channel", "state", "organisation")) == [
        ("email", "waiting", cast.chengguan.organisation.pk),
        ("sms", "waiting", cast.chengguan.organisation.pk),
    ]


@pytest.mark.parametrize(
    ("values", "now", "due"),
    [
        ({}, at(23), at(23)),
        ({"is_quiet": True}, at(21, 59), at(21, 59)),
        ({"is_quiet": True}, at(22), at(7, day=11)),
        ({"is_quiet": True}, at(3), at(7)),
        ({"is_quiet": True}, at(7), at(7)),
        ({"rule": "daily"}, at(7, 59), at(8)),
        ({"rule": "daily"}, at(8), at(8, day=11)),
        ({"rule": "inside"}, at(9), None),
        ({"by_email": False}, at(9), None),
        ({"email": ""}, at(9), None),
    ],
)
def test_when_it_is_due_follows_from_the_setting(values, now, due):
    standing = {"rule": "now", "by_email": True, "email": "a@test.cn", "is_quiet": False}
    setting = NoticeSetting(account=Account(), **standing | values)
    assert (setting.due_at(now) if setting.channels() else None) == due


def test_a_robot_is_told_once_what_several_clerks_of_its_office_are_told(cast, django_assert_max_num_queries):
    other = Account.objects.create(username="second-clerk", name="机关二")
    Grant.objects.create(account=other, role=Role.CLERK, organisation=cast.lanzhou.organisation)
    robot(cast.lanzhou)
    robot(cast.chengguan)
    robot(cast.lanzhou, is_active=False, name="旧群")
    office = cast.chengguan.organisation
    told = [
        Notice(account=account, organisation=office, text="等待审核。", key="1", url="/")
        for account in (cast.lanzhou.clerk, other, cast.lanzhou.leader, cast.lanzhou.account)
    ]
    with django_assert_max_num_queries(12):
        Notice.objects.tell(told)
    row = Delivery.objects.get()
    assert (row.recipient, row.organisation, row.account) == ("机关工作群", cast.lanzhou.organisation, None)
    assert row.due_at == awake(row.due_at)


# On its way


def test_what_is_due_together_is_one_message(cast, mailed):
    clerk, office = cast.chengguan.clerk, cast.chengguan.organisation
    wants(clerk)
    wants(cast.anning.clerk)
    for key in "12":
        tell(clerk, office, f"第{key}条通知。", key)
    tell(cast.anning.clerk, cast.anning.organisation, "另一单位的通知。")
    out = io.StringIO()
    call_command("send_notices", stdout=out)
    assert out.getvalue() == "发出 2 条消息，失败 0 条。\n"
    first, second = sorted(mailed, key=lambda mail: mail["To"], reverse=True)
    assert (first["To"], first["Subject"]) == ("chengguan-clerk@test.cn", "2 条通知")
    assert content(first).startswith("2 条通知：\n1. 第1条通知。\n2. 第2条通知。\n\n这是")
    assert (second["Subject"], content(second).splitlines()[0]) == ("另一单位的通知。", "另一单位的通知。")
    assert states() == ["sent"] * 3
    sending.send_due()
    assert len(mailed) == 2


def test_what_is_not_due_yet_waits(cast, mailed):
    wants(cast.chengguan.clerk, rule="daily")
    tell(cast.chengguan.clerk, cast.chengguan.organisation)
    assert sending.send_due() == sending.Sent(0, 0)
    make_due()
    assert sending.send_due() == sending.Sent(1, 0)


def test_a_failure_is_tried_again_later_and_later_and_ends_on_the_list(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    wants(cast.chengguan.clerk)
    tell(cast.chengguan.clerk, cast.chengguan.organisation)
    for wait in WAITS:
        before = timezone.now()
        assert sending.send_due() == sending.Sent(0, 1)
        row = Delivery.objects.get()
        assert (row.state, row.error) == ("failed", "邮件服务器连不上。")
        assert wait <= row.due_at - before < wait + timedelta(seconds=30)
        make_due()
    sending.send_due()
    row = Delivery.objects.get()
    assert (row.state, row.tries) == ("dead", len(WAITS) + 1)
    make_due()
    assert sending.send_due() == sending.Sent(0, 0)


def test_an_address_that_is_refused_is_not_tried_again(cast, mailed):
    wants(cast.chengguan.clerk, email="nobody@test.cn")
    tell(cast.chengguan.clerk, cast.chengguan.organisation)
    sending.send_due()
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.error) == ("dead", 1, "邮件服务器拒收这个地址（550）。")


def test_clerks_hear_once_a_day_and_inside_alone_of_what_could_not_be_delivered(cast, mailed):
    wants(cast.chengguan.clerk, email="nobody@test.cn")
    for key in "ab":
        tell(cast.chengguan.clerk, cast.chengguan.organisation, key=key)
        sending.send_due()
    words = "有通知无法送达城关区机关（邮件）：邮件服务器拒收这个地址（550）。"
    told = Notice.objects.filter(key__startswith="dead-letters")
    assert [(one.account, one.text) for one in told] == [(cast.chengguan.clerk, words)]
    assert states() == ["dead", "dead"]
    assert words in text_of(signed_in(cast.chengguan.clerk).get("/notices/"))


def test_who_has_closed_the_channel_since_is_left_alone(cast, mailed):
    setting = wants(cast.chengguan.clerk)
    tell(cast.chengguan.clerk, cast.chengguan.organisation)
    setting.rule = NoticeSetting.Rule.INSIDE
    setting.save()
    sending.send_due()
    assert (states(), mailed) == (["dead"], [])
    assert not Notice.objects.filter(key__startswith="dead-letters").exists()


def test_a_short_message_is_cut_and_goes_to_the_log(cast, caplog):
    clerk = cast.chengguan.clerk
    clerk.phone = "13893112233"
    clerk.save()
    wants(clerk, by_email=False, by_sms=True)
    tell(clerk, cast.chengguan.organisation, "长" * 100)
    with caplog.at_level("INFO", "liaison.channels.sms"):
        sending.send_due()
    said = caplog.messages[-1]
    text = said.partition("：")[2]
    assert (len(text), text[-9:], "138****2233" in said) == (70, "…请登录平台查看。", True)
    assert states() == ["sent"]


# Two workers, and a dead one


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_with_a_killed_worker_and_two_send_nothing_twice(web):
    cast = build_cast()
    for office in cast.offices:
        robot(office, f"{web.url}/{office.organisation.code}")
        for n in range(3):
            tell(office.clerk, office.organisation, f"第{n}条。", str(n))
    make_due()
    [(killed_at, _)] = killed_while_sending(web)
    assert sorted(set(states())) == ["waiting"]
    assert Delivery.objects.filter(tries=1, due_at__gt=timezone.now()).count() == 3
    make_due()
    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    # At least once: what was sent and not noted is sent again, and nothing else.
    assert sorted(path for path, _ in web.received) == sorted(
        [*(f"/{o.organisation.code}" for o in cast.offices), killed_at]
    )
    assert {post["text"]["content"].count("条。") for _, post in web.received} == {3}
    assert states() == ["sent"] * 18


def killed_while_sending(web) -> list:
    """What a sender had sent when it was killed before the answer."""
    command = [sys.executable, "manage.py", "send_notices"]
    environment = os.environ | {"DATABASE_URL": url("default"), "DATABASE_OWNER_URL": ""}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    web.before = process.kill
    assert process.wait(120) == -signal.SIGKILL
    web.before = lambda: None
    return list(web.received)


def work():
    """A worker's thread: it reaches nothing that it does not ask for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liaison.reach', '', false)")
    sending.send_due()
    connection.close()


def test_what_a_dead_worker_held_is_sent_after_its_lease(cast, mailed):
    wants(cast.chengguan.clerk)
    tell(cast.chengguan.clerk, cast.chengguan.organisation)
    claimed = Delivery.objects.claim(timezone.now())  # and then killed
    assert sending.send_due() == sending.Sent(0, 0)
    row = Delivery.objects.get()
    assert LEASE - timedelta(seconds=30) < row.due_at - timezone.now() <= LEASE
    make_due()
    assert sending.send_due() == sending.Sent(1, 0)
    # The one that was only slow does not write over what came after it.
    assert not claimed[0].note(timezone.now(), "太晚")
    assert states() == ["sent"]


# Robots


def test_each_messenger_is_asked_in_its_own_form(web):
    sent = {}
    for kind in Robot.Kind.values:
        secret = "SEC-1" if kind in robots.SIGNING else ""
        robots.send(kind, f"{web.url}/hook?key=1", secret, MESSAGE)
        sent[kind] = web.received[-1]
    text = "【委员联系群众工作平台】路灯修好了。"
    assert sent["wecom"] == ("/hook?key=1", {"msgtype": "text", "text": {"content": text}})
    path, body = sent["dingtalk"]
    assert body == {"msgtype": "text", "text": {"content": text}}
    assert path.startswith("/hook?key=1&timestamp=")
    assert "&sign=" in path
    body = sent["feishu"][1]
    assert (body["msg_type"], body["content"], len(body["sign"])) == ("text", {"text": text}, 44)
    assert sent["other"] == ("/hook?key=1", {"text": text})


def test_signatures_are_those_of_the_messengers():
    """Worked out by openssl: printf '1700000000000\\nSEC' | openssl dgst -sha256 -hmac SEC -binary | base64, and for 飞书
    printf '' | openssl dgst -sha256 -hmac $'1700000000\\nSEC' -binary | base64."""
    assert robots.dingtalk("", "SEC", 1_700_000_000).query["sign"] == "r+2we0q01lkZqz38LA5IPNbHN81U1leRf3Au4PSQb6Q="
    assert robots.feishu("", "SEC", 1_700_000_000).body["sign"] == "yKzlnG5gJbbUvULgjP0QN/V99n1fNH31XG8Rrvl9pfk="


@pytest.mark.parametrize(
    ("status", "answer", "headers", "error"),
    [
        (500, {}, {}, "群机器人的主机没有接收（500）。"),
        (200, {"errcode": 45009}, {}, "群机器人没有接收（45009）。"),
        (200, [], {}, "群机器人的回答看不懂。"),
        (302, {"errcode": 0}, {"Location": "/elsewhere"}, "群机器人的主机没有接收（302）。"),
        (200, {"errcode": 0, "more": "x" * 20_000}, {}, "群机器人的回答太长。"),
    ],
)
def test_a_robot_that_says_no_is_not_believed(web, status, answer, headers, error):
    web.status, web.answer, web.headers = status, answer, headers
    with pytest.raises(NotSent) as failure:
        robots.send("wecom", web.url, "", MESSAGE)
    assert (failure.value.sentence, failure.value.is_final, len(web.received)) == (error, False, 1)


@pytest.mark.parametrize(
    ("hosts", "url", "error"),
    [
        (["localhost"], "http://localhost:{port}/", "群机器人的主机指向内部地址，没有发送。"),
        (["qyapi.weixin.qq.com"], "http://127.0.0.1:{port}/", "只能发往这些主机：qyapi.weixin.qq.com。"),
        ([], "http://127.0.0.1:{port}/", "本平台还没有开放群机器人：请运行维护人员先列出允许发往的主机。"),
    ],
)
def test_nobody_reaches_into_the_network_behind_the_server(web, settings, hosts, url, error):
    settings.NOTICE_WEBHOOK_HOSTS = hosts
    with pytest.raises(NotSent) as failure:
        robots.send("wecom", url.format(port=web.url.rpartition(":")[2]), "", MESSAGE)
    assert (failure.value.sentence, failure.value.is_final, web.received) == (error, True, [])


# Pages


def test_a_clerk_sets_up_a_robot_whose_address_is_never_shown_again(cast, web, settings):
    clerk = signed_in(cast.chengguan.clerk)
    sent = {"name": "机关群", "kind": "dingtalk", "webhook": f"{web.url}/robot?token=topsecret", "signing": "SEC-of-2026", "is_active": "on"}  # fmt: skip
    assert errors(add(clerk, "liaison.robot", **sent | {"webhook": "https://evil.test/"})) == {
        "webhook": ["只能发往这些主机：127.0.0.1、localhost。"]
    }
    assert errors(add(clerk, "liaison.robot", **sent)) == {}
    one = Robot.objects.get()
    page = clerk.get(address("change", "liaison.robot", one.pk)).content.decode()
    assert ("topsecret" in page, "SEC-of-2026" in page, "已保存，不再显示" in page) == (False, False, True)
    assert errors(change(clerk, "liaison.robot", one.pk, name="工作群")) == {}
    one.refresh_from_db()
    assert (one.name, one.address, one.secret) == ("工作群", sent["webhook"], "SEC-of-2026")
    assert "topsecret" not in str(list(Entry.objects.values_list("changes", flat=True)))
    clerk.post(address("try", "liaison.robot", one.pk), {"confirmed": "1"})
    assert web.received[0][1]["text"]["content"].endswith("群机器人已与本平台连通。")
    assert Entry.objects.about(one).filter(changes__fields=["发送测试消息"]).count() == 1
    web.answer = {"errcode": 310000}
    assert "群机器人没有接收（310000）。" in text_of(
        clerk.post(address("try", "liaison.robot", one.pk), {"confirmed": "1"})
    )
    settings.DEMO = False
    assert errors(change(clerk, "liaison.robot", one.pk, webhook=web.url)) == {
        "webhook": ["地址必须以 https:// 开头。"]
    }
    assert signed_in(cast.anning.clerk).get(address("change", "liaison.robot", one.pk)).status_code == 404


def test_what_could_not_be_delivered_is_listed_without_its_text_and_sent_again(cast, mailed):
    setting = wants(cast.chengguan.clerk, email="nobody@test.cn")
    notice = tell(cast.chengguan.clerk, cast.chengguan.organisation)
    sending.send_due()
    setting.email = "somebody@test.cn"
    setting.save()
    row = Delivery.objects.get()
    for account in (cast.chengguan.clerk, cast.admin):
        Delivery.objects.update(state="dead", error=row.error)
        client = signed_in(account)
        page = text_of(client.get(address("changelist", "liaison.delivery") + "?state__exact=dead"))
        assert ("城关区机关" in page, "邮件服务器拒收这个地址（550）。" in page, notice.text in page) == (
            True,
            True,
            False,
        )
        assert notice.text not in text_of(client.get(address("change", "liaison.delivery", row.pk)))
        selected = {"action": "send_again", "_selected_action": [row.pk], "confirmed": "1"}
        assert "1 条记录已重新排队。" in text_of(
            client.post(address("changelist", "liaison.delivery"), selected, follow=True)
        )
        assert (states(), Entry.objects.about(row).filter(account=account).count()) == (["waiting"], 1)
    for account in (cast.anning.clerk, cast.security, cast.auditor):
        assert signed_in(account).get(address("change", "liaison.delivery", row.pk)).status_code in (403, 404)
    assert sending.send_due() == sending.Sent(1, 0)
    assert mailed[-1]["To"] == "somebody@test.cn"


# In the end


def test_read_notices_and_ended_deliveries_go_after_their_time(cast, settings):
    clerk, office = cast.chengguan.clerk, cast.chengguan.organisation
    wants(clerk)
    _, recent, unread, waiting = (tell(clerk, office, key=key) for key in "1234")
    long_ago = timezone.now() - timedelta(days=settings.NOTICE_DAYS + 1)
    Notice.objects.exclude(pk=unread.pk).update(state="read", read_at=long_ago)
    Notice.objects.filter(pk=recent.pk).update(read_at=timezone.now())
    Delivery.objects.exclude(notice=waiting).update(state="sent", ended_at=long_ago)
    assert sending.forget() == (1, 3)
    assert set(Notice.objects.all()) == {recent, unread, waiting}
    assert states() == ["waiting"]
