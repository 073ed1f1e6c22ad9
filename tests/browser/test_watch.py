import pytest

from tests.conftest import PHONE, watched_page

pytestmark = pytest.mark.browser


def test_inline_style_is_blocked_and_fails_the_page(browser, live_server):
    watched = watched_page(browser, live_server, PHONE)
    page = next(watched)
    page.goto("/login/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")

    with pytest.raises(AssertionError, match="style-src 'self'"):
        next(watched)


def test_log_in_page_is_quiet_at_both_widths(page, desktop_page):
    for screen in (page, desktop_page):
        assert screen.goto("/login/").status == 200
