"""WCAG 2.2 AA as axe-core measures it, and nothing that has to be pushed sideways: on a phone, at 200 % zoom, in large text."""

from datetime import time

import pytest
from django.utils import timezone

from cases.models import Case
from reports import rollup
from studios.models import ReceptionRule, Studio
from tests.cast import LONG_AGO, make_case, make_day, make_visit
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text() if (ROOT / "node_modules/axe-core").exists() else ""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = {"serious", "critical"}
SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    # A window of 1280 px at 200 %.
    "zoom": {"viewport": {"width": 640, "height": 480}, "device_scale_factor": 2},
}


@pytest.fixture
def world(cast) -> dict[str, list[str]]:
    """Addresses by who asks for them."""
    office, studio = cast.chengguan, cast.chengguan.studio
    Studio.objects.filter(pk=studio.pk).update(phone="0931-1234567", address="甘南路8号", intro="每月接待。")
    ReceptionRule.objects.create(
        studio=studio, pattern="month_day", day_of_month=5, opens=time(9), closes=time(11), starts_on=LONG_AGO
    )
    day, visit = make_day(office), make_visit(office)
    make_case(office).visits.add(visit)
    case = make_case(office, title="楼道堆物")
    case.hear("三单元也有", at=timezone.now())
    case.move("resolved", by=office.clerk, at=timezone.now(), result="已清理", note="谢谢", is_told=True)
    rollup.drain()
    return {
        "stranger": ["/login/", f"/s/{studio.code}/", f"/s/{studio.code}/?text=large", f"/s/{studio.code}/say/",
            f"/s/{studio.code}/say/?text=large", "/q/", "/q/?text=large",
        ],
        "code": ["/q/matter/", "/q/matter/?text=large", "/q/matter/slip/", "/q/matter/slip/?text=large"],
        "officer": [
            "/posters/", f"/posters/{studio.pk}/", f"/posters/{studio.pk}/?size=card",
            "/my/calendar/", "/my/calendar/feeds/", "/my/attendance/", "/my/register/", "/my/ledger/",
            f"/my/days/{day.pk}/sign-in/code/", f"/my/days/{day.pk}/duties/", f"/my/days/{day.pk}/cancel/",
        ],
        "account": ["/my/", f"/my/days/{day.pk}/", f"/my/days/{day.pk}/visits/new/", f"/my/cases/{case.pk}/"],
        "leader": ["/dashboard/"],
        "clerk": ["/admin/reception/visit/"],
    }  # fmt: skip


@pytest.mark.skipif(not AXE, reason="axe-core is not there: npm ci --ignore-scripts")
@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_serious_is_found_and_no_page_is_wider_than_its_screen(
    world, cast, browser, live_server, sign_in, screen
):
    found = {}
    for who, pages in world.items():
        # Only to let axe in: what the policy refuses is watched by every other browser test.
        context = browser.new_context(base_url=live_server.url, locale="zh-CN", bypass_csp=True, **SCREENS[screen])
        page = context.new_page()
        if hasattr(cast.chengguan, who):
            sign_in(page, getattr(cast.chengguan, who))
        if who == "code":
            _open(page)
        for address in pages:
            page.goto(address)
            # What axe judges is the same in every window.
            if faults := [*(_faults(page) if screen == "phone" else ()), *_overflow(page)]:
                found[address] = faults
        context.close()
    assert found == {}


def _open(page):
    page.goto("/q/")
    page.locator("#id_code").fill(Case.objects.get(title="楼道堆物").query_code)
    page.get_by_role("button", name="查询").click()
    page.wait_for_url("**/q/matter/")


def _faults(page) -> list[str]:
    page.evaluate(AXE)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    violations = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in violations if one["impact"] in SERIOUS for node in one["nodes"]
    ]  # fmt: skip


def _overflow(page) -> list[str]:
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{wider} px too wide"] if wider > 0 else []
