import pytest


@pytest.fixture
def office(cast):
    return cast.chengguan


@pytest.fixture
def day(office):
    from tests.cast import make_day

    return make_day(office)


@pytest.fixture
def member(client, office):
    """The browser of the member of 城关."""
    client.force_login(office.account)
    return client
