"""Visits: on reception days, and by telephone, letter, code or at people's homes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from liaison.models import Member
from liaison.periods import Period
from reception.consent import CONSENT_VERSION
from reception.models import Visit
from reports.demo.chance import Chance, Deck
from reports.demo.days import before
from reports.demo.figures import figure
from reports.demo.matters import OUT_OF_SCOPE, Matter, matter
from reports.demo.names import mobile, visitor_name
from reports.demo.plan import LANZHOU, PROVINCE, QINGYANG, ZHANGYE
from reports.demo.reception_days import ELSEWHERE, PARTY
from reports.demo.world import Place, Taken, World, link, store

CHANNEL, HANDLING = Visit.Channel, Visit.Handling
OUTSIDE = (CHANNEL.HOME,) * 5 + (CHANNEL.CALL,) * 3 + (CHANNEL.SCAN,) * 3 + (CHANNEL.LETTER, CHANNEL.COLUMN)
LARGEST_PARTY = 14
TOWN_PEOPLE = ("resident",) * 6 + ("self_employed", "worker", "enterprise", "student", "other")
COUNTRY_PEOPLE = ("villager",) * 8 + ("self_employed", "resident", "enterprise", "student")
# How many of a hundred visits: taken up as a case, passed on, not for members.
TAKEN_UP, PASSED_ON, OUT = 26, 7, 3


@dataclass(frozen=True)
class Met:
    """Visits outside reception days in a subtree and period; `people` fixed where the seed fixes them."""

    code: str
    period: Period
    parties: int
    people: int
    in_studio: bool = True


def plan(world: World) -> list[Met]:
    days = world.days
    h2 = days.periods["since_h2_last_year"]
    return [
        Met(LANZHOU, h2, 190, int(figure(LANZHOU, "people_served_studio") * ELSEWHERE)),
        Met(LANZHOU, before(h2, days), 96, 178),
        Met(LANZHOU, days.history, 240, 615, in_studio=False),
        Met(QINGYANG, days.history, 620, 1490),
        Met(QINGYANG, days.history, 310, 905, in_studio=False),
        Met(ZHANGYE, days.history, 260, 590),
        Met(PROVINCE, days.history, 24, 61),
    ]


class Book:
    """The visits of the demo while they are written down, each with those who received it."""

    def __init__(self, world: World):
        self.world, self.chance = world, world.chance("visits")
        self.visits: list[Visit] = []
        self.receivers: list[list[Member]] = []
        self.taken: list[tuple[Visit, Place, Member, Matter]] = []

    def enter(self, place: Place | None, code: str, day: date, members: list[Member], people: int, **where):
        """One party and its matter; about a quarter of them are taken up as a case."""
        township = place.studio.division if place else self.world.township(code, self.chance)
        found, _ = matter(township.name, self.chance)
        visit = Visit(
            organisation=self.world.organisations[code], studio=place.studio if place else None, visited_on=day,
            headcount=people, sector=self.world.sector_of(members[0], code), content=found.content,
            category=self.world.categories[found.category], is_group_matter=people >= 6,
            is_urgent=self.chance.happens(0.03), **where,
        )  # fmt: skip
        self._visitor(visit, is_town=township.name.endswith("街道"))
        self._handle(visit, found, code)
        self.visits.append(visit)
        self.receivers.append(members)
        if visit.handling == HANDLING.CASE:
            self.taken.append((visit, place, members[0], found))

    def _visitor(self, visit: Visit, *, is_town: bool):
        visit.identity = self.chance.choice(TOWN_PEOPLE if is_town else COUNTRY_PEOPLE)
        visit.visitor_name = visitor_name(self.chance)
        if visit.visitor_name and self.chance.happens(0.3):
            visit.visitor_phone, visit.consented = mobile(self.chance), True
            visit.consent_version = CONSENT_VERSION

    def _handle(self, visit: Visit, found: Matter, code: str):
        lot = self.chance.randrange(100)
        if lot < TAKEN_UP and visit.studio_id:
            visit.handling, visit.reply = HANDLING.CASE, "已登记为帮办事项，办理情况将及时告知。"
        elif lot < TAKEN_UP + PASSED_ON:
            visit.handling = HANDLING.REFERRED
            visit.referred_to = f"{self.world.divisions[code].name}{found.bureau}"
        elif lot < TAKEN_UP + PASSED_ON + OUT:
            visit.handling, visit.exclusion = HANDLING.OUT_OF_SCOPE, self.chance.choice(list(OUT_OF_SCOPE))
            visit.content, visit.channel_named = OUT_OF_SCOPE[visit.exclusion]
            visit.category = self.world.categories["其他"]
        else:
            visit.handling, visit.reply = HANDLING.ANSWERED, found.result

    def store(self):
        store(self.visits)
        pairs = zip(self.visits, self.receivers, strict=True)
        link(Visit.receivers, ((visit.pk, member.pk) for visit, members in pairs for member in members))
        # Logged at five in the afternoon of the day, not at the moment the demo was loaded.
        Visit.objects.update(recorded_at=F("visited_on") + timedelta(hours=9))
        self.world.taken = [Taken(*entry) for entry in self.taken]


def make(world: World):
    book = Book(world)
    for desk in world.desks:
        for people in parties(desk.people, book.chance):
            channel = CHANNEL.SCAN if book.chance.happens(0.06) else CHANNEL.DESK
            book.enter(
                desk.place, desk.code, desk.day.held_on, desk.members, people, reception_day=desk.day, channel=channel
            )
    for met in plan(world):
        for day, (code, place, members), people in _outside(world, met, book.chance):
            channel = book.chance.choice(OUTSIDE)
            book.enter(place if met.in_studio else None, code, day, members, people, channel=channel)
    book.store()
    world.say(f"来访 {len(book.visits)} 批，{sum(visit.headcount for visit in book.visits)} 人次")


def parties(people: int, chance: Chance) -> list[int]:
    """The people of a day in parties, mostly of one to four."""
    return chance.shares(people, max(1, -(-people // LARGEST_PARTY), round(people / PARTY)), high=LARGEST_PARTY)


def _outside(world: World, met: Met, chance: Chance) -> Iterator[tuple[date, tuple[str, Place, list[Member]], int]]:
    """Day, who received whom and how many; a studio receives nobody before it opens."""
    places = world.places_in(met.code)
    first = places[0][1].studio.opened_on
    decks = {code: Deck(chance, world.members(code)) for code in {code for code, _ in places}}
    people = chance.shares(met.people, met.parties, high=LARGEST_PARTY)
    for day, number in zip(chance.days(met.period, met.parties, since=first), people, strict=True):
        opened = [entry for entry in places if entry[1].studio.opened_on <= day]
        code, place = chance.choice(opened)
        members = [chance.choice(place.members)] if met.in_studio else [decks[code].draw()]
        yield day, (code, place, members), number
