"""What holds for every resource, taken from the router: a new one is walked here by itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liaison.api.urls import router
from tests.rows import one_of_each

pytestmark = pytest.mark.django_db
# What a clerk sees one of, whatever is added.
SINGLE = {"organisations"}
LISTS = {prefix: viewset for prefix, viewset, _ in router.registry if hasattr(viewset, "keys")}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_one_row_and_with_three(cast, program, name):
    one_of_each(cast.chengguan, 0)
    client = program(cast.chengguan.clerk)
    address = f"/api/v1/{name}/"
    client.get(address)  # what is asked once a process, such as types of content
    costs = []
    for n in (1, 2, 3):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        costs.append(len(asked))
        assert answer.status_code == 200
        one_of_each(cast.chengguan, n)
    assert len(answer.json()["results"]) >= (1 if name in SINGLE else 3)
    assert len(set(costs)) == 1
    assert costs[0] <= 14


@pytest.mark.parametrize("name", LISTS)
def test_a_list_turns_its_pages_there_and_back(cast, program, name):
    """From the province, so that every office's rows come along."""
    for office in (cast.chengguan, cast.anning, cast.xifeng, cast.lanzhou):
        one_of_each(office)
    client, seen, first = program(cast.gansu.clerk), [], None
    address = f"/api/v1/{name}/?size=2"
    while address:
        answer = client.get(address).json()
        first = first or answer
        seen += [row["id"] for row in answer["results"]]
        last, address = answer, answer["next"]
    assert len(seen) == len(set(seen)) == LISTS[name].queryset.model.objects.count()
    assert last["previous"]
    back = last
    while back["previous"]:
        back = client.get(back["previous"]).json()
    assert back["results"] == first["results"]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", ["after=x", "after=~", "after=1~2~3", "before=%00~1", "size=0", "size=x", "size=201"])
def test_a_page_that_is_not_there_is_refused_in_words(cast, program, name, query):
    answer = program(cast.chengguan.clerk).get(f"/api/v1/{name}/?{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [query.partition("=")[0]])


@pytest.mark.parametrize("name", [name for name, found in LISTS.items() if "org" in found.filterset_class.base_filters])
def test_an_office_out_of_sight_is_no_filter(cast, program, name):
    client = program(cast.chengguan.clerk)
    answers = [client.get(f"/api/v1/{name}/?org={code}") for code in ("621002", "999999", "x")]
    assert {(a.status_code, a.json()["fields"]["org"][0]) for a in answers} == {
        (400, "没有这个政协组织，请填写六位区划代码。")
    }
