"""The poster as it is seen and printed: a reader finds its code in a picture of the page."""

import io
import time

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from liaison.models import Entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A4 = b"/MediaBox [0 0 594.95996 841.91998]"


def test_a_poster_is_read_from_the_screen_and_printed_on_one_sheet_of_a4(cast, desktop_page, sign_in, live_server):
    studio = cast.chengguan.studio
    sign_in(desktop_page, cast.chengguan.officer)
    desktop_page.goto("/posters/")
    desktop_page.get_by_role("link", name=studio.name, exact=True).click()
    poster = desktop_page.locator(".poster-a4")
    expect(poster).to_contain_text("扫一扫")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(poster.screenshot())))
    assert found.text == f"{live_server.url}/S/{studio.code}/".upper()
    pdf = desktop_page.pdf(prefer_css_page_size=True)
    assert (pdf.count(b"/MediaBox"), pdf.count(A4)) == (1, 1)
    until = time.monotonic() + 10
    while not (noted := Entry.objects.filter(act=Entry.Act.PRINT).first()) and time.monotonic() < until:
        time.sleep(0.1)
    assert (noted.account, noted.changes) == (cast.chengguan.officer, {"path": f"/posters/{studio.pk}/"})
