"""What programs ask of the API: every list by every filter, every record, and writes that name each set's rows."""

from collections.abc import Iterator

import django_filters
from rest_framework.relations import ManyRelatedField
from rest_framework.serializers import PrimaryKeyRelatedField

from liaison.api.serializers import NOT_OFFERED, READ_ONLY
from liaison.models.places import PublicQuerySet
from reports.asking import PARTS
from tests.leak.question import TYPED, WORDS, Question
from tests.leak.routes import label_of, resource, with_key
from tests.leak.world import Held
from tests.programs import send

# Said of the key alone, before anything is looked for: the same of another office's row and of a missing one.
REFUSED = ([NOT_OFFERED], [READ_ONLY])


def of_resource(route: str, sets: dict[str, Held]) -> Iterator[Question]:
    if "<" in route:
        for held in sets.values():
            for n, row in enumerate(held.of(label_of(route))):
                yield from _of_record(route, held, row.pk, is_first=n == 0)
    elif getattr(resource(route), "filterset_class", None):
        yield from _of_list(route, sets)
    else:
        yield from _of_figures(route, sets)


def method_of(route: str) -> str:
    """How one writes there: acts are posted."""
    return "PATCH" if route.endswith("<int:pk>/") else "POST"


def _of_record(route: str, held: Held, key: int, *, is_first: bool) -> Iterator[Question]:
    """Read each, and write to the first: further ones, such as a guest, may be another office's to write."""
    address = with_key(route, key)
    method = method_of(route)
    if method == "PATCH":
        yield Question(route, address, held.name)
    if not is_first:
        return
    if method == "PATCH":
        yield Question(route, address, held.name, texts_of(route), method="PATCH")
    asked = getattr(getattr(resource(route), route.split("/")[-2], None), "asks", None)
    sent = {name: TYPED[name] for name in asked().fields if name in TYPED} if asked else {}
    yield Question(route, address, held.name, sent, method=method)


def _of_list(route: str, sets: dict[str, Held]) -> Iterator[Question]:
    filters = resource(route).filterset_class.base_filters
    yield Question(route, f"/{route}")
    yield Question(route, f"/{route}?size=2")
    for word in WORDS if "find" in filters else ():
        yield Question(route, f"/{route}?find={word}")
    for held in sets.values():
        if "org" in filters:
            yield Question(route, f"/{route}?org={held.code}", held.name)
        for name, found in filters.items():
            if isinstance(found, django_filters.ModelChoiceFilter) and (key := held.rows.get(found.label_lower)):
                yield Question(route, f"/{route}?{name}={key.pk}", held.name)
        yield Question(route, f"/{route}", held.name, keys_of(route, held), method="POST")


def _of_figures(route: str, sets: dict[str, Held]) -> Iterator[Question]:
    """Totals of each set's office, of its parts, and their slices by name."""
    yield Question(route, f"/{route}")
    if not route.endswith("figures/"):
        return
    for held in sets.values():
        for query in ("", "&by=organisation", *(f"&by={name}&indicator=visits" for name in ("studio", "sector"))):
            yield Question(route, f"/{route}?org={held.code}{query}", held.name)
        for name, model in PARTS.items():
            if key := held.key(model):
                yield Question(route, f"/{route}?{name}={key}", held.name)


def fields_of(route: str) -> dict:
    """What a program may send there."""
    return {name: field for name, field in resource(route).serializer_class().fields.items() if not field.read_only}


def keys_of(route: str, held: Held) -> dict:
    """The set's own rows in every key that names a row of an office."""
    found = {}
    for name, field in fields_of(route).items():
        one = field.child_relation if isinstance(field, ManyRelatedField) else field
        if not isinstance(one, PrimaryKeyRelatedField) or _is_everybodys(one):
            continue
        if key := held.key(one.source_field.related_model):
            found[name] = [key] if isinstance(field, ManyRelatedField) else key
    return found


def texts_of(route: str) -> dict:
    """A change that every resource takes: its first line of text, of another word than any mark."""
    line = next((name for name, f in fields_of(route).items() if type(f).__name__ == "CharField"), "")
    return {line: "改过"} if line else {}


def forged(client, routes, own: Held, foreign: Held) -> tuple[int, list[str]]:
    """How often another office's key was sent, new and in the change of an own record, and where it was not refused in the
    words that a missing one is refused in."""
    count, taken = 0, []
    for route in (route for route in routes if resource(route) and hasattr(resource(route), "create")):
        if "<" in route and method_of(route) == "POST":
            continue
        row, ours = own.rows[label_of(route)], keys_of(route, own)
        address, method = with_key(route, row.pk), "PATCH" if "<" in route else "POST"
        for name, key in keys_of(route, foreign).items():
            # Two sets of one office share its own key.
            if key == ours[name]:
                continue
            answer = send(client, address, {name: key}, method)
            count += 1
            if answer.status_code != 400 or answer.json()["fields"].get(name) not in REFUSED:
                taken.append(f"{method} {address} {name} of {foreign.name}: {answer.status_code}")
    return count, taken


def _is_everybodys(field: PrimaryKeyRelatedField) -> bool:
    return isinstance(field.source_field.related_model._default_manager.all(), PublicQuerySet)
