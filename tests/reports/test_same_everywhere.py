"""Every indicator has the same value wherever it is shown, and that is what a plain recount of the records gives.

A place that shows figures is one function of (client, ask) → code → value in PLACES; an indicator that has no record in
the world of tests/reports/world.py fails here.
"""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from re import DOTALL, findall

import openpyxl
import pytest
from django.contrib.auth import get_user
from django.test import Client
from docx import Document

from liaison.periods import between
from reports.ask import Ask
from reports.asking import query_of, rows_link
from reports.indicators import INDICATOR, INDICATORS, Indicator
from reports.table import figures
from reports.text import read, write
from tests.pages import signed_in
from tests.programs import with_token
from tests.reports.world import naive

# Whole months and edge days on both sides, all of it past.
PERIOD = between(date(2025, 6, 30), date(2026, 10, 9))
# Whose records: everything below, the office's own, one studio's, one special committee's.
ASKS: dict[str, Callable] = {
    "subtree": lambda cast: Ask(cast.lanzhou.organisation, PERIOD),
    "own": lambda cast: Ask(cast.lanzhou.organisation, PERIOD, "own"),
    "studio": lambda cast: Ask(cast.lanzhou.organisation, PERIOD, studio=cast.chengguan.studio),
    "committee": lambda cast: Ask(cast.lanzhou.organisation, PERIOD, special_committee=cast.anning.special_committee),
}
Shown = dict[str, Decimal]


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def cells(client: Client, ask: Ask) -> Shown:
    return figures(INDICATORS, ask)


def dashboard(client: Client, ask: Ask) -> Shown:
    """Each figure on the page that opens to these records; whichever card, table or list shows it, it shows the same."""
    page = client.get("/dashboard/", query_of(ask)).content.decode()
    by_link: dict[str, set[str]] = {}
    for url, text in findall(r'<a[^>]*href="(/rows/[^"]*)"[^>]*>\s*([\d,.−]+)', page, DOTALL):
        by_link.setdefault(unescape(url), set()).add(text)
    shown = {i.code: by_link[rows_link(i.code, ask)] for i in INDICATORS}
    assert {code: texts for code, texts in shown.items() if len(texts) > 1} == {}
    return {code: number(*texts) for code, texts in shown.items()}


def workbook(client: Client, ask: Ask) -> Shown:
    file = io.BytesIO(client.get("/figures.xlsx", query_of(ask)).content)
    rows = openpyxl.load_workbook(file)["汇总"].iter_rows(values_only=True)
    units = {(i.name, i.unit): i.code for i in INDICATORS}
    return {units[row[1], row[3]]: Decimal(str(row[2])) for row in rows if row[1:4:2] in units}


def api(client: Client, ask: Ask) -> Shown:
    account = get_user(client)
    answer = with_token(account).get("/api/v1/figures/", query_of(ask)).json()
    return {figure["indicator"]: Decimal(figure["value"]) for figure in answer["figures"]}


PLACES: dict[str, Callable[[Client, Ask], Shown]] = {
    "cells": cells, "dashboard": dashboard, "xlsx": workbook, "api": api,
}  # fmt: skip
# The dashboard is of an office, never of a part of it.
UNFILTERED = {"dashboard"}


@pytest.fixture(scope="module")
def shown(built, django_db_blocker) -> dict[tuple[str, str], Shown]:
    """By place and ask; every page is read once for all indicators."""
    with django_db_blocker.unblock():
        client = signed_in(built.lanzhou.leader)
        asks = {name: ask(built) for name, ask in ASKS.items()}
        return {
            (place, name): look(client, ask)
            for place, look in PLACES.items()
            for name, ask in asks.items()
            if not (ask.is_filtered and place in UNFILTERED)
        }


@pytest.fixture(scope="module")
def written(built, django_db_blocker) -> list[tuple[Indicator, Ask, Decimal]]:
    """What the appendix of the Word document says of each figure that the report tells, in its order."""
    with django_db_blocker.unblock():
        query = {"org": built.lanzhou.organisation.code, "period": PERIOD.address}
        file = io.BytesIO(signed_in(built.lanzhou.leader).get("/reports/text.docx", query).content)
        told = write(read(query, built.lanzhou.organisation, date(2026, 11, 20)), rows_link).figures
    rows = Document(file).tables[-1].rows[1:]
    found = []
    for row, figure in zip(rows, told, strict=True):
        _, name, value, unit, *_ = (cell.text for cell in row.cells)
        assert (name, unit) == (figure.indicator.name, figure.indicator.unit)
        found.append((figure.indicator, figure.ask, number(value)))
    return found


@pytest.fixture
def client(built, db) -> Client:
    return signed_in(built.lanzhou.leader)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
@pytest.mark.parametrize("whose", ASKS)
def test_every_place_shows_what_a_recount_gives(built, shown, indicator, whose):
    ask = ASKS[whose](built)
    expected = naive(
        indicator, ask.organisation, ask.period, ask.scope, studio=ask.studio, special_committee=ask.special_committee
    )
    found = {place: values[indicator.code] for (place, name), values in shown.items() if name == whose}
    assert found == dict.fromkeys(found, expected)
    assert found.keys() == PLACES.keys() - (UNFILTERED if ask.is_filtered else set())
    assert whose != "subtree" or expected > 0, "no record of this indicator in tests/reports/world.py"


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
@pytest.mark.parametrize("whose", ASKS)
def test_the_list_behind_a_figure_and_its_file_add_up_to_it(built, client, shown, indicator, whose):
    link, listed = rows_link(indicator.code, ASKS[whose](built)), {}
    expected = shown["cells", whose][indicator.code]
    answers = [client.get(link)]
    assert number(answers[0].content.decode().partition('id="total">')[2].partition("<")[0]) == expected
    while answers:
        for section in answers.pop().context["sections"]:
            listed |= {address: added for _, added, address in section.lines}
            answers += [client.get(f"/rows/{section.older}")] if section.older else []
    assert sum(listed.values()) == expected
    assert sum(file_totals(client, link)) == expected


def file_totals(client: Client, url: str) -> list[Decimal]:
    """The last line of each sheet of the list's file: 合计 and the sum of its rows."""
    file = io.BytesIO(client.get(url.replace("/rows/", "/rows.xlsx")).content)
    lasts = [list(sheet.iter_rows(values_only=True))[-1] for sheet in openpyxl.load_workbook(file)]
    found = [[value for value in last if value is not None] for last in lasts]
    assert {words for words, _ in found} == {"合计"}
    return [Decimal(str(value)) for _, value in found]


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_the_report_tells_and_lists_what_a_recount_gives(written, indicator):
    told = [(ask, value) for one, ask, value in written if one == indicator]
    assert told
    for ask, value in told:
        assert value == naive(indicator, ask.organisation, ask.period, ask.scope, studio=ask.studio)


def test_the_definitions_page_says_of_every_figure_what_it_counts(client):
    page = client.get("/definitions/").content.decode()
    for indicator in INDICATORS:
        row = page.partition(f'<tr id="{indicator.code}">')[2].partition("</tr>")[0]
        assert all(f">{words}</td>" in row for words in (indicator.name, indicator.unit, indicator.definition))


def test_a_figure_is_known_by_its_name_and_unit():
    assert len({(i.name, i.unit) for i in INDICATORS}) == len(INDICATORS) == len(INDICATOR)
