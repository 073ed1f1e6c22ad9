"""QR codes that lead to a studio's public page, and the sheets that they are printed on."""

import re
from datetime import time, timedelta

import pytest
import zxingcpp
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from studios.models import ReceptionRule, Studio
from tests.cast import LONG_AGO
from tests.pages import signed_in, text_of

pytestmark = pytest.mark.django_db


def decoded(picture) -> zxingcpp.Barcode:
    (found,) = zxingcpp.read_barcodes(Image.open(picture), formats=zxingcpp.BarcodeFormat.QRCode)
    return found


def test_the_png_is_read_back_as_the_address_of_the_public_page_and_opens_it(cast, client, tmp_path):
    studio = cast.chengguan.studio
    clerk = signed_in(cast.chengguan.clerk)
    answer = clerk.get(f"/posters/{studio.pk}/code.png")
    (tmp_path / "code.png").write_bytes(answer.content)
    found = decoded(tmp_path / "code.png")
    assert found.text == f"HTTP://TESTSERVER/S/{studio.code}/"
    # Nothing that needs more than the alphanumeric mode, in which the code is as coarse as it can be.
    assert re.fullmatch(r"[0-9A-Z $%*+./:-]+", found.text)
    assert Image.open(tmp_path / "code.png").width <= 16 * (25 + 8)
    assert studio.name in text_of(client.get(found.text.removeprefix("HTTP://TESTSERVER"), follow=True))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_the_address_the_public_knows_is_a_setting(cast, settings, tmp_path):
    settings.PUBLIC_URL = "https://lz.example.gov.cn:8443"
    answer = signed_in(cast.chengguan.officer).get(f"/posters/{cast.chengguan.studio.pk}/code.png")
    (tmp_path / "code.png").write_bytes(answer.content)
    assert decoded(tmp_path / "code.png").text == f"HTTPS://LZ.EXAMPLE.GOV.CN:8443/S/{cast.chengguan.studio.code}/"


def test_the_svg_draws_squares_and_nothing_else(cast):
    answer = signed_in(cast.chengguan.clerk).get(f"/posters/{cast.chengguan.studio.pk}/code.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert re.findall(r"<(\w+)", answer.content.decode()) == ["svg", "path"]


@pytest.mark.parametrize("size", ["a4", "a5", "card"])
def test_a_sheet_says_who_where_when_and_how(cast, size):
    studio = cast.chengguan.studio
    Studio.objects.filter(pk=studio.pk).update(brand="致好协商", address="甘南路8号", phone="0931-1234567")
    rule = {"pattern": "month_day", "day_of_month": 5, "opens": time(9), "closes": time(11, 30)}
    ReceptionRule.objects.create(studio=studio, starts_on=LONG_AGO, **rule)
    ReceptionRule.objects.create(
        studio=studio, starts_on=LONG_AGO, ends_on=timezone.localdate() - timedelta(days=1), **rule
    )
    answer = signed_in(cast.chengguan.officer).get(f"/posters/{studio.pk}/", {"size": size})
    said = text_of(answer)
    for words in (
        "城关区政协", studio.name, "“致好协商”", "每月5日 9:00—11:30", "广武门街道甘南路8号", "电话 0931-1234567", "扫一扫", "说事情",
        "查进度请打开 testserver/q/", "紧急情况请拨打 110、120",
    ):  # fmt: skip
        assert words in said
    faces = 2 if size == "card" else 1
    assert said.count("每月5日") == faces
    pictures = re.findall(
        r'src="data:image/svg\+xml;base64,([^"]+)"|src="(data:image/svg[^"]+)"', answer.content.decode()
    )
    assert len(pictures) == faces
    assert "style=" not in answer.content.decode()


def test_all_of_an_office_are_printed_at_once_closed_ones_left_out(cast):
    office, today = cast.chengguan, timezone.localdate()
    more = [("永昌路工作室", None, LONG_AGO), ("已撤销", today, LONG_AGO), ("将挂牌", None, today + timedelta(days=9))]
    for name, closed, opened in more:
        Studio.objects.create(
            organisation=office.organisation, division=office.township, name=name, opened_on=opened, closed_on=closed
        )
    city = signed_in(cast.lanzhou.clerk)
    said = text_of(city.get("/posters/print/", {"org": "620102"}))
    assert [name in said for name in ("永昌路工作室", "已撤销", "将挂牌", "培黎委员工作室")] == [
        True,
        False,
        True,
        False,
    ]
    everything = text_of(city.get("/posters/"))
    assert all(name in everything for name in ("永昌路工作室", "将挂牌", "培黎委员工作室", "城关区政协"))
    assert "已撤销" not in everything and "北街委员工作室" not in everything


def test_more_than_a_batch_is_turned_without_losing_one(cast, monkeypatch):
    monkeypatch.setattr("cases.views.posters.SHEETS", 1)
    office = cast.chengguan
    Studio.objects.create(organisation=office.organisation, division=office.township, name="永昌路", opened_on=LONG_AGO)
    clerk = signed_in(office.clerk)
    first = clerk.get("/posters/print/", {"size": "a5", "org": "620102"})
    second = clerk.get(first.context["older"])
    names = [answer.context["posters"][0].studio.name for answer in (first, second)]
    assert sorted(names) == sorted([office.studio.name, "永昌路"])
    assert (second.context["size"], second.context["older"]) == ("a5", "")
    assert clerk.get(second.context["newer"]).context["posters"][0].studio.name == names[0]


def test_an_officer_has_their_own_studios_and_nobody_another_offices(cast):
    own, other = cast.chengguan.studio, cast.anning.studio
    officer = signed_in(cast.chengguan.officer)
    said = text_of(officer.get("/posters/"))
    assert own.name in said and other.name not in said
    for who in (officer, signed_in(cast.chengguan.clerk)):
        for page in ("", "code.png", "code.svg"):
            assert who.get(f"/posters/{other.pk}/{page}").status_code == 404
    for account in (cast.chengguan.account, cast.chengguan.leader, cast.admin):
        for page in ("/posters/", "/posters/print/", f"/posters/{own.pk}/", f"/posters/{own.pk}/code.png"):
            assert signed_in(account).get(page).status_code == 404
    assert officer.get(f"/posters/{own.pk}/", {"size": "a0"}).status_code == 404


def test_the_studios_page_in_the_admin_leads_there_while_it_is_not_closed(cast):
    clerk, studio = signed_in(cast.chengguan.clerk), cast.chengguan.studio
    link = f'href="/posters/{studio.pk}/"'
    assert link in clerk.get(f"/admin/studios/studio/{studio.pk}/change/").content.decode()
    assert 'href="/posters/"' in clerk.get("/admin/studios/studio/").content.decode()
    Studio.objects.filter(pk=studio.pk).update(closed_on=timezone.localdate())
    assert link not in clerk.get(f"/admin/studios/studio/{studio.pk}/change/").content.decode()
    assert clerk.get(f"/posters/{studio.pk}/").status_code == 404


def test_the_cost_is_the_same_with_one_studio_and_with_three(cast):
    office, clerk = cast.chengguan, signed_in(cast.chengguan.clerk)

    def cost(page: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(page).status_code == 200
        return len(asked)

    pages = ("/posters/", "/posters/print/")
    ones = [(cost(page), cost(page))[1] for page in pages]
    for n in (1, 2):
        studio = Studio.objects.create(
            organisation=office.organisation, division=office.township, name=f"工作室{n}", opened_on=LONG_AGO
        )
        ReceptionRule.objects.create(
            studio=studio, pattern="weekly", weekday=n, opens=time(9), closes=time(10), starts_on=LONG_AGO
        )
    assert [cost(page) for page in pages] == ones
