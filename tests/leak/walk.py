"""The walk: ask everything of some routes, search all that is answered, and see that nothing foreign was changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.test import Client

from tests.leak.answers import told
from tests.leak.questions import Question, questions
from tests.leak.routes import PASSED_ON, WHOLE_NUMBERS
from tests.leak.world import ALL, Asker, Held, marks
from tests.pages import signed_in
from tests.programs import send, with_token
from tests.rows import DIRECTORY, WALLED

# Not the fraction of a workbook's date: 46354.13134103703.
PHONE = re.compile(r"(?<![0-9A-Za-z])(?<!\d\.)1[3-9]\d{9}(?![0-9A-Za-z])")
# Filters and orders that a list itself offers.
OFFERED = re.compile(r'href="(\?[^"]*)"')


@dataclass
class Walk:
    """asked: how many answers were searched · leaks: address and foreign mark · numbers: address and whole number ·
    written: rows of others that are not as they were."""

    asked: int = 0
    leaks: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    @property
    def found(self) -> list:
        return [*self.leaks, *self.numbers, *self.written]


def walk(
    asker: Asker, sets: dict[str, Held], routes: Iterable[str], *, whole: bool = ALL, until_found: bool = False
) -> Walk:
    """whole: everything, also what each list offers to narrow it by; otherwise the likeliest ways to meet what is
    another's. until_found: no further than the first leak, and what names another's set is asked first."""
    client, found, before = client_of(asker), Walk(), kept(asker, sets)
    foreign = sorted(set().union(*map(marks, sets)) - asker.own)
    for route in routes:
        asked = list(questions(route, sets, whole))
        asked = [question for question in asked if not _is_dull(question, asker, asked[-1], whole)]
        if until_found:
            asked.sort(key=lambda question: not question.of or marks(question.of) <= asker.own)
        seen = {question.address for question in asked}
        for question in asked:
            text = _look(client, asker, question, foreign, found)
            if until_found and (found.leaks or found.numbers):
                return found
            if whole and question.sent is None and not question.of and f"/{route}" == question.address:
                offered = [f"/{route}{query.replace('&amp;', '&')}" for query in dict.fromkeys(OFFERED.findall(text))]
                asked += [Question(route, address) for address in offered if address not in seen]
    after = kept(asker, sets)
    found.written += [key for key in before if before[key] != after.get(key)]
    return found


def _is_dull(question: Question, asker: Asker, last: Question, whole: bool) -> bool:
    """More than one question to the admin by who may not enter it; in the quick form, acts on one's own records."""
    if question.route.startswith("admin/") and not asker.enters_admin:
        return question != last
    if whole:
        return False
    is_page = question.sent is None and question.route.endswith(("change/", "<int:pk>/", "<path:object_id>/delete/"))
    return question.of in asker.writes and question.route.startswith("admin/") and not is_page


def client_of(asker: Asker) -> Client:
    """Signed in for the pages, with a token for the API."""
    if not asker.account:
        return Client()
    client = signed_in(asker.account)
    if not asker.account.is_administrator:
        client.defaults |= with_token(asker.account).defaults
    return client


def _look(client: Client, asker: Asker, question: Question, foreign: list[str], found: Walk) -> str:
    answer = ask(client, question, keeps=question.of not in asker.writes and bool(question.of))
    text = told(answer)
    found.asked += 1
    near = colleagues(asker) if PASSED_ON.match(question.route) else ()
    found.leaks += [(_named(question), one) for one in foreign if one in text and one not in near]
    whole = set(PHONE.findall(text))
    if WHOLE_NUMBERS.match(question.route):
        whole -= asker.whole | _revealed(question, asker)
    found.numbers += [(_named(question), one) for one in sorted(whole)]
    return answer.content.decode(errors="ignore") if not answer.streaming else ""


def colleagues(asker: Asker) -> set[str]:
    """Names of studios and members in the offices where the asker has a set of their own."""
    offices = {mark[len(WALLED) : -1] for mark in asker.own if mark.startswith(WALLED)}
    return {kind + office + str(n) for office in offices for kind in (WALLED, DIRECTORY) for n in range(2)}


def _named(question: Question) -> str:
    return f"{'GET' if question.sent is None else question.method or 'POST'} {question.address}"


def _revealed(question: Question, asker: Asker) -> set[str]:
    """On the answer to a stated reason, the record's own number."""
    return asker.revealed if question.route.endswith("reveal/") and question.sent else set()


def ask(client: Client, question: Question, *, keeps: bool):
    """What is written to one's own rows is taken back; what should write nothing is left to be found."""
    more = {"headers": question.headers}
    if question.sent is None:
        return client.get(question.address, **more)
    with transaction.atomic():
        if question.method:
            answer = send(client, question.address, question.sent, question.method)
        else:
            answer = client.post(question.address, question.sent, **more)
        transaction.set_rollback(not keeps)
    return answer


def kept(asker: Asker, sets: dict[str, Held]) -> dict[str, dict]:
    """The rows that the asker may not write, as they stand now."""
    rows = [(name, label, row) for name, held in sets.items() if name not in asker.writes
            for label in held.rows for row in held.of(label)]  # fmt: skip
    by_model: dict[type, list] = {}
    for name, label, row in rows:
        by_model.setdefault(type(row), []).append((name, label, row.pk))
    found = {}
    for model, named in by_model.items():
        values = {row["id"]: row for row in model._base_manager.filter(pk__in=[pk for *_, pk in named]).values()}
        found |= {f"{name} {label} {pk}": values.get(pk) for name, label, pk in named}
    return found
