from datetime import date, timedelta

import pytest

from liaison.periods import EPOCH
from liaison.workdays import WorkingCalendar
from reports.demo.chance import Chance, Deck
from reports.demo.days import Days, demo_periods

TODAYS = [
    date(2024, 2, 29), date(2024, 3, 1), date(2025, 1, 1), date(2025, 1, 2), date(2025, 4, 30), date(2025, 5, 1),
    date(2025, 7, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 11, 22),
]  # fmt: skip


def spans(today: date) -> dict[str, tuple[date, date]]:
    return {code: (period.start, period.last) for code, period in demo_periods(today).items()}


def test_all_periods_end_yesterday():
    yesterday = date(2026, 11, 21)
    assert spans(date(2026, 11, 22)) == {
        "since_last_year": (date(2025, 1, 1), yesterday),
        "since_h2_last_year": (date(2025, 7, 1), yesterday),
        "y1": (date(2025, 11, 22), yesterday),
        "ytd": (date(2026, 1, 1), yesterday),
        "cum": (EPOCH, yesterday),
    }


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 1, 1), date(2025, 1, 1), date(2025, 12, 31)),
        (date(2026, 4, 30), date(2025, 1, 1), date(2025, 12, 31)),
        (date(2026, 5, 1), date(2026, 1, 1), date(2026, 4, 30)),
        (date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 30)),
    ],
)
def test_before_may_this_year_is_the_whole_of_last_year(today, first, last):
    assert spans(today)["ytd"] == (first, last)


@pytest.mark.parametrize(
    ("today", "first"),
    [(date(2024, 2, 29), date(2023, 3, 1)), (date(2024, 3, 1), date(2023, 3, 1)), (date(2025, 1, 1), date(2024, 1, 1))],
)
def test_a_year_is_the_twelve_months_up_to_yesterday(today, first):
    assert spans(today)["y1"] == (first, today - timedelta(days=1))


@pytest.mark.parametrize("today", TODAYS)
def test_days_drawn_lie_in_their_span_and_before_today(today):
    days = Days(today, WorkingCalendar({}), demo_periods(today))
    chance = Chance("test", days)
    for code, period in days.periods.items():
        drawn = chance.days(period, 300)
        assert period.start <= drawn[0], code
        assert drawn[-1] <= period.last < today, code
        assert drawn[0] >= days.start
    one = days.yesterday
    assert chance.days(days.history, 3, since=one) == [one] * 3


def test_work_days_are_busier_than_days_of_rest():
    today = date(2026, 11, 22)
    days = Days(today, WorkingCalendar({}), demo_periods(today))
    drawn = Chance("test", days).days(days.history, 2000)
    at_rest = sum(day.weekday() >= 5 for day in drawn)
    assert 0 < at_rest < 200


@pytest.fixture
def chance():
    today = date(2026, 11, 22)
    return Chance("test", Days(today, WorkingCalendar({}), demo_periods(today)))


@pytest.mark.parametrize(
    ("total", "parts", "low", "high"), [(10700, 412, 8, 104), (64, 51, 1, 4), (7, 7, 1, 1), (5, 1, 1, 5), (0, 3, 0, 4)]
)
def test_shares_add_up_and_keep_their_bounds(chance, total, parts, low, high):
    shares = chance.shares(total, parts, low=low, high=high)
    assert (len(shares), sum(shares)) == (parts, total)
    assert low <= min(shares) <= max(shares) <= high


@pytest.mark.parametrize(("total", "low", "high"), [(2, 1, 4), (13, 1, 4)])
def test_impossible_shares_are_refused(chance, total, low, high):
    with pytest.raises(ValueError, match="不能分成"):
        chance.shares(total, 3, low=low, high=high)


def test_spread_follows_the_weights(chance):
    assert chance.spread(10, [3, 1, 1]) == [6, 2, 2]
    assert sum(chance.spread(5117, [312, 186, 174, 182])) == 5117


def test_the_same_part_has_the_same_luck_each_time(chance):
    assert Chance("visits", chance.calendar).random() == Chance("visits", chance.calendar).random()
    assert Chance("visits", chance.calendar).random() != Chance("cases", chance.calendar).random()


def test_a_deck_deals_everybody_once_before_anybody_twice(chance):
    deck = Deck(chance, range(5))
    assert sorted(deck.deal(3) + deck.deal(2)) == [0, 1, 2, 3, 4]
    assert sorted(deck.deal(9)) == [0, 1, 2, 3, 4]
