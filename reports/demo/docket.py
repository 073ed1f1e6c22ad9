"""The cases of the demo while they are written down, and how they get their numbers."""

from collections import defaultdict
from datetime import date, time, timedelta

from cases.models import Case
from cases.models.case import CaseSeries
from cases.workflow import State
from liaison.models import Member
from reception.models import Visit
from reports.demo.chance import Chance
from reports.demo.matters import Matter
from reports.demo.world import Place, World, at, link, store

ORDINARY, COORDINATED = 15, 30  # working days
SATISFIED = (Case.Satisfaction.SATISFIED,) * 41 + (Case.Satisfaction.BASICALLY,) * 8 + (Case.Satisfaction.NOT,)
RESULTS = (Case.ResultClass.A,) * 44 + (Case.ResultClass.B,) * 4 + (Case.ResultClass.C, Case.ResultClass.D)
CAMPAIGN = "我为群众办实事·政协委员在行动"


class Docket:
    """Cases in the order they were thought of; `store` gives them numbers in the order they were registered."""

    def __init__(self, world: World, chance: Chance):
        self.world, self.chance = world, chance
        self.cases: list[Case] = []
        self.visits: list[tuple[Case, Visit]] = []

    def enter(
        self, code: str, place: Place | None, member: Member, told: Matter, registered: date, channel: str
    ) -> Case:
        departments = self.world.departments.get(code, {})
        n = COORDINATED if self.chance.happens(0.15) else ORDINARY
        case = Case(
            organisation=self.world.organisations[code], studio=place.studio if place else None, member=member,
            sector=self.world.sector_of(member, code), division=place.studio.division if place else None,
            title=told.title, content=told.content, category=self.world.categories[told.category],
            lead_department=departments.get(told.bureau), channel=channel, registered_on=registered,
            deadline=self.world.days.calendar.add_workdays(registered, n), campaign=self._campaign(code),
        )  # fmt: skip
        case.told = told  # what was done about it, for the result and the steps
        self.cases.append(case)
        return case

    def _campaign(self, code: str) -> str:
        """正宁县常态开展 this campaign; others now and then."""
        return CAMPAIGN if self.chance.happens(0.7 if code == "621025" else 0.05) else ""

    def resolve(self, case: Case, day: date):
        """Settled on a day; two thirds have since been called back and confirmed."""
        case.state, case.resolved_on, case.result = State.RESOLVED, day, case.told.result
        case.result_class = self.chance.choice(RESULTS)
        if day == case.registered_on:
            case.deadline = day
        if day + timedelta(days=3) <= self.world.days.yesterday and self.chance.happens(0.66):
            case.state, case.satisfaction = State.CONFIRMED, self.chance.choice(SATISFIED)
        case.times_reopened = int((day - case.registered_on).days > 8 and self.chance.happens(0.03))

    def void(self, case: Case, day: date):
        case.voided_at, case.void_reason = at(day, time(17, 30)), "重复登记"
        case.voided_by = self.world.clerks.get(case.organisation.code)

    def store(self):
        """Merged cases last, since they name another."""
        self.cases.sort(key=lambda case: case.registered_on)
        self._number()
        alone = [case for case in self.cases if case.state != State.MERGED]
        store(alone)
        for case in self.cases:
            if case.state == State.MERGED:
                case.merged_into = self._like(case, alone)
        store(case for case in self.cases if case.state == State.MERGED)
        link(Case.visits, ((case.pk, visit.pk) for case, visit in self.visits))
        self._joint_departments()

    def _like(self, merged: Case, others: list[Case]) -> Case:
        """The nearest case of the same organisation that was taken up."""
        same = [c for c in others if c.organisation_id == merged.organisation_id and c.state not in (State.DECLINED,)]
        return min(
            same, key=lambda c: (c.category_id != merged.category_id, abs(c.registered_on - merged.registered_on))
        )

    def _number(self):
        series = defaultdict(list)
        for case in self.cases:
            series[case.organisation, case.registered_on.year].append(case)
        for (organisation, year), cases in series.items():
            numbers = CaseSeries.take(organisation, year, len(cases))
            for case, number in zip(cases, numbers, strict=True):
                case.number = number

    def _joint_departments(self):
        pairs = []
        for case in self.cases:
            others = self.world.departments.get(case.organisation.code)
            if others and self.chance.happens(0.1):
                pairs.append((case.pk, self.chance.choice(list(others.values())).pk))
        link(Case.joint_departments, pairs)
