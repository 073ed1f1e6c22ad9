"""One row of every kind in an office, for tests that walk over all of them.

Every text that a person may type carries a mark of the office and of the kind of row, every telephone number is the
office's own, so that a row of another office is recognised wherever it leaks.
"""

from datetime import date, time

from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from activities.models import Activity, MediaReport, Output, Participation, Programme, TaskGroup
from cases.models import Case, Choice, Erasure, Instruction, Intake, Outcome, Step, Submission
from liaison.fields import phone_validator
from liaison.models import (
    Account,
    ActivityGroup,
    ApiToken,
    Attachment,
    Delivery,
    Department,
    Entry,
    Grant,
    Holiday,
    Job,
    Member,
    Notice,
    Robot,
    Role,
    Sector,
    SpecialCommittee,
    Term,
)
from reception.models import Duty, DutySwap, Feed, ReceptionDay, Visit
from reports.models import DataCheck, PeriodReport, ReportFigure, ReportTemplate, SavedView, Supplement
from reports.word import own_template
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
# Kinds of marks: what row-level security guards, the directory of people and parts of an office, accounts, offices.
WALLED, DIRECTORY, ACCOUNT, OFFICE = KINDS = ("记号", "名号", "户号", "组号")


def mark(office: Office, n: int = 0, kind: str = WALLED) -> str:
    return f"{kind}{office.organisation.letters}{n}"


def number(office: Office, n: int, whose: str) -> str:
    """A mobile number that nobody else has; whose: visitor, member or department."""
    first = {"visitor": "139", "member": "138", "department": "137"}[whose]
    return f"{first}{office.organisation.code}{n}0"


def texts(model: type[models.Model], text: str, phone: str = "") -> dict:
    """A value for every column of a model in which a person may write freely."""
    found = {field.name: phone if phone_validator in field.validators else text for field in written(model)}
    arrays = [field for field in model._meta.fields if isinstance(field, ArrayField) and not field.base_field.choices]
    return found | {field.name: [text] for field in arrays}


def written(model: type[models.Model]) -> list[models.Field]:
    """Columns of free text."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, models.CharField | models.TextField)]
    return [field for field in fields if field.editable and not field.choices]


def one_of_each(office: Office, n: int = 0) -> dict[type, object]:
    """By model. `n` keeps several sets of one office apart."""
    rows: dict[type, object] = {}
    for make in (_who, _where, _what, _reception, _cases):
        for row in make(office, n, rows):
            rows[type(row)] = row
    return rows


def _who(office: Office, n: int, rows: dict):
    own, text = {"organisation": office.organisation}, mark(office, n, DIRECTORY)
    account = mark(office, n, ACCOUNT)
    yield Account.objects.create(username=account, name=account)
    digest = ApiToken.digest_of(account)
    yield ApiToken.objects.create(account=rows[Account], name=account, digest=digest, expires_at=timezone.now())
    yield Grant.objects.create(account=rows[Account], role=Role.CLERK, **own)
    yield Term.objects.create(number=20 + n, starts_on=date(1900 + n, 1, 1), ends_on=date(1900 + n, 12, 1), **own)
    committee = SpecialCommittee.objects.create(name=text, starts_on=LONG_AGO, **own)
    yield committee
    yield ActivityGroup.objects.create(name=text, special_committee=committee)
    yield Sector.objects.create(name=text, standard_code="01", **own)
    yield Holiday.objects.create(date=date(1990 + n, 1, 1), name="庙会", **own)
    yield Department.objects.create(**texts(Department, text, number(office, n, "department")), **own)
    member = Member.objects.create(**texts(Member, text, number(office, n, "member")), **own)
    yield member
    yield member.seats.create(term=office.term, sector=office.sectors[0], duty="chair", starts_on=LONG_AGO, **own)
    yield from _kept(office, n, rows)


def _kept(office: Office, n: int, rows: dict):
    """A file, a line of the trail, a saved view, what was signed."""
    own, text = {"organisation": office.organisation}, mark(office, n)
    yield _file(office, n, rows)
    yield Entry.note(Entry.Act.ADD, rows[SpecialCommittee], by=rows[Account])
    query = f"org={office.organisation.code}"
    yield SavedView.objects.create(page=SavedView.Page.TEXT, title=text, query=query, **own)
    yield Job.objects.create(
        kind="word",
        asked_by=rows[Account],
        state="done",
        file_type="text/plain",
        content=text.encode(),
        **texts(Job, text),
        **own,
    )
    notice = Notice.objects.create(account=rows[Account], text=text, url="/", key=text, **own)
    yield notice
    yield Robot.objects.create(name=text, kind="wecom", address=f"https://robot.test/{text}", secret=text, **own)
    dead = {"state": "dead", "due_at": timezone.now(), "error": "邮件服务器连不上。"}
    yield Delivery.objects.create(
        notice=notice, account=rows[Account], recipient=mark(office, n, ACCOUNT), channel="email", **dead, **own
    )
    yield ReportTemplate.objects.keep(
        kind="report", content=own_template(), by=rows[Account], **texts(ReportTemplate, text), **own
    )
    yield from _signed(office, n, rows)


def _file(office: Office, n: int, rows: dict) -> Attachment:
    text = mark(office, n)
    attachment = Attachment(
        organisation=office.organisation,
        kind="application/pdf",
        size=3,
        uploaded_by=rows[Account],
        **texts(Attachment, text),
    )
    attachment.file.save("a.pdf", ContentFile(f"%PDF-{text}".encode()))
    return attachment


def _signed(office: Office, n: int, rows: dict):
    """An accepted report of a month that holds a supplement: nobody may change either any more."""
    own, text, month = {"organisation": office.organisation}, mark(office, n), date(2026, 1 + n, 1)
    now = timezone.now()
    by = {"submitted_by": rows[Account], "submitted_at": now}
    decided = {"decided_by": office.clerk, "decided_at": now}
    yield Supplement.objects.create(
        month=month, indicator="works", value=3, reason=text, why=text, paper=_file(office, n, rows), state="approved",
        **by, **decided, **own,
    )  # fmt: skip
    report = PeriodReport.objects.create(grain="month", starts_on=month, note=text, why=text, doubts=text, **own)
    yield DataCheck.objects.create(
        check_code="empty_day",
        key=f"{office.organisation.pk}-{n}",
        note=text,
        checked_at=now,
        checked_by=office.clerk,
        **own,
    )
    yield ReportFigure.objects.create(report=report, indicator="visits", value=3, since="0.1.0")
    found = PeriodReport.objects.filter(pk=report.pk)
    found.update(state="submitted", **by)
    found.update(state="accepted", **decided)
    # Of itself: what matters is that there is a link.
    report.built_from.add(report)
    yield found.get()


def _where(office: Office, n: int, rows: dict):
    own, text, member = {"organisation": office.organisation}, mark(office, n), rows[Member]
    place = {"division": office.township or office.division}
    # A studio's telephone number is public.
    studio = Studio.objects.create(opened_on=LONG_AGO, **texts(Studio, text, "0931-8460000"), **place, **own)
    yield studio
    expert = {"expert_name": text, "expert_employer": text, "role": Posting.Role.EXPERT}
    Posting.objects.create(studio=studio, starts_on=LONG_AGO, **expert)
    yield Posting.objects.create(studio=studio, member=member, role="lead", starts_on=LONG_AGO)
    yield ReceptionRule.objects.create(
        studio=studio, day_of_month=5, opens=time(9), closes=time(11), starts_on=LONG_AGO, place=text
    )
    yield StandardCheck.objects.create(studio=studio, standard="place", checked_on=DAY, evidence=rows[Attachment])
    yield Guidance.objects.create(special_committee=rows[SpecialCommittee], studio=studio, starts_on=LONG_AGO)
    seat = member.seats.get()
    yield LeaderLink.objects.create(leader=seat, kind="studio", studio=studio, starts_on=LONG_AGO, **own)
    yield Contact.objects.create(kind="household", name=text, member=member, starts_on=DAY, **place, **own)
    fund = Fund.objects.create(year=2026, amount=1000, source=text, allocated_on=DAY, **own)
    yield fund
    yield Spending.objects.create(fund=fund, amount=100, spent_on=DAY, purpose=text)
    yield Paper.objects.create(effective_on=DAY, file=rows[Attachment], **texts(Paper, text), **own)


def _what(office: Office, n: int, rows: dict):
    text = mark(office, n)
    programme = Programme.objects.create(name=text, organisation=office.organisation, starts_on=LONG_AGO)
    yield programme
    yield TaskGroup.objects.create(programme=programme, name=text, leader=rows[Member], starts_on=LONG_AGO)
    report = MediaReport.objects.create(
        level="city", published_on=DAY, organisation=office.organisation, studio=rows[Studio],
        **texts(MediaReport, text) | {"link": f"https://media.test/{text}"},
    )  # fmt: skip
    report.praised.add(rows[Member])
    yield report
    activity = make_activity(office, DAY, studio=rows[Studio], recorded_by=rows[Account], **texts(Activity, text))
    yield activity
    yield Participation.objects.create(activity=activity, member=rows[Member])
    yield Output.objects.create(activity=activity, kind="suggestion", title=text)


def _reception(office: Office, n: int, rows: dict):
    text = mark(office, n)
    day = ReceptionDay.objects.create(
        studio=rows[Studio], held_on=DAY, opens=time(9), closes=time(11), state="announced", **texts(ReceptionDay, text)
    )
    yield day
    yield Duty.objects.create(reception_day=day, member=rows[Member])
    account = mark(office, n, ACCOUNT)
    yield Feed.objects.create(
        account=rows[Account], name=account, digest=Feed.digest_of(account), issued_at=timezone.now()
    )
    yield DutySwap.objects.create(
        reception_day=day, giver=rows[Member], asked_by=rows[Account], asked_at=timezone.now(), **texts(DutySwap, text)
    )
    visit = Visit.objects.create(
        reception_day=day, consented=True, recorded_by=rows[Account],
        **texts(Visit, text, number(office, n, "visitor")),
    )  # fmt: skip
    visit.receive(rows[Member])
    yield visit


def _cases(office: Office, n: int, rows: dict):
    own, text, by = {"organisation": office.organisation}, mark(office, n), rows[Account]
    case = make_case(office, DAY, studio=rows[Studio], member=rows[Member], **texts(Case, text))
    yield case
    yield Step.objects.create(case=case, state=case.state, by=by, at=timezone.now(), **texts(Step, text), **own)
    yield Intake.objects.create(
        case=case, proof=text, consented=True, **texts(Intake, text, number(office, n, "visitor"))
    )
    yield Choice.objects.create(
        case=case, studio=rows[Studio], member=rows[Member], at=timezone.now(), **texts(Choice, text), **own
    )
    yield Erasure.objects.create(visit=rows[Visit], reason="asked", at=timezone.now(), by=by, **own)
    yield Outcome.objects.create(case=case, kind="jobs", amount=3, happened_on=DAY, note=text, **own)
    submission = Submission.objects.create(
        kind="proposal", first_author=rows[Member], submitted_on=DAY, **texts(Submission, text), **own
    )
    yield submission
    yield Instruction.objects.create(
        submission=submission, leader_level="city", given_on=DAY, **texts(Instruction, text)
    )
