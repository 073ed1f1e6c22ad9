"""Members: invented people with seats, bases and parties, as many as the seed says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle

from liaison.models import ActivityGroup, Base, Level, Member, Party, PartyMembership, Seat, SpecialCommittee
from reports.demo import plan
from reports.demo.chance import Chance
from reports.demo.figures import figure
from reports.demo.names import PEOPLES, full_name, mobile
from reports.demo.plan import CITIES, LANZHOU, NATION, PROVINCE
from reports.demo.professions import COMMITTEE_OF_SECTOR, PARTY_OF_SECTOR, PROFESSIONS, SIZES
from reports.demo.world import World, link, store

LEADING = (Seat.Duty.CHAIR, *(Seat.Duty.VICE_CHAIR,) * 6, Seat.Duty.SECRETARY)
MINORITY = {"30": 1.0, "31": 0.7}
# Of those whose sector does not say it: the party members, the rest belongs to none.
PARTY_SHARE = 0.42


@dataclass
class People:
    """New members with the rows that hang on them, until they are stored together."""

    world: World
    chance: Chance
    members: list[Member] = field(default_factory=list)
    bases: list[Base] = field(default_factory=list)
    known: set[tuple[str, int]] = field(default_factory=set)

    def person(self, code: str, sector: str, base: str) -> Member:
        """Someone of a sector who lives in a division, registered by an organisation."""
        employers, posts, expertise = PROFESSIONS[sector]
        ethnicity = self.chance.choice(PEOPLES) if self.chance.happens(MINORITY.get(sector, 0.06)) else "汉族"
        gender = "f" if self.chance.happens(0.9 if sector == "13" else 0.3) else "m"
        name, born = self._name(gender, ethnicity)
        n = self.chance.randrange(6)
        place = self.world.divisions[code if code != NATION else PROVINCE].name
        member = Member(
            organisation=self.world.organisations[code], name=name, gender=gender, birth_year=born, ethnicity=ethnicity,
            employer=employers[n % len(employers)].format(place=place), post=posts[n % len(posts)],
            phone=mobile(self.chance), expertise=self.chance.sample(expertise, min(len(expertise), 1 + n % 2)),
        )  # fmt: skip
        self.members.append(member)
        since = self.world.terms[PROVINCE].starts_on - timedelta(days=self.chance.randrange(30, 2000))
        self.bases.append(Base(member=member, division=self.world.divisions[base], starts_on=since))
        return member

    def _name(self, gender: str, ethnicity: str) -> tuple[str, int]:
        """A name and a year of birth that nobody has together, or they would look like one person entered twice."""
        while True:
            found = full_name(self.chance, gender, ethnicity), self.world.days.today.year - self.chance.randint(28, 66)
            if found not in self.known:
                self.known.add(found)
                return found

    def seat(self, code: str, member: Member, sector: str, duty: str = Seat.Duty.MEMBER):
        world, term = self.world, self.world.terms[code]
        world.seats[code].append(
            Seat(
                member=member, organisation=world.organisations[code], term=term, sector=world.sectors[code][sector],
                special_committee=self._committee(code, sector), duty=duty, starts_on=term.starts_on,
            )
        )  # fmt: skip

    def _committee(self, code: str, sector: str) -> SpecialCommittee | None:
        """The committee that suits the sector, else each in turn; in some counties a few are in none yet."""
        committees = self.world.committees[code]
        word = COMMITTEE_OF_SECTOR.get(sector, "—")
        fitting = next((c for c in committees if word in c.name), None)
        if not code.startswith("6201") and code[4:] != "00" and self.chance.happens(0.03):
            return None
        return fitting or committees[len(self.world.seats[code]) % len(committees)]


def make(world: World):
    people = People(world, world.chance("people"))
    for city in CITIES:
        _city(people, city)
    _province(people)
    _nation(people)
    _doubles(people)
    store(people.members)
    seats = store(seat for code in world.seats for seat in world.seats[code])
    store(people.bases)
    in_party = _parties(people)
    _groups(world, in_party)
    _conveners(world)
    _former(world)
    world.say(f"委员 {len(people.members)} 名，任职 {len(seats)} 个")


def _sectors(world: World, code: str, n: int, chance: Chance) -> list[str]:
    """n sectors of an organisation: each at least once, the large ones as often as they are large."""
    codes = list(world.sectors[code])
    more = chance.spread(n - len(codes), [SIZES.get(c, 1) for c in codes])
    dealt = [c for c, times in zip(codes, more, strict=True) for _ in range(times + 1)]
    return chance.sample(dealt, n)


def _duties(level: str) -> Iterator[str]:
    yield from LEADING if level != Level.COUNTY else (*LEADING[:4], LEADING[-1])
    yield from (Seat.Duty.STANDING,) * (22 if level == Level.COUNTY else 40)
    yield from cycle((Seat.Duty.MEMBER,))


def _city(people: People, city: str):
    """A city's own members first, then its counties', some of whom take a seat of the city along."""
    world, chance, counties = people.world, people.chance, plan.below(city)
    own = plan.SIZES[city].seats - sum(plan.SIZES[code].shared for code in counties)
    duties = _duties(Level.CITY)
    for sector in _sectors(world, city, own, chance):
        people.seat(city, people.person(city, sector, chance.choice(counties)), sector, next(duties))
    for code in counties:
        county_duties = _duties(Level.COUNTY)
        for n, sector in enumerate(_sectors(world, code, plan.SIZES[code].seats, chance)):
            member = people.person(code, sector, chance.choice(world.townships[code]).code)
            people.seat(code, member, sector, next(county_duties))
            if n < plan.SIZES[code].shared:
                people.seat(city, member, sector, next(duties))


def _province(people: People):
    """Members based in Lanzhou and in the other cities, and some who sit in their city too."""
    world, chance, duties = people.world, people.chance, _duties(Level.PROVINCE)
    in_lanzhou = plan.provincial_in_lanzhou() + plan.NATIONAL_AND_PROVINCIAL
    bases = [chance.choice(plan.below(LANZHOU)) for _ in range(in_lanzhou)]
    bases += _other_cities(world) * plan.PROVINCIAL_ELSEWHERE
    for base, sector in zip(bases, _sectors(world, PROVINCE, len(bases), chance), strict=True):
        people.seat(PROVINCE, people.person(PROVINCE, sector, base), sector, next(duties))
    for city in CITIES:
        for seat in chance.sample(world.seats[city][60:], plan.SIZES[city].shared):
            people.seat(PROVINCE, seat.member, seat.sector.standard_code)


def _other_cities(world: World) -> list[str]:
    return [c for c, d in world.divisions.items() if d.level == Level.CITY and c not in CITIES]


def _nation(people: People):
    """The last of the provincial members who live in Lanzhou sit in the nation's too, beside some who only do that."""
    world, chance = people.world, people.chance
    last = plan.provincial_in_lanzhou() + plan.NATIONAL_AND_PROVINCIAL
    for seat in world.seats[PROVINCE][last - plan.NATIONAL_AND_PROVINCIAL : last]:
        people.seat(NATION, seat.member, seat.sector.standard_code)
    only = plan.NATIONAL_IN_LANZHOU - plan.NATIONAL_AND_PROVINCIAL
    bases = [chance.choice(plan.below(LANZHOU)) for _ in range(only)]
    for base in bases + _other_cities(world)[: plan.NATIONAL_ELSEWHERE]:
        sector = chance.choice(("19", "21", "22", "23", "26", "30"))
        people.seat(NATION, people.person(NATION, sector, base), sector)


def _doubles(people: People):
    """Two people whom city and province each entered on their own: the list of suspected doubles has something to show."""
    ours, theirs = people.world.seats[LANZHOU][80:82], people.world.seats[PROVINCE][80:82]
    for first, second in zip(ours, theirs, strict=True):
        second.member.name, second.member.birth_year = first.member.name, first.member.birth_year
        second.member.gender, second.member.ethnicity = first.member.gender, first.member.ethnicity


def _parties(people: People) -> set[int]:
    """Everybody's party; returns the ids of the party members. Lanzhou has exactly as many as the seed says."""
    world, chance = people.world, people.chance
    party = {
        s.member_id: PARTY_OF_SECTOR.get(s.sector.standard_code) for c in reversed(world.seats) for s in world.seats[c]
    }
    undecided = [pk for pk, known in party.items() if not known]
    in_lanzhou = {seat.member_id for seat in world.seats[LANZHOU]}
    free = [pk for pk in undecided if pk in in_lanzhou]
    missing = figure(LANZHOU, "party_members") - sum(party[pk] == Party.CPC for pk in in_lanzhou)
    chosen = {*chance.sample(free, missing)}
    chosen |= {pk for pk in undecided if pk not in in_lanzhou and chance.happens(PARTY_SHARE)}
    party |= {pk: Party.CPC if pk in chosen else Party.MASSES for pk in undecided}
    born = {member.pk: member.birth_year for member in people.members}
    latest = world.terms[PROVINCE].starts_on.year - 1
    store(
        PartyMembership(member_id=pk, party=p, starts_on=date(min(born[pk] + 26, latest), 7, 1))
        for pk, p in party.items()
    )
    return {pk for pk, p in party.items() if p == Party.CPC}


def _groups(world: World, in_party: set[int]):
    """Lanzhou's members stand in one activity group of their committee, party members in the party group as well."""
    groups = {}
    for group in ActivityGroup.objects.order_by("id"):
        groups.setdefault((group.special_committee_id, group.kind), []).append(group.pk)
    pairs = []
    for n, seat in enumerate(world.seats[LANZHOU]):
        own = groups[seat.special_committee_id, ActivityGroup.Kind.ACTIVITY]
        pairs.append((seat.pk, own[n % len(own)]))
        if seat.member_id in in_party:
            pairs.append((seat.pk, groups[seat.special_committee_id, ActivityGroup.Kind.PARTY][0]))
    link(Seat.groups, pairs)


def _conveners(world: World):
    """A committee is convened by one of its standing members."""
    committees = []
    for code in world.organisations:
        for seat in world.seats[code]:
            if seat.duty == Seat.Duty.STANDING and seat.special_committee and not seat.special_committee.convener_id:
                seat.special_committee.convener = seat.member
                committees.append(seat.special_committee)
    SpecialCommittee.objects.bulk_update(committees, ["convener"])


def _former(world: World):
    """A few who left during the term: their seats ended, so they are in no figure of today."""
    people = People(world, world.chance("former"), known={(m.name, m.birth_year) for m in Member.objects.all()})
    left = []
    for code in plan.SIZES:
        sector = people.chance.choice(list(world.sectors[code]))
        base = code if code in CITIES else world.townships[code][0].code
        people.seat(code, people.person(code, sector, base), sector)
        seat = world.seats[code].pop()
        seat.ends_on = people.chance.day(world.days.start, world.days.yesterday)
        left.append(seat)
    store(people.members)
    store(people.bases)
    store(left)
