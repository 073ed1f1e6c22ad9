"""Personal data as the database sees it, and what a change of keys does to it."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from liaison import privacy
from liaison.models import Member
from liaison.rotation import rewrite, tables
from reception.models import Visit
from tests.cast import make_visit

NAME, PHONE = "欧阳晓明", "13912345678"


@pytest.fixture
def visit(cast):
    return make_visit(cast.chengguan, visitor_name=NAME, visitor_phone=PHONE, consented=True)


def stored(visit: Visit) -> dict[str, str]:
    columns = ("visitor_name", "visitor_phone", "visitor_name_hash", "visitor_phone_hash")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM reception_visit WHERE id = %s", [visit.pk])
        return dict(zip(columns, cursor.fetchone(), strict=True))


def test_the_database_knows_a_visitor_only_encrypted(visit):
    row = str(stored(visit))
    assert NAME not in row
    assert PHONE not in row
    read = Visit.objects.get(pk=visit.pk)
    assert (read.visitor_name, read.visitor_phone) == (NAME, PHONE)
    assert list(Visit.objects.values_list("visitor_phone", flat=True)) == [PHONE]


def test_the_same_text_is_encrypted_to_another_each_time():
    assert privacy.encrypt(PHONE) != privacy.encrypt(PHONE)
    assert privacy.decrypt(privacy.encrypt(PHONE)) == PHONE
    assert privacy.encrypt("") == privacy.decrypt("") == ""


def test_an_empty_name_stays_empty_so_that_rules_can_ask_for_it(cast):
    make_visit(cast.chengguan)
    assert Visit.objects.filter(visitor_phone="").count() == 1


def test_a_comparison_that_could_never_find_anything_is_refused(visit):
    with pytest.raises(FieldError, match="密钥散列"):
        Visit.objects.filter(visitor_phone=PHONE).exists()
    with pytest.raises(FieldError):
        Visit.objects.filter(visitor_name__contains="欧").exists()


@pytest.mark.parametrize("text", [PHONE, "139 1234-5678", "１３９１２３４５６７８", NAME, f" {NAME} "])
def test_a_visitor_is_found_by_the_exact_name_or_number(visit, text):
    assert list(Visit.objects.of_visitor(text)) == [visit]


@pytest.mark.parametrize("text", ["", " ", "1391234567", "欧阳"])
def test_a_part_of_a_name_or_number_finds_nobody(visit, cast, text):
    make_visit(cast.chengguan)
    assert list(Visit.objects.of_visitor(text)) == []


def test_a_corrected_name_is_found_and_the_old_one_no_more(visit):
    visit.visitor_name = "王女士"
    visit.save()
    assert [Visit.objects.of_visitor(text).count() for text in (NAME, "王女士")] == [0, 1]


# --- Keys ---


def test_a_new_key_reads_what_the_old_one_wrote_and_takes_over(visit, cast, settings):
    Member.objects.filter(pk=cast.chengguan.member.pk).update(phone=PHONE)  # encrypted on the way
    old, new = settings.PERSONAL_DATA_KEYS[0], Fernet.generate_key().decode()
    settings.PERSONAL_DATA_KEYS = [new, old]
    assert list(Visit.objects.of_visitor(PHONE)) == [visit]
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "来访：1 条" in out.getvalue()
    settings.PERSONAL_DATA_KEYS = [new]
    assert [v.visitor_name for v in Visit.objects.of_visitor(PHONE)] == [NAME]
    assert Member.objects.get(pk=cast.chengguan.member.pk).phone == PHONE
    again = StringIO()
    call_command("rotate_keys", stdout=again)
    assert "来访：0 条" in again.getvalue()


def test_without_the_key_it_was_written_with_nothing_is_read(visit, settings):
    settings.PERSONAL_DATA_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(ImproperlyConfigured, match="无法解密"):
        Visit.objects.get(pk=visit.pk)


def test_columns_of_an_older_version_are_encrypted_in_place(visit):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reception_visit SET visitor_name = %s, visitor_phone = %s, visitor_name_hash = '', visitor_phone_hash = ''",
            [NAME, PHONE],
        )
    hashes = {"visitor_name_hash": "visitor_name", "visitor_phone_hash": "visitor_phone"}
    assert rewrite(connection, "reception_visit", list(hashes.values()), hashes, read=str) == 1
    assert NAME not in str(stored(visit))
    assert list(Visit.objects.of_visitor(PHONE)) == [visit]


def test_more_rows_than_one_batch_are_all_rewritten(cast, monkeypatch):
    monkeypatch.setattr("liaison.rotation.BATCH", 2)
    for n in range(5):
        make_visit(cast.chengguan, visitor_name=f"来访人{n}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reception_visit SET visitor_name = '明文'")
    assert rewrite(connection, "reception_visit", ["visitor_name"], {}, read=str) == 5
    assert set(Visit.objects.values_list("visitor_name", flat=True)) == {"明文"}


def test_every_encrypted_field_is_rotated():
    assert {model._meta.label for model in tables()} >= {"reception.Visit", "liaison.Member", "liaison.Department"}
