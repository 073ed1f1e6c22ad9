"""Templates of the office's documents: upload, preview, which version is used, what may stand in them."""

from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from docx import Document

from liaison.models import Entry, Organisation
from liaison.models.diff import picture
from reports import word
from reports.asking import asked_organisation, must_read_totals, templates_link
from reports.forms import TemplateForm
from reports.models import ReportTemplate
from reports.templated import TEMPLATED, Kind, Templated
from reports.word.placeholders import listed
from reports.word.showing import shown


def asked_office(request) -> Organisation:
    """The organisation in the address, if the account works for it: templates are the office's own business."""
    organisation = asked_organisation(request)
    return get_object_or_404(Organisation.objects.writable_by(request.user), pk=organisation.pk)


def asked_kind(request) -> Templated:
    """The kind of document in the address, the report without one."""
    code = request.GET.get("kind") or Kind.REPORT
    if code not in TEMPLATED:
        raise Http404
    return TEMPLATED[code]


def tabs(organisation: Organisation, chosen: Templated) -> list[tuple[str, str, bool]]:
    return [(kind.label, templates_link(organisation, kind), kind == chosen.kind) for kind in TEMPLATED]


@require_http_methods(["GET", "POST"])
def templates(request):
    """All versions of the office's templates of one kind, and the form for another one."""
    organisation, templated = asked_office(request), asked_kind(request)
    form = TemplateForm(request.POST or None, request.FILES or None, templated=templated)
    if form.is_valid():
        kept = form.save(organisation, request.user)
        Entry.note(Entry.Act.ADD, kept, request=request)
        messages.success(request, f"已保存为第 {kept.version} 版，还没有启用。请看一看预览，没有问题再启用。")
        return redirect(kept)
    own = ReportTemplate.objects.visible_to(request.user).filter(organisation=organisation)
    context = {
        "organisation": organisation, "form": form, "versions": own.filter(kind=templated.kind).listed(),
        "templated": templated, "url": templates_link(organisation, templated.kind),
        "tabs": tabs(organisation, templated),
    }  # fmt: skip
    return TemplateResponse(request, "reports/templates.html", context, status=400 if form.errors else 200)


@require_GET
def template(request, pk):
    """One version, filled in with the office's own figures."""
    kept = asked_template(request, pk)
    context = {
        "template": kept, "blocks": shown(Document(BytesIO(usual_document(kept)))),
        "url": templates_link(kept.organisation, kept.kind),
    }  # fmt: skip
    return TemplateResponse(request, "reports/template.html", context)


@require_GET
def template_file(request, pk):
    """The template itself, or with ?filled the document that it makes."""
    kept = asked_template(request, pk)
    content, name = bytes(kept.content), f"{kept.get_kind_display()}模板第{kept.version}版.docx"
    if "filled" in request.GET:
        content, name = usual_document(kept), f"预览-{name}"
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
    return redirect(templates_link(kept.organisation, kept.kind))


@require_GET
def own_template(request):
    """The house's own, to begin with."""
    must_read_totals(request)
    templated = asked_kind(request)
    return document(templated.own(), f"{templated.kind.label}模板.docx")


@require_GET
def placeholders(request):
    must_read_totals(request)
    templated = asked_kind(request)
    spans = templated.spans
    context = {
        "templated": templated, "words": list(listed(templated.words)), "spans": spans,
        "figures": spans[0].fields if spans else (), "example": "{{ 累计.意见建议|多 }}",
    }  # fmt: skip
    return TemplateResponse(request, "reports/placeholders.html", context)


def asked_template(request, pk: int) -> ReportTemplate:
    must_read_totals(request)
    found = ReportTemplate.objects.writable_by(request.user).select_related("organisation__division", "uploaded_by")
    return get_object_or_404(found, pk=pk)


def usual_document(kept: ReportTemplate) -> bytes:
    return TEMPLATED[kept.kind].usual(kept.organisation, bytes(kept.content), timezone.now())


def document(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, word.DOCX, headers={"Content-Disposition": disposition})
