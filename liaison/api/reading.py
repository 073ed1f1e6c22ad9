"""The schema as a page tells it: what can be asked, by kind of record."""

from dataclasses import dataclass, field

from liaison.api.schema import REFUSALS, schema

KINDS = {"string": "文字", "integer": "整数", "number": "数", "boolean": "是否", "array": "列表", "object": "对象"}
FORMATS = {"date": "日期", "date-time": "时间", "decimal": "小数", "uri": "网址", "uuid": "编码"}


@dataclass(frozen=True)
class Input:
    """A parameter of an address or a field of what is sent or answered. choices: value and words."""

    name: str
    words: str
    kind: str
    is_required: bool = False
    choices: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Operation:
    """takes: fields of what is sent · gives: fields of each record answered."""

    method: str
    address: str
    words: str
    notes: str
    parameters: list[Input]
    takes: list[Input]
    gives: list[Input]


@dataclass(frozen=True)
class Group:
    words: str
    anchor: str
    operations: list[Operation]


def groups() -> list[Group]:
    """By kind of record, in the order of the addresses."""
    found: dict[str, list[Operation]] = {}
    for address, operations in schema()["paths"].items():
        for method, said in operations.items():
            found.setdefault(said["tags"][0], []).append(_operation(method, address, said))
    return [Group(words, f"group-{n}", operations) for n, (words, operations) in enumerate(found.items(), start=1)]


def refusals() -> list[tuple[int, str]]:
    return list(REFUSALS.items())


def _operation(method: str, address: str, said: dict) -> Operation:
    sent = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answered = next(body for status, body in said["responses"].items() if status.startswith("2"))
    given = _resolved(answered.get("content", {}).get("application/json", {}).get("schema", {}))
    if "results" in given.get("properties", {}):
        given = given["properties"]["results"]["items"]
    parameters = [
        _input(p["name"], p["schema"], p.get("description"), p.get("required")) for p in said.get("parameters", ())
    ]
    return Operation(
        method.upper(), address, said["summary"], said.get("description", ""), parameters, _fields(sent), _fields(given)
    )


def _resolved(part: dict) -> dict:
    """Behind a reference, also one with a note beside it."""
    part = part["allOf"][0] | {k: v for k, v in part.items() if k != "allOf"} if "allOf" in part else part
    if "oneOf" in part:  # a text of some form, or none
        part = part["oneOf"][0] | part
    if "$ref" not in part:
        return part
    kinds, name = part["$ref"].split("/")[-2:]
    return _resolved(schema()["components"][kinds][name])


def _fields(part: dict) -> list[Input]:
    part = _resolved(part)
    required = part.get("required", ())
    return [_input(name, said, None, name in required) for name, said in part.get("properties", {}).items()]


def _input(name: str, said: dict, description: str | None, is_required: bool | None) -> Input:
    said = _resolved(said)
    items = said.get("items", said)
    kind = FORMATS.get(said.get("format", "")) or KINDS.get(said.get("type", ""), "")
    words, choices = _told(description or said.get("description", ""))
    words = " ".join(part for part in (said.get("title", ""), words) if part) or {"id": "编号"}.get(name, "")
    return Input(name, words, kind, bool(is_required), choices if "enum" in items else [])


def _told(description: str) -> tuple[str, list[tuple[str, str]]]:
    """The words, and the choices that the generator lists below them: * `studio` - 委员工作室."""
    words, choices = [], []
    for line in description.splitlines():
        value, separator, label = line.removeprefix("* `").partition("` - ")
        if separator:
            choices.append((value, label))
        elif line:
            words.append(line)
    return " ".join(words), choices
