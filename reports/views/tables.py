"""The statistics as a workbook to work on."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from liaison.models import Entry
from liaison.periods import PeriodError
from liaison.workbooks import XLSX
from reports import excel
from reports.ask import Ask
from reports.asking import asked_organisation, asked_parts, asked_period, asked_scope, dashboard_link
from reports.documents import name_of_workbook
from reports.text.words import days_in_words


@require_GET
def workbook(request):
    """A period that cannot be read goes to the dashboard, which says so."""
    organisation, scope = asked_organisation(request), asked_scope(request)
    try:
        period = asked_period(request, default=str(timezone.localdate().year))
    except PeriodError:
        return redirect(dashboard_link(organisation, request.GET.get("period", ""), scope))
    ask = Ask(organisation, period, scope, **asked_parts(request))
    words = days_in_words(period)
    content = excel.statistics(ask, words, timezone.now())
    Entry.note(Entry.Act.EXPORT, organisation, request=request, report=f"统计表，{words}")
    name = name_of_workbook(organisation, words)
    return HttpResponse(
        content, XLSX, headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    )
