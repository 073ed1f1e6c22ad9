"""Who came, who was refused, and that nobody rewrote it."""

from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from liaison import trail
from liaison.forms import LogInForm
from liaison.management import Refusal
from liaison.models import Entry, Seal
from tests.cast import PASSWORD
from tests.database import address as database_address
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
    assert (entry.act, entry.object_label, entry.changes) == ("log_failed", "", {})


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


# --- The chain ---


@pytest.fixture
def sealed(cast):
    for office in cast.offices:
        Entry.note(Entry.Act.CHANGE, office.special_committee, by=office.clerk, fields=["名称"])
    assert trail.seal() == 6
    return cast


def test_entries_are_sealed_once_and_in_order(sealed):
    assert trail.seal() == 0
    Entry.note(Entry.Act.LOG_IN, sealed.admin, by=sealed.admin)
    assert trail.prove().unsealed == 1
    assert trail.seal() == 1
    proof = trail.prove()
    assert (proof.sealed, proof.unsealed, proof.broken) == (7, 0, None)
    assert proof.last == Seal.objects.last().digest


def test_the_command_says_so(sealed, capsys):
    call_command("audit_verify")
    assert capsys.readouterr().out.startswith("6 条操作记录与封存相符，0 条等待封存，链尾 ")


def test_a_seal_cannot_be_rewritten(sealed):
    for attempt in (lambda: Seal.objects.update(digest="0" * 64), lambda: Seal.objects.all().delete()):
        with pytest.raises(IntegrityError, match="封存只能追加"), transaction.atomic():
            attempt()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE liaison_entry SET object_label = '别的' WHERE id = {victim}",
        "UPDATE liaison_entry SET account_id = NULL WHERE id = {victim}",
        "UPDATE liaison_entry SET at = at - interval '1 second' WHERE id = {victim}",
        "UPDATE liaison_entry SET changes = '{{\"fields\": []}}' WHERE id = {victim}",
        "UPDATE liaison_seal SET digest = repeat('0', 64) WHERE entry_id = {victim}",
        "DELETE FROM liaison_seal WHERE entry_id = {victim}",
    ],
)
def test_a_single_row_changed_by_the_owner_is_found(sealed, tampering):
    entries = list(Entry.objects.order_by("id"))
    with psycopg.connect(database_address("owner", connection.settings_dict["NAME"]), autocommit=True) as owner:
        for table in ("liaison_entry", "liaison_seal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(tampering.format(victim=entries[2].pk))
        for table in ("liaison_entry", "liaison_seal"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    proof = trail.prove()
    # A link that was taken out is noticed at the next one.
    assert proof.broken == entries[3 if "DELETE" in tampering else 2].pk
    with pytest.raises(Refusal, match=f"第 {proof.broken} 号操作记录与封存不符"):
        call_command("audit_verify")
