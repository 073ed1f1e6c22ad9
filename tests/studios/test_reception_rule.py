import pytest

from studios.models import ReceptionRule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"pattern": "month_day", "day_of_month": 5}, "每月5日"),
        ({"pattern": "nth_weekday", "nth": 2, "weekday": 1}, "每月第2个星期二"),
        ({"pattern": "weekly", "weekday": 2}, "每星期三"),
    ],
)
def test_a_rule_says_when_in_words(rule, words):
    assert ReceptionRule(**rule).when == words
