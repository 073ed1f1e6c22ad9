"""Links to the seed's figures: the periods are written out as days, so that they mean the same later on."""

from reports.demo.plan import LANZHOU, LINZE, PROVINCE, QINGYANG
from reports.demo.world import World
from reports.models import SavedView
from reports.text.asked import days, saved_query

DASHBOARDS = (
    (LANZHOU, "since_h2_last_year", "去年下半年以来"), (LANZHOU, "ytd", "今年以来"), (QINGYANG, "since_last_year", "去年以来"),
    (QINGYANG, "y1", "一年来"), (PROVINCE, "ytd", "今年以来"), (LINZE, "y1", "一年来"),
)  # fmt: skip
TEXTS = ((LANZHOU, "lanzhou", "推进会交流发言"), (QINGYANG, "qingyang", "推进会交流发言"))


def make(world: World):
    periods = world.days.periods
    rows = [
        SavedView(
            organisation=world.organisations[code], page=SavedView.Page.DASHBOARD, title=title, order=n, is_demo=True,
            query=f"org={code}&period={days(periods[period])}",
        )
        for n, (code, period, title) in enumerate(DASHBOARDS, start=1)
    ]  # fmt: skip
    rows += [
        SavedView(
            organisation=world.organisations[code], page=SavedView.Page.TEXT, title=title, order=n, is_demo=True,
            query=saved_query(world.organisations[code], kind, periods),
        )
        for n, (code, kind, title) in enumerate(TEXTS, start=1)
    ]  # fmt: skip
    SavedView.objects.bulk_create(rows)
    world.say(f"常用视图 {len(rows)} 个")
