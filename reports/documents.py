"""The office's documents as jobs: report in Word or PDF, statistics as a workbook."""

from collections.abc import Iterator

from django.http import QueryDict
from django.utils import timezone

from liaison.jobs import Made, Step, maker
from liaison.models import Job, Organisation
from liaison.periods import parse
from liaison.workbooks import XLSX
from reports import excel, pdf, word
from reports.ask import Ask
from reports.asking import parts_of
from reports.brief import Brief, asked_week, brief
from reports.templated import brief_document, report_document
from reports.text import Asked, read
from reports.text.words import days_in_words

KINDS = {
    "word": "工作报告（Word）", "pdf": "工作报告（PDF）", "workbook": "统计表（Excel）",
    "brief-word": "每周简报（Word）", "brief-pdf": "每周简报（PDF）",
}  # fmt: skip


def organisation_of(job: Job) -> Organisation:
    """Still the account's to read, or Organisation.DoesNotExist."""
    found = Organisation.objects.visible_to(job.asked_by).select_related("division", "parent__division")
    return found.get(pk=job.organisation_id)


def name_of_report(asked: Asked, suffix: str) -> str:
    return f"{asked.organisation.short_name}委员联系界别群众工作报告（{days_in_words(asked.main)}）.{suffix}"


def name_of_workbook(organisation: Organisation, words: str) -> str:
    return f"{organisation.short_name}委员联系界别群众统计表（{words}）.xlsx"


def name_of_brief(told: Brief, suffix: str) -> str:
    return f"{told.organisation.short_name}每周简报（{days_in_words(told.week)}）.{suffix}"


@maker("word")
def make_word(job: Job) -> Iterator[Step]:
    yield Step(5, "汇总数字、填写模板")
    asked = _asked(job)
    content = report_document(asked, job.parameters["closing"])
    return Made(name_of_report(asked, "docx"), word.DOCX, content)


@maker("pdf")
def make_pdf(job: Job) -> Iterator[Step]:
    yield Step(5, "汇总数字、填写模板")
    asked = _asked(job)
    content = report_document(asked, job.parameters["closing"])
    yield Step(50, "转换成 PDF")
    return Made(name_of_report(asked, "pdf"), pdf.PDF, pdf.converted(content))


@maker("workbook")
def make_workbook(job: Job) -> Iterator[Step]:
    yield Step(5, "汇总数字")
    query, organisation = QueryDict(job.parameters["query"]).dict(), organisation_of(job)
    period = parse(query["period"], timezone.localdate(job.asked_at))
    ask = Ask(organisation, period, query.get("scope", "subtree"), **parts_of(query, job.asked_by))
    content = excel.statistics(ask, days_in_words(period), timezone.now())
    return Made(name_of_workbook(organisation, days_in_words(period)), XLSX, content)


@maker("brief-word")
def make_brief(job: Job) -> Iterator[Step]:
    yield Step(5, "汇总数字、填写模板")
    told = _brief(job)
    return Made(name_of_brief(told, "docx"), word.DOCX, brief_document(told))


@maker("brief-pdf")
def make_brief_pdf(job: Job) -> Iterator[Step]:
    yield Step(5, "汇总数字、填写模板")
    told = _brief(job)
    content = brief_document(told)
    yield Step(50, "转换成 PDF")
    return Made(name_of_brief(told, "pdf"), pdf.PDF, pdf.converted(content))


def _brief(job: Job) -> Brief:
    return brief(organisation_of(job), asked_week(job.parameters["week"], timezone.localdate(job.asked_at)))


def _asked(job: Job) -> Asked:
    query = QueryDict(job.parameters["query"]).dict()
    return read(query, organisation_of(job), timezone.localdate(job.asked_at))
