"""The roll-up is exact whatever is written, by whom and in which order."""

import re
from datetime import date

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import DecimalField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity, Output
from cases.models import Case, Instruction, Submission
from cases.workflow import State
from liaison.models import Division, Organisation
from reception.models import ReceptionDay, Visit
from reports import rollup
from reports.indicators import SUMMED
from reports.models import Cell, Dirty, Rolled
from reports.rollup import cells, scopes
from reports.rollup.scopes import Everything, Months, Pairs, split
from reports.sources import SOURCE, SOURCES
from tests.cast import make_activity, make_case, make_day, make_visit
from tests.database import address
from tests.reports.counted import assert_exact, cell, rolled
from tests.reports.town import stored

MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 10)


def test_a_visit_counts_in_its_county_and_every_level_above(cast):
    make_visit(cast.chengguan, MARCH, headcount=3)
    rollup.drain()
    assert cell("people_served", cast.chengguan, MARCH) == 3
    assert cell("visits", cast.chengguan, MARCH) == 1
    for office in (cast.lanzhou, cast.gansu):
        assert rolled("people_served", office, "month", date(2026, 3, 1)) == 3
        assert rolled("people_served", office, "quarter", date(2026, 1, 1)) == 3
        assert rolled("people_served", office, "year", date(2026, 1, 1)) == 3
    assert rolled("people_served", cast.qingyang, "year", date(2026, 1, 1)) == 0
    assert_exact()


def test_visits_and_activities_add_up_in_one_indicator_from_two_sources(cast):
    make_visit(cast.chengguan, MARCH, headcount=3)
    make_activity(cast.chengguan, MARCH, public_count=40)
    make_activity(cast.chengguan, MARCH, public_count=7, studio=None)
    rollup.drain()
    assert cell("people_served", cast.chengguan, MARCH) == 50
    assert cell("people_served_studio", cast.chengguan, MARCH) == 43


def test_cells_are_broken_down_and_the_parts_add_up(cast):
    roads, teaching, _ = cast.categories
    make_visit(cast.chengguan, MARCH, headcount=3, category=roads)
    make_visit(cast.chengguan, MARCH, headcount=4, category=teaching, channel=Visit.Channel.CALL)
    make_visit(cast.chengguan, MARCH, headcount=5)
    rollup.drain()
    assert cell("people_served", cast.chengguan, MARCH, dimension="category", key=str(roads.pk)) == 3
    assert cell("people_served", cast.chengguan, MARCH, dimension="channel", key="call") == 4
    for dimension in ("studio", "sector", "category", "channel"):
        parts = cell("people_served", cast.chengguan, MARCH, dimension=dimension)
        assert parts == 12, dimension


def test_voided_visit_leaves_the_figures(cast):
    visit = make_visit(cast.chengguan, MARCH, headcount=3)
    make_visit(cast.chengguan, MARCH, headcount=1)
    rollup.drain()
    visit.void(by=cast.chengguan.clerk, why="重复登记", at=timezone.now())
    rollup.drain()
    assert cell("people_served", cast.chengguan, MARCH) == 1
    assert_exact()


def test_a_cell_that_became_empty_is_removed(cast):
    visit = make_visit(cast.chengguan, MARCH)
    rollup.drain()
    visit.void(by=cast.chengguan.clerk, why="误录", at=timezone.now())
    rollup.drain()
    assert not Cell.objects.filter(source="visit").exists()
    assert not Rolled.objects.filter(source="visit").exists()


def test_bulk_update_and_raw_sql_are_noted_with_the_old_and_the_new_place(cast):
    moved = make_visit(cast.chengguan, MARCH, headcount=3)
    make_visit(cast.chengguan, MARCH, headcount=2)
    rollup.drain()
    Visit.objects.filter(headcount=2).update(headcount=20)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reception_visit SET visited_on = %s, organisation_id = %s, studio_id = %s WHERE id = %s",
            [APRIL, cast.xifeng.organisation.pk, cast.xifeng.studio.pk, moved.pk],
        )
    rollup.drain()
    assert cell("people_served", cast.chengguan, MARCH) == 20
    assert cell("people_served", cast.xifeng, APRIL) == 3
    assert rolled("people_served", cast.qingyang, "month", date(2026, 4, 1)) == 3
    assert rolled("people_served", cast.lanzhou, "year", date(2026, 1, 1)) == 20
    assert_exact()


def test_a_parent_that_stops_counting_takes_its_children_along(cast):
    activity = make_activity(cast.chengguan, MARCH, kind=Activity.Kind.LISTENING)
    Output.objects.create(activity=activity, kind=Output.Kind.SUGGESTION, count=9, happened_on=APRIL)
    paper = Submission.objects.create(
        organisation=cast.chengguan.organisation, kind=Submission.Kind.REPORT, title="报告", activity=activity,
        submitted_on=MARCH,
    )  # fmt: skip
    Instruction.objects.create(submission=paper, leader_level="province", given_on=APRIL)
    day = make_day(cast.chengguan, MARCH)
    make_visit(cast.chengguan, MARCH, reception_day=day, headcount=6)
    rollup.drain()
    assert cell("suggestions", cast.chengguan, APRIL) == 9
    assert cell("instructions", cast.chengguan, APRIL) == 1
    assert cell("listening_reports", cast.chengguan, MARCH) == 1
    assert cell("reception_people", cast.chengguan, MARCH) == 6

    Activity.objects.update(kind=Activity.Kind.OTHER)
    activity.void(by=cast.chengguan.clerk, why="误录", at=timezone.now())
    paper.void(by=cast.chengguan.clerk, why="误录", at=timezone.now())
    ReceptionDay.objects.update(kind=ReceptionDay.Kind.MEMBERS)
    rollup.drain()
    assert cell("suggestions", cast.chengguan, APRIL) == 0
    assert cell("instructions", cast.chengguan, APRIL) == 0
    assert cell("reception_people", cast.chengguan, MARCH) == 0
    assert cell("people_served", cast.chengguan, MARCH) == 6
    assert_exact()


def test_a_case_counts_when_it_is_resolved_and_no_longer_when_reopened(cast):
    case = make_case(cast.chengguan)
    rollup.drain()
    today = timezone.localdate()
    assert cell("cases_registered", cast.chengguan, today) == 1
    assert cell("matters", cast.chengguan, today) == 0
    case.move(State.RESOLVED, by=cast.chengguan.clerk, at=timezone.now())
    rollup.drain()
    assert cell("matters_studio", cast.chengguan, today) == 1
    case.move(State.IN_PROGRESS, by=cast.chengguan.clerk, at=timezone.now(), note="群众反映未解决")
    rollup.drain()
    assert cell("matters", cast.chengguan, today) == 0
    assert_exact()


def test_a_closed_studio_is_a_minus_in_its_closing_month(cast):
    cast.anning.studio.closed_on = APRIL
    cast.anning.studio.save()
    rollup.drain()
    assert cell("studios", cast.anning, date(2021, 1, 1)) == 1
    assert cell("studios", cast.anning, APRIL) == -1
    assert_exact()


def test_deleted_and_truncated_rows_are_noted_too(cast):
    make_visit(cast.chengguan, MARCH)
    Cell.objects.all().delete()
    rollup.rebuild()
    assert cell("visits", cast.chengguan, MARCH) == 1
    Visit.receivers.through.objects.all().delete()
    Visit.objects.all().delete()
    rollup.drain()
    assert cell("visits", cast.chengguan, MARCH) == 0
    assert_exact()


def test_verify_finds_a_cell_that_is_wrong(cast, capsys):
    make_visit(cast.chengguan, MARCH)
    rollup.drain()
    Cell.objects.filter(source="visit", dimension="").update(visits=99)
    assert (
        rollup.verify().differing == 1 + 3 * 2
    )  # and the sums above no longer agree with it: two levels, three grains
    with pytest.raises(SystemExit):
        call_command("rollup", "--verify")
    assert "7 个不一致" in capsys.readouterr().out
    call_command("rollup", "--rebuild")
    assert_exact()


def test_large_batches_recount_whole_months_with_the_same_result(cast, monkeypatch):
    monkeypatch.setattr("reports.rollup.scopes.WHOLE_MONTH_LEAST", 1)
    for office in (cast.chengguan, cast.anning, cast.xifeng):
        make_visit(office, MARCH, headcount=2)
    make_visit(cast.chengguan, APRIL, headcount=5)
    noted = set(Dirty.objects.filter(source="visit").values_list("organisation_id", "month"))
    assert [type(scope) for scope in split(noted)] == [Months, Pairs]
    rollup.drain()
    assert rolled("people_served", cast.gansu, "month", date(2026, 3, 1)) == 6
    assert cell("people_served", cast.chengguan, APRIL) == 5
    assert_exact()


def test_a_batch_of_very_many_months_is_one_pass_over_everything_with_the_same_result(cast, monkeypatch):
    monkeypatch.setattr("reports.rollup.scopes.WHOLE_MONTH_LEAST", 0)
    monkeypatch.setattr("reports.rollup.scopes.WHOLE_MONTH_SHARE", 0)
    monkeypatch.setattr("reports.rollup.scopes.MOST_WHOLE_MONTHS", 1)
    untouched = make_visit(cast.xifeng, MARCH, headcount=7)
    rollup.drain()
    make_visit(cast.chengguan, MARCH, headcount=2)
    noted = set(Dirty.objects.filter(source="visit").values_list("organisation_id", "month"))
    assert [type(scope) for scope in split(noted)] == [Months]
    make_visit(cast.anning, APRIL, headcount=5)
    noted = set(Dirty.objects.filter(source="visit").values_list("organisation_id", "month"))
    assert [type(scope) for scope in split(noted)] == [Everything]
    rollup.drain()
    assert rolled("people_served", cast.gansu, "year", date(2026, 1, 1)) == 7 + 2 + 5
    assert cell("people_served", cast.xifeng, untouched.visited_on) == 7
    assert_exact()


def test_every_source_has_its_triggers(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal")
        bodies = " ".join(body for (body,) in cursor.fetchall())
    for source in SOURCES:
        for column in source.dates:
            assert f"SELECT '{source.code}', organisation_id, date_trunc('month', {column}" in bodies
        for parent in source.parents:
            assert all(f"n.{column} IS DISTINCT FROM o.{column}" in bodies for column in parent.columns)


def test_rebuild_from_nothing_equals_the_drained_state(cast):
    for n, office in enumerate((cast.chengguan, cast.anning, cast.xifeng, cast.lanzhou)):
        make_activity(office, MARCH, public_count=n, studio=None)
    make_case(cast.xifeng)
    rollup.drain()
    drained = stored()
    Cell.objects.all().delete()
    Rolled.objects.all().delete()
    rollup.rebuild()
    assert stored() == drained
    assert_exact()
    assert Everything().params == []
    assert Case.objects.count() == 1


@pytest.mark.parametrize("shares", [2, 6, 1000])
def test_a_rebuild_adds_what_is_new_changes_what_differs_and_removes_what_is_gone(cast, monkeypatch, shares):
    """Side by side, or in one statement where offices are few."""
    monkeypatch.setattr(scopes, "SHARES", shares)
    changed, gone = make_visit(cast.chengguan, MARCH, headcount=4), make_visit(cast.chengguan, date(2026, 5, 5))
    rollup.drain()
    changed.headcount = 7
    changed.save()
    gone.void(by=cast.chengguan.clerk, why="重复", at=timezone.now())
    make_visit(cast.anning, MARCH, headcount=2)
    rollup.rebuild()
    assert not Dirty.objects.exists()
    assert (cell("people_served", cast.chengguan, MARCH), cell("people_served", cast.anning, MARCH)) == (7, 2)
    assert not Cell.objects.filter(source="visit", month=date(2026, 5, 1)).exists()
    assert_exact()


@pytest.mark.parametrize("indicator", SUMMED, ids=lambda i: i.code)
def test_only_what_has_decimals_is_stored_with_them(indicator):
    columns = [SOURCE[flow.source].model._meta.get_field(flow.value) for flow in indicator.flows if flow.value]
    has_decimals = any(isinstance(column, DecimalField) for column in columns)
    assert isinstance(Cell._meta.get_field(indicator.code), DecimalField) == has_decimals


def test_an_office_founded_above_others_has_their_sums(cast):
    """A nation above provinces, long after the counties' records were counted."""
    make_visit(cast.chengguan, MARCH, headcount=3)
    rollup.drain()
    nation = Organisation.founded_in(Division.objects.get(code=Division.NATION_CODE))
    nation.save()
    rollup.drain()
    figures = Rolled.objects.filter(source="visit", organisation=nation, grain="year", dimension="")
    assert [row.people_served for row in figures] == [3]
    assert_exact()


def test_planner_statistics_pass_over_anothers_temporary_table(db):
    with psycopg.connect(address("owner", connection.settings_dict["NAME"])) as importing:
        importing.execute("CREATE TEMPORARY TABLE arriving (id bigint)")
        importing.commit()
        with connection.cursor() as cursor:
            cursor.execute("SELECT liaison_analyze()")


def test_what_is_removed_is_never_looked_for_in_the_whole_table(cast):
    """Behind row-level security too (docs/decisions/0034)."""
    visit = make_visit(cast.chengguan, MARCH)
    rollup.drain()
    visit.void(by=cast.chengguan.clerk, why="重复", at=timezone.now())
    with CaptureQueriesContext(connection) as asked:
        rollup.drain()
    recounts = [one["sql"] for one in asked if "INSERT INTO reports_" in one["sql"] and "gone AS" in one["sql"]]
    assert {"reports_cell", "reports_rolled"} == {sql.split("INSERT INTO ")[1].split()[0] for sql in recounts}
    for sql in recounts:
        with connection.cursor() as cursor:
            # In a table of one page nothing is quicker than reading that.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
            removing = "\n".join(line for (line,) in cursor).split("CTE gone")[1].split("CTE Scan on differing\n")[0]
        assert "Tid Scan" in removing
        assert "Nested Loop" not in removing
    assert cell("visits", cast.chengguan, MARCH) == 0
    assert_exact()


@pytest.mark.parametrize(("code", "index"), [("visit", "visit_figures"), ("activity", "activity_figures")])
def test_a_month_is_recounted_from_an_index_alone(cast, code, index):
    """All that is added up and grouped by stands in it: with millions of rows the table itself lies elsewhere. By columns
    and not by plan, for which way a table of one page is read is chance."""
    sql, _ = cells.fresh_cells(SOURCE[code], Everything())
    read = set(re.findall(rf'"{SOURCE[code].model._meta.db_table}"\."(\w+)"', sql))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [index],
        )
        held = {name for (name,) in cursor}
    assert {"organisation_id", "studio_id", "voided_at"} <= read <= held
