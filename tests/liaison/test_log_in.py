"""Who comes in: by name or number, by a printed code; from which address; and who does not."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from liaison.management import Refusal
from liaison.models import Account, Entry, Grant, Role, SignInCode
from liaison.source import client_address
from tests.cast import PASSWORD

WRONG = "请输入正确的账号和密码。"
PHONE = "13900001234"
NEW = "Xin-Mima-2026"


def log_in(client, name, password=PASSWORD, **more):
    return client.post("/login/", {"username": name, "password": password}, **more)


def said(answer) -> list[str]:
    return answer.context["form"].non_field_errors()


# --- By name or number ---


def test_an_account_comes_in_by_its_telephone_number(client, cast):
    clerk = cast.chengguan.clerk
    clerk.phone = PHONE
    clerk.save()
    assert log_in(client, "139 0000 1234").status_code == 302
    assert Entry.objects.get(act=Entry.Act.LOG_IN).account == clerk


def test_a_number_belongs_to_one_account(client, cast):
    cast.chengguan.clerk.phone = PHONE
    cast.chengguan.clerk.save()
    client.force_login(cast.admin)
    sent = {"username": "zhang", "name": "张三", "phone": PHONE, "password1": "", "password2": ""}
    form = client.post("/admin/liaison/account/add/", sent).context["adminform"].form
    assert form.errors == {"phone": ["这个手机号已用于其他账号。"]}
    form = client.post("/admin/liaison/account/add/", sent | {"username": PHONE, "phone": ""}).context["adminform"].form
    assert form.errors == {"username": ["这个账号名是其他账号的手机号。"]}


def test_the_security_administrator_sees_the_number_masked(client, cast):
    cast.chengguan.clerk.phone = PHONE
    cast.chengguan.clerk.save()
    pages = {}
    for account in (cast.admin, cast.security):
        client.force_login(account)
        pages[account] = client.get(f"/admin/liaison/account/{cast.chengguan.clerk.pk}/change/").content.decode()
    assert PHONE in pages[cast.admin]
    assert PHONE not in pages[cast.security] and "139****1234" in pages[cast.security]


def test_nobody_learns_whether_an_account_exists(client, cast):
    cast.anning.clerk.is_active = False
    cast.anning.clerk.save()
    names = ("nobody", cast.chengguan.clerk.username, cast.anning.clerk.username)
    answers = [said(log_in(client, name, PASSWORD if name == names[2] else "wrong")) for name in names]
    assert answers == [answers[0]] * 3


def test_the_admins_door_is_the_same_door(client, cast):
    client.force_login(cast.chengguan.account)
    assert client.get("/admin/", follow=True).context["form"]
    page = "/admin/login/?next=/admin/"
    answer = client.post(page, {"username": cast.chengguan.clerk.username, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/password_change/").url == "/account/password/"


@pytest.mark.parametrize("path", ["signup/", "password/reset/", "email/", "accounts/login/"])
def test_nothing_else_of_the_library_is_reachable(client, cast, path):
    client.force_login(cast.chengguan.clerk)
    assert client.get(f"/{path}").status_code == 404
    assert client.get(f"/account/{path}").status_code == 404


# --- From where ---


@pytest.mark.parametrize(
    ("is_trusted", "forwarded", "address"),
    [
        (False, "6.6.6.6", "10.0.0.1"),
        (True, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (True, "", "10.0.0.1"),
        (True, "nonsense", None),
    ],
)
def test_a_forwarded_address_counts_from_a_trusted_proxy_only(settings, is_trusted, forwarded, address):
    settings.TRUSTED_PROXY = is_trusted
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


def test_behind_a_proxy_the_door_shuts_for_the_source_behind_it(client, cast, settings):
    settings.TRUSTED_PROXY = True
    name = cast.chengguan.clerk.username
    for _ in range(5):
        log_in(client, name, "wrong", HTTP_X_FORWARDED_FOR="203.0.113.9")
    # Whoever is shut out cannot put another address before the proxy's own.
    shut = log_in(client, name, HTTP_X_FORWARDED_FOR="8.8.8.8, 203.0.113.9")
    assert said(shut) == ["密码连续输错 5 次，请 30 分钟后再试，或请政协机关重设密码。"]
    assert log_in(client, name, HTTP_X_FORWARDED_FOR="203.0.113.10").status_code == 302


def test_the_fifth_failure_says_that_the_door_is_shut_and_the_trail_says_why(client, cast):
    name = cast.chengguan.clerk.username
    answers = [said(log_in(client, name, "wrong")) for _ in range(5)]
    assert answers[3] == ["账号或密码不正确，请重新输入；字母区分大小写。"]
    assert answers[4] == ["密码连续输错 5 次，请 30 分钟后再试，或请政协机关重设密码。"]
    log_in(client, "nobody", "wrong")
    noted = Entry.objects.filter(act=Entry.Act.LOG_IN_FAILED).order_by("id").values_list("changes", flat=True)
    wrong = "密码或登录码不正确，或已过有效期"
    assert [change["fields"] for change in noted] == [
        *[[wrong]] * 4, [wrong, "连续第 5 次，对此来源锁定 30 分钟"], ["没有这个账号"],
    ]  # fmt: skip


# --- By a printed code ---


@pytest.fixture
def member(cast) -> Account:
    return cast.chengguan.account


def printed(cast, member, giver=None) -> str:
    office = Client()
    office.force_login(giver or cast.chengguan.clerk)
    page = office.post(f"/admin/liaison/account/{member.pk}/code/").content.decode()
    return re.search(r"<code>([^<]+)</code>", page).group(1)


def test_a_code_opens_once_and_asks_for_a_new_password(client, cast, member):
    code = printed(cast, member)
    assert log_in(client, member.username, code.replace("-", "").lower()).status_code == 302
    assert client.get("/my/").url == "/account/password/?next=/my/"
    form = client.get("/account/password/").context["form"]
    assert list(form.fields) == ["new_password1", "new_password2"]
    sent = {"new_password1": NEW, "new_password2": NEW, "next": "/my/"}
    assert client.post("/account/password/", sent).url == "/my/"
    assert client.get("/my/").status_code == 200
    assert Account.objects.get(pk=member.pk).check_password(NEW)
    client.logout()
    assert said(log_in(client, member.username, code)) == ["这个登录码已经用过，请政协机关重新打印。"]
    codes = Entry.objects.filter(act=Entry.Act.CODE).order_by("id").values_list("account__name", "changes__fields__0")
    assert list(codes) == [(cast.chengguan.clerk.name, "打印"), (member.name, "使用")]


def test_a_code_is_kept_as_a_digest_only(cast, member):
    code = printed(cast, member)
    assert code.replace("-", "") not in str(SignInCode.objects.values()) + str(Entry.objects.values())


def test_a_code_is_good_for_half_an_hour_and_the_latest_alone(client, cast, member):
    first, second = printed(cast, member), printed(cast, member)
    expired = ["这个登录码已过有效期，请政协机关重新打印。"]
    assert said(log_in(client, member.username, first)) == expired
    SignInCode.objects.update(good_until=timezone.now() - timedelta(seconds=1))
    assert said(log_in(client, member.username, second)) == expired


def test_a_code_of_one_is_no_code_of_another(client, cast, member):
    code = printed(cast, member)
    assert log_in(client, cast.chengguan.clerk.username, code).status_code == 200


def test_a_code_lifts_the_lock(client, cast, member):
    for _ in range(5):
        log_in(client, member.username, "wrong")
    assert log_in(client, member.username, printed(cast, member)).status_code == 302


def test_who_came_by_a_code_and_left_must_still_choose_a_password(client, cast, member):
    log_in(client, member.username, printed(cast, member))
    later = Client()
    log_in(later, member.username)
    assert later.get("/my/").url.startswith("/account/password/")
    # This time the old password is asked for: it was just typed.
    assert next(iter(later.get("/account/password/").context["form"].fields)) == "old_password"


def test_an_office_prints_codes_for_its_own_members_alone(client, cast, member):
    page = "/admin/liaison/account/{}/code/"
    Grant.objects.create(account=cast.anning.account, role=Role.LEADER, organisation=cast.anning.organisation)
    asked = {
        "own": (cast.chengguan.clerk, member), "other county": (cast.anning.clerk, member),
        "a clerk's": (cast.chengguan.clerk, cast.chengguan.clerk), "a leader's": (cast.anning.clerk, cast.anning.account),
        "by a leader": (cast.chengguan.leader, member), "by an officer": (cast.chengguan.officer, member),
        "by the administrator": (cast.admin, member), "an administrator's": (cast.admin, cast.security),
        "by the security administrator": (cast.security, member),
    }  # fmt: skip
    codes = {}
    for name, (giver, account) in asked.items():
        client.force_login(giver)
        codes[name] = client.post(page.format(account.pk)).status_code
    opened = {name for name, code in codes.items() if code == 200}
    assert opened == {"own", "by the administrator"}
    assert SignInCode.objects.count() == 2


def test_the_button_stands_on_the_members_page(client, cast, member):
    client.force_login(cast.chengguan.clerk)
    page = client.get(f"/admin/liaison/member/{cast.chengguan.member.pk}/change/").content.decode()
    assert f"/admin/liaison/account/{member.pk}/code/" in page


# --- By a password that somebody else set ---


def test_a_temporary_password_lapses_unless_used(client, db, capsys):
    from liaison.models import Division

    Division.objects.create(code="620100", name="兰州市", level="city")
    call_command("create_account", "first", "--name", "张管理", "--role", "admin", "--organisation", "620100")
    password = capsys.readouterr().out.strip().rpartition("：")[2]
    Account.objects.update(password_lapses_at=timezone.now() - timedelta(seconds=1))
    assert said(log_in(client, "first", password)) == ["这个初始密码已过有效期，请管理员重新设置。"]
    Account.objects.update(password_lapses_at=timezone.now() + timedelta(hours=1))
    log_in(client, "first", password)
    assert client.get("/admin/").url.startswith("/account/password/")


def test_the_command_resets_an_account_and_opens_the_door(client, cast, capsys):
    name = cast.security.username
    for _ in range(5):
        log_in(client, name, "wrong")
    call_command("reset_account", name)
    password = capsys.readouterr().out.strip().rpartition("：")[2]
    assert log_in(client, name, password).url == "/"
    assert client.get("/admin/").url.startswith("/account/password/")


def test_the_command_says_when_there_is_no_such_account(db):
    with pytest.raises(Refusal, match="没有账号 nobody"):
        call_command("reset_account", "nobody")
