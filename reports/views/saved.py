"""Pages of figures that an account keeps under a name of its own."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from reports.asking import must_read_totals
from reports.forms import SavedViewForm
from reports.models import SavedView


@require_http_methods(["GET", "POST"])
def saved_views(request):
    """The account's own, and the form for the page it comes from; nothing typed is lost when the name will not do."""
    must_read_totals(request)
    asked = QueryDict(request.GET.get("query", "")[:400])
    page = request.GET.get("page", SavedView.Page.DASHBOARD)
    form = SavedViewForm(request.POST or None, account=request.user, page=page, asked=asked)
    if form.is_valid():
        form.save(request=request)
        messages.success(request, f"已存为“{form.instance.title}”。")
        return redirect(form.instance.url)
    context = {
        "form": form,
        "is_saving": bool(asked),
        "page_words": dict(SavedView.Page.choices).get(page, ""),
        "own": SavedView.objects.visible_to(request.user).kept_by(request.user).select_related("organisation"),
    }
    return TemplateResponse(request, "reports/saved_views.html", context, status=400 if form.is_bound else 200)


@require_POST
def delete_saved_view(request, pk: int):
    """Only one's own: the office's views, and other accounts', do not exist here."""
    must_read_totals(request)
    own = SavedView.objects.visible_to(request.user).kept_by(request.user)
    view = get_object_or_404(own, pk=pk) if pk < 2**63 else get_object_or_404(own.none())
    view.drop(request=request)
    messages.success(request, f"已删除“{view.title}”。")
    return redirect("reports:saved-views")
