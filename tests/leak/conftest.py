import pytest

from tests.standing import taken_back


def pytest_terminal_summary(terminalreporter):
    """How many answers were looked at, over all processes."""
    reports = [
        report for found in terminalreporter.stats.values() for report in found if hasattr(report, "user_properties")
    ]
    asked = sum(value for report in reports for name, value in report.user_properties if name == "asked")
    if asked:
        terminalreporter.write_line(f"leak test: {asked:,} requests")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The cast and its sets, put up once for a module: they take a second. Each test's own transaction lies within this one."""
    from tests.cast import build_cast
    from tests.leak.world import build

    with taken_back(django_db_blocker):
        cast = build_cast()
        yield cast, build(cast)


@pytest.fixture
def cast(world, db):
    return world[0]


@pytest.fixture
def sets(world, db):
    """Rows to leak, by name of their set; see tests/leak/world.py."""
    return world[1]


@pytest.fixture
def asker(cast, sets, request):
    from tests.leak.world import who_asks

    return who_asks(request.param, cast, sets)
