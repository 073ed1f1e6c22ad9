"""Another's record and a missing one must answer alike: who asks is not told that there is something."""

from collections.abc import Iterable

from django.db import models

from reports.wall import HANGING, OWNED
from tests.leak.answers import outside
from tests.leak.programs import method_of
from tests.leak.questions import HTMX, TYPED, Question
from tests.leak.routes import label_of, resource, with_key
from tests.leak.walk import ask, client_of
from tests.leak.world import ALL, Asker, Held
from tests.rows import ACCOUNT, DIRECTORY, OFFICE, WALLED

# Everybody's: there is no other office's.
PUBLIC = {"liaison.division", "liaison.category", "liaison.holiday"}


def kind_of(model: type[models.Model]) -> str:
    """The kind of mark that rows of a model carry."""
    if model._meta.db_table in (*OWNED, *HANGING):
        return WALLED
    return {"account": ACCOUNT, "apitoken": ACCOUNT, "feed": ACCOUNT, "grant": ACCOUNT, "organisation": OFFICE}.get(
        model._meta.model_name, DIRECTORY
    )


def missing_key(row: models.Model) -> int:
    """A number that no row has, with as many digits as this one's."""
    taken = set(type(row)._base_manager.values_list("pk", flat=True))
    last = 10 ** len(str(row.pk)) - 1
    return next(key for key in range(last, -1, -1) if key not in taken)


def foreign_records(asker: Asker, sets: dict[str, Held], route: str) -> list[tuple[str, models.Model]]:
    """Rows that the asker may not see, with the names of their sets."""
    if "<slug:table>" in route:
        labels = [
            label for label in next(iter(sets.values())).rows if label.split(".")[0] not in ("liaison", "reports")
        ]
    else:
        labels = [label_of(route)]
    return [
        (name, held.rows[label])
        for name, held in sets.items()
        for label in labels
        if label in held.rows and label not in PUBLIC and kind_of(type(held.rows[label])) + name not in asker.own
    ]


def differing(
    asker: Asker, sets: dict[str, Held], routes: Iterable[str], *, whole: bool = ALL
) -> tuple[int, list[str]]:
    """How many pairs were compared, and the addresses that tell the two apart by status, length, body or headers. In the
    quick form each address is asked for one other office's record, of this and that office in turn."""
    client, compared, found = client_of(asker), 0, []
    for turn, route in enumerate(route for route in routes if "<" in route):
        records = foreign_records(asker, sets, route)
        if records and not whole:
            offices = sorted({name for name, _ in records})
            records = [(name, row) for name, row in records if name == offices[turn % len(offices)]]
        if route.startswith("admin/") and not asker.enters_admin:
            records = records[:1]
        for name, row in records:
            for sent in (None, TYPED):
                keys = (row.pk, missing_key(row))
                there, nowhere = (outside(_asked(client, route, row, key, sent), key) for key in keys)
                compared += 1
                if there != nowhere:
                    told_by = [what for what in there if there[what] != nowhere[what]]
                    found.append(f"{name} {route} {row.pk} {'GET' if sent is None else 'POST'}: {told_by}")
    return compared, found


def _asked(client, route: str, row: models.Model, key: int, sent: dict | None):
    route = route.replace("<slug:table>", row._meta.model_name)
    headers = HTMX if route.endswith("<int:pk>/visits/") else {}
    method = method_of(route) if resource(route) else ""
    return ask(client, Question(route, with_key(route, key), "", sent, headers, method), keeps=False)
