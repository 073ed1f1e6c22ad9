"""Whose rows there are to leak, and who asks: sets of rows with their marks, and accounts with the marks they may meet."""

import copy
import os
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from cases.models import Case
from cases.models.case import new_query_code
from liaison.models import (
    Account,
    Attachment,
    Category,
    Department,
    Grant,
    Member,
    Organisation,
    Role,
    Seat,
    Voidable,
)
from reception.models import ReceptionDay, Visit
from reports import rollup
from studios.models import Studio
from tests.cast import LONG_AGO, Cast, Office
from tests.rows import ACCOUNT, DAY, DIRECTORY, KINDS, OFFICE, mark, number, one_of_each, texts

ALL = os.environ.get("LEAK") == "all"
# County with two sets (its studio's people must not meet the other one's), sibling, parent, cousin, its parent, the top.
PLACES = (
    ("chengguan", 0),
    ("chengguan", 1),
    ("lanzhou", 0),
    ("xifeng", 0),
    ("anning", 0),
    ("qingyang", 0),
    ("gansu", 0),
)
QUICK_PLACES = (("chengguan", 0), ("lanzhou", 0), ("xifeng", 0))


@dataclass
class Held:
    """A set of rows of one office, by label; more: further rows of some kinds (voided, merged, typical)."""

    office: Office
    n: int
    rows: dict[str, models.Model] = field(repr=False)
    more: dict[str, list[models.Model]] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        return f"{self.office.organisation.letters}{self.n}"

    @property
    def code(self) -> str:
        return self.office.organisation.code

    def of(self, label: str) -> list[models.Model]:
        return [self.rows[label], *self.more.get(label, [])] if label in self.rows else []

    def key(self, model: type[models.Model]) -> int | None:
        row = self.rows.get(model._meta.label_lower)
        return row and row.pk


def marks(name: str, kinds: tuple[str, ...] = KINDS) -> set[str]:
    return {kind + name for kind in kinds}


def numbers(held: Held) -> set[str]:
    return {number(held.office, held.n, whose) for whose in ("visitor", "member", "department")}


def build(cast: Cast, places=PLACES if ALL else QUICK_PLACES) -> dict[str, Held]:
    """Sets of rows by name ("CGQ0")."""
    found = {}
    for key, n in places:
        office = getattr(cast, key)
        rows = {model._meta.label_lower: row for model, row in one_of_each(office, n).items()}
        rows |= {"liaison.organisation": office.organisation, "liaison.division": office.division}
        held = Held(office, n, rows)
        _finish(held, cast.categories[0])
        found[held.name] = held
    _rename(cast)
    _cross(found)
    rollup.drain()
    return found


def _finish(held: Held, category: Category):
    """What one row of each kind does not have yet: voided rows with a reason, a photo, a typical case, filled lists."""
    rows, text = held.rows, mark(held.office, held.n)
    held.rows["liaison.category"] = category
    for label, row in list(rows.items()):
        if isinstance(row, Voidable):
            held.more[label] = [_voided_twin(row, text)]
    today = ReceptionDay.objects.create(
        studio=rows["studios.studio"], held_on=timezone.localdate(), opens="09:00", closes="11:00", state="announced",
        **texts(ReceptionDay, text),
    )  # fmt: skip
    held.more["reception.receptionday"].append(today)
    photo = Attachment(kind="image/jpeg", size=3, target=rows["reception.visit"], organisation=held.office.organisation,
                       uploaded_by=rows["liaison.account"], **texts(Attachment, text))  # fmt: skip
    photo.file.save("a.jpg", ContentFile(text.encode()))
    held.more["liaison.attachment"] = [photo]
    held.more["cases.case"].append(_typical(held, text))
    _fill_lists(rows, category)


def _voided_twin(row: Voidable, text: str) -> Voidable:
    twin = copy.copy(row)
    twin._state = copy.copy(row._state)
    twin._state.fields_cache, twin._state.adding, twin.pk = {}, True, None
    if isinstance(twin, Case):
        twin.number, twin.query_code = f"{row.number}V", new_query_code()
    if isinstance(twin, Visit):
        twin.client_key = Visit._meta.get_field("client_key").default()
    twin.voided_at, twin.void_reason = timezone.now(), text
    twin.save()
    return twin


def _typical(held: Held, text: str) -> Case:
    """A resolved one that the report text tells of."""
    case = Case(
        organisation=held.office.organisation, registered_on=DAY, is_typical=True, result_class="A", member=held.rows["liaison.member"],
        studio=held.rows["studios.studio"], sector=held.office.sectors[0], **texts(Case, text),
    ).open(by=held.rows["liaison.account"], at=timezone.now())  # fmt: skip
    for state in ("accepted", "in_progress", "resolved"):
        case.move(state, by=held.rows["liaison.account"], at=timezone.now(), note=text)
    return case


def _fill_lists(rows: dict, category: Category):
    rows["cases.case"].visits.add(rows["reception.visit"])
    rows["cases.case"].joint_departments.add(rows["liaison.department"])
    rows["cases.submission"].joint_authors.add(rows["liaison.member"])
    rows["cases.submission"].joint_departments.add(rows["liaison.department"])
    rows["cases.submission"].source_cases.add(rows["cases.case"])
    rows["studios.studio"].sectors.add(rows["liaison.sector"])
    for label in ("cases.case", "reception.visit"):
        type(rows[label]).objects.filter(pk=rows[label].pk).update(category=category)
    Case.objects.filter(pk=rows["cases.case"].pk).update(lead_department=rows["liaison.department"])


def _rename(cast: Cast):
    for office in cast.offices:
        text = mark(office, 0, OFFICE)
        Organisation.objects.filter(pk=office.organisation.pk).update(name=text, short_name=text)
        office.organisation.refresh_from_db()


def _cross(found: dict[str, Held]):
    """People in two offices: the county's member once sat in the city and elsewhere, a guest sits in the county."""
    county, city = found["CGQ0"], found["LZ0"]
    for other in (city, found["XFQ0"]):
        Seat.objects.create(
            member=county.rows["liaison.member"], organisation=other.office.organisation, term=other.office.term,
            sector=other.office.sectors[0], special_committee=other.rows["liaison.specialcommittee"],
            starts_on=LONG_AGO, ends_on=DAY,
        )  # fmt: skip
    above = next((held for name, held in found.items() if name == "GS0"), city)
    text = mark(above.office, above.n, DIRECTORY)
    guest = Member.objects.create(
        organisation=above.office.organisation,
        **texts(Member, text, number(above.office, above.n, "member")) | {"name": "来客"},
    )
    Seat.objects.create(
        member=guest, organisation=county.office.organisation, term=county.office.term, sector=county.office.sectors[0],
        starts_on=LONG_AGO,
    )  # fmt: skip
    county.more["liaison.member"] = [guest]


# --- Who asks ---


@dataclass(frozen=True)
class Asker:
    """own: marks that the account may meet · writes: sets it may change · whole: numbers it may read whole somewhere."""

    name: str
    account: Account | None
    own: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    revealed: frozenset[str] = frozenset()

    @property
    def enters_admin(self) -> bool:
        return self.account is not None and self.account.is_staff


QUICK = ("county clerk", "city leader", "member")
NAMES = (
    *QUICK, "county leader", "city clerk", "city clerk recording below", "officer", "department", "neighbour's clerk",
    "cousin's leader", "province's leader", "province's clerk", "clerk of two", "admin", "security", "auditor",
    "county admin", "county security", "county auditor", "stranger",
)  # fmt: skip
COUNTY, CITY = ("CGQ0", "CGQ1"), ("CGQ0", "CGQ1", "LZ0", "ANQ0")
EVERY = (*CITY, "XFQ0", "QY0", "GS0")
ABOVE_COUNTY, ABOVE_CITY = marks("LZ0", (OFFICE,)) | marks("GS0", (OFFICE,)), marks("GS0", (OFFICE,))
# What else is met, above all names of the offices above, where it does not follow from the sets.
ABOVE = {
    "neighbour's clerk": ABOVE_COUNTY, "county admin": ABOVE_COUNTY, "county security": ABOVE_COUNTY,
    "clerk of two": ABOVE_COUNTY | marks("QY0", (OFFICE,)),
    # A member of the county once sat in the cousin's office (_cross), and stays one of its members to read.
    "cousin's leader": ABOVE_CITY | marks("QY0", (OFFICE,)) | marks("CGQ0", (DIRECTORY, OFFICE)),
}  # fmt: skip
# Role, office and what is met, of the accounts made here.
MADE = {
    "county admin": (Role.ADMIN, "chengguan"), "county security": (Role.SECURITY, "chengguan"),
    "county auditor": (Role.AUDITOR, "chengguan"), "province's clerk": (Role.CLERK, "gansu"),
    "city clerk recording below": (Role.CLERK, "lanzhou"), "clerk of two": (Role.CLERK, "chengguan"),
}  # fmt: skip


def who_asks(name: str, cast: Cast, sets: dict[str, Held]) -> Asker:
    own, writes = MET[name]
    met = set().union(*(marks(one) for one in own)) if not isinstance(own, set) else own
    more = ABOVE.get(name, ABOVE_COUNTY if set(own) <= set(COUNTY) else ABOVE_CITY)
    whole = _numbers(writes, sets)
    revealed = _numbers(own, sets)
    account = _account(name, cast, sets)
    return Asker(name, account, frozenset(met | more), frozenset(writes), whole, revealed)


def _numbers(names, sets: dict[str, Held]) -> frozenset[str]:
    return frozenset(one for name in names if name in sets for one in numbers(sets[name]))


def _account(name: str, cast: Cast, sets: dict[str, Held]) -> Account | None:
    standing = {
        "county clerk": cast.chengguan.clerk, "county leader": cast.chengguan.leader, "city clerk": cast.lanzhou.clerk,
        "city leader": cast.lanzhou.leader, "neighbour's clerk": cast.anning.clerk, "admin": cast.admin,
        "cousin's leader": cast.xifeng.leader, "province's leader": cast.gansu.leader, "security": cast.security,
        "auditor": cast.auditor, "stranger": None,
    }  # fmt: skip
    return standing[name] if name in standing else _made(name, cast, sets["CGQ0"])


def _made(name: str, cast: Cast, held: Held) -> Account:
    account = Account.objects.create(username=f"asks-{NAMES.index(name)}", name="提问人")
    role, office = MADE.get(
        name, ({"member": Role.MEMBER, "officer": Role.LIAISON_OFFICER}.get(name, Role.DEPARTMENT), "chengguan")
    )
    place = {"organisation": getattr(cast, office).organisation, "records_below": "below" in name}
    if name == "member":
        account.member = held.rows["liaison.member"]
        account.save()
    if name == "officer":
        Studio.objects.filter(pk=held.rows["studios.studio"].pk).update(liaison_officer=account)
    if name == "department":
        place["department"] = held.rows[Department._meta.label_lower]
    Grant.objects.create(account=account, role=role, **place)
    if name == "clerk of two":
        Grant.objects.create(account=account, role=role, organisation=cast.xifeng.organisation)
    return account


# Sets whose marks are met, or the marks themselves · sets that may be written.
MET = {
    "county clerk": (COUNTY, COUNTY), "county leader": (COUNTY, ()), "city clerk": (CITY, ("LZ0",)),
    "city clerk recording below": (CITY, CITY), "city leader": (CITY, ()), "neighbour's clerk": (("ANQ0",), ("ANQ0",)),
    "cousin's leader": (("XFQ0",), ()), "clerk of two": ((*COUNTY, "XFQ0"), (*COUNTY, "XFQ0")),
    "province's leader": (EVERY, ()), "province's clerk": (EVERY, ("GS0",)),
    "member": (("CGQ0",), ("CGQ0",)), "officer": (("CGQ0",), ("CGQ0",)), "department": (("CGQ0",), ()),
    # Administrators keep accounts, grants and offices, and name members and departments there.
    "admin": (set().union(*(marks(one, (ACCOUNT, OFFICE, DIRECTORY)) for one in EVERY)), EVERY),
    "security": (set().union(*(marks(one, (ACCOUNT, OFFICE, DIRECTORY)) for one in EVERY)), EVERY),
    "auditor": (EVERY, ()),
    "county admin": (set().union(*(marks(one, (ACCOUNT, OFFICE, DIRECTORY)) for one in COUNTY)), COUNTY),
    "county security": (set().union(*(marks(one, (ACCOUNT, OFFICE, DIRECTORY)) for one in COUNTY)), COUNTY),
    "county auditor": (COUNTY, ()),
    "stranger": (set(), ()),
}  # fmt: skip
