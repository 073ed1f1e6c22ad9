import pytest


def pytest_terminal_summary(terminalreporter):
    """How many answers were looked at, over all processes."""
    reports = [
        report for found in terminalreporter.stats.values() for report in found if hasattr(report, "user_properties")
    ]
    asked = sum(value for report in reports for name, value in report.user_properties if name == "asked")
    if asked:
        terminalreporter.write_line(f"leak test: {asked:,} requests")


@pytest.fixture
def sets(cast):
    """Rows to leak, by name of their set; see tests/leak/world.py."""
    from tests.leak.world import build

    return build(cast)


@pytest.fixture
def asker(cast, sets, request):
    from tests.leak.world import who_asks

    return who_asks(request.param, cast, sets)
