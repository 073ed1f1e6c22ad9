"""Activities of the cities and counties, as many of each kind as the seed says and more where it is silent."""

from dataclasses import dataclass
from datetime import date, timedelta

from activities.models import Activity, Output
from liaison.periods import Period, between
from reports.demo import activity_texts as texts
from reports.demo.days import before
from reports.demo.diary import Diary
from reports.demo.figures import figure
from reports.demo.organisations import ASSISTANCE
from reports.demo.plan import CITIES, LANZHOU, PROVINCE, QINGCHENG, QINGYANG, SIZES, XIFENG, ZHANGYE, below
from reports.demo.reception_days import BY_VISIT
from reports.demo.world import Place, World, noon
from studios.models import LeaderLink

KIND, STATE = Activity.Kind, Activity.State


@dataclass(frozen=True)
class Open:
    """The studios of one organisation, and which of them are open on a day."""

    places: list[Place]

    def on(self, day: date) -> list[Place]:
        return [place for place in self.places if place.studio.opened_on <= day]


def make(world: World):
    diary = Diary(world, "activities")
    _talks(diary)
    _studio_services(diary)
    _public_service(diary)
    _consultations(diary)
    _leader_visits(diary)
    _assistance(diary)
    _listening(diary)
    _life(diary)
    _not_held(diary)
    diary.store()
    world.say(f"履职活动 {len(diary.activities)} 场，参加委员 {len(diary.present)} 人次")


def _talks(diary: Diary):
    """政策宣讲: the seed's number in Qingyang, dealt to its organisations by their seats."""
    days = diary.world.days
    since = days.periods["since_last_year"]
    for city, period, number, in_studio in (
        (QINGYANG, since, figure(QINGYANG, "policy_talks"), 0.45),
        (QINGYANG, before(since, days), 1160, 0.3),
        (LANZHOU, days.history, 228, 0),
        (ZHANGYE, days.history, 342, 0.4),
    ):
        codes = [city, *below(city)]
        shares = diary.chance.spread(number, [SIZES[code].seats for code in codes])
        for code, share in zip(codes, shares, strict=True):
            opened = Open(diary.world.places[code])
            for day in diary.chance.days(period, share):
                places = opened.on(day) if diary.chance.happens(in_studio) else []
                _talk(diary, code, day, diary.chance.choice(places) if places else None)


def _talk(diary: Diary, code: str, day: date, place: Place | None, public: int | None = None):
    chance, where = diary.chance, diary.where(code, place)
    venue = diary.venue(where["division"])
    title = chance.choice(texts.TALK_TITLES[venue]).format(c=where["place"], t=chance.choice(texts.TALKS))
    members = diary.members(code, chance.choice((1, 1, 1, 2, 2, 3)))
    number = chance.randint(8, 62) if public is None else public
    diary.enter(code, KIND.POLICY_TALK, title, day, members, venue=venue, public_count=number, **where)


def _service(diary: Diary, kind: str, code: str, day: date, place: Place | None, public: int) -> Activity:
    """Something done for the public, by the studio's own members when there is one."""
    chance, where = diary.chance, diary.where(code, place)
    title = chance.choice(texts.SERVICES[kind]).format(c=where["place"])
    team = place.members if place else diary.members(code, 4)
    members = chance.sample(team, min(len(team), chance.randint(2, 4)))
    return diary.enter(code, kind, title, day, members, public_count=public, **where)


def _studio_services(diary: Diary):
    """Lanzhou's studios: with the visits they make up 联系服务群众 of its studio scope exactly."""
    days, chance = diary.world.days, diary.chance
    h2, total = days.periods["since_h2_last_year"], figure(LANZHOU, "people_served_studio")
    places = diary.world.places_in(LANZHOU)
    kinds = (*(KIND.PUBLIC_SERVICE,) * 4, *(KIND.POLICY_TALK,) * 4, *(KIND.VISIT,) * 3, *texts.SERVICES)
    for period, number, people in ((h2, 88, total - int(total * BY_VISIT)), (before(h2, days), 46, 690)):
        public = chance.shares(people, number, low=5, high=120)
        for day, count in zip(chance.days(period, number, since=places[0][1].studio.opened_on), public, strict=True):
            code, place = chance.choice([entry for entry in places if entry[1].studio.opened_on <= day])
            kind = chance.choice(kinds)
            if kind == KIND.POLICY_TALK:
                _talk(diary, code, day, place, count)
            else:
                _service(diary, kind, code, day, place, count)


def _public_service(diary: Diary):
    """西峰: 56 held by 16 studios, so that each has its turn; a few in the other counties."""
    days, chance = diary.world.days, diary.chance
    since = days.periods["since_last_year"]
    places = diary.world.places[XIFENG]
    for n in range(figure(XIFENG, "public_service")):
        place = places[n % len(places)]
        day = chance.day(max(since.start, place.studio.opened_on), since.last)
        _service(diary, KIND.PUBLIC_SERVICE, XIFENG, day, place, chance.randint(15, 90))
    for code in (*below(QINGYANG), *below(ZHANGYE)):
        opened = Open(diary.world.places[code])
        period = before(since, days) if code == XIFENG else days.history
        for day in chance.days(period, 11):
            if places := opened.on(day):
                _service(diary, KIND.PUBLIC_SERVICE, code, day, chance.choice(places), chance.randint(12, 70))


def _consultations(diary: Diary):
    """庆城: “太和夜话”“板凳会”, and the matters that were settled there."""
    days, chance = diary.world.days, diary.chance
    since = days.periods["since_last_year"]
    number, settled = figure(QINGCHENG, "consultations"), figure(QINGCHENG, "matters_settled")
    held = [_consultation(diary, QINGCHENG, day, chance.choice(texts.BRANDS)) for day in chance.days(since, number)]
    chosen = chance.sample(held, settled * 4 // 5)
    for activity, count in zip(chosen, chance.shares(settled, len(chosen), high=4), strict=True):
        diary.output(activity, Output.Kind.MATTER_SETTLED, count, f"{activity.place}{chance.choice(texts.SETTLED)}")
    for day in chance.days(before(since, days), 42):
        activity = _consultation(diary, QINGCHENG, day, chance.choice(texts.BRANDS))
        if chance.happens(0.35):
            diary.output(activity, Output.Kind.MATTER_SETTLED, 1, f"{activity.place}{chance.choice(texts.SETTLED)}")
    for code in (c for city in (QINGYANG, ZHANGYE) for c in below(city) if c != QINGCHENG):
        for day in chance.days(days.history, 13):
            diary.output(_consultation(diary, code, day), Output.Kind.SUGGESTION, chance.randint(2, 9), "意见建议")


def _consultation(diary: Diary, code: str, day: date, brand: str = "") -> Activity:
    chance = diary.chance
    places = Open(diary.world.places[code]).on(day)
    where = diary.where(code, chance.choice(places) if places and chance.happens(0.5) else None)
    title = chance.choice(texts.VILLAGE_TALKS).format(c=where["place"])
    title = f"“{brand}”{title}" if brand else title
    members = diary.members(code, chance.randint(2, 6))
    public = chance.randint(10, 45)
    return diary.enter(code, KIND.CONSULTATION, title, day, members, brand=brand, public_count=public, **where)


def _leader_visits(diary: Diary):
    """The city's leaders as often as the seed says; in the counties two or three times a link and year."""
    days = diary.world.days
    h2 = days.periods["since_h2_last_year"]
    _visits_of(diary, LANZHOU, h2, figure(LANZHOU, "leader_visits"))
    _visits_of(diary, LANZHOU, before(h2, days), 31)
    for code in SIZES:
        if code != LANZHOU:
            _visits_of(diary, code, days.periods["since_last_year"], 2 * len(diary.world.links[code]))


def _visits_of(diary: Diary, code: str, period: Period, number: int):
    """Links take turns, those to a studio from the day it opened."""
    chance = diary.chance
    for n, day in enumerate(chance.days(period, number)):
        links = [link for link in diary.world.links[code] if link.starts_on <= day]
        if not links:  # a county whose studios had not opened yet; the city's links to counties stand from the start
            continue
        link = links[n % len(links)]
        target = link.studio or link.target
        diary.enter(
            code, KIND.LEADER_VISIT, f"{link.leader.get_duty_display()}到{target}联系指导", day, [link.leader.member],
            leader_link=link, studio=link.studio, place=str(target), division=_division(link),
        )  # fmt: skip


def _division(link: LeaderLink):
    return link.studio.division if link.studio else link.target.division


def _assistance(diary: Diary):
    """省政协助力活动 are the city's own records, with the province as co-organiser."""
    world, chance = diary.world, diary.chance
    ytd = world.days.periods["ytd"]
    year_before = between(ytd.start - timedelta(days=365), ytd.start - timedelta(days=1))
    for period, number in ((ytd, figure(LANZHOU, "assistance")), (year_before, 15)):
        for n, day in enumerate(chance.days(period, number)):
            committee = world.committees[LANZHOU][n % len(world.committees[LANZHOU])]
            title = f"省政协助力兰州{texts.ASSISTED[n % len(texts.ASSISTED)]}活动"
            activity = diary.enter(
                LANZHOU, KIND.ASSISTANCE, title, day, diary.members(LANZHOU, chance.randint(4, 12)),
                programme=world.programmes[ASSISTANCE], special_committee=committee, public_count=chance.randint(0, 30),
            )  # fmt: skip
            diary.helped.append((activity, world.organisations[PROVINCE]))


def _listening(diary: Diary):
    """“市委书记倾听委员之声”: each preceded by joint research, and the suggestions that were made."""
    days, chance = diary.world.days, diary.chance
    h2 = days.periods["since_h2_last_year"]
    number = figure(LANZHOU, "listening_sessions")
    suggestions = chance.shares(figure(LANZHOU, "suggestions"), number * len(texts.SPEAKERS), low=12)
    for n, topic in enumerate(texts.LISTENING[:number]):
        day = days.calendar.next_workday(h2.start + (h2.last - h2.start) * (n + 0.7) / (number + 0.4))
        for ahead in (30, 16):
            members = diary.members(LANZHOU, 11)
            diary.enter(
                LANZHOU, KIND.RESEARCH, f"{topic}联合调研", day - timedelta(days=ahead), members, public_count=26
            )
        session = diary.enter(
            LANZHOU,
            KIND.LISTENING,
            f"“市委书记倾听委员之声”：{topic}",
            day,
            diary.members(LANZHOU, 28),
            public_count=18,
        )
        for speakers in texts.SPEAKERS:
            diary.output(session, Output.Kind.SUGGESTION, suggestions.pop(), f"{speakers}的意见建议")


def _life(diary: Diary):
    """Some forty of each organisation over the years: reading, training, exchange, culture."""
    chance, world = diary.chance, diary.world
    for code in SIZES:
        opened = Open(world.places[code])
        for day in chance.days(world.days.history, chance.randint(34, 48)):
            places = opened.on(day) if chance.happens(0.35) and not code.startswith("6201") else []
            _one_of_life(diary, code, day, chance.choice(places) if places else None)


def _one_of_life(diary: Diary, code: str, day: date, place: Place | None, **more) -> Activity:
    chance, where = diary.chance, diary.where(code, place)
    kind = chance.choice(list(texts.LIFE))
    committee = chance.choice(diary.world.committees[code]) if chance.happens(0.4) else None
    brand = texts.READING_BRAND if kind == KIND.READING else ""
    return diary.enter(
        code, kind, chance.choice(texts.LIFE[kind]).format(c=where["place"]), day, diary.members(code, chance.randint(4, 18)),
        special_committee=committee, brand=brand, public_count=chance.choice((0, 0, 12, 25, 40)), **(where | more),
    )  # fmt: skip


def _not_held(diary: Diary):
    """Planned for the coming weeks, cancelled, or entered twice and voided: in no figure."""
    chance, world, days = diary.chance, diary.world, diary.world.days
    for code in SIZES:
        ahead = days.calendar.next_workday(days.today + timedelta(days=chance.randint(3, 40)))
        _one_of_life(diary, code, ahead, None, state=STATE.PLANNED)
    for code in CITIES:
        for day in chance.days(days.periods["since_last_year"], 3):
            _one_of_life(diary, code, day, None, state=STATE.CANCELLED)
        twice = _one_of_life(diary, code, chance.day(days.periods["y1"].start, days.yesterday), None)
        twice.voided_at, twice.void_reason = noon(twice.held_on), "重复登记"
        twice.voided_by = world.clerks.get(code)
