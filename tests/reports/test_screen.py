"""The big screen: the dashboard's own figures in other clothes, refreshed by itself."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import rollup
from tests.cast import make_activity, make_case, make_visit
from tests.pages import signed_in, text_of

URL = "/dashboard/screen/"


@pytest.fixture
def world(cast):
    make_visit(cast.chengguan, headcount=12, category=cast.categories[0])
    make_activity(cast.anning, public_count=30)
    make_case(cast.anning)
    rollup.drain()
    return cast


def test_it_shows_the_very_figures_of_the_dashboard(world, reader):
    for query in ("", "?scope=own", "?org=620102&period=ytd"):
        here, there = (reader.get(page + query).context["board"] for page in (URL, "/dashboard/"))
        for part in ("first", "cards", "signals", "months", "topics", "rates", "total", "groups"):
            assert getattr(here, part) == getattr(there, part)
        assert [row.numbers for row in here.parts] == [row.numbers for row in there.parts]


def test_every_number_on_it_opens_a_list_with_that_total(world, reader):
    body = reader.get(URL).content.decode()
    links = re.findall(r'<a[^>]*href="(/(?:rows|dashboard/(?:lamps|quiet))/[^"]*)"[^>]*>(.*?)</a>', body, re.DOTALL)
    assert len(links) > 40
    for url, inside in links:
        shown = re.findall(
            r"[\d,]+(?=\s*$|\s*(?:人次|次|件|个|名))", re.sub(r"<[^>]*>", " ", inside.partition("kpi-change")[0])
        )
        opened = reader.get(unescape(url))
        total = re.search(r'id="total">([\d,]+)', opened.content.decode())[1]
        part = re.search(r'aria-current="page">\s*(?:接待来访|开展活动) ([\d,]+)', opened.content.decode())
        assert (part[1] if part else total) in shown, url


def test_asked_again_it_sends_its_own_parts_only_when_a_figure_has_changed(world, reader):
    context = reader.get(URL).context
    assert context["poll"].startswith(URL)
    again = {"headers": {"HX-Request": "true"}}
    assert "first-figures" not in reader.get(context["poll"], **again).content.decode()
    make_visit(world.anning, headcount=4)
    rollup.drain()
    body = reader.get(context["poll"], **again).content.decode()
    sent = set(re.findall(r'id="([\w-]+)"\s+[^>]*hx-swap-oob="true"', body))
    there = set(re.findall(r'id="([\w-]+)"', reader.get(URL).content.decode()))
    assert {"first-figures", "signals", "rates", "comparison"} <= sent <= there


def test_without_a_script_the_page_reloads_itself(world, reader):
    assert reader.get(URL)["Refresh"] == "300"
    assert "Refresh" not in reader.get("/dashboard/")


def test_a_bad_period_is_a_sentence_and_other_roles_have_no_screen(world, reader):
    answer = reader.get(URL, {"period": "x"})
    assert (answer.status_code, "看不懂这个时段" in text_of(answer)) == (400, True)
    assert signed_in(world.chengguan.account).get(URL).status_code == 404
    assert reader.get(URL, {"org": "621000"}).status_code == 404


def test_it_costs_no_more_than_the_dashboard(world, reader):
    counts = []
    for url in (URL, "/dashboard/"):
        with CaptureQueriesContext(connection) as asked:
            reader.get(url)
        counts.append(len(asked))
    assert counts[0] <= counts[1]


@pytest.mark.parametrize("page", ["", "screen/", "calendar/", "spread/", "compare/", "views/"])
def test_pages_stay_small(world, reader, page):
    assert len(reader.get(f"/dashboard/{page}").content) <= 60_000
