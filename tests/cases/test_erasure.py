"""A visitor who is erased is found nowhere: no row, no file, no trail; and every figure stays."""

import io
import os
import threading
import time
from datetime import date, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from PIL import Image

from cases import erasure, journal, retention
from cases.models import Erasure, Instruction, Outcome, Step, Submission
from liaison.models import Attachment, Entry, Notice
from liaison.privacy import ERASED
from reception.models import Visit
from reports import rollup
from reports.models import PeriodReport
from tests.cast import make_case, make_day, make_visit
from tests.pages import add, address, change, errors
from tests.reports.town import stored

NAME, PHONE = "欧阳晓明", "13912345678"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"


def photo(color: str) -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(picture, "JPEG")
    return SimpleUploadedFile(f"{NAME}.jpg", picture.getvalue())


def hang(record, color: str = "red") -> Attachment:
    return Attachment.store(photo(color), kind="image/jpeg", target=record, organisation=record.organisation, by=None)


@pytest.fixture
def visit(cast):
    """A visitor named wherever a text can name one."""
    office, told = cast.chengguan, f"{NAME}反映路灯不亮，电话{PHONE}，身份证 62010219800101123X"
    day = make_day(office, summary=f"接待了{NAME}")
    visit = make_visit(
        office, reception_day=day, visitor_name=NAME, visitor_phone=PHONE, consented=True, content=told, reply=told,
        referred_to=f"转{NAME}所在社区", handling="referred",
    )  # fmt: skip
    case = make_case(office, title=f"{NAME}家门口路灯", content=told, result=f"已告知{NAME}")
    case.visits.add(visit)
    case.move("accepted", by=office.account, at=NOW, note=f"已电话联系{NAME}（139 1234 5678）", reply=told)
    Outcome.objects.create(
        case=case, kind="jobs", amount=1, happened_on=NOW.date(), note=NAME, organisation=office.organisation
    )
    paper = Submission.objects.create(
        kind="proposal", title="关于路灯的提案", text=told, first_author=office.member, submitted_on=NOW.date(),
        organisation=office.organisation,
    )  # fmt: skip
    paper.source_cases.add(case)
    Instruction.objects.create(submission=paper, leader_level="city", given_on=NOW.date(), text=told, follow_up=told)
    hang(visit)
    hang(case, "blue")
    mention(office, told)
    return visit


def mention(office, told: str):
    """Texts of the office that nothing ties to the visit."""
    Notice.objects.create(
        account=office.clerk, organisation=office.organisation, text=f"{NAME}的事项", url="/", key="told"
    )
    PeriodReport.objects.create(
        organisation=office.organisation, grain="month", starts_on=date(2025, 5, 1), note=told, doubts=told
    )
    make_visit(office, content=f"与{NAME}同一小区")


def whole_database() -> str:
    """Every row of every table as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def figures() -> set:
    rollup.drain()
    return stored()


def files() -> list[str]:
    return sorted(name for _, _, names in os.walk(settings.MEDIA_ROOT) for name in names)


def erase(visit, reason="asked", **more) -> erasure.Report:
    return erasure.erase([visit], reason=reason, at=NOW, by=None, **more)


def test_before_the_erasure_the_visitor_is_found(visit):
    """Guards the next test: what it no longer finds was there."""
    found = whole_database()
    assert found.count(NAME) > 10
    assert found.count(PHONE) > 5
    assert len(files()) == 2


def test_after_the_erasure_no_copy_is_found(visit, django_capture_on_commit_callbacks):
    before = figures()
    with django_capture_on_commit_callbacks(execute=True):
        report = erase(visit)
    found = whole_database()
    for trace in (NAME, PHONE, "139 1234 5678", "62010219800101123X", "ouyangxiaoming"):
        assert trace not in found, trace
    assert files() == []
    assert (report.visits, report.photos) == (1, 2)
    assert figures() == before
    assert rollup.verify().differing == 0
    visit.refresh_from_db()
    assert (visit.visitor_name, visit.visitor_phone, visit.visitor_name_hash, visit.visitor_phone_hash) == (
        "",
        "",
        "",
        "",
    )
    assert visit.content == f"{ERASED}反映路灯不亮，电话{ERASED}，身份证 {ERASED}"
    assert ERASED in Step.objects.get(state="accepted").note
    assert Erasure.objects.get().organisation == visit.organisation
    entry = Entry.objects.get(act=Entry.Act.ERASE)
    assert (entry.object_id, entry.changes["reason"]) == (str(visit.pk), "本人要求删除")


def test_elsewhere_what_others_are_called_stays(cast):
    office = cast.chengguan
    visit = make_visit(office, visitor_name="王女士", visitor_phone=PHONE, consented=True)
    namesake = make_visit(office, visitor_name=office.member.name)
    other = make_visit(office, content=f"王女士与{office.member.name}来过，{PHONE}")
    erasure.erase([visit, namesake], reason="asked", at=NOW, by=None)
    other.refresh_from_db()
    assert other.content == f"王女士与{office.member.name}来过，{ERASED}"


def test_a_file_that_another_record_shows_as_well_stays(visit, cast, django_capture_on_commit_callbacks):
    other = make_visit(cast.chengguan)
    hang(other)
    with django_capture_on_commit_callbacks(execute=True):
        erase(visit)
    assert len(files()) == 1
    assert Attachment.objects.get().target == other


def test_an_erasure_that_fails_erases_nothing(visit, monkeypatch, django_capture_on_commit_callbacks):
    before, stored = whole_database(), files()
    monkeypatch.setattr(Erasure.objects.__class__, "create", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError), django_capture_on_commit_callbacks(execute=True):
        erase(visit)
    assert (whole_database(), files()) == (before, stored)


def test_withdrawn_consent_is_recorded_with_its_version(visit):
    assert visit.consent_version
    erase(visit, "withdrawn")
    visit.refresh_from_db()
    assert visit.consent_withdrawn_at == NOW


@pytest.mark.parametrize("name", ["群众", "王", ""])
def test_what_many_are_called_is_left_in_the_texts(cast, name):
    visit = make_visit(cast.chengguan, visitor_name=name, content="群众王某反映路灯不亮")
    erase(visit)
    visit.refresh_from_db()
    assert (visit.visitor_name, visit.content) == ("", "群众王某反映路灯不亮")


def test_steps_are_changed_by_the_erasure_alone(visit):
    step = Step.objects.get(state="accepted")
    for statement in (
        "UPDATE cases_step SET note = 'x' WHERE id = %s",
        "SELECT set_config('cases.erasing', 'on', true); UPDATE cases_step SET note = 'x' WHERE id = %s",
        "SELECT set_config('cases.erasing', 'on', true); DELETE FROM cases_step WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="只能追加"), transaction.atomic(), connection.cursor() as cursor:
            for part in statement.split("; "):
                cursor.execute(part, [step.pk] if "%s" in part else None)


# --- On the page ---


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.chengguan.clerk)
    return client


def test_the_office_erases_all_visits_of_one_number(clerk, visit, cast):
    again = make_visit(cast.chengguan, visitor_name="欧阳", visitor_phone=PHONE, consented=True)
    elsewhere = make_visit(cast.anning, visitor_name=NAME, visitor_phone=PHONE, consented=True)
    url = address("erase", "reception.visit", visit.pk)
    assert url in clerk.get(address("change", "reception.visit", visit.pk)).content.decode()
    assert "请选择删除原因。" in clerk.post(url).content.decode()
    clerk.post(url, {"reason": "asked", "everywhere": "on"})
    assert [Visit.objects.get(pk=v.pk).visitor_phone for v in (visit, again, elsewhere)] == ["", "", PHONE]
    entries = Entry.objects.filter(act=Entry.Act.ERASE)
    assert {(e.object_id, e.account, e.address) for e in entries} == {
        (str(v.pk), cast.chengguan.clerk, "127.0.0.1") for v in (visit, again)
    }
    assert url not in clerk.get(address("change", "reception.visit", visit.pk)).content.decode()


def test_nobody_but_the_office_erases(client, visit, cast):
    for account in (cast.lanzhou.clerk, cast.anning.clerk, cast.chengguan.leader, cast.admin):
        client.force_login(account)
        answer = client.post(address("erase", "reception.visit", visit.pk), {"reason": "asked"})
        assert answer.status_code in (302, 403, 404), account
    assert Visit.objects.get(pk=visit.pk).visitor_name == NAME


def test_the_trail_of_a_case_never_names_the_visitor(clerk, visit, cast):
    case = visit.cases.get()
    answer = change(clerk, "cases.case", case.pk, content=f"{NAME}又来电话")
    assert answer.status_code == 302, errors(answer)
    answer = add(
        clerk, "reception.visit", studio=cast.chengguan.studio.pk, visited_on="2026-01-05", visitor_name=NAME,
        content=f"{NAME}反映", receivers=[cast.chengguan.member.pk],
    )  # fmt: skip
    assert answer.status_code == 302, errors(answer)
    assert Entry.objects.count() > 1
    assert [e for e in Entry.objects.all() if NAME in f"{e.object_label}{e.changes}"] == []


# --- Commands ---


def run(command: str, *args, typed: str = "", **options) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def test_the_command_reads_the_number_from_its_input(visit, cast, monkeypatch):
    make_visit(cast.xifeng, visitor_name=NAME, visitor_phone=PHONE, consented=True)
    monkeypatch.setattr("sys.stdin", StringIO(f"{PHONE}\n"))
    out = run("erase_visitor", organisation="620102", yes=True)
    assert "已删除：来访 1 次" in out
    assert PHONE not in out
    assert NAME not in out
    assert Visit.objects.with_personal_data().get().organisation == cast.xifeng.organisation


@pytest.mark.parametrize(
    ("typed", "options", "sentence"),
    [
        ("13900000000\n", {}, "没有这个称呼或电话的来访。"),
        ("\n", {}, "没有这个称呼或电话的来访。"),
        (f"{PHONE}\n", {"organisation": "999999"}, "没有区划代码 999999 的政协组织。"),
        (f"{PHONE}\n否\n", {}, "没有删除。"),
    ],
)
def test_the_command_says_why_it_erased_nothing(visit, monkeypatch, typed, options, sentence):
    from liaison.management import Refusal

    monkeypatch.setattr("sys.stdin", StringIO(typed))
    with pytest.raises(Refusal, match=sentence):
        run("erase_visitor", **options)
    assert Visit.objects.get(pk=visit.pk).visitor_name == NAME


# --- Retention ---


@pytest.fixture
def old(cast, settings):
    """Kept a year: one visit past that, one whose matter is still open, one in time, one with a photo alone."""
    settings.VISITOR_DAYS = 365
    long_ago = timezone.localdate() - timedelta(days=366)
    named = {"visitor_name": NAME, "visitor_phone": PHONE, "consented": True}
    visits = {
        "past": make_visit(cast.chengguan, long_ago, **named),
        "open": make_visit(cast.chengguan, long_ago, **named),
        "in time": make_visit(cast.chengguan, long_ago + timedelta(days=1), **named),
        "photo": make_visit(cast.chengguan, long_ago),
    }
    make_case(cast.chengguan, long_ago).visits.add(visits["open"])
    hang(visits["photo"])
    return visits


def retain() -> retention.Report:
    return retention.retain(timezone.localdate(), at=timezone.now())


def test_visitors_past_their_time_are_erased_unless_their_matter_is_open(old, django_capture_on_commit_callbacks):
    assert "2 次；没有删除" in run("retain", dry_run=True)
    with django_capture_on_commit_callbacks(execute=True):
        report = retain()
    assert (report.visits, report.photos) == (2, 1)
    assert set(Visit.objects.with_personal_data()) == {old["open"], old["in time"]}
    assert files() == []
    assert str(retain()) == "来访 0 次，清理文字 0 处，删除文件 0 个"
    assert "来访 0 次" in run("retain")


def test_a_file_that_a_killed_erasure_left_is_swept(old, tmp_path):
    (tmp_path / "media/ab").mkdir(parents=True)
    left, young = tmp_path / "media/ab/left.jpg", tmp_path / "media/ab/young.jpg"
    for file in (left, young):
        file.write_bytes(b"x")
    os.utime(left, (time.time() - 200_000,) * 2)
    retention.sweep(timezone.now())
    assert (left.exists(), young.exists()) == (False, True)
    assert Attachment.objects.get().file.storage.exists(Attachment.objects.get().file.name)


# --- The journal ---


def test_a_restored_database_forgets_again(visit, cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erase(visit)
    assert NAME not in journal.path().read_text()
    assert journal.path().stat().st_mode & 0o777 == 0o600
    # As a backup from before would have it.
    Erasure.objects.all().delete()
    Visit.objects.filter(pk=visit.pk).update(visitor_name=NAME, content=f"{NAME}反映")
    assert str(retention.replay()).startswith("来访 1 次")
    visit.refresh_from_db()
    assert (visit.visitor_name, visit.content) == ("", f"{ERASED}反映")
    assert str(retention.replay()).startswith("来访 0 次")
    assert len(list(journal.entries())) == 1


def test_an_erasure_that_was_killed_before_the_journal_is_written_there_later(visit):
    erase(visit)
    assert list(journal.entries()) == []
    assert journal.write() == 1
    assert journal.write() == 0


@pytest.mark.django_db(transaction=True)
def test_two_erasures_at_once_write_each_its_line(cast):
    visits = [make_visit(cast.chengguan, visitor_name=f"来访人{n}") for n in range(6)]
    threads = [threading.Thread(target=_erase_and_close, args=[visit.pk]) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key for key, _, _ in journal.entries()} == {str(visit.client_key) for visit in visits}
    assert len(list(journal.entries())) == 6


def _erase_and_close(pk: int):
    try:
        erase(Visit.objects.get(pk=pk))
    finally:
        connection.close()
