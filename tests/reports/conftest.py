from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from tests.pages import signed_in
from tests.standing import taken_back


@pytest.fixture
def reader(cast) -> Client:
    return signed_in(cast.lanzhou.leader)


@pytest.fixture
def other(transactional_db) -> Iterator[psycopg.Connection]:
    """A second session, as another process would have it."""
    from tests.reports.town import address

    with psycopg.connect(**address()) as session:
        session.execute("SET liaison.reach = '*'")
        session.commit()
        yield session
        session.rollback()


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The world of tests/reports/world.py, built once for a module; each test works in a savepoint of it."""
    from tests.reports.world import build_world

    with taken_back(django_db_blocker):
        yield build_world()
