"""Matters that came in by a studio's code: one in each state of 双向选择 where the demo's members work, and the accepted ones
of all places, which are the scanned visits whose matters were taken up."""

from datetime import date, time, timedelta

from cases.models import Case, Choice, Intake
from liaison.models import Account, Member
from reception.consent import CONSENT_VERSION
from reception.models import Visit
from reports.demo.chance import Chance
from reports.demo.docket import ORDINARY
from reports.demo.matters import matter
from reports.demo.names import mobile, visitor_name
from reports.demo.plan import ANNING, CHENGGUAN
from reports.demo.studios import GUANGWUMEN, PEILI
from reports.demo.world import Place, World, at, store

MORNING, NOON, EVENING = time(9, 20), time(12, 10), time(18, 40)


def make(world: World):
    chance = world.chance("scanned")
    accepted = _accepted(world)
    for code, name in ((CHENGGUAN, GUANGWUMEN), (ANNING, PEILI)):
        place = next(place for place in world.places[code] if place.studio.name == name)
        _at(world, chance, place)
    world.say(f"扫码说事 {Intake.objects.count()} 件，其中已受理 {accepted} 件")


def _accepted(world: World) -> int:
    """The visit holds who it was; of the offer, when it was made and answered is left."""
    taken = Case.objects.filter(visits__channel=Visit.Channel.SCAN, member__isnull=False, studio__isnull=False)
    rows = list(taken.values_list("pk", "organisation", "studio", "member", "registered_on", "visits__client_key"))
    store(
        Intake(case_id=case, organisation_id=office, client_key=key, proof=f"demo-{case}")
        for case, office, _, _, _, key in rows
    )
    store(
        Choice(
            case_id=case, organisation_id=office, studio_id=studio, member_id=member, state=Choice.State.ACCEPTED,
            at=at(day, MORNING), answered_at=at(day, EVENING),
            due_on=world.days.calendar.add_workdays(day, 3),
        )
        for case, office, studio, member, day, _ in rows
    )  # fmt: skip
    return len(rows)


def _at(world: World, chance: Chance, place: Place):
    """Offered, in the pool, declined into it, passed on, gone back after its time, and out of scope."""
    yesterday, lead = world.days.yesterday, place.lead
    account = Account.objects.filter(member=lead).first()
    days = world.days.calendar
    box = Letterbox(world, chance, place)
    box.offer(lead, yesterday)
    box.offer(None, yesterday)
    said = {"by": account, "at": at(yesterday, EVENING)}
    box.offer(lead, yesterday).decline(reason="近期在外地参加培训，怕耽误您的事", **said)
    box.offer(None, yesterday).decline(
        reason="这件事法院已经受理", exclusion=Visit.Exclusion.LAWSUIT, channel="区人民法院诉讼服务中心", **said
    )
    if place.team:
        box.offer(lead, yesterday).pass_on(place.studio, place.team[0], reason="这位委员更熟悉这方面", **said)
    waited = box.offer(lead, yesterday - timedelta(days=14))
    waited.expire(at=at(days.next_workday(waited.due_on + timedelta(days=1)), time(0, 2)))


class Letterbox:
    """Where the matters of one studio come in."""

    def __init__(self, world: World, chance: Chance, place: Place):
        self.world, self.chance, self.studio = world, chance, place.studio

    def offer(self, member: Member | None, day: date) -> Choice:
        """One more, offered on a day to a member or to the pool."""
        studio, (told, _) = self.studio, matter(self.studio.division.name, self.chance)
        case = Case(
            organisation=studio.organisation, studio=studio, division=studio.division, channel=Case.Channel.SCAN,
            title=told.title, content=told.content, category=self.world.categories[told.category], registered_on=day,
            deadline=self.world.days.calendar.add_workdays(day, ORDINARY),
        ).open(by=None, at=at(day, MORNING))  # fmt: skip
        Intake.objects.create(
            case=case, proof=f"demo-{case.pk}", visitor_name=visitor_name(self.chance), visitor_phone=mobile(self.chance),
            consented=True, consent_version=CONSENT_VERSION,
        )  # fmt: skip
        return Choice.offer(case, studio, member, by=None, at=at(day, NOON))
