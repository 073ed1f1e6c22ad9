"""The report text: on the page, where every figure opens its records, and as a Word document."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_http_methods

from liaison.models import Entry, Organisation
from liaison.periods import PeriodError
from reports import pdf, word
from reports.asking import asked_organisation, freshness, period_choices, rows_link, templates_link
from reports.documents import name_of_report
from reports.forms import ClosingForm
from reports.models import ReportTemplate, SavedView
from reports.templated import report_document
from reports.text import DEFAULT_PERIOD, KINDS, Asked, read, write
from reports.text.words import days_in_words


@require_GET
def text(request):
    organisation = asked_organisation(request)
    try:
        asked = read(request.GET, organisation, timezone.localdate())
    except PeriodError as error:
        return refuse(request, organisation, error)
    return show(request, asked, ClosingForm(initial={"closing": asked.kind.closing}))


@require_http_methods(["GET", "POST"])
def text_document(request):
    """GET: with the kind's own last paragraph; POST: with the office's."""
    organisation = asked_organisation(request)
    try:
        asked = read(request.GET, organisation, timezone.localdate())
    except PeriodError as error:
        return refuse(request, organisation, error)
    form = ClosingForm(request.POST if request.method == "POST" else {"closing": asked.kind.closing})
    if not form.is_valid():
        return show(request, asked, form, status=400)
    document = report_document(asked, form.cleaned_data["closing"])
    Entry.note(
        Entry.Act.EXPORT, organisation, request=request, report=f"{asked.kind.name}，{days_in_words(asked.main)}"
    )
    name = name_of_report(asked, "docx")
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(document, word.DOCX, headers={"Content-Disposition": disposition})


def show(request, asked: Asked, form: ClosingForm, status: int = 200) -> TemplateResponse:
    context = {
        "asked": asked,
        "days": days_in_words(asked.main),
        "report": write(asked, rows_link),
        "form": form,
        "kinds": [(kind.code, kind.name, f"?{asked.of_kind(kind).query}") for kind in KINDS],
        **choosers(request, asked.organisation, asked.kind.code),
        "converts": pdf.program() is not None,
        "workbook_url": f"{reverse('reports:ask-workbook')}?{asked.query}",
        "templates_url": templates_url(request, asked.organisation),
        **freshness(),
    }
    return TemplateResponse(request, "reports/text.html", context, status=status)


def templates_url(request, organisation: Organisation, kind: str = ReportTemplate.Kind.REPORT) -> str:
    """Of the office's templates, for who works for it."""
    works = Organisation.objects.writable_by(request.user).filter(pk=organisation.pk).exists()
    return templates_link(organisation, kind) if works else ""


def refuse(request, organisation: Organisation, error: PeriodError) -> TemplateResponse:
    context = choosers(request, organisation, request.GET.get("kind", "")) | {"problem": str(error)}
    return TemplateResponse(request, "reports/text.html", context, status=400)


def choosers(request, organisation: Organisation, kind: str) -> dict:
    """Where one can go from here; another organisation's text is of the kind that it has chosen."""
    code = request.GET.get("period", "")
    reachable = Organisation.objects.visible_to(request.user)
    prefixes = [organisation.path[:length] for length in range(len(organisation.path))]
    saved = SavedView.objects.visible_to(request.user).filter(organisation=organisation, page=SavedView.Page.TEXT)
    return {
        "organisation": organisation,
        "above": [(o, text_link(o, period=code)) for o in reachable.filter(path__in=prefixes)],
        "below": [(o, text_link(o, period=code)) for o in organisation.children.select_related("division")],
        "periods": [(c, label, text_link(organisation, period=c, kind=kind)) for c, label in period_choices()],
        "saved_views": saved,
        "code": code or DEFAULT_PERIOD,
        "asked_from": request.GET.get("from", ""),
        "asked_to": request.GET.get("to", ""),
    }


def text_link(organisation: Organisation, **choice: str) -> str:
    query = {"org": organisation.code} | {name: value for name, value in choice.items() if value}
    return f"{reverse('reports:text')}?{urlencode(query)}"
