"""Studios, stations and rooms with those who lead them, join them and advise them."""

from datetime import date, time, timedelta

from liaison.models import Member
from reports.demo.chance import Chance
from reports.demo.names import full_name, office_phone
from reports.demo.plan import CHENGGUAN, LANZHOU, LINZE, PROVINCE, QINGYANG, SIZES, XIFENG, below
from reports.demo.studio_plan import ZHIHAO, Draft, drafts
from reports.demo.world import Place, World, link, store
from studios.models import Posting, ReceptionRule, Studio

AREA_CODES = {"6201": "0931", "6210": "0934", "6207": "0936"}
INTRO = (
    "{host}是委员联系服务界别群众的固定场所，坚持有场所、有标准、有保障、有制度、有特色，开展委员接待、政策宣讲、"
    "协商议事和帮办实事，把群众的急难愁盼反映上来，把党委政府的政策传递下去。"
)  # fmt: skip
ROADS = ("文化路", "人民路", "东街", "西街", "南大街", "北大街", "滨河路", "解放路", "新华路", "广场路")
TEAM_OF_ZHIHAO, TEAM_IN_LINZE = 12, 4
EXPERTS = ("农业大学", "中医药大学", "交通大学", "理工大学", "社会科学院", "农业科学院")
# The studio with the demo's member account receives every week, so that there is always a day to come.
WEEKLY = "广武门街道委员工作室"
GUANGWUMEN, JIUQUANLU, PEILI = WEEKLY, "酒泉路街道委员工作室", "培黎街道委员工作室"


def make(world: World):
    chance = world.chance("studios")
    plan = {code: drafts(world, code, chance) for code in (PROVINCE, *SIZES)}
    for code, planned in plan.items():
        for draft in planned:
            studio = _studio(world, code, draft, chance)
            world.places[code].append(Place(studio))
    store(place.studio for places in world.places.values() for place in places)
    _sectors(world, plan)
    _leads(world, plan, chance)
    _teams(world, plan, chance)
    _postings(world, chance)
    _rules(world, chance)
    _stations(world, chance)
    _closed(world, chance)
    world.say(f"委员工作室 {Studio.objects.filter(kind=Studio.Kind.STUDIO, closed_on=None).count()} 个")


def _studio(world: World, code: str, draft: Draft, chance: Chance) -> Studio:
    township = world.divisions[draft.division]
    opened = _opened(world, code, draft, chance)
    return Studio(
        organisation=world.organisations[code], division=township, name=draft.name, brand=draft.brand,
        basis=draft.basis, host=draft.host or f"{township.name}", industry=draft.industry, grid=draft.grid,
        address=f"{township.name}{chance.choice(ROADS)}{chance.randint(2, 260)}号", opened_on=opened,
        phone=office_phone(AREA_CODES.get(code[:4], "0931"), chance), intro=INTRO.format(host=draft.name),
        model_level=_model_level(draft, chance), stars=chance.choice((None, 3, 3, 4, 4, 5)),
    )  # fmt: skip


def _model_level(draft: Draft, chance: Chance) -> str:
    """The seed's examples stand above the others, which are models of their county at most."""
    levels = Studio.ModelLevel
    if draft.brand == ZHIHAO.brand:
        return levels.PROVINCE
    if draft.name in (GUANGWUMEN, JIUQUANLU, PEILI) or draft.brand:
        return levels.CITY
    return levels.COUNTY if chance.happens(0.15) else levels.NONE


def _opened(world: World, code: str, draft: Draft, chance: Chance) -> date:
    """Most opened in the first of the three years; the seed tells of two that are young."""
    days = world.days
    if draft.brand == ZHIHAO.brand:  # 从今年2月开始
        return days.periods["ytd"].start + timedelta(days=48)
    if code == LINZE and draft.industry == "学校教育":  # 成立不到一年
        return days.yesterday - timedelta(days=330)
    latest = 0.3 if code in (XIFENG, LINZE) or draft.name in (GUANGWUMEN, JIUQUANLU, PEILI) else 0.93
    span = (days.yesterday - days.start).days
    opened = days.start + timedelta(days=int(span * latest * chance.random() ** 2.2))
    return days.calendar.next_workday(opened)


def _sectors(world: World, plan: dict[str, list[Draft]]):
    pairs = []
    for code, planned in plan.items():
        for draft, place in zip(planned, world.places[code], strict=True):
            known = world.sectors[code]
            pairs += [(place.studio.pk, known[s].pk) for s in draft.sectors if s in known]
    link(Studio.sectors, pairs)


def _by_sector(world: World, code: str, draft: Draft, chance: Chance) -> list[Member]:
    """An organisation's members, those of the studio's sectors first, in the order the sectors are named."""
    seats = chance.sample(world.seats[code], len(world.seats[code]))
    order = {sector: n for n, sector in enumerate(draft.sectors)}
    return [s.member for s in sorted(seats, key=lambda seat: order.get(seat.sector.standard_code, len(order)))]


def _leads(world: World, plan: dict[str, list[Draft]], chance: Chance):
    """Each studio has its own lead; nobody leads two (120 studios, 120 名负责人)."""
    leading: set[int] = set()
    for code, planned in plan.items():
        for draft, place in zip(planned, world.places[code], strict=True):
            members = _by_sector(world, code, draft, chance)
            place.lead = next(member for member in members if member.pk not in leading)
            leading.add(place.lead.pk)


def _teams(world: World, plan: dict[str, list[Draft]], chance: Chance):
    """Three to six join each studio; in Linze four, none of whom joins or leads another."""
    in_linze = {place.lead.pk for place in world.places[LINZE]}
    for code, planned in plan.items():
        for draft, place in zip(planned, world.places[code], strict=True):
            members = _by_sector(world, code, draft, chance)
            taken = in_linze if code == LINZE else {place.lead.pk}
            size = {ZHIHAO.brand: TEAM_OF_ZHIHAO}.get(
                draft.brand, TEAM_IN_LINZE if code == LINZE else chance.randint(3, 6)
            )
            place.team = [member for member in members if member.pk not in taken][:size]
            in_linze |= {member.pk for member in place.team} if code == LINZE else set()


def _postings(world: World, chance: Chance):
    rows = []
    for places in world.places.values():
        for place in places:
            studio = place.studio
            rows += _lead_postings(world, place, chance)
            for member in place.team:
                rows.append(Posting(studio=studio, member=member, starts_on=studio.opened_on))
            if chance.happens(0.3):
                employer = f"甘肃{chance.choice(EXPERTS)}"
                name = full_name(chance, chance.choice("mf"))
                expert = {"expert_name": name, "expert_employer": employer, "role": Posting.Role.EXPERT}
                rows.append(Posting(studio=studio, starts_on=studio.opened_on, **expert))
    store(rows)


def _lead_postings(world: World, place: Place, chance: Chance) -> list[Posting]:
    """One lead since the opening, or one who took over from another after half a year."""
    studio, lead = place.studio, place.lead
    change = studio.opened_on + timedelta(days=180)
    code = studio.organisation.code
    if code in (LINZE, CHENGGUAN) or change > world.days.yesterday or not chance.happens(0.06):
        return [Posting(studio=studio, member=lead, role=Posting.Role.LEAD, starts_on=studio.opened_on)]
    others = [m for m in world.members(code) if m.pk not in {lead.pk, *(t.pk for t in place.team)}]
    first, day_before = chance.choice(others), change - timedelta(days=1)
    return [
        Posting(studio=studio, member=first, role=Posting.Role.LEAD, starts_on=studio.opened_on, ends_on=day_before),
        Posting(studio=studio, member=lead, starts_on=studio.opened_on, ends_on=day_before),
        Posting(studio=studio, member=lead, role=Posting.Role.LEAD, starts_on=change),
    ]


def _rules(world: World, chance: Chance):
    """每月固定一天 in Qingyang; weekdays in the towns; in Linze some have none and receive in the season's idle days."""
    for code, places in world.places.items():
        for n, place in enumerate(places):
            if code == LINZE and n % 3 == 0:
                continue
            place.rule = _rule(world, code, place, chance)
    store(place.rule for places in world.places.values() for place in places if place.rule)


def _rule(world: World, code: str, place: Place, chance: Chance) -> ReceptionRule:
    pattern = ReceptionRule.Pattern
    if place.studio.name == WEEKLY:
        when = {"pattern": pattern.WEEKLY, "weekday": world.days.calendar.next_workday(world.days.today).weekday()}
    elif code.startswith("6210") or chance.happens(0.4):
        when = {"pattern": pattern.MONTH_DAY, "day_of_month": chance.randint(5, 28)}
    else:
        when = {"pattern": pattern.NTH_WEEKDAY, "nth": chance.randint(1, 4), "weekday": chance.randint(0, 4)}
    morning = chance.happens(0.7)
    opens, closes = (time(9), time(11, 30)) if morning else (time(14, 30), time(17))
    return ReceptionRule(
        studio=place.studio,
        opens=opens,
        closes=closes,
        place=place.studio.address,
        starts_on=place.studio.opened_on,
        **when,
    )


def _stations(world: World, chance: Chance):
    """一站两室: Qingyang's counties keep stations and rooms beside the studios, led by a studio's lead."""
    kinds = {Studio.Kind.STATION: "委员工作站", Studio.Kind.ROOM: "协商议事室"}
    pairs = []
    for code in below(QINGYANG):
        for n, township in enumerate(world.townships[code][-4:]):
            kind = list(kinds)[n % 2]
            name = f"{township.name.replace('办事处街道', '街道')}{kinds[kind]}"
            near = world.places[code][n]
            station = _studio(world, code, Draft(name, Studio.Basis.TOWNSHIP, division=township.code), chance)
            station.kind, station.opened_on = kind, near.studio.opened_on
            pairs.append((station, near.lead))
    store(station for station, _ in pairs)
    store(Posting(studio=s, member=m, role=Posting.Role.LEAD, starts_on=s.opened_on) for s, m in pairs)


def _closed(world: World, chance: Chance):
    """A few were closed when streets were merged; they count up to that day only."""
    rows = []
    for code, name in (
        (CHENGGUAN, "商会大厦委员工作室"),
        (LANZHOU, "侨联界委员工作室"),
        (XIFENG, "老城社区委员工作室"),
    ):
        division = world.places[code][0].studio.division.code
        studio = _studio(world, code, Draft(name, Studio.Basis.HOST, division=division), chance)
        studio.opened_on = world.days.start + timedelta(days=20)
        studio.closed_on = studio.opened_on + timedelta(days=300)
        rows.append(studio)
    store(rows)
