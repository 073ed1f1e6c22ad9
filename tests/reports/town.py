"""Everything that may happen to records, as acts that a random test strings together; a second session may join in.

An act is drawn as (name, pick, office, day, n): which record of this run, where to, when, how much. What the database or a
model refuses has not happened.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import psycopg
from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from activities.models import Activity, MediaReport, Output
from cases.models import Case, Instruction, Outcome, Submission
from cases.workflow import State
from liaison.models import Member, SpecialCommittee
from reception.models import ReceptionDay, Visit
from reports import rollup
from reports.indicators import DISTINCT, SUMMED
from reports.models import Cell, Rolled
from studios.models import Fund, Studio
from tests.cast import Cast, Office, make_activity, make_case, make_day, make_visit
from tests.reports.townspeople import Townspeople

DAYS = (
    date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 31),
    date(2026, 4, 1), date(2026, 9, 30),
)  # fmt: skip
Act = tuple[str, int, int, date, int]


class Town(Townspeople):
    """One run: the counties of the cast, the records it has made, and what the second session holds.

    write, kill: done once by another session between a drain's taking of notes and its recount, `write` as soon as visits
    or seats are drained.
    """

    def __init__(self, cast: Cast, other: psycopg.Connection, drain: Callable[[], object] = rollup.drain):
        self.offices = (cast.chengguan, cast.anning, cast.xifeng)
        self.made: list = []
        self.theirs = make_visit(cast.chengguan, DAYS[0])
        member = Member.objects.create(organisation=cast.chengguan.organisation, name="他们的委员")
        self._seat(member, cast.chengguan, DAYS[0], None, 1)
        self.their_seat = self.made.pop()
        self.other, self.drain = other, drain
        self.write: Callable | None = None
        self.kill: Callable | None = None

    def do(self, act: Act):
        name, pick, office, day, n = act
        # What is refused, or waits for a row that the other session holds, is undone.
        with suppress(ValidationError, DatabaseError), transaction.atomic():
            getattr(self, name)(pick, self.offices[office], day, n)

    def _add(self, row):
        self.made.append(row)
        return row

    def _one(self, model: type, pick: int):
        """A record of this kind as it is now. Raises ValidationError when there is none yet."""
        found = [row for row in self.made if isinstance(row, model)]
        if not found:
            raise ValidationError("none yet")
        row = found[pick % len(found)]
        row.refresh_from_db()
        return row

    def _numbers(self, model: type) -> list[int]:
        return [row.pk for row in self.made if isinstance(row, model)]

    # Adding

    def add_visit(self, pick: int, office: Office, day: date, n: int):
        self._add(make_visit(office, day, headcount=n))

    def add_visit_of_a_day(self, pick: int, office: Office, day: date, n: int):
        opened = ReceptionDay.objects.filter(studio=office.studio, held_on=day).first() or make_day(office, day)
        if opened.state == ReceptionDay.State.HELD:
            opened.reopen()
        self._add(opened)
        self._add(make_visit(office, day, reception_day=opened, headcount=n))
        opened.hold(summary="")

    def add_activity(self, pick: int, office: Office, day: date, n: int):
        kind = (Activity.Kind.LISTENING, Activity.Kind.POLICY_TALK)[pick % 2]
        studio = office.studio if pick % 3 else None
        activity = self._add(make_activity(office, day, kind=kind, public_count=n, studio=studio))
        self._add(Output.objects.create(activity=activity, kind=Output.Kind.SUGGESTION, count=n, happened_on=day))
        self.add_paper(pick, office, day, n, activity)

    def add_paper(self, pick: int, office: Office, day: date, n: int, activity: Activity | None = None):
        paper = Submission.objects.create(
            organisation=office.organisation, kind=Submission.Kind.REPORT, title="报告", activity=activity,
            first_author=office.member, submitted_on=day,
        )  # fmt: skip
        self._add(paper)
        self._add(Instruction.objects.create(submission=paper, leader_level="province", given_on=day))

    def add_case(self, pick: int, office: Office, day: date, n: int):
        self._add(make_case(office, day))

    def add_what_is_counted_in_yuan(self, pick: int, office: Office, day: date, n: int):
        own = {"organisation": office.organisation, "studio": office.studio}
        self._add(Fund.objects.create(year=day.year, amount=n, source="财政", allocated_on=day, **own))
        self._add(Outcome.objects.create(kind="financing", amount=n, enterprises=1, happened_on=day, **own))

    def add_what_stands(self, pick: int, office: Office, day: date, n: int):
        place = office.organisation
        name = f"第{Studio.objects.count()}个"
        self._add(Studio.objects.create(organisation=place, division=place.division, name=name, opened_on=day))
        self._add(SpecialCommittee.objects.create(organisation=place, name=name, starts_on=day))
        self._add(
            MediaReport.objects.create(organisation=place, title="报道", outlet="日报", level="city", published_on=day)
        )

    # Changing

    def change_a_visit(self, pick: int, office: Office, day: date, n: int):
        visit = self._one(Visit, pick)
        visit.visited_on, visit.headcount, visit.channel = day, n, ("desk", "call")[n % 2]
        visit.reception_day = None
        visit.save()

    def move_a_record(self, pick: int, office: Office, day: date, n: int):
        """As someone with a database console would."""
        visit = self._one(Visit, pick)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reception_visit SET organisation_id = %s, studio_id = %s, visited_on = %s, sector_id = NULL, "
                "reception_day_id = NULL WHERE id = %s",
                [office.organisation.pk, office.studio.pk, day, visit.pk],
            )

    def move_all_of_an_office(self, pick: int, office: Office, day: date, n: int):
        Activity.objects.filter(pk__in=self._numbers(Activity)).update(
            organisation=office.organisation, studio=None, special_committee=None
        )

    def change_many(self, pick: int, office: Office, day: date, n: int):
        Visit.objects.filter(pk__in=self._numbers(Visit)[::2]).update(headcount=n, visited_on=day, reception_day=None)
        Activity.objects.filter(pk__in=self._numbers(Activity)[1::2]).update(public_count=n, held_on=day)

    def change_a_parent(self, pick: int, office: Office, day: date, n: int):
        Activity.objects.filter(pk=self._one(Activity, pick).pk).update(
            kind=(Activity.Kind.LISTENING, Activity.Kind.OTHER)[n % 2], studio=(None, office.studio)[pick % 2]
        )

    def change_the_kind_of_a_day(self, pick: int, office: Office, day: date, n: int):
        kind = ReceptionDay.Kind.values[n % 2]
        ReceptionDay.objects.filter(pk=self._one(ReceptionDay, pick).pk).update(kind=kind)

    def end_what_stands(self, pick: int, office: Office, day: date, n: int):
        Studio.objects.filter(pk=self._one(Studio, pick).pk).update(closed_on=day)
        SpecialCommittee.objects.filter(pk=self._one(SpecialCommittee, pick).pk).update(ends_on=day)

    def resolve_a_case(self, pick: int, office: Office, day: date, n: int):
        case = self._one(Case, pick)
        if case.state == State.RECEIVED:
            case.move(State.RESOLVED, by=office.clerk, at=timezone.now(), result="已修好")
        Case.objects.filter(pk=case.pk, resolved_on__isnull=False).update(resolved_on=max(day, case.registered_on))

    def reopen_a_case(self, pick: int, office: Office, day: date, n: int):
        self.resolve_a_case(pick, office, day, n)
        self._one(Case, pick).move(State.IN_PROGRESS, by=office.clerk, at=timezone.now(), note="未解决")

    # Taking out

    def void(self, pick: int, office: Office, day: date, n: int):
        model = (Visit, Activity, Case, Submission, ReceptionDay, Fund)[n % 6]
        self._one(model, pick).void(by=office.clerk, why="误录", at=timezone.now())

    def take_a_void_back(self, pick: int, office: Office, day: date, n: int):
        model = (Visit, Activity, Submission)[n % 3]
        model.objects.filter(pk=self._one(model, pick).pk).update(voided_at=None, voided_by=None, void_reason="")

    def delete(self, pick: int, office: Office, day: date, n: int):
        output = self._one(Output, pick)
        output.delete()
        self.made.remove(output)

    def merge_two_cases(self, pick: int, office: Office, day: date, n: int):
        one, other = self._one(Case, pick), self._one(Case, n)
        one.move(State.ACCEPTED, by=office.clerk, at=timezone.now())
        one.move(State.MERGED, by=office.clerk, at=timezone.now(), note="并案", merged_into=other)

    def merge_two_members(self, pick: int, office: Office, day: date, n: int):
        twin = Member.objects.create(organisation=office.organisation, name="同一人")
        self._one(Visit, pick).receive(twin)
        office.member.merge(twin)

    # A second session

    def _change_theirs(self, day: date, n: int):
        self.other.execute(
            "UPDATE reception_visit SET visited_on = %s, headcount = headcount + %s WHERE id = %s",
            [day, n, self.theirs.pk],
        )
        self.other.execute(
            "UPDATE liaison_seat SET starts_on = %s, sector_id = %s WHERE id = %s",
            [day, self.offices[0].sectors[n % 2].pk, self.their_seat.pk],
        )

    def other_begins(self, pick: int, office: Office, day: date, n: int):
        self._change_theirs(day, n)

    def other_commits(self, pick: int, office: Office, day: date, n: int):
        self.other.commit()

    def other_gives_up(self, pick: int, office: Office, day: date, n: int):
        self.other.rollback()

    def other_writes_in_the_middle_of_the_next_drain(self, pick: int, office: Office, day: date, n: int):
        def write():
            self._change_theirs(day, n)
            self.other.commit()

        self.write = write

    def in_the_middle(self, source: str):
        """A drain of this source has come to its middle."""
        write, kill = self.write if source in ("visit", "heads:seat") else None, self.kill
        if write:
            self.write = None
            write()
        if kill:
            self.kill = None
            kill()


def drain(town: Town):
    """Outside of any transaction, as the worker does it."""
    town.drain()


def drain_that_is_killed(town: Town):
    """The server ends its session after it has taken its notes and before it commits."""
    connection.ensure_connection()  # the act before may have been one that was killed
    number = connection.connection.info.backend_pid

    def kill():
        with psycopg.connect(**address(), autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s, 5000)", [number])

    town.kill = kill
    with suppress(OperationalError):
        town.drain()
    town.kill = None
    connection.close()


WHOLE_ACTS = {"drain": drain, "drain_that_is_killed": drain_that_is_killed}
ACTS = [
    name
    for kind in (Town, Townspeople)
    for name in vars(kind)
    if not name.startswith("_") and name not in ("do", "in_the_middle")
]


def play(town: Town, acts: list[Act]):
    for act in acts:
        if act[0] in WHOLE_ACTS:
            WHOLE_ACTS[act[0]](town)
        else:
            town.do(act)
    if town.write:  # no drain of visits came by
        town.write()
        town.write = None
    town.other.commit()


def address() -> dict:
    """Connection parameters of the app role, for a second session."""
    settings = connection.get_connection_params()
    return {key: settings[key] for key in ("host", "port", "dbname", "user", "password") if settings.get(key)}


def stored() -> set[tuple]:
    """Every cell and every row above."""
    names = ("source", "organisation", "dimension", "key", *(i.code for i in SUMMED))
    above = ("grain", "starts_on", *names, *(i.code for i in DISTINCT))
    return {*Cell.objects.values_list("month", *names), *Rolled.objects.values_list(*above)}
