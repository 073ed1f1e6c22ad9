"""Templates of the office's documents: upload, preview, which version is used, what may stand in them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.models import Entry, Organisation
from liaison.models.diff import picture
from reports import word
from reports.asking import asked_organisation, must_read_totals, rows_link, templates_link
from reports.forms import TemplateForm
from reports.models import ReportTemplate
from reports.text import Report, read, write
from reports.word.placeholders import REPORT, SPANS, listed
from reports.word.showing import shown


def asked_office(request) -> Organisation:
    """The organisation in the address, if the account works for it: templates are the office's own business."""
    organisation = asked_organisation(request)
    return get_object_or_404(Organisation.objects.writable_by(request.user), pk=organisation.pk)


@require_http_methods(["GET", "POST"])
def templates(request):
    """All versions of the office's templates, and the form for another one."""
    organisation = asked_office(request)
    form = TemplateForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        kept = form.save(organisation, request.user)
        Entry.note(Entry.Act.ADD, kept, request=request)
        messages.success(request, f"已保存为第 {kept.version} 版，还没有启用。请看一看预览，没有问题再启用。")
        return redirect(kept)
    found = ReportTemplate.objects.visible_to(request.user).filter(organisation=organisation).listed()
    context = {"organisation": organisation, "form": form, "versions": found, "url": templates_link(organisation)}
    return TemplateResponse(request, "reports/templates.html", context, status=400 if form.errors else 200)


@require_GET
def template(request, pk):
    """One version, filled in with the office's own figures."""
    kept = asked_template(request, pk)
    filled = word.filled_in(report_of(kept), "", bytes(kept.content))
    context = {"template": kept, "blocks": shown(filled), "url": templates_link(kept.organisation)}
    return TemplateResponse(request, "reports/template.html", context)


@require_GET
def template_file(request, pk):
    """The template itself, or with ?filled the document that it makes."""
    kept = asked_template(request, pk)
    content, name = bytes(kept.content), f"{kept.get_kind_display()}模板第{kept.version}版.docx"
    if "filled" in request.GET:
        report = report_of(kept)
        content, name = word.document(report, report.asked.kind.closing, timezone.now(), content), f"预览-{name}"
    Entry.note(Entry.Act.EXPORT, kept, request=request)
    return document(content, name)


@require_POST
def use_template(request, pk):
    """This version from now on; with `rest`, the house's own again."""
    kept = asked_template(request, pk)
    before = picture(kept)
    if "rest" in request.POST:
        kept.rest()
        messages.success(request, "已改用系统自带的模板。")
    else:
        kept.use()
        messages.success(request, f"已启用第 {kept.version} 版，以后的文档都用它生成。")
    Entry.note(Entry.Act.CHANGE, kept, request=request, before=before)
    return redirect(templates_link(kept.organisation))


@require_GET
def own_template(request):
    """The house's own, to begin with."""
    must_read_totals(request)
    return document(word.own_template(), "工作报告模板.docx")


@require_GET
def placeholders(request):
    must_read_totals(request)
    spans = [placeholder for placeholder in REPORT if placeholder.name in SPANS]
    context = {
        "words": list(listed(REPORT)), "spans": spans, "figures": spans[0].fields, "example": "{{ 累计.意见建议|多 }}",
    }  # fmt: skip
    return TemplateResponse(request, "reports/placeholders.html", context)


def asked_template(request, pk: int) -> ReportTemplate:
    must_read_totals(request)
    found = ReportTemplate.objects.writable_by(request.user).select_related("organisation__division", "uploaded_by")
    return get_object_or_404(found, pk=pk)


def report_of(kept: ReportTemplate) -> Report:
    """The office's report of the usual period."""
    return write(read({}, kept.organisation, timezone.localdate()), rows_link)


def document(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, word.DOCX, headers={"Content-Disposition": disposition})
