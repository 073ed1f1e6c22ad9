from datetime import date, timedelta

import pytest

from tests.reports.test_load_demo_on_any_day import test_the_figures_are_right_and_nothing_lies_ahead as check

DAYS = [date(2024, 1, 1) + timedelta(days=29 * n + n % 3) for n in range(40)] + [
    date(2026, 1, 1),
    date(2026, 1, 2),
    date(2026, 5, 1),
    date(2026, 4, 30),
    date(2024, 2, 29),
    date(2025, 12, 31),
]


@pytest.mark.parametrize("today", DAYS)
def test_sweep(db, tmp_path, today):
    check(db, tmp_path, today)
