"""The seed's figures recomputed straight from the records, without the registry of indicators."""

from collections.abc import Callable
from datetime import date

from django.db.models import Q, QuerySet, Sum

from activities.models import Activity, MediaReport, Output, TaskGroup
from cases.models import Case, Instruction, Outcome, Submission
from liaison.models import Base, Member, Organisation, PartyMembership, Seat, SpecialCommittee
from liaison.periods import Period
from reception.models import ReceptionDay, Visit
from reports.demo.figures import seed_figures
from studios.models import Fund, Posting, Studio


class Measure:
    """One figure's place, period and filters, as rows of a model."""

    def __init__(self, row: dict, period: Period):
        self.row, self.period, self.last = row, period, period.last
        self.organisation = Organisation.objects.get(division__code=row["organisation"])

    def rows(self, model, day: str, **where) -> QuerySet:
        """Counted rows of the period."""
        within = {f"{day}__range": (self.period.start, self.period.last)}
        return self.placed(model.objects.counted()).filter(self.filters(model), **within, **where)

    def placed(self, rows: QuerySet, path: str = "organisation__path") -> QuerySet:
        if self.row.get("scope") == "own":
            return rows.filter(**{path: self.organisation.path})
        return rows.filter(**{f"{path}__startswith": self.organisation.path})

    def filters(self, model) -> Q:
        condition = Q()
        if studio := self.row.get("studio"):
            condition &= Q(studio__brand=studio) | Q(studio__industry=studio)
        if committee := self.row.get("special_committee"):
            prefix = "submission__" if model is Instruction else ""
            condition &= Q(**{f"{prefix}special_committee__name": committee})
        if programme := self.row.get("programme"):
            condition &= Q(programme__name=programme)
        return condition

    def activities(self, kind: str) -> QuerySet:
        return self.rows(Activity, "held_on", kind=kind)

    def submissions(self, *kinds: str, **where) -> QuerySet:
        return self.rows(Submission, "submitted_on", kind__in=kinds, **where)

    def outputs(self, kind: str) -> QuerySet:
        return self.rows(Output, "happened_on", kind=kind)

    def outcomes(self, kind: str) -> QuerySet:
        return self.rows(Outcome, "happened_on", kind=kind)

    def seats(self) -> QuerySet:
        return self.placed(standing(Seat, self.last))

    def postings(self, role: str) -> QuerySet:
        rows = standing(Posting, self.last).filter(self.filters(Posting), role=role)
        return self.placed(rows, "studio__organisation__path")


def standing(model, day: date) -> QuerySet:
    return model.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


def total(rows: QuerySet, column: str) -> int:
    return int(rows.aggregate(total=Sum(column))["total"] or 0)


def heads(rows: QuerySet, column: str = "member") -> int:
    return rows.order_by().values(column).distinct().count()


def studios(m: Measure) -> int:
    rows = Studio.objects.filter(Q(closed_on=None) | Q(closed_on__gt=m.last), kind="studio", opened_on__lte=m.last)
    return m.placed(rows).count()


def people_served_studio(m: Measure) -> int:
    in_studio = {"studio__isnull": False}
    visits = total(m.rows(Visit, "visited_on", **in_studio), "headcount")
    return visits + total(m.rows(Activity, "held_on", **in_studio), "public_count")


def members_based_here(m: Measure) -> int:
    seated = standing(Seat, m.last).values("member")
    based = standing(Base, m.last).filter(division__path__startswith=m.organisation.path)
    return Member.objects.filter(merged_into=None, pk__in=based.values("member")).filter(pk__in=seated).count()


def party_members(m: Measure) -> int:
    in_party = standing(PartyMembership, m.last).filter(party="cpc")
    return heads(m.seats().filter(member__in=in_party.values("member")))


MEASURES: dict[str, Callable[[Measure], int]] = {
    "studios": studios,
    "reception_days": lambda m: m.rows(ReceptionDay, "held_on").count(),
    "people_served_studio": people_served_studio,
    "matters_studio": lambda m: m.rows(Case, "resolved_on", studio__isnull=False).count(),
    "matters": lambda m: m.rows(Case, "resolved_on").count(),
    "leader_visits": lambda m: m.activities("leader_visit").count(),
    "members_based_here": members_based_here,
    "members": lambda m: heads(m.seats()),
    "sectors": lambda m: heads(m.seats(), "sector__standard_code"),
    "special_committees": lambda m: m.placed(standing(SpecialCommittee, m.last)).count(),
    "party_members": party_members,
    "assistance": lambda m: m.activities("assistance").count(),
    "listening_sessions": lambda m: m.activities("listening").count(),
    "listening_reports": lambda m: m.submissions("report", activity__kind="listening").count(),
    "suggestion_papers": lambda m: m.submissions("suggestion_paper").count(),
    "suggestions": lambda m: total(m.outputs("suggestion"), "count"),
    "financing": lambda m: total(m.outcomes("financing"), "amount"),
    "enterprises_financed": lambda m: total(m.outcomes("financing"), "enterprises"),
    "trained": lambda m: total(m.outcomes("trained"), "amount"),
    "exhibitors": lambda m: total(m.outcomes("exhibitors"), "amount"),
    "enterprises_helped": lambda m: total(m.outcomes("enterprises_helped"), "amount"),
    "revenue": lambda m: total(m.outcomes("revenue"), "amount"),
    "works": lambda m: total(m.outcomes("work"), "amount"),
    "leads": lambda m: heads(m.postings("lead")),
    "team_members": lambda m: heads(m.postings("member")),
    "reception_people": lambda m: total(m.rows(Visit, "visited_on", reception_day__kind="public"), "headcount"),
    "policy_talks": lambda m: m.activities("policy_talk").count(),
    "public_service": lambda m: m.activities("public_service").count(),
    "public_service_studios": lambda m: heads(m.activities("public_service").exclude(studio=None), "studio"),
    "consultations": lambda m: m.activities("consultation").count(),
    "matters_settled": lambda m: total(m.outputs("matter_settled"), "count"),
    "members_praised": lambda m: heads(
        m.rows(MediaReport, "published_on", level="city").exclude(praised=None), "praised"
    ),
    "task_groups": lambda m: m.placed(standing(TaskGroup, m.last)).count(),
    "funds": lambda m: total(m.rows(Fund, "allocated_on"), "amount"),
    "research_attendance": lambda m: total(m.activities("research"), "member_count"),
    "thematic_attendance": lambda m: total(m.activities("thematic_meeting"), "member_count"),
    "monthly_attendance": lambda m: total(m.activities("monthly_meeting"), "member_count"),
    "reports_submitted": lambda m: m.submissions("report", "motion").count(),
    "instructions": lambda m: m.rows(Instruction, "given_on").count(),
    "research_trips": lambda m: m.activities("research").count(),
    "proposals": lambda m: m.submissions("proposal").count(),
    "opinions": lambda m: m.submissions("opinion").count(),
}


def measured(periods: dict[str, Period]) -> dict[tuple, int]:
    """Place, indicator and period of each figure, with what the records say."""
    return {_key(row): MEASURES[row["indicator"]](Measure(row, periods[row["period"]])) for row in _known()}


def stated() -> dict[tuple, int]:
    """The same with what the seed says."""
    return {_key(row): row["value"] for row in _known()}


def _known() -> list[dict]:
    return seed_figures()


def _key(row: dict) -> tuple:
    return row["organisation"], row["indicator"], row["period"]
