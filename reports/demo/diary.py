"""The activities of the demo while they are written down, with who took part and what came of them."""

from datetime import date

from activities.models import Activity, Output, Participation
from liaison.models import Division, Member, Organisation
from reports.demo.activity_texts import SUMMARIES
from reports.demo.chance import Deck
from reports.demo.matters import spot
from reports.demo.world import Place, World, link, store

SIX_NEW = Activity.SixNew.values
VENUE = Activity.Venue


class Diary:
    def __init__(self, world: World, part: str):
        self.world, self.chance = world, world.chance(part)
        self.activities: list[Activity] = []
        self.present: list[tuple[Activity, Member]] = []
        self.outputs: list[Output] = []
        self.helped: list[tuple[Activity, Organisation]] = []
        self.decks: dict[str, Deck] = {}

    def enter(self, code: str, kind: str, title: str, day: date, members: list[Member], **more) -> Activity:
        """A held activity, unless `state` says otherwise; everybody named took part."""
        fields = {
            "state": Activity.State.HELD, "member_count": len(members), "summary": self.chance.choice(SUMMARIES),
            "six_new": self.chance.sample(SIX_NEW, self.chance.randint(0, 2)),
        }  # fmt: skip
        activity = Activity(
            organisation=self.world.organisations[code], kind=kind, title=title, held_on=day, **(fields | more)
        )
        self.activities.append(activity)
        self.present += [(activity, member) for member in members]
        return activity

    def output(self, activity: Activity, kind: str, count: int, title: str = ""):
        self.outputs.append(
            Output(
                activity=activity, organisation=activity.organisation, happened_on=activity.held_on, kind=kind,
                count=count, title=title,
            )
        )  # fmt: skip

    def members(self, code: str, n: int) -> list[Member]:
        """The next n of an organisation, everybody in turn."""
        if code not in self.decks:
            self.decks[code] = Deck(self.chance, self.world.members(code))
        return self.decks[code].deal(n)

    def where(self, code: str, place: Place | None) -> dict:
        """The place of an activity as its fields, and `spot` for its title."""
        township = place.studio.division if place else self.world.township(code, self.chance)
        found = spot(township.name, self.chance)
        return {"division": township, "place": found, "studio": place.studio if place else None}

    def venue(self, township: Division) -> str:
        lot = self.chance.random()
        if lot < 0.12:
            return VENUE.ENTERPRISE
        if lot < 0.2:
            return VENUE.CAMPUS
        return VENUE.COMMUNITY if township.name.endswith("街道") else VENUE.VILLAGE

    def store(self):
        self.activities.sort(key=lambda activity: activity.held_on)
        store(self.activities)
        store(
            Participation(activity=a, member=m, sector=self.world.sector_of(m, a.organisation.code))
            for a, m in self.present
        )
        store(self.outputs)
        link(Activity.co_organisers, ((activity.pk, other.pk) for activity, other in self.helped))
