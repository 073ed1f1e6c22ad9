"""Generated from the URL resolver: no page shows an account what is not its own, whatever it asks for.

Every pattern is walked, or stands on the reviewed list: a new one fails here until it is one of the two. In its quick form a
few accounts ask; `make leak` lets every role of county and city ask (LEAK=all).
"""

import os
import re
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, get_resolver

from liaison import reach
from liaison.models import Account, Grant, Role
from liaison.scope import ScopedQuerySet
from reports import rollup
from reports.wall import OPEN
from tests.rows import mark, one_of_each

NOWHERE = 987_654_321
ALL = os.environ.get("LEAK") == "all"

# Reviewed: patterns that name no record and show nothing of anybody.
NOT_WALKED = {
    "logout/": "ends the session that the walk needs",
    "admin/logout/": "the same",
    "admin/login/": "the door; walked by test_trail",
    "login/": "the door; walked by test_trail",
    "account/sessions/<int:pk>/end/": "ends a log-in of one's own; walked by test_sessions",
    "account/sessions/end/": "ends the others; the same",
    "admin/r/<path:content_type_id>/<path:object_id>/": "view_on_site is off for every model",
    "admin/^": "Django's list of one app: names of models only",
    "admin/(?P<url>.*)$": "Django's catch-all for a missing slash",
}
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True)
class Asker:
    name: str
    account: Account
    own: frozenset[str]  # marks of the offices whose rows it may see


@pytest.fixture
def offices(cast):
    """Chengguan and Anning of Lanzhou, Xifeng of Qingyang: a row of every kind in each, all texts marked."""
    found = {}
    for office in (cast.chengguan, cast.anning, cast.xifeng) if ALL else (cast.chengguan, cast.xifeng):
        rows = {model._meta.label_lower: row for model, row in one_of_each(office).items()}
        rows |= {"liaison.organisation": office.organisation, "liaison.division": office.division}
        found[mark(office)] = rows
    rollup.drain()
    return found


QUICK = ("county clerk", "city leader", "member")
NAMES = (
    *QUICK, "county leader", "city clerk", "officer", "department", "neighbour's clerk", "admin", "security", "auditor",
)  # fmt: skip


@pytest.fixture
def asker(cast, request) -> Asker:
    county, city = frozenset({mark(cast.chengguan)}), frozenset({mark(cast.chengguan), mark(cast.anning)})
    accounts = {
        "county clerk": (cast.chengguan.clerk, county), "city leader": (cast.lanzhou.leader, city),
        "member": (cast.chengguan.account, county), "county leader": (cast.chengguan.leader, county),
        "city clerk": (cast.lanzhou.clerk, city), "officer": (cast.chengguan.officer, county),
        "department": (bureau(cast), county), "neighbour's clerk": (cast.anning.clerk, frozenset({mark(cast.anning)})),
        # The trail of the whole province is the auditor's to read; names of records stand in it.
        "admin": (cast.admin, frozenset()), "security": (cast.security, frozenset()),
        "auditor": (cast.auditor, city | {mark(cast.xifeng)}),
    }  # fmt: skip
    return Asker(request.param, *accounts[request.param])


def bureau(cast) -> Account:
    account = Account.objects.create_user("bureau", "abc-DEF-123", name="交通运输局")
    place = {"organisation": cast.chengguan.organisation, "department": cast.chengguan.department}
    Grant.objects.create(account=account, role=Role.DEPARTMENT, **place)
    return account


@pytest.fixture
def client_of(asker) -> Client:
    client = Client()
    client.force_login(asker.account)
    return client


every_asker = pytest.mark.parametrize("asker", NAMES if ALL else QUICK, indirect=True)


def routes(resolver=None, before: str = "") -> list[str]:
    """Everything that can be asked for."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        found += [route.partition("(?P<app_label>")[0]] if isinstance(entry, URLPattern) else routes(entry, route)
    return found


def walked() -> list[str]:
    return [route for route in routes() if route not in NOT_WALKED]


def label_of(route: str) -> str | None:
    """The model whose record a route names."""
    if match := re.match(r"admin/([a-z]+)/([a-z]+)/", route):
        return f"{match[1]}.{match[2]}"
    kinds = {"my/days/": "reception.receptionday", "my/visits/": "reception.visit", "my/cases/": "cases.case"}
    kinds |= {"files/": "liaison.attachment"}
    return next((label for prefix, label in kinds.items() if route.startswith(prefix)), None)


def addresses(route: str, rows: dict) -> list[str]:
    """A route with the record's key filled in, under each of an office's rows that it may name."""
    code = rows["liaison.organisation"].code
    if "<slug:table>" in route:
        return [
            f"/rows/{row._meta.model_name}/{row.pk}/"
            for label, row in rows.items()
            if label.split(".")[0] in ("activities", "cases", "reception", "studios")
        ]
    if "<" in route:
        row = rows.get(label_of(route) or "")
        return ["/" + re.sub(r"<[a-z]+:\w+>", str(row.pk), route)] if row else []
    studio = rows["studios.studio"]
    if route.startswith("admin/"):
        return [f"/{route}{query}" for query in ("", f"?q={studio.name}", f"?org={code}")]
    queries = [
        "", f"?org={code}&indicator=people_served&period=2026", f"?org={code}&indicator=members&period=cum",
        f"?q={studio.name}", f"?org={code}&indicator=matters&by=studio&key={studio.pk}&studio={studio.pk}",
    ]  # fmt: skip
    return [f"/{route}{query}" for query in queries]


def shown(answer) -> str:
    """What an answer shows, without the words that the address itself brought along."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="ignore")
    return re.sub(r'(?:[?&;]|value=")[^"\s<>]*记号[^"\s<>]*', "", re.sub(r"%[0-9A-F]{2}", "", text))


def test_every_pattern_is_walked_or_reviewed(offices):
    rows = next(iter(offices.values()))
    unwalked = {route for route in walked() if not addresses(route, rows)}
    without_rows = {"reports.", "auth.", "liaison.account", "liaison.grant", "liaison.holiday", "liaison.category"}
    left = {route for route in unwalked if not (label_of(route) or "").startswith(tuple(without_rows))}
    assert left == set()
    assert set(NOT_WALKED) <= set(routes())


@dataclass
class Walk:
    """asked: how many answers were looked at · leaks: address and foreign mark · numbers: addresses that show a whole
    telephone number of another office."""

    asked: int
    leaks: list[tuple[str, str]]
    numbers: list[str]


def walk(client: Client, asker: Asker, offices: dict, chosen: list[str]) -> Walk:
    found = Walk(0, [], [])
    for route in chosen:
        for office, rows in offices.items():
            for address in addresses(route, rows):
                for ask in (client.get, client.post) if "<" in route or ALL else (client.get,):
                    text = shown(ask(address))
                    found.asked += 1
                    found.leaks += [(address, o) for o in offices if o not in asker.own and o in text]
                    if office not in asker.own and PHONE.search(text):
                        found.numbers.append(address)
    return found


@every_asker
def test_no_answer_shows_what_is_another_offices(offices, asker, client_of):
    found = walk(client_of, asker, offices, walked())
    assert (found.leaks, found.numbers) == ([], [])
    assert found.asked > (1_000 if ALL else 500)


@every_asker
def test_another_offices_record_answers_as_a_missing_one(offices, asker, client_of):
    """Status and body alike, for reading and for writing."""
    differing = []
    for route in walked():
        label = label_of(route)
        if "<" not in route or not label or label in ("liaison.division", "liaison.organisation"):
            continue
        for rows in (rows for office, rows in offices.items() if office not in asker.own and label in rows):
            there, nowhere = addresses(route, rows)[0], "/" + re.sub(r"<[a-z]+:\w+>", str(NOWHERE), route)
            for ask in (client_of.get, client_of.post):
                answers = [ask(address) for address in (there, nowhere)]
                if len({(a.status_code, shown(a).replace(there, nowhere)) for a in answers}) > 1:
                    differing.append((ask.__name__, there, [a.status_code for a in answers]))
    assert differing == []


@pytest.mark.parametrize("asker", ["county clerk"], indirect=True)
def test_the_rows_of_the_walk_are_there_to_leak(offices, asker, client_of):
    """Guards the tests above: whoever may see a row of every kind does meet its mark."""
    (own,) = asker.own
    met = [
        label for label, row in offices[own].items()
        if own in shown(client_of.get(f"/admin/{label.replace('.', '/')}/{row.pk}/change/"))
    ]  # fmt: skip
    assert len(met) > 20
    assert {label.split(".")[0] for label in met} == {"liaison", "studios", "activities", "reception", "cases"}


@pytest.mark.parametrize("asker", ["county clerk"], indirect=True)
def test_the_walk_notices_when_both_walls_are_down(offices, asker, client_of, monkeypatch):
    monkeypatch.setattr("liaison.middleware.reach.of", lambda account: reach.everything())
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, account: rows.all())
    lists = [route for route in walked() if route.startswith("admin/") and "<" not in route and "add" not in route]
    leaking = {address.split("?")[0] for address, _ in walk(client_of, asker, offices, lists).leaks}
    assert len(leaking) > 20


@pytest.mark.parametrize("asker", ["county clerk"], indirect=True)
def test_the_second_wall_alone_keeps_every_walled_row(offices, asker, client_of, monkeypatch):
    """With the application asking for everything, what leaks is the reviewed directory and nothing else."""
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, account: rows.all())
    lists = [route for route in walked() if route.startswith("admin/") and "<" not in route and "add" not in route]
    leaking = {address.split("?")[0] for address, _ in walk(client_of, asker, offices, lists).leaks}
    tables = {apps.get_model(*address.split("/")[2:4])._meta.db_table for address in leaking}
    assert tables <= OPEN
