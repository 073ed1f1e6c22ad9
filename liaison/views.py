import sys

from django.contrib.auth.views import LoginView, LogoutView
from django.db import InterfaceError, OperationalError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from liaison.forms import LogInForm
from liaison.models import Attachment

log_in = LoginView.as_view(
    template_name="liaison/log-in.html", authentication_form=LogInForm, redirect_authenticated_user=True
)
log_out = LogoutView.as_view()


@require_GET
@cache_control(private=True, max_age=3600)
def show_file(request, pk):
    """A private file, to those who see the record it belongs to; to others it does not exist."""
    attachment = get_object_or_404(Attachment, pk=pk)
    if not attachment.is_visible_to(request.user):
        raise Http404
    try:
        content = attachment.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    is_picture = attachment.kind.startswith("image/")
    response = FileResponse(
        content, as_attachment=not is_picture, filename=attachment.name,
        content_type=attachment.kind,
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def out_of_order(request):
    """What a fault comes to: 503 while the database is away, which mends itself; otherwise 500."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return HttpResponse(render_to_string("500.html", {"is_away": is_away}), status=503 if is_away else 500)
