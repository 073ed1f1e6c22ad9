"""Who and where: an office in every division, its sectors, members, studios and a few accounts."""

import psycopg
from django.core.management import call_command

from liaison import reach
from liaison.models import Account, Grant, Level, Member, Organisation, Role
from liaison.sectors import StandardSector
from reports.bench.rows import insert
from reports.bench.sizes import Size
from studios.models import Studio

LONG_AGO = "DATE '2010-01-01'"
# The sectors of an office lie one after another: the 34 from its first on.
FIRST_SECTORS = "(SELECT organisation_id, min(id) AS first FROM liaison_sector GROUP BY 1)"
COUNTIES = "liaison_organisation o WHERE o.level = 'county'"


def lay(connection: psycopg.Connection, size: Size):
    call_command("load_divisions", within=size.within, verbosity=0)
    call_command("load_categories", verbosity=0)
    _organisations(connection)
    for table, columns, source in (
        ("liaison_term", {"organisation_id": "id", "number": "5", "starts_on": LONG_AGO}, "liaison_organisation"),
        ("liaison_sector", {"organisation_id": "o.id", "name": "s.name", "standard_code": "s.code"}, _sectors()),
        ("liaison_member", _member(), f"liaison_organisation o, generate_series(1, {size.members}) n WHERE level <> 'nation'"),
        ("liaison_seat", _seat(), _members_with_their_first_sector()),
        ("liaison_base", {"member_id": "m.id", "division_id": "o.division_id", "starts_on": LONG_AGO}, _members()),
        ("liaison_partymembership", {"member_id": "m.id", "party": "'cpc'", "starts_on": LONG_AGO}, f"{_members()} WHERE m.id % 3 = 0"),
        ("studios_studio", _studio(), f"generate_series(1, {size.studios}) n, {COUNTIES}"),
        ("studios_posting", _posting(), _studios_and_members()),
    ):  # fmt: skip
        insert(connection, table, columns, source)
    connection.execute("SELECT liaison_analyze()")


def _organisations(connection: psycopg.Connection):
    columns = {
        "level": "level", "name": "'政协' || name || '委员会'", "short_name": "name || '政协'", "pinyin": "pinyin",
        "letters": "'B'", "path": "path", "division_id": "id",
    }  # fmt: skip
    insert(connection, "liaison_organisation", columns, "liaison_division WHERE level <> 'township' ORDER BY path")
    connection.execute(
        "UPDATE liaison_organisation o SET parent_id = above.id FROM liaison_division d "
        "JOIN liaison_organisation above ON above.division_id = d.parent_id WHERE d.id = o.division_id"
    )


def _sectors() -> str:
    values = ", ".join(f"('{sector.value}', '{sector.label}')" for sector in StandardSector)
    return f"liaison_organisation o, (VALUES {values}) s (code, name)"


def _members() -> str:
    return "liaison_member m JOIN liaison_organisation o ON o.id = m.organisation_id"


def _member() -> dict[str, str]:
    return {"organisation_id": "o.id", "name": "'委员' || n", "pinyin": "'weiyuan'"}


def _seat() -> dict[str, str]:
    return {
        "member_id": "m.id", "organisation_id": "m.organisation_id", "term_id": "t.id", "duty": "'member'",
        "sector_id": "s.first + m.id % 34", "starts_on": LONG_AGO,
    }  # fmt: skip


def _members_with_their_first_sector() -> str:
    return (
        f"liaison_member m JOIN {FIRST_SECTORS} s USING (organisation_id) JOIN liaison_term t USING (organisation_id)"
    )


def _studio() -> dict[str, str]:
    return {
        "organisation_id": "o.id", "division_id": "o.division_id", "kind": "'studio'", "name": "'工作室' || n",
        "pinyin": "'gongzuoshi'", "code": "upper(to_hex(o.id * 100 + n))", "opened_on": LONG_AGO,
    }  # fmt: skip


def _posting() -> dict[str, str]:
    role = "CASE WHEN m.place % 4 = 0 THEN 'lead' ELSE 'team' END"
    return {"studio_id": "s.id", "member_id": "m.id", "role": role, "starts_on": LONG_AGO}


def _studios_and_members() -> str:
    """Four members to each studio, in order."""
    place = "row_number() OVER (PARTITION BY organisation_id ORDER BY id) - 1 AS place"
    return (
        f"(SELECT *, {place} FROM studios_studio) s "
        f"JOIN (SELECT *, {place} FROM liaison_member) m USING (organisation_id) WHERE m.place / 4 = s.place"
    )


def top() -> Organisation:
    return Organisation.objects.order_by("path").first()


def first_city() -> Organisation:
    return Organisation.objects.filter(level=Level.CITY, children__isnull=False).order_by("path").first()


@reach.everything()
def accounts() -> dict[str, Account]:
    """A county's member, the clerks of a county and of a city, and the leaders of a city and of the whole."""
    city = first_city()
    county = city.children.order_by("path").first()
    studio = Studio.objects.filter(organisation=county).order_by("id").first()
    member = Member.objects.get(postings__studio=studio, postings__role="lead")
    places = {
        "member": (Role.MEMBER, county),
        "clerk": (Role.CLERK, county),
        "city-clerk": (Role.CLERK, city),
        "city": (Role.LEADER, city),
        "top": (Role.LEADER, top()),
    }
    made = {}
    for name, (role, organisation) in places.items():
        account = Account(username=f"bench-{name}", name=name, member=member if role == Role.MEMBER else None)
        account.set_unusable_password()
        account.save()
        Grant.objects.create(account=account, role=role, organisation=organisation)
        made[name] = account
    return made
