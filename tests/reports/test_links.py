"""Links to other offices' rows: each reviewed, each kept by the database itself, whoever writes and however."""

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from liaison import reach
from liaison.constraints import linked_field
from liaison.models import Base, Member, Organisation, Seat
from reception.models import Duty, Visit
from reports.links import ANYWHERE, LINKS, rule_name
from reports.wall import HANGING, OWNED, TOGETHER, breaches
from studios.models import Posting
from tests.cast import LONG_AGO, make_case, make_day, make_visit
from tests.database import address
from tests.pages import change, errors
from tests.rows import one_of_each

# What a row's own rules ask for beside the link.
ALONGSIDE = {
    "merged_into_id": ", state = 'merged'",
    "intake_id": ", visit_id = NULL",
    "target_id": ", kind = 'organisation', studio_id = NULL",
    "return_day_id": ", taker_id = (SELECT m.id FROM liaison_member m JOIN liaison_member g USING (organisation_id) "
    "WHERE g.id = giver_id AND m.id <> g.id LIMIT 1)",
}
EVERY_LINK = [(table, link.column) for table, links in LINKS.items() for link in links]


# --- Reviewed ---


def carries_office(model) -> bool:
    table = model._meta.db_table
    return (
        table in (*OWNED, *HANGING)
        or model is Organisation
        or any(f.name == "organisation" for f in model._meta.fields)
    )


def test_every_link_between_rows_of_offices_is_reviewed():
    """A new foreign key fails here until it is kept together, hung on its row, or declared in reports/links.py."""
    known = {(child, column) for child, column, _ in TOGETHER} | set(EVERY_LINK) | ANYWHERE
    known |= {(table, column) for table, (column, _) in HANGING.items()} | {
        (table, "organisation_id") for table in OWNED
    }
    found = {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in (*OWNED, *HANGING)
        for field in model._meta.concrete_fields
        if field.is_relation and carries_office(field.related_model)
    }
    assert found == known


def test_each_link_has_a_field_to_complain_beside():
    fields = {rule_name(table, column) for table, column in EVERY_LINK}
    found = {name for model in apps.get_models() for name in fields if linked_field(model, name)}
    assert found == fields


def test_a_trigger_that_is_missing_or_off_is_found_out(db):
    with psycopg.connect(address("owner", connection.settings_dict["NAME"])) as owner, owner.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("DROP TRIGGER links_of_studios_posting_update ON studios_posting")
        cursor.execute("ALTER TABLE reception_duty DISABLE TRIGGER links_of_reception_duty_insert")
        found = "".join(breaches(cursor))
        owner.rollback()
    for sentence in ("表 studios_posting 的 member_id 没有核对", "表 reception_duty 的 member_id 没有核对"):
        assert sentence in found
    assert "表 studios_fund 的 studio_id" not in found


# --- Raw SQL ---


@pytest.fixture
def both(cast):
    """A row of every kind in Chengguan, and in Xifeng of another city."""
    filled = {office: one_of_each(office) for office in (cast.chengguan, cast.xifeng)}
    for rows in filled.values():
        fill_lists({model._meta.model_name: row for model, row in rows.items()})
    return cast, {office.organisation: rows for office, rows in filled.items()}


def fill_lists(row: dict):
    row["case"].visits.add(row["visit"])
    row["case"].joint_departments.add(row["department"])
    row["submission"].joint_authors.add(row["member"])
    row["submission"].joint_departments.add(row["department"])
    row["submission"].source_cases.add(row["case"])
    row["studio"].sectors.add(row["sector"])


def keys(table: str, office: Organisation) -> str:
    """A query for the rows of an office in any table that has such rows."""
    if table == "liaison_organisation":
        return f"SELECT {office.pk}"
    if table in HANGING:
        column, parent = HANGING[table]
        return f"SELECT id FROM {table} WHERE {column} IN (SELECT id FROM {parent} WHERE organisation_id = {office.pk})"
    return f"SELECT id FROM {table} WHERE organisation_id = {office.pk}"


@pytest.mark.parametrize(("table", "column"), EVERY_LINK)
def test_raw_sql_cannot_name_a_strangers_row(both, table, column):
    cast, _ = both
    target = next(link.target for link in LINKS[table] if link.column == column)
    own, foreign = keys(table, cast.chengguan.organisation), keys(target, cast.xifeng.organisation)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), (SELECT count(*) FROM ({foreign}) f) FROM ({own}) o")
        assert min(cursor.fetchone()) > 0
        with pytest.raises(IntegrityError, match=r"不能用在这里|不属于这个政协组织"), transaction.atomic():
            more = ALONGSIDE.get(column, "")
            cursor.execute(
                f"UPDATE {table} SET {column} = ({foreign} ORDER BY 1 LIMIT 1){more} WHERE id = (SELECT max(id) FROM ({own}) o)"
            )


def test_raw_sql_is_refused_within_an_accounts_reach_as_well(both):
    """What the writer cannot see is seen by the rule."""
    cast, _ = both
    own, foreign = keys("studios_fund", cast.chengguan.organisation), keys("studios_studio", cast.xifeng.organisation)
    with connection.cursor() as cursor:
        cursor.execute(foreign)
        ((studio,), *_) = cursor.fetchall()
        with reach.of(cast.chengguan.clerk):
            with pytest.raises(IntegrityError, match="不属于这个政协组织"), transaction.atomic():
                cursor.execute(f"UPDATE studios_fund SET studio_id = {studio} WHERE id IN ({own})")
            cursor.execute("SELECT current_setting('liaison.reach')")
            assert cursor.fetchone() == (str(cast.chengguan.organisation.pk),)


# --- What is lawful ---


def test_a_provincial_member_works_in_a_countys_studio(cast):
    Posting.objects.create(studio=cast.chengguan.studio, member=cast.gansu.member, starts_on=LONG_AGO)
    day = make_day(cast.chengguan)
    Duty.objects.create(reception_day=day, member=cast.gansu.member)
    visit = make_visit(cast.chengguan)
    visit.receive(cast.gansu.member)
    assert visit.sector == cast.gansu.sectors[0]


def test_a_neighbour_is_lawful_with_a_seat_or_a_home_in_the_county(cast):
    def post(member):
        with transaction.atomic():
            return Posting.objects.create(studio=cast.chengguan.studio, member=member, starts_on=LONG_AGO)

    seated, living, stranger = (
        Member.objects.create(name=name, organisation=cast.xifeng.organisation) for name in ("有席位", "有驻地", "无关")
    )
    Seat.objects.create(
        member=seated, organisation=cast.lanzhou.organisation, term=cast.lanzhou.term, sector=cast.lanzhou.sectors[0],
        starts_on=LONG_AGO,
    )  # fmt: skip
    Base.objects.create(member=living, division=cast.chengguan.township, starts_on=LONG_AGO)
    assert post(seated).pk
    assert post(living).pk
    with pytest.raises(IntegrityError, match="所选委员没有在这个政协组织"):
        post(stranger)


def test_a_guest_stands_for_the_sector_of_their_own_seat(cast):
    """Somebody of Xifeng who lives in Chengguan is on duty there: the visit keeps the sector of their seat."""
    guest = cast.xifeng.member
    guest.bases.update(division=cast.chengguan.township)
    visit = make_visit(cast.chengguan)
    visit.receive(guest)
    assert visit.sector == cast.xifeng.sectors[0]
    assert make_case(cast.chengguan, member=guest, sector=cast.xifeng.sectors[0]).pk


def test_two_counties_entries_of_one_person_are_joined_with_all_that_names_them(cast):
    kept = Member.objects.create(name="双份", organisation=cast.anning.organisation)
    other = Member.objects.create(name="双份", organisation=cast.chengguan.organisation)
    posting = Posting.objects.create(studio=cast.chengguan.studio, member=other, starts_on=LONG_AGO)
    kept.merge(other)
    posting.refresh_from_db()
    assert posting.member == kept
    assert Member.objects.get(pk=other.pk).merged_into == kept


def test_what_was_lawful_when_written_stays_while_other_columns_change(cast):
    """A studio may come to another office; its earlier facts stay where they were."""
    visit = make_visit(cast.chengguan)
    cast.chengguan.studio.postings.all().delete()
    type(cast.chengguan.studio).objects.filter(pk=cast.chengguan.studio.pk).update(
        organisation=cast.xifeng.organisation
    )
    Visit.objects.filter(pk=visit.pk).update(headcount=3)
    assert Visit.objects.get().headcount == 3


# --- In forms ---


def test_the_form_says_it_beside_the_field_when_only_the_database_refuses(client, cast, monkeypatch):
    """Both limits of the application removed: what remains is the trigger, and its sentence."""
    monkeypatch.setattr(
        "liaison.scoped_admin.options.choices", lambda field, account: field.related_model.objects.all()
    )
    case = make_case(cast.chengguan)
    client.force_login(cast.chengguan.clerk)
    answer = change(client, "cases.case", case.pk, lead_department=cast.xifeng.department.pk)
    assert errors(answer)["lead_department"] == ["所选主办单位属于没有上下级关系的政协组织，不能用在这里。"]
    case.refresh_from_db()
    assert case.lead_department is None


def test_the_members_form_says_it_too(client, cast):
    """A base is gone that made a guest lawful: the visit is not stored, and nothing typed is lost."""
    guest = Member.objects.create(name="来客", organisation=cast.xifeng.organisation)
    base = Base.objects.create(member=guest, division=cast.chengguan.township, starts_on=LONG_AGO)
    day = make_day(cast.chengguan)
    Duty.objects.create(reception_day=day, member=guest)
    base.delete()
    client.force_login(cast.chengguan.account)
    page = f"/my/days/{day.pk}/visits/new/"
    typed = {
        "client_key": client.get(page).context["form"].initial["client_key"],
        "headcount": 2,
        "handling": "answered",
    }
    answer = client.post(page, typed | {"receivers": [guest.pk]})
    assert answer.status_code == 422
    assert "所选接待委员没有在这个政协组织" in answer.content.decode()
    assert not Visit.objects.exists()
