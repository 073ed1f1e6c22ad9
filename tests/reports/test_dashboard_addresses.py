"""The dashboard's addresses: who comes where, and what an address may ask."""

import re

import pytest

from reports import rollup
from tests.cast import make_visit
from tests.pages import signed_in, text_of

# Who comes where


@pytest.mark.parametrize(
    ("who", "room"),
    [("leader", "/dashboard/"), ("clerk", "/dashboard/"), ("account", "/my/"), ("officer", "/my/")],
)
def test_the_front_door_leads_each_role_to_its_room(cast, who, room):
    response = signed_in(getattr(cast.chengguan, who)).get("/")
    assert (response.status_code, response["Location"]) == (302, room)


@pytest.mark.parametrize("who", ["admin", "security", "auditor"])
def test_the_front_door_leads_administrators_to_the_admin(cast, who):
    assert signed_in(getattr(cast, who)).get("/")["Location"] == "/admin/"


def test_an_account_without_a_role_is_told_so(cast):
    cast.chengguan.leader.grants.all().delete()
    response = signed_in(cast.chengguan.leader).get("/")
    assert response.status_code == 200
    assert "还没有可以打开的页面" in text_of(response)


@pytest.mark.parametrize("path", ["/dashboard/", "/rows/?indicator=visits", "/dashboard/organisations/?find=x"])
def test_totals_do_not_exist_for_other_roles(cast, path):
    for account in (cast.chengguan.account, cast.chengguan.officer, cast.admin, cast.security, cast.auditor):
        assert signed_in(account).get(path).status_code == 404


def test_strangers_are_asked_to_sign_in(client):
    assert client.get("/dashboard/")["Location"] == "/login/?next=/dashboard/"


# What an address may ask


def test_foreign_unknown_and_malformed_organisations_are_alike(cast, reader):
    answers = [
        reader.get("/dashboard/", {"org": code})
        for code in ("621000", "620000", "621002", "999999", "62010", "6201001", "兰州", "", "620100' or 1=1", "\0")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    "period",
    ["x", "0001", "9999", "2026-13", "2026Q5", "2026-02-30..2026-03-01", "9999-12-30..9999-12-31", "1900-01-01..2026-01-01",
     "2026-05-02..2026-05-01", "2200", "cum..ytd", "\u0661\u0662\u0663\u0664"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/dashboard/", "/rows/?indicator=people_served"])
def test_a_bad_period_is_a_sentence_and_the_choosers_still_work(cast, reader, path, period):
    response = reader.get(path, {"period": period} | ({"indicator": "people_served"} if "rows" in path else {}))
    assert response.status_code == 400
    assert re.search("看不懂这个时段|开始日期不能晚于结束日期|时段应在", text_of(response))
    assert "period=ytd" in response.content.decode()


def test_half_a_span_is_a_sentence_too(reader):
    assert reader.get("/dashboard/?from=2026-01-01").status_code == 400
    assert reader.get("/dashboard/?from=2026-01-01&to=2025-01-01").status_code == 400


def test_a_span_of_days_can_be_asked_by_the_form(reader):
    response = reader.get("/dashboard/?from=2026-01-05&to=2026-03-10")
    assert response.context["period"].address == "2026-01-05..2026-03-10"
    assert "2026年1月5日至2026年3月10日" in text_of(response)


@pytest.mark.parametrize("address", ["scope=all", "bar=members", "bar=x"])
def test_choices_that_do_not_exist_are_not_found(reader, address):
    assert reader.get(f"/dashboard/?{address}").status_code == 404


@pytest.mark.parametrize(
    "period",
    [
        "1949-09-21..1949-09-21",
        "1950",
        "2099",
        "cum",
        "ytd",
        "y1",
        "since_last_year",
        "since_h2_last_year",
        "2024-02-29..2024-02-29",
    ],
)
def test_any_period_of_the_calendar_has_a_page(cast, reader, period):
    make_visit(cast.chengguan)
    rollup.drain()
    assert reader.get("/dashboard/", {"period": period}).status_code == 200


def test_without_a_question_it_is_the_own_organisation_and_this_year(cast, reader, today):
    response = reader.get("/dashboard/")
    assert response.context["organisation"] == cast.lanzhou.organisation
    assert response.context["period"].address == str(today.year)
