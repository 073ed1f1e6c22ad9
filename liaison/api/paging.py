from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from liaison import paging

MOST = 200
PARAMETERS = ("after", "before", "size")
CURSOR = "翻页标记不正确，请照用上一次答复里的地址。"
SIZE = f"每页条数应为 1 到 {MOST} 的整数。"


class KeysetPaging(BasePagination):
    """By the keys of the last row seen (liaison/paging.py); no list is counted to its end."""

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        turns = {name: request.query_params.get(name, "") for name in ("after", "before")}
        try:
            self.page = paging.page(queryset, view.keys, self._size(request), **turns)
        except Http404 as error:
            raise ValidationError({"before" if turns["before"] else "after": CURSOR}) from error
        return self.page.rows

    def _size(self, request) -> int:
        typed = request.query_params.get("size", str(paging.SIZE))
        if not (typed.isascii() and typed.isdigit() and len(typed) < 4 and 1 <= int(typed) <= MOST):
            raise ValidationError({"size": SIZE})
        return int(typed)

    def get_paginated_response(self, data):
        turns = {"previous": ("before", self.page.newer), "next": ("after", self.page.older)}
        return Response({name: self._address(*turn) for name, turn in turns.items()} | {"results": data})

    def _address(self, name: str, cursor: str) -> str | None:
        if not cursor:
            return None
        url = self.request.build_absolute_uri()
        for other in ("after", "before"):
            url = remove_query_param(url, other)
        return replace_query_param(url, name, cursor)

    def get_paginated_response_schema(self, schema):
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["previous", "next", "results"],
            "properties": {
                "previous": {**address, "description": "上一页的地址；已是第一页时为空。"},
                "next": {**address, "description": "下一页的地址；已是最后一页时为空。"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view):
        words = {"after": "从这个标记之后取，见答复里的 next。", "before": "从这个标记之前取，见答复里的 previous。"}
        cursors = [
            {"name": name, "in": "query", "required": False, "description": said, "schema": {"type": "string"}}
            for name, said in words.items()
        ]
        size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": paging.SIZE}
        return [
            *cursors,
            {"name": "size", "in": "query", "required": False, "description": "每页条数。", "schema": size},
        ]
