"""How long a log-in lasts, and how it is ended elsewhere."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from liaison.devices import device
from liaison.log_ins import BEGAN, SEEN
from liaison.models import Account, Entry
from liaison.tasks import forget_sessions
from tests.cast import PASSWORD
from tests.pages import change

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


def came(account, **headers) -> Client:
    """A browser of its own, logged in by the form."""
    client = Client(**headers)
    client.post("/login/", {"username": account.username, "password": PASSWORD})
    return client


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def age(client, mark: str, **past):
    session = client.session
    session[mark] -= int(timedelta(**past).total_seconds())
    session.save()


# --- Limits ---


@pytest.mark.parametrize(("who", "minutes"), [("clerk", 15), ("officer", 15), ("leader", 480), ("account", 480)])
def test_an_idle_log_in_ends_sooner_in_the_office(cast, who, minutes):
    client = came(getattr(cast.chengguan, who))
    assert is_in(client)
    age(client, SEEN, minutes=minutes - 1)
    assert is_in(client)
    age(client, SEEN, minutes=minutes + 1)
    answer = client.get("/account/?x=1")
    assert answer.url == "/login/?next=/account/%3Fx%3D1&ended=idle"
    page = client.get(answer.url).content.decode()
    assert "长时间未操作，请重新登录。" in page
    back = client.post("/login/", {
        "username": getattr(cast.chengguan, who).username, "password": PASSWORD, "next": "/account/?x=1",
    })  # fmt: skip
    assert back.url == "/account/?x=1"


def test_no_log_in_lasts_longer_than_half_a_day(cast):
    client = came(cast.chengguan.account)
    assert is_in(client)
    age(client, BEGAN, hours=11, minutes=59)
    assert is_in(client)
    age(client, BEGAN, minutes=2)
    assert "ended=long" in client.get("/account/").url
    client.post("/login/", {"username": cast.chengguan.account.username, "password": PASSWORD})
    assert is_in(client)


def test_what_a_page_fetches_by_itself_is_no_act_and_leads_the_whole_page_to_the_door(cast):
    client = came(cast.chengguan.clerk)
    is_in(client)
    age(client, SEEN, minutes=10)
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/dashboard/?org=620102"}
    assert client.get("/dashboard/", headers=htmx).status_code in (200, 204)
    age(client, SEEN, minutes=6)
    answer = client.get("/dashboard/", headers=htmx)
    assert (answer.status_code, answer["HX-Redirect"]) == (
        200, "/login/?next=/dashboard/%3Forg%3D620102&ended=idle",
    )  # fmt: skip


def test_a_page_that_loads_itself_anew_is_no_act_but_one_that_a_person_opens_is(cast):
    client = came(cast.chengguan.clerk)
    is_in(client)
    by_itself = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for headers, stays in ((by_itself | {"Sec-Fetch-User": "?1"}, True), (by_itself, False)):
        age(client, SEEN, minutes=10)
        assert client.get("/dashboard/screen/", headers=headers).status_code == 200
        age(client, SEEN, minutes=6)
        assert is_in(client) is stays


def test_a_form_sent_too_late_leads_back_to_its_page(cast):
    client = came(cast.chengguan.clerk)
    is_in(client)
    age(client, SEEN, minutes=16)
    page = "http://testserver/account/sessions/"
    answer = client.post("/account/sessions/end/", headers={"Referer": page})
    assert answer.url == "/login/?next=/account/sessions/&ended=idle"


def test_instants_are_stored_once_a_minute(cast):
    client = came(cast.chengguan.clerk)
    is_in(client)
    for seconds, is_stored in ((50, False), (20, True)):
        age(client, SEEN, seconds=seconds)
        before = Session.objects.get(pk=client.session.session_key).expire_date
        is_in(client)
        assert (Session.objects.get(pk=client.session.session_key).expire_date != before) == is_stored


# --- Elsewhere ---


def test_the_page_lists_the_log_ins_in_plain_words(cast):
    clerk = cast.chengguan.clerk
    here = came(clerk, HTTP_USER_AGENT=WINDOWS, REMOTE_ADDR="10.0.0.7")
    came(clerk, HTTP_USER_AGENT="… iPhone … MicroMessenger/8.0", REMOTE_ADDR="10.0.0.8")
    came(cast.anning.clerk, REMOTE_ADDR="10.0.0.9")
    sessions = here.get("/account/sessions/").context["sessions"]
    assert [(s.device, s.ip) for s in sessions] == [("Chrome · 电脑", "10.0.0.7"), ("微信 · 手机", "10.0.0.8")]
    page = here.get("/account/sessions/").content.decode()
    assert "本次登录" in page and "退出其他全部登录" in page and "10.0.0.9" not in page


def test_a_log_in_ended_elsewhere_ends_at_once(cast):
    here, there = came(cast.chengguan.clerk), came(cast.chengguan.clerk)
    other = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"/account/sessions/{other.pk}/end/").url == "/account/sessions/"
    assert (is_in(here), is_in(there)) == (True, False)
    assert Entry.objects.filter(changes__fields=["退出其他设备上的一处登录"], account=cast.chengguan.clerk).exists()


def test_nobody_ends_anothers_log_in(cast):
    here, there = came(cast.chengguan.clerk), came(cast.anning.clerk)
    other = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 404
    assert is_in(there)


def test_all_others_end_with_one_button(cast):
    here, *others = (came(cast.chengguan.clerk) for _ in range(3))
    here.post("/account/sessions/end/")
    assert [is_in(client) for client in (here, *others)] == [True, False, False]
    assert len(here.get("/account/sessions/").context["sessions"]) == 1


def test_a_new_password_ends_the_other_log_ins(cast):
    here, there = came(cast.chengguan.clerk), came(cast.chengguan.clerk)
    new = {"old_password": PASSWORD, "new_password1": "Mima-Di-1-Ci", "new_password2": "Mima-Di-1-Ci"}
    here.post("/account/password/", new)
    assert (is_in(here), is_in(there)) == (True, False)


def test_logging_out_ends_them_all(cast):
    here, there, somebody = came(cast.chengguan.clerk), came(cast.chengguan.clerk), came(cast.anning.clerk)
    here.post("/logout/")
    assert (is_in(here), is_in(there), is_in(somebody)) == (False, False, True)


def test_a_log_in_that_ran_out_leaves_the_others(cast):
    here, there = came(cast.chengguan.clerk), came(cast.chengguan.clerk)
    is_in(here)
    age(here, SEEN, minutes=16)
    assert (is_in(here), is_in(there)) == (False, True)


def test_an_account_put_out_of_use_is_out_for_good(cast):
    there = came(cast.chengguan.clerk)
    admin = Client()
    admin.force_login(cast.admin)
    change(admin, "liaison.account", cast.chengguan.clerk.pk, is_active="")
    assert not is_in(there)
    Account.objects.filter(pk=cast.chengguan.clerk.pk).update(is_active=True)
    assert not is_in(there)


def test_log_ins_that_ran_out_are_forgotten_each_night(cast):
    here, gone = came(cast.chengguan.clerk), came(cast.anning.clerk)
    Session.objects.filter(pk=gone.session.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    forget_sessions()
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [here.session.session_key]
    assert is_in(here)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (WINDOWS, "Chrome · 电脑"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126 Mobile Safari/537.36", "Chrome · 手机"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126 Safari/537.36 Edg/126", "Edge · 电脑"),
        ("", "其他浏览器 · 其他设备"),
    ],
)
def test_a_browser_is_named_in_plain_words(name, words):
    assert device(name) == words
