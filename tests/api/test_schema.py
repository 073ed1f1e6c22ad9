"""The schema says what there is, and says it without a warning."""

import io

from django.core.management import call_command


def test_the_schema_is_valid_and_gives_no_warning():
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    assert "openapi: 3.0.3" in out.getvalue()
