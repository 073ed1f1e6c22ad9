"""Who came, and who was refused."""

from datetime import timedelta

import pytest

from liaison.forms import LogInForm
from liaison.models import Entry
from tests.cast import PASSWORD
from tests.pages import address

WRONG = "密码连续输错 5 次，请 30 分钟后再试，或请政协机关重设密码。"


def log_in(client, account, password=PASSWORD, source="10.0.0.7", page="/login/"):
    return client.post(page, {"username": account.username, "password": password}, REMOTE_ADDR=source)


def acts() -> list[tuple]:
    return list(Entry.objects.order_by("id").values_list("act", "account__username", "address"))


# --- What is noted ---


def test_coming_going_and_failing_to_come_are_noted(client, cast):
    clerk = cast.chengguan.clerk
    log_in(client, clerk, "wrong")
    log_in(client, clerk)
    client.post("/logout/", REMOTE_ADDR="10.0.0.7")
    assert acts() == [
        ("log_failed", None, "10.0.0.7"), ("log_in", clerk.username, "10.0.0.7"), ("log_out", clerk.username, "10.0.0.7"),
    ]  # fmt: skip
    assert {entry.organisation for entry in Entry.objects.all()} == {cast.chengguan.organisation}


def test_nothing_that_was_typed_under_no_account_is_kept(client, cast):
    client.post("/login/", {"username": "my-secret-password", "password": "x"})
    entry = Entry.objects.get()
    assert (entry.act, entry.object_label, entry.changes) == ("log_failed", "", {"fields": ["没有这个账号"]})


def test_a_refusal_is_noted_though_everything_else_is_undone(client, cast):
    client.force_login(cast.security)
    page = address("changelist", "reception.visit")
    assert client.get(page).status_code == 403
    entry = Entry.objects.get(act=Entry.Act.REFUSED)
    assert (entry.act, entry.account, entry.changes) == ("refused", cast.security, {"path": page})


# --- The door shuts ---


@pytest.mark.parametrize("page", ["/login/", "/admin/login/"])
def test_five_failures_shut_an_account_for_their_source_alone(client, cast, page):
    clerk = cast.chengguan.clerk
    for _ in range(5):
        log_in(client, clerk, "wrong", page=page)
    assert log_in(client, clerk, page=page).context["form"].non_field_errors() == [WRONG]
    assert log_in(client, cast.anning.clerk, page=page).status_code == 302
    client.logout()
    assert log_in(client, clerk, source="10.0.0.8", page=page).status_code == 302


def test_a_success_in_between_begins_anew(client, cast):
    clerk = cast.chengguan.clerk
    for password in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4:
        client.logout()
        log_in(client, clerk, password)
    assert log_in(client, clerk).status_code == 302


def test_the_door_opens_again_after_a_while(client, cast, monkeypatch):
    for _ in range(5):
        log_in(client, cast.chengguan.clerk, "wrong")
    monkeypatch.setattr(LogInForm, "SHUT_FOR", timedelta(0))
    assert log_in(client, cast.chengguan.clerk).status_code == 302
