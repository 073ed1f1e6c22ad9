"""Documents made in the background: asked for on a page, made with the reach of who asked, come back to."""

import subprocess
import time
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from liaison import jobs, reach
from liaison.jobs import MAKERS, Made, Step
from liaison.models import Entry, Grant, Job
from liaison.models.jobs import KEPT_DAYS, LEASE, MOST_ATTEMPTS
from reports import pdf, rollup
from reports.models import ReportTemplate
from tests.cast import make_visit
from tests.pages import signed_in, text_of
from tests.reports.test_templates_read import docx
from tests.reports.test_text import MARCH

QUERY = "org=620100&period=2025-07-01..2026-11-21&kind=lanzhou"


@pytest.fixture
def clerk(cast):
    make_visit(cast.chengguan, MARCH, headcount=2037)
    rollup.drain()
    return signed_in(cast.lanzhou.clerk)


def ask(client, kind: str, closing: str = "再接再厉。") -> Job:
    address = "/jobs/workbook/" if kind == "workbook" else f"/jobs/report/{kind}/"
    answer = client.post(f"{address}?{QUERY}", {"closing": closing})
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
    return Job.objects.latest("id")


def done(job: Job) -> Job:
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def file_of(client, job: Job):
    return client.get(f"/jobs/{job.pk}/file/")


def test_a_word_document_is_asked_for_made_and_fetched(clerk):
    job = ask(clerk, "word")
    assert (job.state, job.title) == ("waiting", "兰州市政协工作报告（Word），2025年7月1日至2026年11月21日")
    assert file_of(clerk, job).status_code == 404
    assert (done(job).state, job.progress, job.error) == ("done", 100, "")
    answer = file_of(clerk, job)
    texts = [paragraph.text for paragraph in Document(BytesIO(answer.content)).paragraphs]
    assert "再接再厉。" in texts
    assert any("2000余人次" in text for text in texts)
    assert answer["Content-Type"].endswith("wordprocessingml.document")


def test_the_workbook_holds_the_figures_of_the_same_period(clerk):
    job = done(ask(clerk, "workbook"))
    book = load_workbook(BytesIO(file_of(clerk, job).content), read_only=True)
    values = {row[1]: row[2] for row in book["汇总"].iter_rows(values_only=True) if len(row) > 2}
    assert values["联系服务群众"] == 2037


def test_the_office_s_own_template_is_used(cast, clerk):
    kept = ReportTemplate.objects.keep(
        organisation=cast.lanzhou.organisation, kind="report", name="a", content=docx("{{ 单位简称 }}的"), note="", by=cast.lanzhou.clerk
    )  # fmt: skip
    kept.use()
    job = done(ask(clerk, "word"))
    assert [p.text for p in Document(BytesIO(file_of(clerk, job).content)).paragraphs] == ["兰州市政协的"]


def test_asking_and_fetching_are_noted(cast, clerk):
    job = done(ask(clerk, "word"))
    file_of(clerk, job)
    entries = Entry.objects.about(job).order_by("id")
    assert [(e.act, e.account, e.changes["report"]) for e in entries] == [
        ("export", cast.lanzhou.clerk, job.title), ("export", cast.lanzhou.clerk, job.file_name)
    ]  # fmt: skip


def test_the_list_shows_how_far_each_is_and_asks_for_itself_while_something_is_made(clerk):
    job = ask(clerk, "word")
    page = clerk.get("/jobs/")
    assert "排队中" in text_of(page)
    assert 'hx-trigger="load delay:2s"' in page.content.decode()
    Job.objects.filter(pk=job.pk).update(state="running", progress=50, step="转换成 PDF", touched_at=timezone.now())
    part = clerk.get("/jobs/", headers={"HX-Request": "true"})
    assert "转换成 PDF，50%" in text_of(part)
    assert "<html" not in part.content.decode()
    Job.objects.filter(pk=job.pk).update(state="failed", error="没有做成。")
    page = clerk.get("/jobs/")
    assert "没有做成。" in text_of(page)
    assert "hx-trigger" not in page.content.decode()


def test_the_list_costs_the_same_with_one_and_three_jobs(clerk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 2):
        for _ in range(more):
            ask(clerk, "word")
        with CaptureQueriesContext(connection) as queries:
            clerk.get("/jobs/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_nobody_else_has_a_job_or_its_file(cast, clerk):
    job = done(ask(clerk, "word"))
    for account in (cast.lanzhou.leader, cast.gansu.clerk, cast.chengguan.clerk, cast.admin, cast.chengguan.account):
        client = signed_in(account)
        assert file_of(client, job).status_code == 404
        assert client.post(f"/jobs/{job.pk}/again/").status_code == 404
    assert job.title not in text_of(signed_in(cast.lanzhou.leader).get("/jobs/"))


def test_who_may_no_longer_read_the_office_gets_neither_work_nor_file(cast, clerk):
    waiting, made = ask(clerk, "word"), done(ask(clerk, "word"))
    Grant.objects.filter(account=cast.lanzhou.clerk).update(organisation=cast.chengguan.organisation)
    client = signed_in(cast.lanzhou.clerk)
    assert file_of(client, made).status_code == 404
    assert (done(waiting).state, waiting.content) == ("failed", None)


def test_nobody_asks_for_another_office_s_documents(cast, clerk):
    for address in ("/jobs/report/word/?org=621000", "/jobs/workbook/?org=621000", "/jobs/report/zip/?org=620100"):
        assert clerk.post(address, {"closing": ""}).status_code == 404
    assert not Job.objects.exists()


def test_a_period_or_a_paragraph_that_cannot_be_read_is_said_on_the_page(clerk):
    answer = clerk.post("/jobs/report/word/?org=620100&period=去年", {"closing": ""})
    assert (answer.status_code, "看不懂这个时段" in text_of(answer)) == (400, True)
    answer = clerk.post(f"/jobs/report/word/?{QUERY}", {"closing": "长" * 2001})
    assert (answer.status_code, "最多 2000 字" in text_of(answer)) == (400, True)
    assert not Job.objects.exists()


# --- Workers that die, come twice, come late ---


@pytest.fixture
def made():
    """A kind of job that tells what happened, and what it saw."""
    seen: list = []

    def make(job):
        seen.append("began")
        yield Step(40, "第一步")
        from reception.models import Visit

        seen.append(sorted(Visit.objects.values_list("organisation__short_name", flat=True)))
        yield Step(80, "第二步")
        return Made("a.txt", "text/plain", b"done")

    MAKERS["test"] = make
    yield seen
    del MAKERS["test"]


def job_of(office, **values) -> Job:
    with reach.everything():
        return Job.objects.create(
            organisation=office.organisation, asked_by=office.clerk, kind="test", title="试", **values
        )


def test_work_sees_only_what_the_asker_reaches(cast, made):
    make_visit(cast.chengguan, MARCH)
    make_visit(cast.xifeng, MARCH)
    assert done(job_of(cast.lanzhou)).state == "done"
    assert made == ["began", [cast.chengguan.organisation.short_name]]


def test_a_second_call_finds_nothing_to_do(cast, made):
    job = job_of(cast.lanzhou)
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert made.count("began") == 1
    job.refresh_from_db()
    assert (job.attempts, bytes(job.content)) == (1, b"done")


def test_what_a_dead_worker_left_is_taken_up_when_its_time_is_over(cast, made):
    job = job_of(cast.lanzhou, state="running", attempts=1, touched_at=timezone.now())
    assert jobs.due() == []
    jobs.run(job.pk)
    assert made == []
    Job.objects.filter(pk=job.pk).update(touched_at=timezone.now() - LEASE - timedelta(seconds=1))
    assert jobs.due() == [job.pk]
    assert (done(job).state, job.attempts) == ("done", 2)


def test_a_worker_that_was_taken_for_dead_changes_nothing_any_more(cast, made):
    job = job_of(cast.lanzhou)
    with reach.everything():
        first = Job.objects.claim(job.pk, timezone.now())
        Job.objects.filter(pk=job.pk).update(touched_at=timezone.now() - LEASE * 2)
        second = Job.objects.claim(job.pk, timezone.now())
        assert not first.report(state="failed", error="late")
        assert second.report(progress=7)


def test_what_kills_every_worker_ends_with_a_sentence(cast, made):
    job = job_of(cast.lanzhou, state="running", attempts=MOST_ATTEMPTS, touched_at=timezone.now() - LEASE * 2)
    assert (done(job).state, made) == ("failed", [])
    assert "几次都没有做完" in job.error


def test_what_failed_is_asked_for_again(cast, clerk, made):
    job = job_of(cast.lanzhou, state="failed", attempts=MOST_ATTEMPTS, error="没有做成。")
    assert clerk.post(f"/jobs/{job.pk}/again/").status_code == 302
    assert (done(job).state, job.error) == ("done", "")
    assert clerk.post(f"/jobs/{job.pk}/again/").status_code == 404


def test_a_fault_is_told_without_its_words(cast, monkeypatch):
    def make(job):
        yield Step(1, "第一步")
        raise RuntimeError("password=secret")

    monkeypatch.setitem(MAKERS, "test", make)
    job = done(job_of(cast.lanzhou))
    assert (job.state, "请再试一次" in job.error, "secret" in job.error) == ("failed", True, False)


def test_files_are_taken_away_after_a_week(cast, made):
    old, young = done(job_of(cast.lanzhou)), done(job_of(cast.lanzhou))
    Job.objects.filter(pk=old.pk).update(asked_at=timezone.now() - timedelta(days=KEPT_DAYS, minutes=1))
    assert jobs.forget() == 1
    assert list(Job.objects.all()) == [young]


@pytest.mark.usefixtures("celery_running")
@pytest.mark.django_db(transaction=True)
def test_the_sweep_makes_what_was_never_rung_for(cast):
    make_visit(cast.chengguan, MARCH)
    parameters = {"query": QUERY, "closing": ""}
    job = Job.objects.create(
        organisation=cast.lanzhou.organisation,
        asked_by=cast.lanzhou.clerk,
        kind="word",
        title="试",
        parameters=parameters,
    )
    until = time.monotonic() + 120
    while job.is_open and time.monotonic() < until:
        time.sleep(0.2)
        job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")


# --- PDF ---


def test_without_the_program_a_sentence_says_so_and_the_print_style_serves(cast, clerk, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert pdf.program() is None
    assert "不能生成 PDF；请用“打印”另存为 PDF" in text_of(clerk.get(f"/reports/text/?{QUERY}"))
    job = done(ask(clerk, "pdf"))
    assert (job.state, job.error) == ("failed", pdf.MISSING)


@pytest.mark.skipif(
    pdf.program() is None, reason="no LibreOffice on this machine: sudo apt-get install libreoffice-writer-nogui"
)
def test_the_pdf_has_the_pages_of_the_document_on_a4(clerk):
    job = done(ask(clerk, "pdf"))
    assert (job.state, job.error) == ("done", "")
    answer = file_of(clerk, job)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert answer.content.count(b"/MediaBox[0 0 595") >= 2


def test_a_program_that_hangs_is_ended(monkeypatch, tmp_path):
    hanging = tmp_path / "soffice"
    hanging.write_text("#!/bin/sh\nsleep 600 &\necho $! > $HOME/../slept\nwait\n")
    hanging.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(pdf, "SECONDS", 4)
    with pytest.raises(pdf.ValidationError, match="没有成功"):
        pdf.converted(b"PK")
    left = (tmp_path / "slept").read_text().strip()
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", left], capture_output=True, text=True, check=False
    ).stdout.strip()
    assert state in {"", "Z"} or state.startswith("Z")
