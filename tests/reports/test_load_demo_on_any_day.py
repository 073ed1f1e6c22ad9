"""Pretended days of loading, with DEMO_DAYS=all; today is loaded by test_load_demo.py."""

import os
from datetime import date

import pytest

from cases.models import Case, Step
from reception.models import ReceptionDay, Visit
from reports.demo.days import demo_periods
from reports.demo.loading import load
from tests.reports.seed import measured, stated

DAYS = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 5, 1), date(2024, 2, 29), date(2025, 12, 31)]


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("DEMO_DAYS") != "all", reason="with DEMO_DAYS=all: half a minute for each day")
@pytest.mark.parametrize("today", DAYS)
def test_the_figures_are_right_and_nothing_lies_ahead(db, tmp_path, today):
    load(today, lambda line: None, tmp_path / "accounts.txt")
    assert measured(demo_periods(today)) == stated()
    assert not ReceptionDay.objects.counted().filter(held_on__gte=today).exists()
    assert not Visit.objects.filter(visited_on__gte=today).exists()
    assert not Case.objects.filter(registered_on__gte=today).exists()
    assert not Step.objects.filter(at__date__gte=today).exists()
