import pytest

from tests.leak.alike import differing
from tests.leak.routes import walked
from tests.leak.world import ALL, NAMES


@pytest.mark.parametrize("asker", NAMES if ALL else ("county clerk", "member"), indirect=True)
def test_anothers_record_answers_as_a_missing_one(sets, asker, record_property):
    """By status, length, body and headers, to reading and to writing."""
    compared, found = differing(asker, sets, walked())
    record_property("asked", 2 * compared)
    assert found[:20] == []
    assert compared > 100 or not set(sets) - {mark[2:] for mark in asker.own}
