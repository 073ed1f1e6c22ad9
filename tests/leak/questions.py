"""What is asked of a route: every address, filter, search, selection and form, with the keys and words of each set of rows."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.columns import TABLES
from reports.indicators import INDICATORS
from reports.text.kinds import KINDS as TEXTS
from reports.watching import LAMPS
from tests.leak.programs import of_resource
from tests.leak.question import TYPED, WORDS, Question
from tests.leak.routes import is_add, is_list, label_of, model_admin, resource, with_key
from tests.leak.world import Held
from tests.rows import OFFICE, WALLED

HTMX = {"HX-Request": "true"}


def questions(route: str, sets: dict[str, Held], whole: bool) -> Iterator[Question]:
    """whole: every way of asking; otherwise the likeliest of each kind."""
    if resource(route):
        yield from of_resource(route, sets)
    elif "<" in route:
        for held in sets.values():
            yield from _of_record(route, held, whole)
    elif is_list(route):
        yield from _of_list(route, sets, whole)
    elif is_add(route):
        yield from _of_add(route, sets)
    elif route == "admin/autocomplete/":
        yield from _of_search(route, whole)
    else:
        yield from _of_page(route, sets, whole)


def _of_record(route: str, held: Held, whole: bool) -> Iterator[Question]:
    """Reading and writing one record, also as pop-ups and parts of pages do."""
    for address, is_first in _addresses(route, held):
        yield Question(route, address, held.name)
        if not is_first:
            continue
        yield Question(route, address, held.name, TYPED)
        if whole and route.endswith("change/"):
            yield Question(route, f"{address}?_popup=1&_to_field=id", held.name)
        if whole and route.startswith("my/"):
            yield Question(route, address, held.name, {})
            yield Question(route, address, held.name, headers=HTMX)


def _addresses(route: str, held: Held) -> list[tuple[str, bool]]:
    """With whether it is the first row of its kind."""
    if "<slug:table>" in route:
        labels = [model._meta.label_lower for model in TABLES.values()]
        return [
            (f"/rows/{label.split('.')[1]}/{row.pk}/", row is held.rows[label])
            for label in labels
            for row in held.of(label)
        ]
    label = label_of(route)
    return [(with_key(route, row.pk), n == 0) for n, row in enumerate(held.of(label))]


def _of_list(route: str, sets: dict[str, Held], whole: bool) -> Iterator[Question]:
    more = ("?_popup=1&_to_field=id", "?o=-2.1", "?all=1", "?p=2") if whole else ()
    for query in ("", *more):
        yield Question(route, f"/{route}{query}")
    for word in WORDS if whole else WORDS[:1]:
        yield Question(route, f"/{route}?q={word}")
    filters = [f[0] if isinstance(f, tuple) else f for f in model_admin(route).list_filter]
    for held in sets.values():
        yield Question(route, f"/{route}?org={held.code}", held.name)
        for name in (name for name in filters if isinstance(name, str) and "__" not in name):
            target = model_admin(route).model._meta.get_field(name).related_model
            if target and (key := held.key(target)):
                yield Question(route, f"/{route}?{name}__id__exact={key}&org={held.code}", held.name)
        yield from _of_selection(route, held, whole)


def _of_selection(route: str, held: Held, whole: bool) -> Iterator[Question]:
    """Each action on the set's records, asked for and confirmed at once."""
    keys = [row.pk for row in held.of(label_of(route))]
    if keys:
        acts = ["delete_selected", *(getattr(act, "__name__", act) for act in model_admin(route).actions or ())]
        for act in acts:
            sent = {"action": act, "_selected_action": keys, "index": 0, "select_across": 0}
            if whole:
                yield Question(route, f"/{route}", held.name, sent)
            more = {"kept": keys[0], "category": held.rows["liaison.category"].pk}
            yield Question(route, f"/{route}", held.name, TYPED | more | sent)


def _of_add(route: str, sets: dict[str, Held]) -> Iterator[Question]:
    """The empty form, and the form that an address fills in with keys of a set."""
    yield Question(route, f"/{route}")
    yield Question(route, f"/{route}?_popup=1")
    fields = model_admin(route).model._meta
    for held in sets.values():
        keys = {f.name: held.key(f.related_model) for f in (*fields.fields, *fields.many_to_many) if f.related_model}
        keys = {name: key for name, key in keys.items() if key}
        if keys:
            yield Question(route, f"/{route}?{urlencode(keys)}", held.name)
    yield Question(route, f"/{route}", "", {})


def searched_fields() -> list[tuple[str, str, str]]:
    """App, model and field of each select box that is searched, in forms and in the rows within them."""
    found = {}
    for model, form in admin.site._registry.items():
        for part in (form, *(inline(model, admin.site) for inline in form.inlines)):
            options = part.model._meta
            found |= dict.fromkeys((options.app_label, options.model_name, name) for name in part.autocomplete_fields)
    return list(found)


def _of_search(route: str, whole: bool) -> Iterator[Question]:
    for app, model, name in searched_fields():
        for term in ("", *(WORDS if whole else ())):
            asked = {"app_label": app, "model_name": model, "field_name": name, "term": term}
            yield Question(route, f"/{route}?{urlencode(asked)}")


def _of_page(route: str, sets: dict[str, Held], whole: bool) -> Iterator[Question]:
    """Pages of totals and members' pages, for each set's office, studio and period."""
    yield Question(route, f"/{route}")
    yield Question(route, f"/{route}", "", TYPED)
    for held in sets.values():
        for query in _queries(route, held, whole):
            yield Question(route, f"/{route}?{query}", held.name)
        if route.startswith("my/"):
            yield Question(route, f"/{route}", held.name, TYPED | _keys(held))
        if route.endswith("find-visitor/"):
            # The same name to the look-up, and another text than the mark when it stands in the form again.
            yield Question(route, f"/{route}", held.name, {"visitor": f"{WALLED} {held.name}"})
        if route == "reports/periods/start/":
            yield Question(route, f"/{route}", held.name, {"org": held.code, "period": "2026-05"})
        if route == "reports/supplements/new/":
            file = SimpleUploadedFile("a.pdf", b"%PDF-a", "application/pdf")
            sent = {"organisation": held.office.organisation.pk, "month": "2026-05", "indicator": "works", "value": "2"}
            yield Question(route, f"/{route}", held.name, TYPED | sent | {"file": file})
        if route == "reports/text.docx":
            yield Question(route, f"/{route}?org={held.code}", held.name, {"closing": "特此报告。"})
    if route in ("", "dashboard/", "my/"):
        yield Question(route, f"/{route}", headers=HTMX)


def _keys(held: Held) -> dict:
    """Forged: the set's own keys in forms of members' pages."""
    return {
        "studio": held.rows["studios.studio"].pk, "receivers": [held.rows["liaison.member"].pk], "opens": "09:00",
        "closes": "11:00", "visited_on": "2026-06-01", "channel": "home", "client_key": "0b5f1f9e-0000-4000-8000-000000000001",
        "category": held.rows["liaison.category"].pk,
    }  # fmt: skip


def _queries(route: str, held: Held, whole: bool) -> list[str]:
    """What a page of this kind reads from its address."""
    org, studio = f"org={held.code}", held.rows["studios.studio"].pk
    if route == "rows/":
        codes = (
            [indicator.code for indicator in INDICATORS] if whole else ["people_served", "members", "matters", "works"]
        )
        parts = [
            f"studio={studio}", f"by=studio&key={studio}", f"special_committee={held.rows['liaison.specialcommittee'].pk}",
            f"programme={held.rows['activities.programme'].pk}", f"by=sector&key={held.rows['liaison.sector'].pk}",
        ]  # fmt: skip
        return [
            *(f"{org}&indicator={code}&period={period}" for code in codes for period in ("2026", "cum")),
            *(f"indicator=matters_all&period=2026&{part}" for part in parts),
            *(f"indicator=people_served&period=2026&{part}" for part in parts),
        ]
    if route.startswith("reports/text"):
        return [f"{org}&kind={kind.code}&period=2026" for kind in (TEXTS if whole else TEXTS[:1])]
    if route == "my/visits/":
        return [f"before={row.pk}" for row in held.of("reception.visit")]
    if route == "my/cases/":
        return ["state=finished"]
    if route == "my/queue/mend/":
        return [f"day={row.pk}&waited=0" for row in held.of("reception.receptionday")]
    if route in ("reports/supplements/", "reports/periods/"):
        return [f"{org}&period=2026-01"]
    if route.startswith("dashboard/"):
        return _board_queries(route, held)
    return [org] if whole else []


def _board_queries(route: str, held: Held) -> list[str]:
    org = f"org={held.code}"
    found = {
        "dashboard/": [
            org,
            f"{org}&scope=own",
            f"{org}&period=2026&bar=people_served",
            f"{org}&period=2026-06&compare=off",
        ],
        "dashboard/organisations/": [f"find={word}" for word in (held.code, OFFICE, mark_of(held), "a")],
        "dashboard/lamps/": [f"{org}&lamp={lamp}" for lamp in LAMPS],
        "dashboard/compare/": [org, f"with={held.code}&than=2025"],
    }
    return found.get(route, [org, f"{org}&scope=own&period=cum"])


def mark_of(held: Held) -> str:
    """A part of the office's name."""
    return held.office.organisation.short_name[2:]
