"""Whatever a program sends that the schema allows, or does not: no fault of ours, and no answer the schema does not declare."""

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from liaison.api.schema import schema
from tests.programs import with_token
from tests.rows import one_of_each

pytestmark = pytest.mark.django_db
DECLARED = schemathesis.openapi.from_dict(schema())
DECLARED.app = WSGIHandler()
OPERATIONS = {found.ok().label: found.ok() for found in DECLARED.get_all_operations()}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
BOUNDED = settings(
    max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_connection():
    """As Django's own test client does: the transaction of the test outlives each request."""
    sides = (signals.request_started, signals.request_finished)
    for side in sides:
        side.disconnect(close_old_connections)
    yield
    for side in sides:
        side.connect(close_old_connections)


@pytest.fixture
def keys(cast) -> dict[str, list[int]]:
    """Of rows that are there, by the resource whose addresses name them; otherwise nearly every address is a missing one's."""
    from liaison.api.urls import router

    rows = {type(row): row.pk for row in one_of_each(cast.chengguan).values()}
    found = {prefix: rows.get(viewset.queryset.model) for prefix, viewset, _ in router.registry}
    return {prefix: [key] for prefix, key in found.items() if key}


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_answer_is_a_fault_or_undeclared(cast, keys, label):
    """With what the schema allows, of rows that are there, and with what it does not."""
    header = with_token(cast.chengguan.clerk).defaults["HTTP_AUTHORIZATION"]
    operation = OPERATIONS[label]
    there = some.sampled_from(keys.get(operation.path.split("/")[3], [0]))
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode), key=there, mode=some.just(mode))
        def ask(case, key, mode):
            if mode is GenerationMode.POSITIVE and "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = key
            with transaction.atomic():
                case.call_and_validate(headers={"Authorization": header}, checks=CHECKS)
                transaction.set_rollback(True)

        ask()


def test_every_operation_was_found():
    assert len(OPERATIONS) == sum(len(operations) for operations in schema()["paths"].values()) > 20
