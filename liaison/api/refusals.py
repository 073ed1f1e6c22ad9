"""Whatever is refused is answered in one shape, and nothing of it stays written."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.settings import api_settings

from liaison.refusal import refusal

NOTHING = "没有这条记录。"
DENIED = "没有做这件事的权限。"
MEND = "提交的内容有误，请按各项说明修改。"
METHOD = "这个地址不接受这种请求方法。"
MEDIA = "请以 application/json 提交。"
OF_ALL = {NON_FIELD_ERRORS, api_settings.NON_FIELD_ERRORS_KEY}


def answer(error: Exception, context: dict) -> Response | None:
    """None for a fault of ours, which is Django's to report (liaison/views.py out_of_order)."""
    asked = context["request"]._request
    match error:
        case Http404() | exceptions.NotFound():
            response = Response(refusal("not_found", NOTHING), 404)
        case PermissionDenied():
            response = Response(refusal("permission_denied", str(error) or DENIED), 403)
        case ModelValidationError():
            response = invalid(as_serializer_error(error))
        case exceptions.ValidationError():
            response = invalid(error.detail)
        case exceptions.MethodNotAllowed():
            response = Response(refusal("method_not_allowed", METHOD), 405)
        case exceptions.UnsupportedMediaType():
            response = Response(refusal("unsupported_media_type", MEDIA), 415)
        case exceptions.APIException():
            response = Response(refusal(error.default_code, str(error.detail)), error.status_code)
        case _:
            return None
    # ReachMiddleware undoes what was written meanwhile, and puts a denial into the trail.
    asked.refusal = error
    return response


def invalid(detail: dict | list) -> Response:
    """The sentence of the whole in the message, the others beside their fields."""
    by_field = detail if isinstance(detail, dict) else {NON_FIELD_ERRORS: detail}
    said = {name: sentences(found) for name, found in by_field.items()}
    of_all = [sentence for name in OF_ALL for sentence in said.pop(name, ())]
    return Response(refusal("invalid", " ".join(of_all) or MEND, said), 400)


def sentences(found: Any) -> list[str]:
    """Of a list within a field, all sentences in one row."""
    if isinstance(found, dict):
        found = list(found.values())
    if not isinstance(found, list | tuple):
        return [str(found)]
    return list(dict.fromkeys(sentence for one in found for sentence in sentences(one)))
