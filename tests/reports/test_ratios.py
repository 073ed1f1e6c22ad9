"""Ratios: divided from two figures that each open to their records, the same on page and workbook."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone

from cases.lapsing import lapse
from cases.models import Case
from liaison.models import Seat
from reports import rollup
from reports.indicators import INDICATOR, Kind
from reports.ratios import RATIOS, Ratio
from tests.cast import make_case, make_day
from tests.pages import signed_in, text_of

RATIO = {ratio.code: ratio for ratio in RATIOS}
CARDS = "/dashboard/?period=cum"


@pytest.fixture
def world(cast, today):
    """城关: of three days two were held; of four matters two settled, one of them rated, one late; one seat in no committee."""
    days = [make_day(cast.chengguan, today - timedelta(days=n)) for n in (1, 2, 3)]
    for day in days[:2]:
        day.hold()
    cases = [make_case(cast.chengguan, today - timedelta(days=9), deadline=today + timedelta(days=1)) for _ in range(5)]
    for case, satisfaction in zip(cases[:2], ("basically", ""), strict=True):
        case.move("resolved", by=cast.chengguan.clerk, at=timezone.now())
        Case.objects.filter(pk=case.pk).update(satisfaction=satisfaction)
    Case.objects.filter(pk=cases[2].pk).update(deadline=today - timedelta(days=1))
    cases[4].move("referred", by=cast.chengguan.clerk, at=timezone.now(), note="转交市政协")
    Seat.objects.filter(pk=cast.chengguan.seat.pk).update(special_committee=None)
    lapse(today)
    rollup.drain()
    return cast


EXPECTED = {
    "completion_rate": ("66.6%", 2, 3), "settlement_rate": ("50%", 2, 4), "late_rate": ("25%", 1, 4),
    "satisfaction_rate": ("100%", 1, 1), "committee_rate": ("66.6%", 2, 3), "party_rate": ("100%", 3, 3),
}  # fmt: skip


@pytest.mark.parametrize("code", RATIO)
def test_a_ratio_and_its_two_parts_open_to_their_records(world, reader, code):
    board = reader.get(CARDS).context["board"]
    rate = next(rate for rate in board.rates if rate.ratio.code == code)
    assert (rate.now, rate.part.value, rate.whole.value) == EXPECTED[code]
    for number in (rate.part, rate.whole):
        opened = reader.get(number.url).context
        assert (opened["total"], sum(s.page_total for s in opened["sections"])) == (number.value, number.value)


def test_the_page_shows_them_and_refreshes_them(world, reader):
    assert "接待日完成率 66.6%" in text_of(reader.get(CARDS))
    again = reader.get(f"{CARDS}&seen=x", headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'id="rates"[^>]*hx-swap-oob="true"', again)


def test_missed_days_are_listed_as_such(world, reader):
    page = text_of(reader.get("/rows/?indicator=reception_days_due&period=cum"))
    assert (page.count("未开展"), page.count("已开展")) == (1 + 1, 2 + 1)  # the definition names both


@pytest.mark.parametrize("ratio", RATIOS, ids=lambda ratio: ratio.code)
def test_the_workbook_has_them_for_the_whole_and_each_place(world, reader, ratio):
    sheets = openpyxl.load_workbook(io.BytesIO(reader.get("/figures.xlsx?period=cum").content))
    (whole,) = (row[2] for row in sheets["汇总"].iter_rows(values_only=True) if row[1] == ratio.name)
    _, part, of = EXPECTED[ratio.code]
    assert Decimal(str(whole)) == ratio.of({ratio.part: Decimal(part), ratio.whole: Decimal(of)})
    head, *rows = sheets["按单位"].iter_rows(values_only=True)
    by_place = {row[0]: row[head.index(f"{ratio.name}（%）")] for row in rows}
    assert by_place["城关区政协"] == {"committee_rate": 0, "party_rate": 100}.get(ratio.code, whole)
    assert [row for row in sheets["指标口径"].iter_rows(values_only=True) if row[1] == ratio.name]


def test_every_ratio_is_defined_by_two_indicators(world, reader):
    page = reader.get("/definitions/").content.decode()
    for ratio in RATIOS:
        row = page.partition(f'<tr id="{ratio.code}">')[2].partition("</tr>")[0]
        assert [f'href="#{code}"' in row for code in (ratio.part, ratio.whole)] == [True, True]
        # One of what happens cannot be divided by what stands.
        assert len({INDICATOR[code].kind for code in (ratio.part, ratio.whole)}) == 1
        assert Kind.STOCK is not INDICATOR[ratio.whole].kind


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "—"), (0, 7, "0%"), (7, 7, "100%"), (9999, 10000, "99.9%"), (1, 3, "33.3%"), (1, 5000, "不足0.1%"), (9, 10, "90%")],
)  # fmt: skip
def test_words_of_a_ratio_never_overstate(part, whole, words):
    ratio = Ratio("x", "率", "part", "whole")
    assert ratio.words({"part": Decimal(part), "whole": Decimal(whole)}) == words


def test_a_county_sees_its_own(world):
    board = signed_in(world.anning.leader).get(CARDS).context["board"]
    assert [rate.now for rate in board.rates] == ["—", "—", "—", "—", "100%", "100%"]
