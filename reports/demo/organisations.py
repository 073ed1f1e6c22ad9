"""The nation, the province, three cities and their counties: terms, special committees, sectors, departments."""

from datetime import date

from activities.models import Programme, TaskGroup
from liaison.fields import pinyin_key
from liaison.models import (
    ActivityGroup,
    Category,
    Department,
    Division,
    Level,
    Organisation,
    Sector,
    SpecialCommittee,
    Term,
)
from liaison.sectors import StandardSector
from reports.demo.figures import figure
from reports.demo.plan import LANZHOU, NATION, PROVINCE, SIZES
from reports.demo.world import World, store

AGRICULTURE = "农业和农村工作委员会"
TUANJIE, HEWAN, ASSISTANCE = "团结村示范村", "河湾村和美乡村", "省政协助力方案"
COMMITTEES = {
    Level.NATION: ("提案委员会", "经济委员会", "农业和农村委员会", "民族和宗教委员会"),
    Level.PROVINCE: (
        "提案委员会", "经济委员会", AGRICULTURE, "人口资源环境委员会", "教科卫体委员会", "社会和法制委员会",
        "民族和宗教委员会", "港澳台侨和外事委员会", "文化文史资料和学习委员会", "委员联络工作委员会",
    ),
    Level.CITY: (
        "提案委员会", "经济委员会", "农业和农村委员会", "人口资源环境和城乡建设委员会", "教科卫体委员会",
        "社会法制和民族宗教委员会", "文化文史资料和学习委员会", "委员联络工作委员会",
    ),
    Level.COUNTY: ("提案和委员联络委员会", "经济和农业农村委员会", "教科文卫体委员会", "社会法制和民族宗教委员会"),
}  # fmt: skip

# The seed counts them and names none.
TASK_GROUPS = ("产业发展", "城市建设", "生态环保", "乡村振兴", "民生保障", "营商环境", "文化旅游")

# Sectors that a level leaves out: the city keeps 30 of the 34, a county 23.
WITHOUT = {
    Level.NATION: (),
    Level.PROVINCE: ("09",),
    Level.CITY: ("09", "27", "32", "33"),
    Level.COUNTY: ("07", "09", "16", "17", "20", "24", "25", "27", "29", "32", "33"),
}

BUREAUS = (
    "教育局", "卫生健康局", "医疗保障局", "人力资源和社会保障局", "民政局", "住房和城乡建设局", "交通运输局", "城市管理局",
    "生态环境局", "农业农村局", "水务局", "公安局", "市场监督管理局", "司法局", "文体广电和旅游局", "民族宗教事务局",
    "科学技术局", "工业和信息化局", "残疾人联合会", "自然资源局", "应急管理局", "信访局", "供电公司", "供热公司",
)  # fmt: skip
GROUPS = ("第一活动小组", "第二活动小组", "第三活动小组", "第四活动小组", "第五活动小组")


def make(world: World):
    _divisions(world)
    _organisations(world)
    _terms_and_committees(world)
    _groups(world)
    _sectors(world)
    _departments(world)
    _programmes(world)
    world.say(f"政协组织 {len(world.organisations)} 个，专委会 {sum(map(len, world.committees.values()))} 个")


def _divisions(world: World):
    world.divisions = {
        d.code: d for d in Division.objects.filter(path__startswith="62") | Division.objects.filter(path="")
    }
    for division in world.divisions.values():
        if division.level == Level.TOWNSHIP and division.name[-1] in "道镇乡":
            world.townships.setdefault(division.code[:6], []).append(division)
    world.categories = {category.name: category for category in Category.objects.all()}


def _organisations(world: World):
    """One by one, since each needs the one above; a few dozen rows."""
    for code in (NATION, PROVINCE, *SIZES):
        division = world.divisions[code]
        above = {Level.NATION: None, Level.PROVINCE: NATION, Level.CITY: PROVINCE}.get(division.level, f"{code[:4]}00")
        short = "全国政协" if code == NATION else f"{division.name}政协"
        name = "中国人民政治协商会议全国委员会" if code == NATION else f"政协{division.name}委员会"
        world.organisations[code] = Organisation.objects.create(
            division=division, parent=world.organisations.get(above), level=division.level, name=name, short_name=short,
            letters=pinyin_key(division.name).split()[1].upper()[:12],
        )  # fmt: skip


def _terms_and_committees(world: World):
    """The present term began four years ago in December, so that every record of the demo lies within it."""
    began = date(world.days.today.year - 4, 12, 20)
    for code, organisation in world.organisations.items():
        number = {Level.NATION: 14, Level.PROVINCE: 13}.get(organisation.level, 8 + int(code[4:]) % 10)
        earlier = date(began.year - 5, 12, 20), date(began.year, 12, 19)
        world.terms[code] = Term(organisation=organisation, number=number, starts_on=began)
        store([Term(organisation=organisation, number=number - 1, starts_on=earlier[0], ends_on=earlier[1])])
        world.committees[code] = [
            SpecialCommittee(organisation=organisation, name=name, order=order, starts_on=began)
            for order, name in enumerate(COMMITTEES[organisation.level], start=1)
        ]
    store(world.terms.values())
    store(committee for committees in world.committees.values() for committee in committees)


def _groups(world: World):
    """Lanzhou's committees have four or five groups each, and one that holds the party members."""
    rows = []
    for n, committee in enumerate(world.committees[LANZHOU]):
        short = committee.name.removesuffix("委员会")
        rows += [ActivityGroup(special_committee=committee, name=f"{short}{g}") for g in GROUPS[: 4 + n % 2]]
        party = ActivityGroup.Kind.PARTY
        rows.append(ActivityGroup(special_committee=committee, name=f"{short}党员委员活动小组", kind=party))
    store(rows)


def _sectors(world: World):
    for code, organisation in world.organisations.items():
        kept = [s for s in StandardSector if s.value not in WITHOUT[organisation.level]]
        world.sectors[code] = {
            sector.value: Sector(organisation=organisation, name=sector.label, standard_code=sector.value, order=n)
            for n, sector in enumerate(kept, start=1)
        }
    store(sector for sectors in world.sectors.values() for sector in sectors.values())


def _departments(world: World):
    for code in SIZES:
        organisation, name = world.organisations[code], world.divisions[code].name
        world.departments[code] = {
            bureau: Department(organisation=organisation, name=f"{name}{bureau}", contact="办公室")
            for bureau in BUREAUS
        }
    store(row for rows in world.departments.values() for row in rows.values())


def _programmes(world: World):
    year = world.days.today.year
    plan = ((PROVINCE, TUANJIE), (PROVINCE, HEWAN), (LANZHOU, ASSISTANCE))
    for code, name in plan:
        programme = Programme(
            organisation=world.organisations[code],
            name=name,
            starts_on=date(year - 1, 1, 1),
            ends_on=date(year + 1, 12, 31),
        )
        world.programmes[name] = store([programme])[0]
    store(
        TaskGroup(
            organisation=world.organisations[LANZHOU], programme=world.programmes[ASSISTANCE], name=f"{name}专班",
            starts_on=date(year - 1, 1, 1),
        )
        for name in TASK_GROUPS[: figure(LANZHOU, "task_groups")]
    )  # fmt: skip
