"""The second factor: obligatory for the three administrators, open to all; each code good once."""

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.test import Client

from liaison import second_factor
from liaison.models import Entry
from liaison.privacy import encrypt
from tests.cast import PASSWORD
from tests.one_time import code_of, steady_clock

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SET_UP, CODE, REMOVE = "/account/second-factor/", "/login/code/", "/account/second-factor/remove/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.MFA_REQUIRED = True


def equipped(account):
    Authenticator.objects.create(user=account, type="totp", data={"secret": encrypt(SECRET)})
    return account


def log_in(client, account, **more):
    return client.post("/login/", {"username": account.username, "password": PASSWORD, **more})


def send(client, code: str, page=CODE):
    return client.post(page, {"code": code})


def said(answer) -> list[str]:
    return answer.context["form"].errors["code"]


def wrong_code() -> str:
    near = {code_of(SECRET, n) for n in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


# --- Logging in ---


def test_the_code_comes_after_the_password_and_one_log_in_is_noted(client, cast):
    clerk = equipped(cast.chengguan.clerk)
    assert log_in(client, clerk, next="/admin/liaison/member/").url == CODE
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert Entry.objects.count() == 0
    assert send(client, code_of(SECRET)).url == "/admin/liaison/member/"
    assert list(Entry.objects.values_list("act", "account__username")) == [("log_in", clerk.username)]


@pytest.mark.parametrize("door", ["/login/", "/admin/login/"])
def test_no_door_is_without_it(client, cast, door):
    equipped(cast.chengguan.clerk)
    answer = client.post(door, {"username": cast.chengguan.clerk.username, "password": PASSWORD})
    assert answer.url == CODE
    assert "_auth_user_id" not in client.session


def test_from_another_account_the_admins_door_leads_to_it_too(client, cast):
    client.force_login(cast.chengguan.account)
    log_in_page = "/admin/login/?next=/admin/"
    sent = {"username": equipped(cast.chengguan.clerk).username, "password": PASSWORD}
    assert client.post(log_in_page, sent).url == CODE
    assert send(client, code_of(SECRET)).url == "/admin/"


def test_without_a_password_there_is_no_place_for_a_code(client, cast):
    assert client.get(CODE).url == "/login/"


def test_a_wrong_code_is_refused_and_noted(client, cast):
    log_in(client, equipped(cast.chengguan.clerk))
    assert said(send(client, wrong_code())) == ["动态口令不正确，请核对手机上的 6 位数字，并确认手机时间准确。"]
    assert list(Entry.objects.values_list("act", flat=True)) == ["log_failed"]


@pytest.mark.parametrize("ahead", [-1, 1])
def test_a_clock_half_a_minute_off_is_forgiven(client, cast, ahead):
    log_in(client, equipped(cast.chengguan.clerk))
    steady_clock()
    assert send(client, code_of(SECRET, ahead)).status_code == 302


def test_a_code_is_good_once(client, cast):
    clerk = equipped(cast.chengguan.clerk)
    log_in(client, clerk)
    code = code_of(SECRET)
    assert send(client, code).status_code == 302
    thief = Client()
    log_in(thief, clerk)
    assert said(send(thief, code)) == ["这个动态口令刚才已经用过，请等手机上换出下一个再输入。"]
    # Neither is an earlier one: only later ones are.
    assert said(send(thief, code_of(SECRET, -1)))


def test_wrong_codes_shut_the_door_and_a_right_password_does_not_open_it(client, cast):
    clerk = equipped(cast.chengguan.clerk)
    for _ in range(5):
        log_in(client, clerk)
        send(client, wrong_code())
    assert said(send(client, code_of(SECRET))) == ["连续输错 5 次，请 30 分钟后再试。"]
    assert "30 分钟后再试" in log_in(Client(), clerk).context["form"].non_field_errors()[0]


def test_a_recovery_code_stands_in_once(client, cast):
    clerk = equipped(cast.chengguan.clerk)
    codes = Authenticator.objects.create(
        user=clerk, type="recovery_codes", data={"seed": encrypt("ab" * 40), "used_mask": 0}
    )
    code = codes.wrap().get_unused_codes()[0]
    log_in(client, clerk)
    assert send(client, code).status_code == 302
    again = Client()
    log_in(again, clerk)
    assert said(send(again, code)) == [second_factor.WRONG]


# --- Setting up ---


def set_up(client):
    secret = client.get(SET_UP).context["form"].secret
    return secret, send(client, code_of(secret), SET_UP)


@pytest.mark.parametrize("who", ["admin", "security", "auditor"])
def test_an_administrator_without_it_may_only_set_it_up(client, cast, who):
    log_in(client, getattr(cast, who))
    for page in ("/", "/admin/", "/admin/liaison/account/", "/account/", "/account/sessions/", REMOVE):
        assert client.get(page).url.startswith(SET_UP), page
    assert client.get("/account/password/").status_code == 200
    _, answer = set_up(client)
    assert answer.url == "/account/recovery-codes/"
    page = client.get(answer.url)
    assert len(page.context["unused_codes"]) == 10
    assert client.get("/admin/").status_code == 200
    assert Entry.objects.filter(act=Entry.Act.MFA, changes__fields=["启用"]).count() == 1


def test_in_the_demo_it_is_waived_and_the_page_says_so(client, cast, settings):
    settings.MFA_REQUIRED = False
    client.force_login(cast.admin)
    assert "演示环境未要求动态口令" in client.get("/admin/").content.decode()
    settings.DEMO = False
    assert "本平台未要求管理员使用动态口令" in client.get("/admin/").content.decode()
    client.force_login(cast.chengguan.clerk)
    assert "未要求" not in client.get("/admin/").content.decode()


def test_others_set_it_up_if_they_like(client, cast):
    log_in(client, cast.chengguan.account)
    assert client.get("/my/").status_code == 200
    assert set_up(client)[1].status_code == 302
    assert second_factor.is_on(cast.chengguan.account)


def test_a_wrong_first_code_sets_nothing_up(client, cast):
    log_in(client, cast.admin)
    secret = client.get(SET_UP).context["form"].secret
    answer = send(client, "12345x", SET_UP)
    assert said(answer) == [second_factor.WRONG]
    assert answer.context["form"].secret == secret  # what the phone has scanned stays good
    assert not second_factor.is_on(cast.admin)


def test_the_code_that_set_it_up_does_not_log_in(client, cast):
    log_in(client, cast.admin)
    steady_clock()
    secret, _ = set_up(client)
    client.logout()
    log_in(client, cast.admin)
    assert said(send(client, code_of(secret))) == [second_factor.USED]


def test_setting_it_up_ends_the_other_log_ins(client, cast):
    there = Client()
    for one in (client, there):
        log_in(one, cast.chengguan.clerk)
    set_up(client)
    assert (client.get("/account/").status_code, there.get("/account/").status_code) == (200, 302)


def test_after_a_while_the_password_is_asked_for_again(client, cast):
    client.force_login(cast.chengguan.clerk)
    assert client.get(SET_UP).url == f"/account/confirm/?next={SET_UP.replace('/', '%2F')}"
    confirm = f"/account/confirm/?next={SET_UP}"
    assert client.post(confirm, {"password": "wrong"}).context["form"].errors == {"password": ["现在的密码不正确。"]}
    assert client.post(confirm, {"password": PASSWORD}).url == SET_UP
    assert client.get(SET_UP).status_code == 200


def test_secrets_are_stored_encrypted_and_move_to_a_new_key(client, cast, settings):
    log_in(client, cast.admin)
    secret, _ = set_up(client)
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    old, new = settings.PERSONAL_DATA_KEYS[0], Fernet.generate_key().decode()
    settings.PERSONAL_DATA_KEYS = [new, old]
    call_command("rotate_keys")
    settings.PERSONAL_DATA_KEYS = [new]
    client.logout()
    log_in(client, cast.admin)
    assert send(client, code_of(secret, 1)).status_code == 302


# --- Taking it away ---


def test_one_takes_it_away_with_a_code(client, cast):
    client.force_login(equipped(cast.chengguan.clerk))
    assert said(send(client, wrong_code(), REMOVE))
    assert second_factor.is_on(cast.chengguan.clerk)
    assert send(client, code_of(SECRET), REMOVE).url == "/account/"
    assert not Authenticator.objects.filter(user=cast.chengguan.clerk).exists()
    assert Entry.objects.filter(act=Entry.Act.MFA, changes__fields=["停用"]).count() == 1


def test_an_administrator_who_does_so_sets_up_the_next_at_once(client, cast):
    client.force_login(equipped(cast.auditor))
    send(client, code_of(SECRET), REMOVE)
    assert client.get("/account/").url.startswith(SET_UP)


def test_the_system_administrator_takes_it_away_for_who_lost_the_phone(client, cast):
    lost = Client()
    lost.force_login(equipped(cast.chengguan.clerk))
    client.force_login(equipped(cast.admin))
    page = f"/admin/liaison/account/{cast.chengguan.clerk.pk}/remove-second-factor/"
    assert page in client.get(f"/admin/liaison/account/{cast.chengguan.clerk.pk}/change/").content.decode()
    assert client.post(page).status_code == 302
    assert not second_factor.is_on(cast.chengguan.clerk)
    assert lost.get("/account/").status_code == 302
    entry = Entry.objects.get(act=Entry.Act.MFA)
    assert (entry.account, entry.object_id) == (cast.admin, str(cast.chengguan.clerk.pk))


def test_nobody_takes_it_away_from_the_security_or_audit_administrator_or_oneself(client, cast):
    for account in (cast.admin, cast.security, cast.auditor, cast.chengguan.clerk):
        equipped(account)
    page = "/admin/liaison/account/{}/remove-second-factor/"
    for actor, victims in {
        cast.admin: [cast.admin, cast.security, cast.auditor],
        cast.security: [cast.chengguan.clerk],
    }.items():
        client.force_login(actor)
        assert {client.post(page.format(victim.pk)).status_code for victim in victims} == {403}
    assert Authenticator.objects.count() == 4


def test_the_command_on_the_server_does(cast, client, capsys):
    equipped(cast.security)
    call_command("reset_account", cast.security.username)
    assert not second_factor.is_on(cast.security)
