"""Cases: drawn from visits, brought in by members, still open, ended otherwise; the resolved ones as many as the seed says."""

from dataclasses import dataclass
from datetime import date, timedelta

from cases.models import Case
from cases.workflow import DONE, State
from liaison.periods import Period
from reports.demo.accounts import DEPARTMENT
from reports.demo.case_steps import record
from reports.demo.chance import Chance, Deck
from reports.demo.days import before
from reports.demo.docket import Docket
from reports.demo.figures import figure
from reports.demo.matters import Matter, matter
from reports.demo.plan import ANNING, CHENGGUAN, LANZHOU, LINZE, PROVINCE, QINGYANG, YONGDENG, ZHANGYE
from reports.demo.world import World

CHANNEL = Case.Channel
BROUGHT = (CHANNEL.HOME,) * 5 + (CHANNEL.CALL,) * 3 + (CHANNEL.SCAN,) * 2 + (CHANNEL.LETTER, CHANNEL.OTHER)
OTHER_ENDS = (State.DECLINED, State.REFERRED, State.REFERRED, State.CONVERTED, State.WITHDRAWN, State.MERGED)


@dataclass(frozen=True)
class Wanted:
    """Resolved cases of a subtree and period. in_studio: how many of a hundred; None: every one, and only those count."""

    code: str
    period: Period
    cases: int
    in_studio: int | None = 65

    def counts(self, case: Case) -> bool:
        inside = case.organisation.code.startswith(self.code.removesuffix("00"))
        resolved = case.state in DONE and self.period.start <= case.resolved_on < self.period.end
        return inside and resolved and not case.is_voided and (self.in_studio is not None or case.studio_id is not None)


def plan(world: World) -> list[Wanted]:
    days = world.days
    h2, y1 = days.periods["since_h2_last_year"], days.periods["y1"]
    return [
        Wanted(LANZHOU, h2, figure(LANZHOU, "matters_studio"), None),
        Wanted(LANZHOU, before(h2, days), 214, None),
        Wanted(LANZHOU, days.history, figure(LANZHOU, "matters_studio") + 214 + 186, 0),
        Wanted(QINGYANG, y1, figure(QINGYANG, "matters")),
        Wanted(QINGYANG, before(y1, days), 2380),
        Wanted(ZHANGYE, days.history, 560),
        Wanted(PROVINCE, days.history, 40),
    ]


# Matters that the seed tells of: organisation, studio's industry or sector, text.
TYPICAL = (
    (LINZE, "学校教育", Matter("路灯照明", "城市管理局", "县城滨河东路沿河架设路灯", "滨河东路晚上散步的人多，没有路灯，家长和学生都反映不安全。", "多次协调后沿河架设路灯，群众夜间出行有了照明。")),
    (LINZE, "学校教育", Matter("停车与秩序", "公安局", "校园门口上放学交通混乱", "上放学时段接送车辆拥堵，学生过马路不安全。", "设立护学岗，划定即停即走区，实行错峰放学。")),
    (LINZE, "学校教育", Matter("居家养老", "民政局", "独居老人就餐不便", "社区里独居老人多，一日三餐成了难题。", "社区老年食堂开办，行动不便的送餐上门。")),
    (LINZE, "学校教育", Matter("消防安全", "应急管理局", "小区消防通道不畅", "老旧小区消防通道停满车辆，存在隐患。", "重新施划通道标线并安排专人管理，通道保持畅通。")),
    (LINZE, "学校教育", Matter("课业与托管", "教育局", "青少年心理健康教育难落实", "学校缺少专职心理教师，学生有烦恼没处说。", "各校配齐兼职心理教师，开通心理咨询热线。")),
    (YONGDENG, "预制牛肉拉面", Matter("企业诉求", "地方金融服务中心", "园区企业流动资金不足", "几户预制牛肉拉面企业订单多了，流动资金跟不上，贷款又缺抵押。", "委员组织银企对接，企业拿到了信用贷款，原料采购没有断档。")),
    (CHENGGUAN, "酒泉路街道", Matter("企业诉求", "市场监督管理局", "少数民族群众夜市摊位经营", "想在街上摆夜市小吃，不清楚怎么办证、在哪里摆。", "划定夜市经营区，办证材料一次告知，首批摊位已经开张。")),
    (ANNING, "培黎街道", Matter("就业岗位", "人力资源和社会保障局", "高校毕业生见习岗位少", "毕业了还没有找到工作，想先找个专业对口的单位见习。", "委员联系科研院所和企业，开设了一批见习岗位。")),
    (QINGYANG, "经济界", Matter("企业诉求", "住房和城乡建设局", "汽车销售店门前道路开口", "店前绿化带隔断，顾客和送修车辆进不来，经营受影响。", "邀请多部门到工作室现场协商，按程序批准开设道路出入口。")),
    (QINGYANG, "经济界", Matter("执法", "市场监督管理局", "汽车销售店反映处罚过重", "同一件事被两个部门先后处罚，企业认为偏重。", "经协商复核，处罚机关依法予以调整，并明确了告知程序。")),
)  # fmt: skip


def make(world: World):
    chance = world.chance("cases")
    docket = Docket(world, chance)
    for taken in world.taken:
        _from_visit(docket, taken)
    for told in TYPICAL:
        _typical(docket, *told)
    for code, n in ((LANZHOU, 64), (QINGYANG, 150), (ZHANGYE, 36)):
        _open(docket, code, n)
        _ended_otherwise(docket, code, n)
    _handed_over(docket)
    for code in (LANZHOU, QINGYANG):
        _voided(docket, code)
    for wanted in plan(world):
        _fill(docket, wanted)
    docket.store()
    record(docket)
    world.say(f"帮办事项 {len(docket.cases)} 件，其中已办结 {sum(case.state in DONE for case in docket.cases)} 件")


def duration(chance: Chance) -> int:
    """Days until a matter is settled: nearly half within two, some take six weeks."""
    lot = chance.random()
    if lot < 0.45:
        return chance.randint(0, 2)
    return chance.randint(3, 15) if lot < 0.85 else chance.randint(16, 45)


def _from_visit(docket: Docket, taken):
    """Registered on the day of the visit; settled after a while, or still open when that lies ahead."""
    visit, chance, days = taken.visit, docket.chance, docket.world.days
    channel = CHANNEL.RECEPTION if visit.reception_day_id else visit.channel
    case = docket.enter(visit.organisation.code, taken.place, taken.member, taken.matter, visit.visited_on, channel)
    case.is_urgent, case.content = visit.is_urgent, visit.content
    docket.visits.append((case, visit))
    settled = days.calendar.next_workday(visit.visited_on + timedelta(days=duration(chance)))
    if settled <= days.yesterday:
        docket.resolve(case, max(settled, visit.visited_on))
    else:
        case.state = chance.choice((State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS))


def _typical(docket: Docket, code: str, studio: str, told: Matter):
    places = docket.world.places[code]
    place = next(p for p in places if studio in (p.studio.industry, p.studio.name.removesuffix("委员工作室")))
    first = max(docket.world.days.periods["y1"].start, place.studio.opened_on)
    resolved = docket.chance.day(first + timedelta(days=30), docket.world.days.yesterday)
    registered = resolved - timedelta(days=docket.chance.randint(9, 28))
    case = docket.enter(code, place, place.lead, told, registered, CHANNEL.HOME)
    docket.resolve(case, resolved)
    case.is_typical, case.result_class = True, Case.ResultClass.A


class Brought:
    """Matters that members bring in themselves, everybody of a subtree in turn."""

    def __init__(self, docket: Docket, code: str):
        self.docket, self.chance, self.places = docket, docket.chance, docket.world.places_in(code)
        codes = {code for code, _ in self.places}
        self.decks = {code: Deck(self.chance, docket.world.members(code)) for code in sorted(codes)}

    @property
    def first(self) -> date:
        return self.places[0][1].studio.opened_on

    def enter(self, registered: date, *, in_studio: bool, bureau: str = "") -> Case:
        world = self.docket.world
        code, place = self.chance.choice([entry for entry in self.places if entry[1].studio.opened_on <= registered])
        township = place.studio.division if in_studio else world.township(code, self.chance)
        member = self.chance.choice(place.members) if in_studio else self.decks[code].draw()
        told, _ = matter(township.name, self.chance, bureau)
        case = self.docket.enter(
            code, place if in_studio else None, member, told, registered, self.chance.choice(BROUGHT)
        )
        case.division = township
        return case


def _fill(docket: Docket, wanted: Wanted):
    """As many more as are missing, resolved on days of the period."""
    chance, brought = docket.chance, Brought(docket, wanted.code)
    missing = wanted.cases - sum(map(wanted.counts, docket.cases))
    if missing < 0:
        raise ValueError(f"{wanted.code} 的办结事项比计划多 {-missing} 件。")
    for resolved in chance.days(wanted.period, missing, since=brought.first):
        registered = max(resolved - timedelta(days=duration(chance)), brought.first)
        in_studio = wanted.in_studio is None or chance.happens(wanted.in_studio / 100)
        docket.resolve(brought.enter(registered, in_studio=in_studio), resolved)


def _open(docket: Docket, code: str, n: int):
    """Registered lately, so that most lamps are green, some yellow; a few have been lying for long."""
    chance, yesterday, brought = docket.chance, docket.world.days.yesterday, Brought(docket, code)
    for k in range(n):
        age = chance.randint(24, 70) if k % 9 == 0 else chance.randint(0, 23)
        case = brought.enter(yesterday - timedelta(days=age), in_studio=chance.happens(0.8))
        case.state = (
            State.RECEIVED if age < 3 else chance.choice((State.ACCEPTED, State.IN_PROGRESS, State.IN_PROGRESS))
        )


def _handed_over(docket: Docket):
    """What the demo's department finds on its desk, whatever day it is: one matter overdue, one due soon, two fresh."""
    brought, yesterday = Brought(docket, CHENGGUAN), docket.world.days.yesterday
    for age in (40, 19, 6, 4):
        case = brought.enter(yesterday - timedelta(days=age), in_studio=True, bureau=DEPARTMENT)
        case.state = State.IN_PROGRESS


def _ended_otherwise(docket: Docket, code: str, n: int):
    chance, brought = docket.chance, Brought(docket, code)
    for registered in chance.days(docket.world.days.history, n, since=brought.first):
        brought.enter(registered, in_studio=True).state = chance.choice(OTHER_ENDS)


def _voided(docket: Docket, code: str):
    """Entered twice by mistake: kept, and out of every figure."""
    brought = Brought(docket, code)
    for day in docket.chance.days(docket.world.days.periods["y1"], 3):
        case = brought.enter(day, in_studio=True)
        docket.resolve(case, day)
        docket.void(case, day)
