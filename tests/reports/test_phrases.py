"""Every number of the seed's speeches is told as the seed tells it, and never as more than it is."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from reports.phrases import exact, hedged

SEED = json.loads((Path(__file__).parents[2] / "liaison/data/seed_figures.json").read_text())["figures"]


def in_words(value: int, phrase: str) -> str:
    """Told the way the seed tells it: hedged by its word, in 万 if it is, else to the last digit."""
    hedge = re.search("[余多]", phrase) or ("多" if phrase == "1.07万人次" else None)
    unit = re.sub(r"^[\d.]+[万亿]?[余多]?", "", phrase)
    return hedged(value, unit, hedge[0]) if hedge else exact(value, unit)


@pytest.mark.parametrize("row", SEED, ids=lambda row: row["phrase"])
def test_the_seeds_figures_are_told_as_the_seed_tells_them(row):
    assert in_words(row["value"], row["phrase"]) == row["phrase"]


def test_the_seed_has_47_figures():
    assert len(SEED) == 47


def test_ten_thousands_are_told_in_wan():
    assert hedged(10700, "人次") == "1.07万人次"
    assert hedged(10712, "人次") == "1.07万多人次"
    assert hedged(12009, "条", "余") == "1.2万余条"
    assert hedged(20000, "人次") == "2万人次"


def test_hundred_millions_are_told_in_yi():
    assert hedged(105_000_000, "元") == exact(105_000_000, "元") == "1.05亿元"
    assert hedged(105_900_000, "元") == "1.05亿多元"


def test_money_that_has_more_than_two_decimals_keeps_every_digit_when_exact():
    assert exact(1_340_000, "元") == "134万元"
    assert exact(200_001, "元") == "200001元"
    assert exact(Decimal("200000.00"), "元") == "20万元"
    assert exact(Decimal("1234.50"), "元") == "1234.5元"


def test_only_money_is_told_in_wan_when_exact():
    assert exact(10700, "人次") == "10700人次"


@pytest.mark.parametrize("value", [1, 7, 10, 19])
def test_below_twenty_a_number_is_exact(value):
    assert hedged(value, "件") == f"{value}件"


@pytest.mark.parametrize("value", [20, 30, 100, 400, 1700, 5100])
def test_nothing_is_hedged_where_nothing_was_cut(value):
    assert hedged(value, "次") == f"{value}次"


@pytest.mark.parametrize(
    ("value", "told"), [(1020, "1000多次"), (1021, "1020多次"), (111, "100多次"), (112, "110多次"), (199, "190多次")]
)
def test_hundreds_are_kept_only_if_little_is_lost(value, told):
    assert hedged(value, "次") == told


@pytest.mark.parametrize(
    "value", [21, 99, 101, 235, 999, 1001, 1999, 6537, 9999, 10001, 123_456, 99_999_999, 100_000_001]
)
def test_a_hedged_number_never_overstates(value):
    told = re.fullmatch(r"([\d.]+)([万亿]?)多?次", hedged(value, "次"))
    kept = Decimal(told[1]) * {"": 1, "万": 10**4, "亿": 10**8}[told[2]]
    assert kept <= value
