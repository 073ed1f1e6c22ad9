"""One account per role and more, with passwords made when the demo is loaded and kept in one file."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from unicodedata import east_asian_width

from liaison.models import Account, Department, Grant, Member, Role
from reports.demo.names import full_name
from reports.demo.plan import ANNING, CHENGGUAN, LANZHOU, LINZE, PROVINCE, QINGYANG
from reports.demo.studios import GUANGWUMEN, PEILI
from reports.demo.world import World
from studios.models import Studio

# Neither 0 and O, 1, l and I, nor letters that look alike in small print.
CAPITALS, SMALL, DIGITS = "ABCDEFGHJKMNPQRTUVWXY", "abcdefghjkmnpqrtuvwxy", "23456789"
DEPARTMENT = "城市管理局"
HEADING = ("角色", "账号", "口令", "起始页面")


@dataclass(frozen=True)
class Login:
    """An account to be made. studio: whose lead the member is."""

    role: Role
    code: str
    username: str
    starts_at: str
    studio: str = ""


LOGINS = (
    Login(Role.CLERK, LANZHOU, "lanzhou.clerk", "/dashboard/?org=620100"),
    Login(Role.CLERK, CHENGGUAN, "chengguan.clerk", "/dashboard/?org=620102"),
    Login(Role.CLERK, QINGYANG, "qingyang.clerk", "/dashboard/?org=621000"),
    Login(Role.CLERK, LINZE, "linze.clerk", "/dashboard/?org=620723"),
    Login(Role.LEADER, LANZHOU, "lanzhou.leader", "/dashboard/?org=620100"),
    Login(Role.LEADER, PROVINCE, "gansu.leader", "/dashboard/?org=620000"),
    Login(Role.MEMBER, CHENGGUAN, "chengguan.member", "/my/", GUANGWUMEN),
    Login(Role.MEMBER, ANNING, "anning.member", "/my/", PEILI),
    Login(Role.LIAISON_OFFICER, CHENGGUAN, "chengguan.officer", "/admin/"),
    Login(Role.DEPARTMENT, CHENGGUAN, "chengguan.department", "/admin/cases/case/"),
    Login(Role.ADMIN, PROVINCE, "gansu.admin", "/admin/"),
    Login(Role.SECURITY, PROVINCE, "gansu.security", "/admin/"),
    Login(Role.AUDITOR, PROVINCE, "gansu.auditor", "/admin/"),
)


def make(world: World):
    rows = [HEADING]
    for login in LOGINS:
        password = new_password()
        account = _account(world, login, password)
        if login.role == Role.CLERK:
            world.clerks[login.code] = account
        if login.role == Role.LIAISON_OFFICER:
            Studio.objects.of(world.organisations[login.code], "own").update(liaison_officer=account)
        label = f"{world.divisions[login.code].name} {login.role.label}"
        rows.append((label, login.username, password, login.starts_at))
    world.passwords = table(rows)
    world.say(f"账号 {len(LOGINS)} 个")


def new_password() -> str:
    """Three of four kinds of characters, thirteen in all, easy to read and to type."""
    letters = [secrets.choice(CAPITALS)] + [secrets.choice(SMALL) for _ in range(7)]
    digits = "".join(secrets.choice(DIGITS) for _ in range(3))
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}-{digits}"


def _account(world: World, login: Login, password: str) -> Account:
    member = _member(world, login)
    name = member.name if member else full_name(world.chance(login.username), "f")
    account = Account.objects.create_user(login.username, password, name=name, member=member)
    department: Department | None = None
    if login.role == Role.DEPARTMENT:
        department = world.departments[login.code][DEPARTMENT]
    Grant.objects.create(
        account=account, role=login.role, organisation=world.organisations[login.code], department=department
    )
    return account


def _member(world: World, login: Login) -> Member | None:
    """A member is the lead of a studio, a leader the chair of the organisation."""
    if login.role == Role.MEMBER:
        return next(place.lead for place in world.places[login.code] if place.studio.name == login.studio)
    return world.leaders(login.code)[0].member if login.role == Role.LEADER else None


def table(rows: list[tuple[str, ...]]) -> str:
    """Columns one under the other; a Chinese character takes two places."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * (sum(widths) + 2 * len(widths) - 2), *lines[1:]]) + "\n"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def write(passwords: str, path: Path):
    """For its owner only, from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(passwords)
