from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from tests.pages import signed_in


@pytest.fixture
def reader(cast) -> Client:
    return signed_in(cast.lanzhou.leader)


@pytest.fixture
def today() -> date:
    return timezone.localdate()
