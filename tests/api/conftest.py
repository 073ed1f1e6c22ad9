import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch):
    """Counts of other tests and of other runs are not this one's; and no minute ends in the midst of a test."""
    from liaison import limits

    client = cache._cache.get_client()
    for key in client.scan_iter("liaison:1:api:*"):
        client.delete(key)
    monkeypatch.setattr(limits, "MINUTE", 86_400)
