"""The cast: 甘肃 above 兰州 (with 城关 and 安宁) and 庆阳 (with 西峰), and the people in each.

Made with few bulk inserts, so that every test can afford it. Whoever needs more makes it with the
functions at the end, which fill in what a test does not care about.
"""

from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from activities.models import Activity
from cases.models import Case
from liaison.models import (
    Account,
    Base,
    Category,
    Department,
    Division,
    Grant,
    Level,
    Member,
    Organisation,
    Party,
    PartyMembership,
    Role,
    Seat,
    Sector,
    SpecialCommittee,
    Term,
)
from liaison.sectors import StandardSector
from reception.models import ReceptionDay, Visit
from studios.models import Posting, Studio

PASSWORD = "cast-Of-2026"
# Before every day that a test is likely to use.
LONG_AGO = date(2021, 1, 1)


class Place(NamedTuple):
    key: str
    code: str
    level: str
    name: str
    letters: str
    member: str
    above: str = ""
    township: str = ""
    township_code: str = ""


PLACES = (
    Place("gansu", "620000", Level.PROVINCE, "甘肃省", "GS", "王省安"),
    Place("lanzhou", "620100", Level.CITY, "兰州市", "LZ", "李兰生", "gansu"),
    Place(
        "chengguan",
        "620102",
        Level.COUNTY,
        "城关区",
        "CGQ",
        "张新民",
        "lanzhou",
        "广武门",
        "620102009",
    ),
    Place("anning", "620105", Level.COUNTY, "安宁区", "ANQ", "赵宁远", "lanzhou", "培黎", "620105001"),
    Place("qingyang", "621000", Level.CITY, "庆阳市", "QY", "刘庆阳", "gansu"),
    Place("xifeng", "621002", Level.COUNTY, "西峰区", "XFQ", "陈西峰", "qingyang", "北街", "621002001"),
)
COUNTIES = tuple(place for place in PLACES if place.township)


@dataclass(frozen=True)
class Office:
    """One organisation with its people; township, studio and officer are those of a county."""

    organisation: Organisation
    division: Division
    term: Term
    sectors: tuple[Sector, Sector]
    special_committee: SpecialCommittee
    department: Department
    member: Member
    seat: Seat
    account: Account  # the member's own login
    clerk: Account
    leader: Account
    township: Division | None
    studio: Studio | None
    officer: Account | None


@dataclass(frozen=True)
class Cast:
    gansu: Office
    lanzhou: Office
    chengguan: Office
    anning: Office
    qingyang: Office
    xifeng: Office
    categories: tuple[Category, ...]
    admin: Account
    security: Account
    auditor: Account

    @property
    def offices(self) -> tuple[Office, ...]:
        return tuple(getattr(self, place.key) for place in PLACES)


def build_cast() -> Cast:
    """Store the whole cast; some 30 queries."""
    divisions, townships = _divisions()
    organisations = _organisations(divisions)
    parts = {
        "organisation": organisations, "division": divisions, "township": townships,
        **_standing(organisations), "member": _members(organisations, divisions),
    }  # fmt: skip
    parts["seat"] = _seats(parts)
    accounts = _accounts(parts)
    for part in ("account", "clerk", "leader", "officer"):
        parts[part] = {place.key: accounts.get(f"{place.key}-{part}") for place in PLACES}
    parts["studio"] = _studios(parts)
    offices = {place.key: Office(**{part: rows.get(place.key) for part, rows in parts.items()}) for place in PLACES}
    categories = Category.objects.bulk_create(
        Category(name=name, order=order) for order, name in enumerate(("道路交通", "教育", "医疗卫生"))
    )
    administrators = {name: accounts[name] for name in ("admin", "security", "auditor")}
    return Cast(**offices, categories=tuple(categories), **administrators)


def _divisions() -> tuple[dict[str, Division], dict[str, Division]]:
    nation = Division.objects.create(code="000000", name="全国", level=Level.NATION)
    divisions: dict[str, Division] = {}
    for place in PLACES:
        parent = divisions.get(place.above, nation)
        divisions[place.key] = Division.objects.create(
            code=place.code, name=place.name, level=place.level, parent=parent
        )
    townships = Division.objects.bulk_create(
        Division(
            code=place.township_code, name=f"{place.township}街道", level=Level.TOWNSHIP,
            parent=divisions[place.key],
        )
        for place in COUNTIES
    )  # fmt: skip
    return divisions, {place.key: row for place, row in zip(COUNTIES, townships, strict=True)}


def _organisations(divisions) -> dict[str, Organisation]:
    organisations: dict[str, Organisation] = {}
    for place in PLACES:
        organisations[place.key] = Organisation.objects.create(
            division=divisions[place.key], parent=organisations.get(place.above), level=place.level,
            name=f"政协{place.name}委员会", short_name=f"{place.name}政协", letters=place.letters,
        )  # fmt: skip
    return organisations


def _standing(organisations) -> dict[str, dict]:
    """What an organisation has before it has members."""

    def one_each(model, **values):
        rows = [model(organisation=owner, **values) for owner in organisations.values()]
        return dict(zip(organisations, model.objects.bulk_create(rows), strict=True))

    economy = one_each(Sector, name="经济界", standard_code=StandardSector.S21, order=1)
    teaching = one_each(Sector, name="教育界", standard_code=StandardSector.S23, order=2)
    return {
        "term": one_each(Term, number=5, starts_on=LONG_AGO),
        "sectors": {key: (economy[key], teaching[key]) for key in organisations},
        "special_committee": one_each(SpecialCommittee, name="经济委员会", starts_on=LONG_AGO),
        "department": one_each(Department, name="交通运输局"),
    }


def _members(organisations, divisions) -> dict[str, Member]:
    members = Member.objects.bulk_create(
        Member(organisation=organisations[place.key], name=place.member, birth_year=1970) for place in PLACES
    )
    members = {place.key: member for place, member in zip(PLACES, members, strict=True)}
    Base.objects.bulk_create(
        Base(member=member, division=divisions[key], starts_on=LONG_AGO) for key, member in members.items()
    )
    PartyMembership.objects.bulk_create(
        PartyMembership(member=member, party=Party.CPC, starts_on=LONG_AGO) for member in members.values()
    )
    return members


def _seats(parts) -> dict[str, Seat]:
    seats = Seat.objects.bulk_create(
        Seat(
            member=member, organisation=parts["organisation"][key], term=parts["term"][key],
            sector=parts["sectors"][key][0], special_committee=parts["special_committee"][key],
            starts_on=LONG_AGO,
        )
        for key, member in parts["member"].items()
    )  # fmt: skip
    return dict(zip(parts["member"], seats, strict=True))


@cache
def hashed_password() -> str:
    """Hashing is slow on purpose: once a run is enough."""
    return make_password(PASSWORD)


def _accounts(parts) -> dict[str, Account]:
    """By username: "chengguan-clerk", "chengguan-account" (the member) …, "admin"."""
    names = {"clerk": (Role.CLERK, "机关"), "leader": (Role.LEADER, "领导")}
    wanted = [
        ("admin", Role.ADMIN, "系统管理员", "gansu"),
        ("security", Role.SECURITY, "安全管理员", "gansu"),
    ]
    wanted += [("auditor", Role.AUDITOR, "审计管理员", "gansu")]
    for place in PLACES:
        wanted += [(f"{place.key}-{key}", role, place.name + name, place.key) for key, (role, name) in names.items()]
        wanted.append((f"{place.key}-account", Role.MEMBER, place.member, place.key))
    wanted += [(f"{p.key}-officer", Role.LIAISON_OFFICER, f"{p.township}联络员", p.key) for p in COUNTIES]
    accounts = Account.objects.bulk_create(
        Account(
            username=username, name=name, password=hashed_password(),
            member=parts["member"][key] if role == Role.MEMBER else None,
        )
        for username, role, name, key in wanted
    )  # fmt: skip
    Grant.objects.bulk_create(
        Grant(account=account, role=role, organisation=parts["organisation"][key])
        for account, (_, role, _, key) in zip(accounts, wanted, strict=True)
    )
    return {account.username: account for account in accounts}


def _studios(parts) -> dict[str, Studio]:
    studios = Studio.objects.bulk_create(
        Studio(
            organisation=parts["organisation"][place.key], division=parts["township"][place.key],
            name=f"{place.township}委员工作室", opened_on=LONG_AGO,
            liaison_officer=parts["officer"][place.key],
        )
        for place in COUNTIES
    )  # fmt: skip
    studios = {place.key: studio for place, studio in zip(COUNTIES, studios, strict=True)}
    Posting.objects.bulk_create(
        Posting(studio=studio, member=parts["member"][key], role=Posting.Role.LEAD, starts_on=LONG_AGO)
        for key, studio in studios.items()
    )
    return studios


def make_day(office: Office, on: date | None = None, **values) -> ReceptionDay:
    """An announced reception day of the county's studio, today unless said otherwise."""
    values = {"state": ReceptionDay.State.ANNOUNCED, "opens": time(9), "closes": time(11)} | values
    return ReceptionDay.objects.create(studio=office.studio, held_on=on or timezone.localdate(), **values)


def make_visit(office: Office, on: date | None = None, **values) -> Visit:
    """One person received in the county's studio by its member, today unless said otherwise."""
    visit = Visit.objects.create(**{"studio": office.studio, "visited_on": on or timezone.localdate()} | values)
    visit.receive(office.member)
    return visit


def make_case(office: Office, on: date | None = None, **values) -> Case:
    """A case registered with its number and first step, today unless said otherwise."""
    standing = {
        "organisation": office.organisation, "studio": office.studio, "member": office.member,
        "sector": office.sectors[0], "title": "路灯不亮",
        "registered_on": on or timezone.localdate(),
    }  # fmt: skip
    return Case(**standing | values).open(by=office.clerk, at=timezone.now())


def make_activity(office: Office, on: date | None = None, **values) -> Activity:
    """A held policy talk of the office, today unless said otherwise."""
    standing = {
        "organisation": office.organisation, "studio": office.studio, "title": "政策宣讲",
        "kind": Activity.Kind.POLICY_TALK, "state": Activity.State.HELD,
        "held_on": on or timezone.localdate(),
    }  # fmt: skip
    return Activity.objects.create(**standing | values)
