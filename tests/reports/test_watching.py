"""What wants attention: lamps and quiet studios, each opening a list with its total."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case
from cases.models.case import lamp_rules, last_yellow
from liaison.paging import SIZE
from liaison.periods import next_month
from reports import rollup
from reports.watching import LAMPS, QUIET_MONTHS
from studios.models import Studio
from tests.cast import make_activity, make_case, make_day, make_visit
from tests.pages import signed_in, text_of


@pytest.fixture
def deadlines(cast, today) -> dict[str, list[Case]]:
    """Of each lamp another number of matters; one of another city, one voided and one settled besides."""
    until = last_yellow(today)
    wanted = {
        "red": [today - timedelta(days=1)],
        "yellow": [today, until],
        "green": [until + timedelta(days=1)] * 3,
        "none": [None] * 4,
    }
    long_ago = today - timedelta(days=30)
    for office, state in ((cast.xifeng, None), (cast.chengguan, "void"), (cast.chengguan, "resolved")):
        case = make_case(office, long_ago, deadline=today - timedelta(days=1))
        if state == "void":
            case.void(by=office.clerk, why="重复登记", at=timezone.now())
        elif state:
            case.move(state, by=office.clerk, at=timezone.now())
    return {
        lamp: [make_case((cast.chengguan, cast.anning)[n % 2], long_ago, deadline=on) for n, on in enumerate(dates)]
        for lamp, dates in wanted.items()
    }


def signals(client, query: str = "") -> dict[str, object]:
    return {signal.label: signal.number for signal in client.get(f"/dashboard/{query}").context["board"].signals}


def total_of(client, url: str) -> int:
    return int(re.search(r'id="total">([\d,]+)', client.get(url).content.decode())[1].replace(",", ""))


def listed(client, url: str) -> list[str]:
    section = client.get(url).context["section"]
    return [text for cells, _, _ in section.lines for column, text in cells if column.kind == "main"]


@pytest.mark.parametrize("lamp", LAMPS)
def test_a_lamp_opens_the_open_matters_it_shines_for(deadlines, reader, lamp):
    url = f"/dashboard/lamps/?lamp={lamp}"
    assert total_of(reader, url) == len(listed(reader, url)) == len(deadlines[lamp])


def test_the_rules_of_the_lamps_are_those_of_each_matter(deadlines, today):
    for lamp, rule in lamp_rules(today).items():
        lit = [case.lamp(today) or "none" for case in Case.objects.open().filter(rule)]
        assert set(lit) == {lamp}
    assert (
        sum(Case.objects.open().filter(rule).count() for rule in lamp_rules(today).values())
        == Case.objects.open().count()
    )


def test_the_dashboard_tells_the_lamps_of_today(deadlines, reader):
    found = signals(reader, "?period=2025")
    assert [found[f"事项{LAMPS[lamp]}"].value for lamp in ("red", "yellow", "green")] == [1, 2, 3]
    for number in found.values():
        assert total_of(reader, number.url) == number.value
    own = signals(reader, "?scope=own")
    assert [own[f"事项{LAMPS[lamp]}"].value for lamp in ("red", "yellow", "green")] == [0, 0, 0]


def test_many_matters_are_paged_in_the_order_of_their_deadlines(cast, reader, today):
    for n in range(SIZE + 3):
        make_case(cast.chengguan, today - timedelta(days=90), deadline=today - timedelta(days=80 - n))
    first = reader.get("/dashboard/lamps/").context["section"]
    second = reader.get(f"/dashboard/lamps/{first.older}").context["section"]
    assert (first.total, len(first.lines), len(second.lines)) == (SIZE + 3, SIZE, 3)
    assert not {url for _, _, url in first.lines} & {url for _, _, url in second.lines}


# Studios that have gone quiet


@pytest.fixture
def studios(cast, today) -> dict[str, Studio]:
    """In 城关 and 安宁: heard of by a visit, a held day, an activity; by none of it; by old records; new; closed."""
    ago = next_month(today, -30)
    recent = max(next_month(today, -2), today - timedelta(days=20))
    made = {
        name: Studio.objects.create(
            organisation=cast.anning.organisation, division=cast.anning.township, name=name,
            opened_on=today if name == "new" else ago, closed_on=today if name == "closed" else None,
        )
        for name in ("visit", "day", "activity", "nothing", "old", "missed", "new", "closed")
    }  # fmt: skip
    make_visit(cast.anning, recent, studio=made["visit"])
    make_day(cast.anning, recent).hold()
    day = make_day(cast.anning, recent, opens="10:00")
    type(day).objects.filter(pk=day.pk).update(studio=made["day"], state="held")
    missed = make_day(cast.anning, recent, opens="14:00", closes="15:00")
    type(missed).objects.filter(pk=missed.pk).update(studio=made["missed"], missed_on=recent + timedelta(days=1))
    make_activity(cast.anning, recent, studio=made["activity"], public_count=9)
    make_visit(cast.anning, next_month(today, -5), studio=made["old"])
    make_visit(cast.chengguan)
    make_visit(cast.xifeng, next_month(today, -9))
    rollup.drain()
    return made


def test_studios_of_which_nothing_was_heard_are_listed(studios, reader):
    assert listed(reader, "/dashboard/quiet/") == ["nothing", "old", "missed"]
    assert signals(reader)["2 个月以上没有动静的工作室"].value == total_of(reader, "/dashboard/quiet/") == 3


def test_when_something_was_last_heard_is_told(studios, reader, today):
    section = reader.get("/dashboard/quiet/").context["section"]
    told = {cells[2][1]: cells[-1][1] for cells, _, _ in section.lines}
    ago = next_month(today, -5)
    assert told == {"nothing": "从未有过", "missed": "从未有过", "old": f"{ago.year}年{ago.month}月"}


def test_how_long_is_quiet_can_be_chosen_and_each_choice_tells_its_number(studios, reader):
    context = reader.get("/dashboard/quiet/?months=6").context
    assert context["section"].total == len(listed(reader, "/dashboard/quiet/?months=6")) == 2
    counts = {n: count for n, (_, count, _, _) in zip(QUIET_MONTHS, context["choices"], strict=True)}
    assert counts == {n: total_of(reader, f"/dashboard/quiet/?months={n}") for n in QUIET_MONTHS}
    assert [reader.get(f"/dashboard/quiet/?months={n}").status_code for n in ("4", "x", "-1")] == [404] * 3


# Who may see it, and what it costs


@pytest.mark.parametrize("path", ["/dashboard/lamps/", "/dashboard/quiet/"])
def test_other_offices_and_roles_have_no_such_lists(cast, reader, path):
    for code in ("621000", "620000", "999999"):
        assert reader.get(path, {"org": code}).status_code == 404
    for account in (cast.chengguan.account, cast.chengguan.officer, cast.auditor):
        assert signed_in(account).get(path).status_code == 404


def test_a_lamp_that_does_not_exist_is_not_found(cast, reader):
    assert reader.get("/dashboard/lamps/?lamp=blue").status_code == 404


@pytest.mark.parametrize("path", ["/dashboard/lamps/", "/dashboard/quiet/"])
def test_queries_do_not_grow_with_rows(cast, reader, path, today):
    counts = []
    for n in (1, 2):
        for i in range(n):
            make_case(cast.chengguan, today - timedelta(days=9), deadline=today - timedelta(days=1))
            Studio.objects.create(
                organisation=cast.anning.organisation,
                division=cast.anning.township,
                name=f"室{n}{i}",
                opened_on=date(2022, 1, 1),
            )
        rollup.drain()
        with CaptureQueriesContext(connection) as asked:
            assert "没有" in text_of(reader.get(path)) or asked
        counts.append(len(asked))
    assert counts[0] == counts[1]
