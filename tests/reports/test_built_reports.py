"""The city's periodic report, built from the counties' accepted ones and its own records."""

import re
from html import unescape

import pytest

from reports import signing
from reports.models import PeriodReport
from tests.cast import make_activity, make_visit
from tests.pages import signed_in, text_of
from tests.reports.signed import MARCH, accepted, act, line, start, submitted


@pytest.fixture
def city(cast):
    return signed_in(cast.lanzhou.clerk)


def test_the_city_s_report_is_its_own_records_and_the_counties_accepted_reports(cast, city):
    visit = make_visit(cast.chengguan, MARCH, headcount=12)
    make_visit(cast.anning, MARCH, headcount=500)
    make_activity(cast.lanzhou, MARCH, studio=None, public_count=30)
    one = accepted(cast.chengguan, cast.lanzhou)
    submitted(cast.anning)
    visit.headcount = 10
    visit.save()
    report = start(city, cast.lanzhou)
    page = city.get(report.url)
    assert [part.organisation.short_name for part in page.context["absent"]] == ["安宁区政协"]
    assert "没有计入：安宁区政协。" in text_of(page)
    assert "有 1 个下级单位的报告还没有审定" in text_of(page)
    act(city, report, "submit")
    # Not built in, but not unreported either.
    in_there = [(part.organisation.short_name, part.is_in, part.label) for part in signing.parts(report)]
    assert in_there == [("城关区政协", True, "已审定"), ("安宁区政协", False, "已报")]

    # As the county signed it, not as its records are now.
    assert list(report.built_from.all()) == [one]
    changed = line(report, "people_served")
    assert (changed.signed, changed.now, changed.adjustment) == (42, 40, -2)
    assert line(report, "studios").signed == 1
    # Heads are counted over both offices, never added: the city's member and the county's.
    assert line(report, "members").signed == 2

    # What is accepted later is in the next report; this one stays.
    act(city, PeriodReport.objects.get(organisation=cast.anning.organisation), "accept")
    assert line(report, "people_served").signed == 42
    assert "没有计入：安宁区政协。" in text_of(city.get(report.url))


def test_a_figure_of_a_whole_report_opens_to_all_its_records(cast, city):
    make_visit(cast.chengguan, MARCH, headcount=12)
    accepted(cast.chengguan, cast.lanzhou)
    report = start(city, cast.lanzhou)
    assert f"period=2026-03&amp;report={report.pk}" in city.get(report.url).content.decode()
    accepted(cast.anning, cast.lanzhou)
    page = city.get(report.url).content.decode()
    assert "/rows/?indicator=people_served&amp;org=620100&amp;period=2026-03" in page
    assert "下级都已计入。" in page
    assert "report=" not in page


def test_every_figure_opens_to_the_records_of_the_offices_that_went_into_the_report(cast, city):
    make_visit(cast.chengguan, MARCH, headcount=12)
    make_activity(cast.lanzhou, MARCH, studio=None, public_count=30)
    make_visit(cast.anning, MARCH, headcount=500)
    accepted(cast.chengguan, cast.lanzhou)
    report = start(city, cast.lanzhou)
    act(city, report, "submit")
    found = re.findall(r'href="(/rows/[^"]*)">([1-9][\d,]*)</a>', city.get(report.url).content.decode())
    assert len(found) > 10
    for url, number in found:
        page = city.get(unescape(url))
        assert re.search(r'id="total">([\d,]+)', page.content.decode())[1] == number, url
        assert [words for words, _ in page.context["chosen"]] == ["定期报告计入的单位"]
    url = unescape(found[0][0])
    assert "500" not in city.get(url.replace("/rows/", "/rows.csv")).content.decode()
    for other in (url.replace("2026-03", "2026-02"), url.replace("620100", "620102")):
        assert city.get(other).status_code == 404
    assert signed_in(cast.chengguan.clerk).get(url).status_code == 404


def test_the_province_s_report_reaches_down_through_the_cities(cast, city):
    make_visit(cast.chengguan, MARCH, headcount=12)
    accepted(cast.chengguan, cast.lanzhou)
    accepted(cast.lanzhou, cast.gansu)
    make_visit(cast.anning, MARCH, headcount=500)
    report = submitted(cast.gansu)
    changed = line(report, "people_served")
    assert (changed.signed, changed.now) == (12, 12)
