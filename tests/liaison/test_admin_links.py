"""Whatever a page of the admin links to, the account it was drawn for may open."""

import re

import pytest

from activities.models import Activity
from liaison.models import Account, Grant
from liaison.roles import MAY, Role
from studios.models import Studio
from tests.pages import address
from tests.rows import one_of_each


@pytest.fixture
def own(cast):
    """One row of every kind in Chengguan, by label; the officer looks after the studio, the department leads the case."""
    rows = {model._meta.label_lower: row for model, row in one_of_each(cast.chengguan).items()}
    Studio.objects.filter(pk=rows["studios.studio"].pk).update(liaison_officer=cast.chengguan.officer)
    rows["cases.case"].lead_department = cast.chengguan.department
    rows["cases.case"].save()
    return rows | {"liaison.organisation": cast.chengguan.organisation}


@pytest.fixture
def department(cast):
    account = Account.objects.create_user("bureau", "abc-DEF-123", name="交通运输局")
    place = {"organisation": cast.chengguan.organisation, "department": cast.chengguan.department}
    Grant.objects.create(account=account, role=Role.DEPARTMENT, **place)
    return account


def broken_links(client, role: str, own: dict) -> dict[str, int]:
    found = {}
    for label in set(MAY[role]) & set(own):
        for page in (address("changelist", label), address("change", label, own[label].pk)):
            body = client.get(page).content.decode()
            found |= dict.fromkeys(re.findall(r'href="(/admin/[^"?#]+/change/)"', body), label)
    codes = {link: client.get(link).status_code for link in found}
    assert len(codes) > 1
    return {link: code for link, code in codes.items() if code != 200}


@pytest.mark.parametrize(
    ("office", "who", "role"),
    [
        ("chengguan", "clerk", Role.CLERK),
        ("lanzhou", "clerk", Role.CLERK),
        ("chengguan", "officer", Role.LIAISON_OFFICER),
    ],
)
def test_what_a_record_names_is_a_link_only_where_it_opens(client, cast, own, office, who, role):
    client.force_login(getattr(getattr(cast, office), who))
    assert broken_links(client, role, own) == {}


def test_a_department_reads_the_cases_it_handles_and_changes_nothing(client, cast, own, department):
    client.force_login(department)
    page = client.get(address("change", "cases.case", own["cases.case"].pk))
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    assert broken_links(client, Role.DEPARTMENT, own) == {}
    assert client.post(address("change", "cases.case", own["cases.case"].pk), {"title": "改写"}).status_code == 403
    assert client.get(address("changelist", "reception.visit")).status_code == 403


def test_another_departments_case_does_not_exist(client, cast, own, department):
    own["cases.case"].lead_department = None
    own["cases.case"].save()
    client.force_login(department)
    assert client.get(address("change", "cases.case", own["cases.case"].pk)).status_code == 404
    assert client.get(address("changelist", "cases.case")).context["cl"].result_count == 0


def test_what_is_only_read_is_in_chinese_too(client, cast, own, department):
    Activity.objects.filter(pk=own["activities.activity"].pk).update(six_new=["consulting", "home"])
    client.force_login(cast.lanzhou.clerk)
    page = client.get(address("change", "activities.activity", own["activities.activity"].pk)).content.decode()
    assert "协商议政新平台、联系各界新家园" in page
    client.force_login(department)
    page = client.get(address("change", "cases.case", own["cases.case"].pk)).content.decode()
    assert 'alt="否"' in page
    assert 'alt="False"' not in page
