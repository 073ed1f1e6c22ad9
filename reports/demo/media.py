"""What the media said: 庆阳's members in the city's own, and reports of all levels elsewhere."""

from activities.models import MediaReport
from reports.demo.chance import Chance
from reports.demo.figures import figure
from reports.demo.plan import CITIES, QINGYANG, SIZES, below
from reports.demo.world import World, link, store

LEVEL = MediaReport.Level
OUTLETS = {
    LEVEL.CENTRAL: ("人民政协报", "中国政协"), LEVEL.PROVINCE: ("民主协商报", "甘肃日报"), LEVEL.CITY: ("市广播电视台", "市日报"),
    LEVEL.COUNTY: ("县融媒体中心",),
}  # fmt: skip
TITLES = (
    "委员工作室开到家门口", "板凳上的协商会", "“有事来找委员”", "把实事办到群众心坎上", "接待日里的民生账", "委员进村话振兴",
    "小工作室连着大民生", "让界别群众找得到委员",
)  # fmt: skip


def make(world: World):
    chance = world.chance("media")
    reports = [*_elsewhere(world, chance)]
    praising = list(_of_qingyang(world, chance))
    rows = store([*reports, *(report for report, _ in praising)])
    link(MediaReport.praised, ((report.pk, member.pk) for report, member in praising))
    world.say(f"宣传报道 {len(rows)} 篇")


def _report(world: World, chance: Chance, code: str, level: str) -> MediaReport:
    return MediaReport(
        organisation=world.organisations[code], title=chance.choice(TITLES), outlet=chance.choice(OUTLETS[level]),
        level=level, published_on=chance.day(world.days.history.start, world.days.history.last),
    )  # fmt: skip


def _of_qingyang(world: World, chance: Chance):
    """Five members of its counties, each in a report of the city's own media."""
    codes = below(QINGYANG)
    for n in range(figure(QINGYANG, "members_praised")):
        code = codes[n % len(codes)]
        yield _report(world, chance, code, LEVEL.CITY), world.members(code)[n]


def _elsewhere(world: World, chance: Chance):
    for code in SIZES:
        levels = (LEVEL.PROVINCE, LEVEL.CENTRAL) if code in CITIES else (LEVEL.COUNTY, LEVEL.COUNTY, LEVEL.PROVINCE)
        for level in levels:
            yield _report(world, chance, code, level)
