"""Topics and holidays belong to nobody: whoever keeps all offices changes them, and what is in use stays."""

from datetime import date

import pytest

from liaison.models import Account, Category, Grant, Holiday, Role
from tests.cast import make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_county(cast):
    account = Account.objects.create(username="county-admin", name="县管理员")
    Grant.objects.create(account=account, role=Role.ADMIN, organisation=cast.chengguan.organisation)
    return account


def test_a_countys_administrator_changes_no_topic_of_all(client, cast, of_county):
    client.force_login(of_county)
    topic = cast.categories[0]
    sent = {"name": "改名", "order": 1, "is_active": "on"}
    assert client.get("/admin/liaison/category/").status_code == 200
    for act in ("change", "delete"):
        assert client.post(f"/admin/liaison/category/{topic.pk}/{act}/", sent | {"post": "yes"}).status_code == 403
    assert client.post("/admin/liaison/category/add/", sent).status_code == 403
    assert set(Category.objects.values_list("name", flat=True)) == {one.name for one in cast.categories}


@pytest.mark.parametrize("name", ["category", "holiday"])
def test_a_countys_administrator_is_offered_no_change(client, cast, of_county, name):
    Holiday.objects.create(date=date(2026, 10, 1), name="国庆节", kind="off")
    address = f"/admin/liaison/{name}/add/"
    for account, is_offered in ((of_county, False), (cast.admin, True)):
        client.force_login(account)
        page = client.get(f"/admin/liaison/{name}/").content.decode()
        assert (f'href="{address}"' in page) is is_offered
        assert ("delete_selected" in page) is is_offered
        assert (f'href="{address}"' in client.get("/admin/").content.decode()) is is_offered


def test_the_highest_administrator_does(client, cast):
    client.force_login(cast.admin)
    client.post(
        f"/admin/liaison/category/{cast.categories[0].pk}/change/", {"name": "改名", "order": 1, "is_active": "on"}
    )
    assert Category.objects.filter(name="改名").exists()


def test_a_topic_in_use_is_not_deleted_though_its_visits_are_out_of_reach(client, cast):
    make_visit(cast.chengguan, category=cast.categories[0])
    client.force_login(cast.admin)
    address = f"/admin/liaison/category/{cast.categories[0].pk}/delete/"
    assert "来访" in client.get(address).content.decode()
    client.post(address, {"post": "yes"})
    assert Category.objects.filter(pk=cast.categories[0].pk).exists()
