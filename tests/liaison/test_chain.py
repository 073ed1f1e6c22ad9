"""The trail only grows, a chain proves it, and a purge leaves where the chain goes on."""

from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liaison import trail
from liaison.management import Refusal
from liaison.models import Anchor, Entry, Seal, Unsealed
from liaison.tasks import purge_trail, verify_trail
from reports.wall import breaches
from tests.database import address

TABLES = ("liaison_entry", "liaison_seal", "liaison_anchor", "liaison_unsealed")
LONG_AGO = "now() - interval '300 days'"


@pytest.fixture
def sealed(cast):
    """Six entries, one of each office, sealed."""
    for office in cast.offices:
        Entry.note(Entry.Act.CHANGE, office.special_committee, by=office.clerk, fields=["名称"])
    assert trail.seal() == 6
    return cast


def as_owner(*statements: str):
    """Behind the application's back: by the owner of the tables, with every trigger off."""
    with psycopg.connect(address("owner", connection.settings_dict["NAME"]), autocommit=True) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            owner.execute(statement)
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


# --- Sealing ---


def test_entries_are_sealed_once_and_in_order(sealed):
    assert trail.seal() == 0
    Entry.note(Entry.Act.LOG_IN, sealed.admin, by=sealed.admin)
    assert trail.prove().unsealed == 1
    assert trail.seal() == 1
    proof = trail.prove()
    assert (proof.sealed, proof.unsealed, proof.fault) == (7, 0, "")
    assert proof.last == Seal.objects.last().digest


def test_what_waits_is_sealed_at_one_call_however_much_it_is(sealed, monkeypatch):
    monkeypatch.setattr(trail, "MOST_AT_ONCE", 2)
    for _ in range(5):
        Entry.note(Entry.Act.LOG_IN, sealed.admin, by=sealed.admin)
    assert (trail.seal(), Unsealed.objects.count()) == (5, 0)


def test_sealing_reads_the_queue_and_not_the_trail(sealed):
    """Whatever the trail holds: it is asked for the waiting entries by their keys alone."""
    Entry.note(Entry.Act.LOG_IN, sealed.admin, by=sealed.admin)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        trail.seal()
    asked = [
        query["sql"].partition(" ORDER BY ")[0].partition(" FROM ")[2] for query in asked if "SELECT" in query["sql"]
    ]
    entry = Entry.objects.latest("id").pk
    assert f'"liaison_entry" WHERE "liaison_entry"."id" IN ({entry})' in asked
    assert [query for query in asked if "liaison_entry" in query and "JOIN" in query] == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_sealed_after_those_with_higher_numbers(sealed):
    with psycopg.connect(address("default", connection.settings_dict["NAME"])) as slow:
        insert = "INSERT INTO liaison_entry (at, act, object_id, object_label, changes) VALUES (now(), 'add', '', 'late', '{}')"
        slow.execute(insert)
        Entry.note(Entry.Act.LOG_IN, sealed.admin, by=sealed.admin)
        assert trail.seal() == 1
        slow.commit()
    assert trail.seal() == 1
    late = Entry.objects.get(object_label="late")
    assert Seal.objects.order_by("-id").first().entry == late
    assert late.pk < Entry.objects.order_by("-id").first().pk
    assert trail.prove().fault == ""


# --- Only growing ---


@pytest.mark.parametrize("model", [Entry, Seal, Unsealed, Anchor])
def test_the_application_may_neither_change_nor_delete(sealed, model):
    column = {Entry: "object_label", Seal: "digest", Unsealed: "entry_id", Anchor: "digest"}[model]
    table = model._meta.db_table
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]
    if model in (Unsealed, Anchor):
        statements.append(f"INSERT INTO {table} DEFAULT VALUES")
    for statement in statements:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(statement)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE liaison_entry SET object_label = '别的'", "操作记录只能追加"),
        ("DELETE FROM liaison_entry", "操作记录只能追加"),
        ("UPDATE liaison_seal SET digest = repeat('0', 64)", "封存只能追加"),
        ("DELETE FROM liaison_seal", "封存只能追加"),
        ("UPDATE liaison_anchor SET count = 0", "锚点只能追加"),
        ("DELETE FROM liaison_anchor", "锚点只能追加"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_the_trigger_refuses_even_the_owner(sealed, statement, sentence):
    as_owner("INSERT INTO liaison_anchor (last_seal, digest, count, purged_at) VALUES (0, 'x', 1, now())")
    refusal = pytest.raises(psycopg.errors.IntegrityError, match=sentence)
    with psycopg.connect(address("owner", connection.settings_dict["NAME"])) as owner, refusal:
        owner.execute(statement)


def test_check_wall_notices_a_grant_too_many(db):
    """Given within a transaction of the owner that is rolled back; asked as the application's role."""
    app = connection.settings_dict["USER"]
    with psycopg.connect(address("owner", connection.settings_dict["NAME"])) as owner, owner.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE (object_label) ON liaison_entry TO {app}")
        cursor.execute(f"GRANT DELETE ON liaison_seal TO {app}")
        cursor.execute(f"GRANT INSERT ON liaison_anchor TO {app}")
        cursor.execute("SELECT has_table_privilege(%s, 'liaison_entry', 'UPDATE')", [app])
        found = "".join(breaches(AsRole(cursor, app)))
        owner.rollback()
    for table in ("liaison_entry", "liaison_seal", "liaison_anchor"):
        assert f"可以改动操作记录的表 {table}，" in found
    assert "liaison_unsealed，" not in found


class AsRole:
    """A cursor whose questions about privileges are asked for another role."""

    def __init__(self, cursor, role: str):
        self.cursor, self.role = cursor, role

    def execute(self, query, parameters=None):
        for function in ("has_table_privilege(", "has_any_column_privilege("):
            query = query.replace(function, f"{function}'{self.role}', ")
        return self.cursor.execute(query, parameters)

    def __getattr__(self, name):
        return getattr(self.cursor, name)


@pytest.mark.django_db(transaction=True)
def test_running_the_grants_again_gives_nothing_back(sealed):
    from tests.database import ROOT

    with psycopg.connect(address("owner", connection.settings_dict["NAME"]), autocommit=True) as owner:
        owner.execute((ROOT / "deploy/grants.sql").read_text())
    with connection.cursor() as cursor:
        assert breaches(cursor) == []


# --- Proving ---


def test_the_command_says_so_and_its_verification_is_noted(sealed, capsys):
    call_command("audit_verify")
    assert capsys.readouterr().out.startswith("6 条操作记录与封存相符，0 条等待封存，链尾 ")
    entry = Entry.objects.latest("id")
    assert (entry.act, entry.changes["sealed"], entry.changes["fault"]) == ("verify", 6, "")
    assert trail.state().verified == entry


CHANGED = {
    "at": "at - interval '1 microsecond'", "organisation_id": "NULL", "account_id": "NULL", "act": "'void'",
    "content_type_id": "NULL", "object_id": "'999'", "object_label": "'别的'", "changes": """'{"fields": []}'""",
    "address": "'10.9.9.9'", "id": "id + 1000000",
}  # fmt: skip


def test_every_column_of_an_entry_is_tampered_with_below(db):
    assert {field.column for field in Entry._meta.concrete_fields} == set(CHANGED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("column", CHANGED)
def test_a_single_changed_column_is_found(sealed, column):
    victim = Entry.objects.order_by("id")[2].pk
    follow = (
        f"UPDATE liaison_seal SET entry_id = {victim + 1000000} WHERE entry_id = {victim}" if column == "id" else ""
    )
    change = f"UPDATE liaison_entry SET {column} = {CHANGED[column]} WHERE id = {victim}"
    # A changed key must take its seal along in one transaction, or the foreign key refuses.
    as_owner(f"DO $$ BEGIN {change}; {follow + ';' if follow else ''} END $$")
    proof = trail.prove()
    assert proof.broken == (victim + 1000000 if follow else victim)
    with pytest.raises(Refusal, match=f"第 {proof.broken} 号操作记录与封存不符"):
        call_command("audit_verify")
    assert "封存不符" in trail.state().verified.changes["fault"]


INSERT = "INSERT INTO liaison_entry (at, act, object_id, object_label, changes) VALUES (now(), 'add', '', '', '{{}}')"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("tampering", "sentence"),
    [
        (
            "UPDATE liaison_seal SET digest = repeat('0', 64) WHERE entry_id = {victim}",
            "第 {victim} 号操作记录与封存不符",
        ),
        ("DELETE FROM liaison_seal WHERE entry_id = {victim}", "第 {next} 号操作记录与封存不符"),
        ("UPDATE liaison_seal SET id = id + 1000 WHERE entry_id = {victim}", "第 {next} 号操作记录与封存不符"),
        (
            "DO $$ BEGIN DELETE FROM liaison_seal WHERE entry_id = {victim}; DELETE FROM liaison_entry WHERE id = {victim}; END $$",
            "第 {next} 号操作记录与封存不符",
        ),
        (INSERT, "没有封存，也不在待封存之列"),
        ("INSERT INTO liaison_unsealed VALUES (999999)", "第 999999 号操作记录等待封存，但已不存在"),
        ("INSERT INTO liaison_anchor (last_seal, digest, count, purged_at) VALUES (1, 'x', 1, now())", "与封存不符"),
    ],
)
def test_a_row_taken_away_or_put_in_is_found(sealed, tampering, sentence):
    keys = [entry.pk for entry in Entry.objects.order_by("id")]
    as_owner(tampering.format(victim=keys[2]))
    assert sentence.format(victim=keys[2], next=keys[3]) in trail.prove().fault


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_waited_and_vanished_is_found(sealed):
    waiting = Entry.note(Entry.Act.LOG_IN, sealed.admin, by=sealed.admin)
    as_owner(f"DELETE FROM liaison_entry WHERE id = {waiting.pk}")
    assert trail.prove().broken == waiting.pk


@pytest.mark.django_db(transaction=True)
def test_a_cut_off_end_is_found_by_a_digest_that_was_kept(sealed, capsys):
    kept = trail.prove().last
    call_command("audit_verify", "--kept", kept)
    last = Entry.objects.filter(seal__isnull=False).latest("id").pk
    as_owner(
        f"DO $$ BEGIN DELETE FROM liaison_seal WHERE entry_id = {last}; DELETE FROM liaison_entry WHERE id = {last}; END $$"
    )
    assert trail.prove().fault == ""
    with pytest.raises(Refusal, match="已不在链上"):
        call_command("audit_verify", "--kept", kept)


# --- Purging ---


@pytest.fixture
def aged(sealed, transactional_db):
    """The first four of the six entries are 300 days old; sealed as such."""
    first = [str(entry.pk) for entry in Entry.objects.order_by("id")[:4]]
    as_owner(
        f"UPDATE liaison_entry SET at = {LONG_AGO} WHERE id IN ({','.join(first)})",
        "TRUNCATE liaison_seal",
        "INSERT INTO liaison_unsealed SELECT id FROM liaison_entry",
    )
    assert trail.seal() == 6
    return sealed


def test_a_purge_takes_what_is_old_and_leaves_an_anchor(aged, capsys):
    links = list(Seal.objects.order_by("id"))
    call_command("purge_trail")
    assert capsys.readouterr().out == "已清除 200 天以前的操作记录 4 条。\n"
    anchor = Anchor.objects.get()
    assert (anchor.last_seal, anchor.digest, anchor.count) == (links[3].pk, links[3].digest, 4)
    assert [*Seal.objects.order_by("id")] == links[4:]
    entry = Entry.objects.latest("id")
    said = {"last_seal": links[3].pk, "digest": links[3].digest, "count": 4, "keep": 200}
    assert (entry.act, entry.changes, entry.at) == ("purge", said, anchor.purged_at)
    trail.seal()
    proof = trail.prove()
    assert (proof.sealed, proof.unsealed, proof.purged, proof.fault) == (3, 0, 4, "")


def test_the_chain_goes_on_from_the_anchor_when_everything_was_old(aged):
    as_owner(
        f"UPDATE liaison_entry SET at = {LONG_AGO}", "TRUNCATE liaison_seal",
        "INSERT INTO liaison_unsealed SELECT id FROM liaison_entry",
    )  # fmt: skip
    trail.seal()
    tail = Seal.objects.latest("id").digest
    purge_trail()
    assert not Seal.objects.exists()
    trail.seal()
    assert Seal.objects.get().digest == Seal.digest_of(tail, Entry.objects.get().said)
    verify_trail()
    assert trail.state().verified.changes["fault"] == ""


def test_a_second_purge_finds_nothing_and_leaves_nothing(aged):
    trail.purge()
    assert (trail.purge(), Anchor.objects.count(), Entry.objects.filter(act="purge").count()) == (0, 1, 1)


@pytest.mark.parametrize(
    ("tampering", "sentence"),
    [
        ("UPDATE liaison_anchor SET count = 3", "锚点与清除时的操作记录不符"),
        ("UPDATE liaison_anchor SET purged_at = purged_at - interval '1 day'", "锚点与清除时的操作记录不符"),
        ("UPDATE liaison_anchor SET digest = repeat('0', 64)", "与封存不符"),
        ("UPDATE liaison_anchor SET last_seal = last_seal + 1", "与封存不符"),
        ("DELETE FROM liaison_anchor", "与封存不符"),
    ],
)
def test_a_changed_anchor_is_found(aged, tampering, sentence):
    trail.purge()
    trail.seal()
    as_owner(tampering)
    assert sentence in trail.prove().fault


def test_entries_that_are_old_but_not_at_the_chains_beginning_stay(aged):
    """What committed late stands behind a younger one: it goes with it."""
    newest = Entry.objects.order_by("-id").first()
    as_owner(
        f"UPDATE liaison_entry SET at = {LONG_AGO} WHERE id = {newest.pk}", "TRUNCATE liaison_seal",
        "INSERT INTO liaison_unsealed SELECT id FROM liaison_entry",
    )  # fmt: skip
    trail.seal()
    assert trail.purge() == 4
    assert Entry.objects.filter(pk=newest.pk).exists()


def test_nobody_purges_what_is_younger_than_two_hundred_days(aged, settings):
    with connection.cursor() as cursor:
        for days in ("199", "0", "-1", "NULL"):
            with pytest.raises(IntegrityError, match="至少保存 200 天"), transaction.atomic():
                cursor.execute(f"SELECT liaison_purge_trail({days})")
    settings.TRAIL_DAYS = 400
    assert trail.purge() == 0
    settings.TRAIL_DAYS = 200
    trail.purge()
    assert Entry.objects.filter(at__lt=timezone.now() - timedelta(days=200)).count() == 0
    assert Entry.objects.exclude(act="purge").count() == 2
