"""The schema (OpenAPI 3) in the words of the models, every refusal declared."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes

SUMMARIES = {"list": "列出{}", "retrieve": "读取一条{}", "create": "新增{}", "partial_update": "修改{}"}
REFUSALS = {
    400: "内容或查询参数有误。", 401: "没有令牌，或令牌无效。", 403: "角色或范围不允许。", 404: "没有这条记录，或不在可见范围内。",
    409: "同一提交标识已用于另一内容。",
    413: "内容太长。", 415: "不是 application/json。", 429: "请求过于频繁。",
}  # fmt: skip
TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"
SENTENCES = {"type": "array", "items": {"type": "string"}}
REFUSAL = {
    "type": "object",
    "description": "拒绝的答复。",
    "required": ["code", "message", "fields"],
    "properties": {
        "code": {"type": "string", "description": "供程序判断。"},
        "message": {"type": "string", "description": "供人阅读的一句话。"},
        "fields": {"type": "object", "additionalProperties": SENTENCES, "description": "各字段或参数应怎样修改。"},
    },
}


class Described(AutoSchema):
    """Names of operations follow from the model's and the verbs' own."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "words", None) or str(self.view.queryset.model._meta.verbose_name)]

    def get_summary(self) -> str:
        known = SUMMARIES.get(self.view.action)
        return known.format(self.get_tags()[0]) if known else getattr(self.view, self.view.action).kwargs["name"]

    def get_description(self) -> str:
        return getattr(self.view, "notes", {}).get(self.view.action, "")

    def get_response_serializers(self):
        """A repetition is answered as the first request was, or refused for its other content."""
        made = super().get_response_serializers()
        is_once = getattr(getattr(self.view, self.view.action), "is_once", False)
        return {201: made, 200: made, 409: OpenApiTypes.OBJECT} if is_once else made

    def get_request_serializer(self):
        asks = getattr(getattr(self.view, self.view.action), "asks", None)
        return asks or super().get_request_serializer()


def finish(result: dict, generator, request, public) -> dict:
    """Declares refusals, and that no unknown field is taken."""
    _forget_marks(result)
    schemas = result["components"].setdefault("schemas", {})
    for name, schema in schemas.items():
        if name.endswith("Request"):
            schema["additionalProperties"] = False
        else:
            _loosen(schema.get("properties", {}))
    schemas["Refusal"] = REFUSAL
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    result["components"]["responses"] = {
        f"Refusal{status}": {"description": words, "content": content} for status, words in REFUSALS.items()
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in _statuses(operation):
                operation["responses"][str(status)] = {"$ref": f"#/components/responses/Refusal{status}"}
    return result


def _loosen(properties: dict):
    """What is answered may be masked, and then has not the form of what is sent (138****0000)."""
    for name, said in properties.items():
        if "oneOf" in said:
            properties[name] = {"type": "string", "title": said["title"]}


def _statuses(operation: dict) -> list[int]:
    absent = {413, 415} if "requestBody" not in operation else set()
    absent |= {409} - {int(status) for status in operation["responses"]}
    return [status for status in REFUSALS if status not in absent]


def _forget_marks(part: Any):
    """What the generator left for a step that is not taken: choices stay where they are used. A time of day has no zone, as
    the format "time" would have it."""
    if isinstance(part, dict):
        part.pop("x-spec-enum-id", None)
        if part.get("format") == "time":
            del part["format"]
            part["pattern"] = TIME
    if isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            _forget_marks(inner)


@cache
def schema() -> dict:
    """The whole, the same for everybody; made once per process, in about a second."""
    return SchemaGenerator().get_schema(request=None, public=True)
