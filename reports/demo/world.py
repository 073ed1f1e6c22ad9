"""What the parts of the demo know of one another while it is being made."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

from django.db import models
from django.utils import timezone

from activities.models import Programme
from liaison.models import (
    Account,
    Category,
    Department,
    Division,
    Member,
    Organisation,
    Seat,
    Sector,
    SpecialCommittee,
    Term,
)
from reception.models import ReceptionDay, Visit
from reports.demo.chance import Chance
from reports.demo.days import Days
from reports.demo.matters import Matter
from studios.models import LeaderLink, ReceptionRule, Studio

BATCH = 2000


@dataclass
class Place:
    """A studio with those who work in it."""

    studio: Studio
    lead: Member | None = None
    team: list[Member] = field(default_factory=list)
    rule: ReceptionRule | None = None

    @property
    def members(self) -> list[Member]:
        return [self.lead, *self.team] if self.lead else self.team


@dataclass
class Desk:
    """A held reception day with the people it receives and the members on duty."""

    day: ReceptionDay
    code: str
    place: Place
    members: list[Member]
    people: int


@dataclass(frozen=True)
class Taken:
    """A visit whose matter was taken up as a case."""

    visit: Visit
    place: Place
    member: Member
    matter: Matter


@dataclass
class World:
    """Organisations and what belongs to them, by six-digit code of the organisation."""

    days: Days
    say: Callable[[str], None]
    divisions: dict[str, Division] = field(default_factory=dict)
    townships: dict[str, list[Division]] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    committees: dict[str, list[SpecialCommittee]] = field(default_factory=dict)
    sectors: dict[str, dict[str, Sector]] = field(default_factory=dict)
    departments: dict[str, dict[str, Department]] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    seats: dict[str, list[Seat]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[LeaderLink]] = field(default_factory=lambda: defaultdict(list))
    clerks: dict[str, Account] = field(default_factory=dict)
    desks: list[Desk] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    passwords: str = ""

    def chance(self, part: str) -> Chance:
        return Chance(part, self.days)

    @cached_property
    def _sectors(self) -> dict[tuple[int, str], Sector]:
        """By member and organisation; by member and "" whatever they stand for elsewhere."""
        known = {}
        for code, seats in self.seats.items():
            for seat in seats:
                known[seat.member_id, code] = known[seat.member_id, ""] = seat.sector
        return known

    def sector_of(self, member: Member, code: str) -> Sector | None:
        """The sector a member stands for in an organisation, else in any other that they sit in."""
        return self._sectors.get((member.pk, code)) or self._sectors.get((member.pk, ""))

    def members(self, code: str) -> list[Member]:
        return [seat.member for seat in self.seats[code]]

    def leaders(self, code: str) -> list[Seat]:
        return [seat for seat in self.seats[code] if seat.duty in Seat.LEADING]

    def township(self, code: str, chance: Chance) -> Division:
        """Somewhere in an organisation's division; what a city or the province does happens in one of its counties."""
        path = code.removesuffix("00").removesuffix("00")
        counties = [code] if code in self.townships else [c for c in self.townships if c.startswith(path)]
        return chance.choice(self.townships[chance.choice(counties)])

    def committee(self, code: str, name: str) -> SpecialCommittee:
        return next(c for c in self.committees[code] if c.name == name)

    def places_in(self, prefix: str) -> list[tuple[str, Place]]:
        """The studios of an organisation's subtree, each with its organisation's code; the oldest first."""
        path = prefix.removesuffix("00")
        found = [(code, place) for code in self.places for place in self.places[code] if code.startswith(path)]
        return sorted(found, key=lambda entry: entry[1].studio.opened_on)


def store(rows: Iterable[models.Model]) -> list:
    """Insert rows of one model with all their columns; returns them with their ids."""
    rows = list(rows)
    return type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH) if rows else []


def link(relation, pairs: Iterable[tuple[int, int]]):
    """Insert rows of a many-to-many relation such as Visit.receivers: (row, other)."""
    through = relation.through
    source, target = (f.attname for f in through._meta.fields if f.is_relation)
    rows = [through(**{source: row, target: other}) for row, other in pairs]
    through._base_manager.bulk_create(rows, batch_size=5 * BATCH)


def at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def noon(day: date) -> datetime:
    return at(day, time(12))
