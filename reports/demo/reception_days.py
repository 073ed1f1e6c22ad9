"""Reception days: held by the rules, cancelled, missed, announced for today and planned for the coming weeks."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from liaison.periods import Period, between
from reception import rota
from reception.models import Duty, ReceptionDay
from reports.demo.chance import Chance
from reports.demo.days import before
from reports.demo.figures import figure
from reports.demo.plan import CITIES, LANZHOU, PROVINCE, QINGYANG, ZHANGYE
from reports.demo.studios import GUANGWUMEN, JIUQUANLU, PEILI
from reports.demo.world import Desk, Place, World, at, store
from studios.models import ReceptionRule

MODELS = (GUANGWUMEN, JIUQUANLU, PEILI)
STATE = ReceptionDay.State
PATTERN = ReceptionRule.Pattern
THEMES = (
    "", "", "", "民生实事面对面", "送政策进社区", "法律咨询", "健康义诊与医保咨询", "就业创业服务", "农技服务", "倾听企业诉求",
    "养老助残", "校园安全", "物业与老旧小区改造",
)  # fmt: skip
SUMMARIES = (
    "来访事项当场答复为主，需协调的已登记办理。",
    "群众关心的问题已分类转有关部门。",
    "现场解答政策，收集意见建议。",
    "",
)
CANCELLED = ("因强降雨天气改期", "值班委员参加市政协全会", "接待场所检修", "与村（社区）换届工作冲突")
# Shares of the people whom Lanzhou's studios served since July of last year (6537): by visit at all, and outside
# reception days; activities have the rest.
BY_VISIT, ELSEWHERE = 0.67, 0.055
PARTY = 2.9  # people who come together, on average


@dataclass(frozen=True)
class Held:
    """Reception days to be held in a subtree and period, and the people to be received on them."""

    code: str
    period: Period
    days: int
    people: int


def plan(world: World) -> list[Held]:
    """The seed's figures, and others where it states none."""
    days = world.days
    h2, long_ago = days.periods["since_h2_last_year"], max(days.start, days.yesterday - timedelta(days=730))
    served = figure(LANZHOU, "people_served_studio")
    received = int(served * BY_VISIT) - int(served * ELSEWHERE)
    return [
        Held(LANZHOU, h2, figure(LANZHOU, "reception_days"), received),
        Held(LANZHOU, before(h2, days), 64, 1130),
        Held(
            QINGYANG,
            between(long_ago, days.yesterday),
            figure(QINGYANG, "reception_days"),
            figure(QINGYANG, "reception_people"),
        ),
        Held(ZHANGYE, days.history, 168, 2310),
        Held(PROVINCE, days.history, 14, 122),
    ]


def make(world: World):
    chance = world.chance("reception days")
    desks = world.desks = [desk for held in plan(world) for desk in _held(world, held, chance)]
    store(desk.day for desk in desks)
    store(duty for desk in desks for duty in _duties(desk, chance))
    _today(world)
    _ahead(world)
    _not_held(world, chance)
    _for_members(world, chance)
    world.say(f"接待日 {ReceptionDay.objects.count()} 个，其中已开展 {ReceptionDay.objects.counted().count()} 个")


def _held(world: World, held: Held, chance: Chance) -> list[Desk]:
    candidates = list(_candidates(world, held, chance))
    weights = [_weight(world, place, day) for _, place, day in candidates]
    chosen = chance.weighted_sample(candidates, weights, held.days)
    average = held.people // held.days
    people = chance.shares(held.people, held.days, low=max(1, average // 3), high=average * 4)
    desks = []
    for (code, place, day), number in zip(chosen, people, strict=True):
        row = _day(place, day, STATE.HELD, theme=chance.choice(THEMES), summary=chance.choice(SUMMARIES))
        team = chance.sample(place.team, min(len(place.team), chance.randint(0, 2)))
        members = [place.lead, *team] if chance.happens(0.8) or not team else team
        desks.append(Desk(row, code, place, members, number))
    return desks


def _weight(world: World, place: Place, day: date) -> float:
    """More days of late than long ago; the studios that the seed holds up as models hold nearly every month's."""
    return (0.3 + (day - world.days.start).days / 1000) * (20 if place.studio.name in MODELS else 1)


def _candidates(world: World, held: Held, chance: Chance) -> Iterator[tuple[str, Place, date]]:
    """One day for every studio and month of the period on which it was open."""
    for code, place in world.places_in(held.code):
        for month in held.period.months():
            day = date_in(place.rule, month.start, world, chance)
            if max(month.start, place.studio.opened_on) <= day <= held.period.last:
                yield code, place, day


def date_in(rule: ReceptionRule | None, month: date, world: World, chance: Chance) -> date:
    """The reception day of a month by the rule, moved off holidays; without one a day that suits the season."""
    length = monthrange(month.year, month.month)[1]
    if rule is None:
        day = chance.randint(1, length)
    elif rule.pattern == PATTERN.MONTH_DAY:
        day = min(rule.day_of_month, length)
    else:
        nth = rule.nth or chance.randint(1, 4)
        day = 1 + (rule.weekday - month.replace(day=1).weekday()) % 7 + 7 * (nth - 1)
    return world.days.calendar.next_workday(month.replace(day=day))


def _day(place: Place, day: date, state: str, **more) -> ReceptionDay:
    rule, studio = place.rule, place.studio
    hours = {"opens": rule.opens, "closes": rule.closes} if rule else {"opens": "09:00", "closes": "11:30"}
    own = {"studio": studio, "organisation": studio.organisation, "rule": rule, "place": studio.address}
    return ReceptionDay(held_on=day, state=state, **(own | hours | more))


def _duties(desk: Desk, chance: Chance) -> Iterator[Duty]:
    hour = desk.place.rule.opens.hour if desk.place.rule else 9
    for member in desk.members:
        signed = at(
            desk.day.held_on, desk.place.rule.opens if desk.place.rule else chance.office_hour().replace(hour=hour)
        )
        yield Duty(
            reception_day=desk.day, member=member, signed_in_at=signed - timedelta(minutes=chance.randrange(1, 25))
        )


def _today(world: World):
    """Announced for today and nobody has come yet: the day that the demo's member works through."""
    places = [p for _, p in world.places_in(LANZHOU) if p.studio.name in MODELS]
    days = store(_day(place, world.days.today, STATE.ANNOUNCED, theme="民生实事面对面") for place in places)
    store(Duty(reception_day=d, member=m) for d, p in zip(days, places, strict=True) for m in p.members[:3])


def _ahead(world: World):
    """By the rules, as the planner makes them, so that it knows them again; the next fortnight's are announced."""
    rota.plan(world.days.today)
    ahead = ReceptionDay.objects.filter(state=STATE.PLANNED, held_on__gt=world.days.today)
    ahead.filter(held_on__lte=world.days.today + timedelta(weeks=2)).update(state=STATE.ANNOUNCED)


def _not_held(world: World, chance: Chance):
    """Cancelled with a reason, or planned and never held (未开展), at an hour that no held day has."""
    rows = []
    since = world.days.periods["since_last_year"].start
    for n, (_, place) in enumerate(e for city in CITIES for e in chance.sample(world.places_in(city), 9)):
        day = chance.day(max(place.studio.opened_on, since), world.days.yesterday)
        if n % 3:
            rows.append(_day(place, day, STATE.CANCELLED, cancel_reason=chance.choice(CANCELLED)))
        else:
            rows.append(_day(place, day, STATE.PLANNED, rule=None, opens="08:30"))
    store(rows)


def _for_members(world: World, chance: Chance):
    """领导接待委员, which no figure of the public counts."""
    since = world.days.periods["since_last_year"].start
    afternoon = {"kind": ReceptionDay.Kind.MEMBERS, "rule": None, "opens": "15:00", "closes": "17:30"}
    rows = []
    for place in (place for code in CITIES for place in chance.sample(world.places[code], 4)):
        day = chance.day(max(place.studio.opened_on, since), world.days.yesterday)
        rows.append(_day(place, day, STATE.HELD, theme="主席接待委员日", **afternoon))
    store(rows)
