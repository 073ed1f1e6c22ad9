"""What comes in is JSON, not too long and not too deep; what goes out is JSON whatever was asked for."""

import json

from rest_framework import parsers, renderers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import DefaultContentNegotiation

MOST_BYTES = 1024 * 1024


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "提交的内容超过 1 MB。"


class JSONParser(parsers.BaseParser):
    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        written = stream.read(MOST_BYTES + 1)
        if len(written) > MOST_BYTES:
            raise TooLarge
        try:
            found = json.loads(written.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError("提交的内容不是有效的 JSON，请核对。") from error
        if not isinstance(found, dict):
            raise ParseError("提交的内容应是一个 JSON 对象。")
        return found


def _refuse(name: str):
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


class JSONRenderer(renderers.JSONRenderer):
    charset = "utf-8"


class AlwaysJSON(DefaultContentNegotiation):
    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type
