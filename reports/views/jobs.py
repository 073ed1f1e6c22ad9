"""我的文件: documents asked for, made in the background, come back to."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_POST

from liaison.doorbell import ring
from liaison.models import Entry, Job
from liaison.models.jobs import KEPT_DAYS
from liaison.periods import PeriodError
from liaison.tasks import run_job
from reports.ask import Ask
from reports.asking import asked_organisation, asked_parts, asked_period, asked_scope, must_read_totals, query_of
from reports.brief import asked_week
from reports.documents import KINDS
from reports.forms import ClosingForm
from reports.text import read
from reports.text.words import days_in_words
from reports.views.text import refuse, show

MOST_LISTED = 50


@require_GET
def jobs(request):
    """One's own, newest first; while something is being made, the list asks for itself again."""
    must_read_totals(request)
    found = list(Job.objects.visible_to(request.user).listed()[:MOST_LISTED])
    context = {"jobs": found, "is_open": any(job.is_open for job in found), "days": KEPT_DAYS}
    return TemplateResponse(request, "reports/_jobs.html" if request.htmx else "reports/jobs.html", context)


@require_POST
def ask_report(request, kind):
    """The report as it stands on its page, with the last paragraph as the office has written it."""
    if kind not in ("word", "pdf"):
        raise Http404
    organisation = asked_organisation(request)
    try:
        asked = read(request.GET, organisation, timezone.localdate())
    except PeriodError as error:
        return refuse(request, organisation, error)
    form = ClosingForm(request.POST)
    if not form.is_valid():
        return show(request, asked, form, status=400)
    parameters = {"query": asked.query, "closing": form.cleaned_data["closing"]}
    return _asked(request, organisation, kind, days_in_words(asked.main), parameters)


@require_POST
def ask_brief(request, kind):
    if kind not in ("word", "pdf"):
        raise Http404
    organisation = asked_organisation(request)
    try:
        week = asked_week(request.GET.get("week", ""), timezone.localdate())
    except PeriodError as error:
        messages.error(request, str(error))
        return redirect("reports:jobs")
    return _asked(request, organisation, f"brief-{kind}", days_in_words(week), {"week": str(week.start)})


@require_POST
def ask_workbook(request):
    """The statistics of an address like the dashboard's."""
    organisation, scope = asked_organisation(request), asked_scope(request)
    try:
        period = asked_period(request, default=str(timezone.localdate().year))
    except PeriodError as error:
        messages.error(request, str(error))
        return redirect("reports:jobs")
    query = urlencode(query_of(Ask(organisation, period, scope, **asked_parts(request))))
    return _asked(request, organisation, "workbook", days_in_words(period), {"query": query})


def _asked(request, organisation, kind: str, words: str, parameters: dict):
    title = f"{organisation.short_name}{KINDS[kind]}，{words}"
    job = Job.objects.create(
        organisation=organisation, asked_by=request.user, kind=kind, title=title, parameters=parameters
    )
    Entry.note(Entry.Act.EXPORT, job, request=request, report=title)
    _ring_for(job)
    messages.success(request, "已经开始生成。可以离开这一页，做好了在这里下载。")
    return redirect("reports:jobs")


@require_POST
def ask_again(request, pk):
    """What has failed, once more."""
    job = get_object_or_404(_own(request).filter(state=Job.State.FAILED), pk=pk)
    job.again()
    Entry.note(Entry.Act.EXPORT, job, request=request, report=job.title)
    _ring_for(job)
    return redirect("reports:jobs")


@require_GET
def job_file(request, pk):
    job = get_object_or_404(_own(request).filter(state=Job.State.DONE), pk=pk)
    Entry.note(Entry.Act.EXPORT, job, request=request, report=job.file_name)
    disposition = content_disposition_header(as_attachment=True, filename=job.file_name)
    return HttpResponse(bytes(job.content), job.file_type, headers={"Content-Disposition": disposition})


def _ring_for(job: Job):
    """When its row is there for others to see."""
    transaction.on_commit(lambda: ring(run_job, job.pk))


def _own(request):
    must_read_totals(request)
    return Job.objects.visible_to(request.user)
