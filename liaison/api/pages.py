"""The schema for programs, the same as a page for people, and the answer to addresses that are not there."""

from django.conf import settings
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from liaison.api import reading
from liaison.api.schema import schema
from liaison.refusal import API, refusal

NO_ADDRESS = "没有这个地址，请核对；全部地址见“接口说明”。"


@extend_schema(exclude=True)
class Schema(APIView):
    authentication_classes, permission_classes = (), (AllowAny,)

    def get(self, request):
        return Response(schema())


@extend_schema(exclude=True)
class Nowhere(APIView):
    permission_classes = (AllowAny,)

    def initial(self, request, *args, **kwargs):
        """Whatever is asked of it, there is nothing."""

    def get(self, request, rest=""):
        return Response(refusal("not_found", NO_ADDRESS), 404)

    put = post = patch = delete = options = get


@require_GET
def show_api(request):
    """For people, with the tokens behind their own account."""
    context = {
        "groups": reading.groups(), "refusals": reading.refusals(), "root": API, "most": settings.API_PER_MINUTE,
        "account_url": reverse("liaison:show-account"),
    }  # fmt: skip
    return TemplateResponse(request, "liaison/api.html", context)
