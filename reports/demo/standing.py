"""What stands around a studio: guidance, leaders' links, the five standards, contacts, money, papers."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

from reports.demo.chance import Chance
from reports.demo.figures import figure
from reports.demo.names import SURNAMES
from reports.demo.plan import CITIES, HESHUI, LANZHOU, LINZE, QINGYANG, SIZES, YONGDENG, below
from reports.demo.studio_plan import ZHIHAO
from reports.demo.world import Place, World, store
from studios.models import Contact, Fund, Guidance, LeaderLink, Paper, Spending, StandardCheck

KIND = LeaderLink.Kind
ENTERPRISES = ("食品", "面业", "包装", "冷链物流", "建材", "机械", "生物科技", "电子", "纺织", "环保设备")
PAPERS = (
    ("委员联系界别群众工作实施方案", Paper.Kind.PLAN), ("委员工作室建设标准", Paper.Kind.STANDARD),
    ("政协委员工作室管理办法", Paper.Kind.RULE), ("委员接待日制度", Paper.Kind.RULE),
    ("领导联系指导委员工作室制度", Paper.Kind.RULE),
)  # fmt: skip
PURPOSES = ("制作标识牌和制度牌", "购置办公桌椅", "印制宣传资料", "开展培训活动", "购置接待用品", "组织委员调研")


def make(world: World):
    chance = world.chance("standing")
    _guidance(world, chance)
    _links(world)
    _checks(world, chance)
    _contacts(world, chance)
    _funds(world, chance)
    _papers(world, chance)
    world.say(f"领导联系点 {sum(map(len, world.links.values()))} 个，“五有”检查 {StandardCheck.objects.count()} 项")


def city_places(world: World, code: str) -> list[Place]:
    """An organisation's own studios, then those of its counties."""
    counties = below(code) if code in CITIES else []
    return [place for c in (code, *counties) for place in world.places[c]]


def _guidance(world: World, chance: Chance):
    """每个专委会联系指导1个委员工作室; a member of the committee is its 联络员."""
    rows = []
    for code in (*CITIES, LINZE):
        places = chance.sample(city_places(world, code), len(world.committees[code]))
        for committee, place in zip(world.committees[code], places, strict=True):
            members = [seat.member for seat in world.seats[code] if seat.special_committee_id == committee.pk]
            rows.append(
                Guidance(
                    special_committee=committee, studio=place.studio, liaison_member=chance.choice(members),
                    starts_on=place.studio.opened_on,
                )
            )  # fmt: skip
    store(rows)


def _links(world: World):
    """A city's leader looks after a studio, a county and a township's studio; a county's leader after two studios."""
    for code in SIZES:
        organisation, starts_on = world.organisations[code], world.days.start
        counties = cycle(below(code)) if code in CITIES else None
        studios = cycle([place.studio for place in city_places(world, code)])
        for leader in world.leaders(code):
            linked = [(KIND.STUDIO, next(studios), None), (KIND.TOWNSHIP, next(studios), None)]
            if counties:
                linked.append((KIND.ORGANISATION, None, world.organisations[next(counties)]))
            for kind, studio, target in linked:
                since = studio.opened_on if studio else starts_on
                world.links[code].append(
                    LeaderLink(
                        organisation=organisation,
                        leader=leader,
                        kind=kind,
                        studio=studio,
                        target=target,
                        starts_on=since,
                    )
                )
    store(link for links in world.links.values() for link in links)


def _checks(world: World, chance: Chance):
    """The five standards a few weeks after the opening, and again for what was missing."""
    rows = []
    for places in world.places.values():
        for studio in (place.studio for place in places):
            first = min(studio.opened_on + timedelta(days=chance.randint(15, 60)), world.days.yesterday)
            for standard in StandardCheck.Standard:
                is_met = chance.happens(0.85)
                rows.append(StandardCheck(studio=studio, standard=standard, is_met=is_met, checked_on=first))
                again = first + timedelta(days=chance.randint(60, 150))
                if not is_met and again <= world.days.yesterday and chance.happens(0.75):
                    rows.append(StandardCheck(studio=studio, standard=standard, is_met=True, checked_on=again))
    store(rows)


def _contacts(world: World, chance: Chance):
    """一名委员联系一户园区企业 in the park; elsewhere every third member keeps contact with someone."""
    rows = []
    for code, places in world.places.items():
        for place in places:
            is_park = place.studio.brand == ZHIHAO.brand
            members = place.members if is_park else place.members[::3]
            for member in members:
                kind = Contact.Kind.ENTERPRISE if is_park else chance.choice(Contact.Kind.values)
                rows.append(
                    Contact(
                        organisation=world.organisations[code], kind=kind, name=_contact_name(kind, place, chance),
                        division=place.studio.division, member=member, studio=place.studio,
                        starts_on=place.studio.opened_on,
                    )
                )  # fmt: skip
    store(rows)


def _contact_name(kind: str, place: Place, chance: Chance) -> str:
    where, surname = place.studio.division.name, chance.choice(SURNAMES)
    lucky = chance.choice("丰裕恒昌瑞泰") + chance.choice("禾源达盛和通")
    return {
        Contact.Kind.ENTERPRISE: f"{lucky}{chance.choice(ENTERPRISES)}有限公司",
        Contact.Kind.HOUSEHOLD: f"{where}{surname}家",
        Contact.Kind.GROUP: f"{where}{chance.choice(('个体工商户', '青年教师', '独居老人', '种植大户', '返乡青年'))}",
        Contact.Kind.VILLAGE: f"{where}{surname}家{chance.choice('湾沟庄坪台')}村",
    }[kind]


def _funds(world: World, chance: Chance):
    """合水县专列20万元; smaller sums elsewhere. Part of each is spent."""
    ytd = world.days.periods["ytd"]
    rows = []
    for code in SIZES:
        amount = chance.choice((50_000, 60_000, 80_000, 100_000)) if code != LANZHOU else 300_000
        amount = figure(HESHUI, "funds") if code == HESHUI else amount
        allocated = world.days.calendar.next_workday(ytd.start + timedelta(days=chance.randint(35, 80)))
        rows.append(
            Fund(
                organisation=world.organisations[code], year=allocated.year, amount=amount, allocated_on=allocated,
                source="县委、县政府专列" if code in below(QINGYANG) else "本级财政预算",
            )
        )  # fmt: skip
    spendings = [s for fund in store(rows) for s in _spendings(world, fund, chance)]
    for spending in spendings:  # one by one: the balance is checked on each
        spending.save()


def _spendings(world: World, fund: Fund, chance: Chance) -> list[Spending]:
    shares = chance.shares(int(fund.amount * 6 // 1000), chance.randint(2, 5))
    purposes = chance.sample(PURPOSES, len(shares))
    return [
        Spending(
            fund=fund, amount=Decimal(share * 100), purpose=purpose,
            spent_on=chance.day(fund.allocated_on, world.days.yesterday),
        )
        for share, purpose in zip(shares, purposes, strict=True)
    ]  # fmt: skip


def _papers(world: World, chance: Chance):
    effective = date(world.days.start.year, 3, 1)
    rows = []
    for code in SIZES:
        papers = PAPERS if code in CITIES else PAPERS[:3]
        for title, kind in papers:
            day = effective + timedelta(days=chance.randint(0, 200))
            rows.append(
                Paper(organisation=world.organisations[code], title=title, kind=kind, effective_on=day, version="1.0")
            )
    places = world.places[YONGDENG][:1] + world.places[LINZE]
    rows += [
        Paper(
            organisation=place.studio.organisation, studio=place.studio, title=f"{place.studio.name}工作制度",
            effective_on=place.studio.opened_on,
        )
        for place in places
    ]  # fmt: skip
    store(rows)
