"""One row of every kind in an office, for tests that walk over all of them.

Every text carries the office's own mark, so that a row of another office is recognised wherever it leaks.
"""

from datetime import date, time

from django.core.files.base import ContentFile
from django.utils import timezone

from activities.models import Output, Participation, Programme
from cases.models import Erasure, Instruction, Outcome, Submission
from liaison.models import (
    ActivityGroup,
    Attachment,
    Department,
    Entry,
    Member,
    Sector,
    SpecialCommittee,
    Term,
)
from reception.models import Duty, ReceptionDay, Visit
from studios.models import (
    Contact,
    Fund,
    Guidance,
    LeaderLink,
    Paper,
    Posting,
    ReceptionRule,
    Spending,
    StandardCheck,
    Studio,
)
from tests.cast import LONG_AGO, Office, make_activity, make_case

DAY = date(2026, 6, 1)


def mark(office: Office, n: int = 0) -> str:
    return f"记号{office.organisation.letters}{n}"


def one_of_each(office: Office, n: int = 0) -> dict[type, object]:
    """By model. `n` keeps several sets apart; the office is one of a county."""
    rows = {type(row): row for row in _who(office, n)}
    for make in (_where, _what, _reception, _cases):
        rows |= {type(row): row for row in make(office, n, rows)}
    return rows


def _who(office: Office, n: int):
    own, text = {"organisation": office.organisation}, mark(office, n)
    yield Term.objects.create(number=20 + n, starts_on=date(1900 + n, 1, 1), ends_on=date(1900 + n, 12, 1), **own)
    committee = SpecialCommittee.objects.create(name=text, starts_on=LONG_AGO, **own)
    yield committee
    yield ActivityGroup.objects.create(name=text, special_committee=committee)
    yield Sector.objects.create(name=text, standard_code="01", **own)
    yield Department.objects.create(name=text, **own)
    member = Member.objects.create(name=text, phone="13900001111", **own)
    yield member
    yield member.seats.create(term=office.term, sector=office.sectors[0], duty="chair", starts_on=LONG_AGO, **own)
    attachment = Attachment(name=text, kind="application/pdf", size=3, checksum=text, **own)
    attachment.file.save("a.pdf", ContentFile(b"%PDF-"))
    yield attachment
    yield Entry.note(Entry.Act.ADD, committee, by=office.clerk)


def _where(office: Office, n: int, rows: dict):
    own, text, member = {"organisation": office.organisation}, mark(office, n), rows[Member]
    studio = Studio.objects.create(name=text, division=office.township, opened_on=LONG_AGO, **own)
    yield studio
    yield Posting.objects.create(studio=studio, member=member, role="lead", starts_on=LONG_AGO)
    yield ReceptionRule.objects.create(
        studio=studio, day_of_month=5, opens=time(9), closes=time(11), starts_on=LONG_AGO
    )
    yield StandardCheck.objects.create(studio=studio, standard="place", checked_on=DAY)
    yield Guidance.objects.create(special_committee=rows[SpecialCommittee], studio=studio, starts_on=LONG_AGO)
    seat = member.seats.get()
    yield LeaderLink.objects.create(leader=seat, kind="studio", studio=studio, starts_on=LONG_AGO, **own)
    yield Contact.objects.create(
        kind="household", name=text, division=office.township, member=member, starts_on=DAY, **own
    )
    fund = Fund.objects.create(year=2026, amount=1000, source=text, allocated_on=DAY, **own)
    yield fund
    yield Spending.objects.create(fund=fund, amount=100, spent_on=DAY, purpose=text)
    yield Paper.objects.create(title=text, effective_on=DAY, **own)


def _what(office: Office, n: int, rows: dict):
    text = mark(office, n)
    yield Programme.objects.create(name=text, organisation=office.organisation, starts_on=LONG_AGO)
    activity = make_activity(office, DAY, title=text, studio=rows[Studio])
    yield activity
    yield Participation.objects.create(activity=activity, member=rows[Member])
    yield Output.objects.create(activity=activity, kind="suggestion", title=text)


def _reception(office: Office, n: int, rows: dict):
    day = ReceptionDay.objects.create(
        studio=rows[Studio], held_on=DAY, opens=time(9), closes=time(11), state="announced", theme=mark(office, n)
    )
    yield day
    yield Duty.objects.create(reception_day=day, member=rows[Member])
    visit = Visit.objects.create(
        reception_day=day, content=mark(office, n), visitor_name=f"王{mark(office, n)}", visitor_phone="13912345678",
        consented=True,
    )  # fmt: skip
    visit.receive(rows[Member])
    yield visit


def _cases(office: Office, n: int, rows: dict):
    own, text = {"organisation": office.organisation}, mark(office, n)
    case = make_case(office, DAY, title=text, studio=rows[Studio])
    yield case
    yield case.steps.get()
    yield Erasure.objects.create(visit=rows[Visit], reason="asked", at=timezone.now(), **own)
    yield Outcome.objects.create(case=case, kind="jobs", amount=3, happened_on=DAY, note=text, **own)
    submission = Submission.objects.create(
        kind="proposal", title=text, first_author=rows[Member], submitted_on=DAY, **own
    )
    yield submission
    yield Instruction.objects.create(submission=submission, leader_level="city", given_on=DAY, text=text)
