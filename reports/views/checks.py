"""Data checks: what to look at before a period is signed, and «checked, it is right»."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from reports import checks
from reports.asking import must_read_totals
from reports.columns import LISTINGS
from reports.forms import DataCheckForm
from reports.models import PeriodReport
from reports.views.rows import record_link


@require_GET
def list_data_checks(request, pk):
    return _page(request, _report(request, pk))


@require_POST
def confirm_data_check(request, pk):
    """Only what is found now, by the office's own clerk; twice is once."""
    report = _report(request, pk)
    if not report.is_written_by(request.user):
        raise Http404
    sent = (request.POST.get("check", ""), request.POST.get("key", ""))
    found = checks.findings(report.organisation, report.period)
    finding = next((one for one in found if (one.check, one.key) == sent), None)
    if finding is None:
        messages.info(request, "这一条已经不是疑点。")
        return redirect("reports:list-data-checks", report.pk)
    form = DataCheckForm(request.POST)
    if not form.is_valid():
        return _page(request, report, 422, sent, form)
    if finding.done is None:
        form.confirm(finding, report.organisation, request=request)
    messages.success(request, "已登记为核实无误。")
    return redirect("reports:list-data-checks", report.pk)


def _report(request, pk: int) -> PeriodReport:
    must_read_totals(request)
    if pk >= 2**63:
        raise Http404
    found = PeriodReport.objects.visible_to(request.user).select_related("organisation__division")
    return get_object_or_404(found, pk=pk)


def _page(request, report: PeriodReport, status: int = 200, sent=("", ""), form=None) -> TemplateResponse:
    found = checks.findings(report.organisation, report.period)
    context = {
        "report": report, "writes": report.is_written_by(request.user),
        "open": sum(one.done is None for one in found),
        "found": [
            (one, [(_words(row), record_link(request, row)) for row in one.rows],
             form if (one.check, one.key) == sent else DataCheckForm(auto_id=False))
            for one in found
        ],
    }  # fmt: skip
    return TemplateResponse(request, "reports/data_checks.html", context, status=status)


def _words(row) -> str:
    """What a list of such records says of it first."""
    texts = (column.text(row) for column in LISTINGS[type(row)].columns)
    return "，".join(text for text in texts if text)
