import threading

import pytest
from django.db import IntegrityError, connection, transaction

from studios.models import Fund, Posting, Spending, Studio
from tests.cast import LONG_AGO
from tests.pages import add, address, change, errors


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.chengguan.clerk)
    return client


@pytest.fixture
def fund(cast):
    return Fund.objects.create(
        organisation=cast.chengguan.organisation, year=2026, amount=100, source="财政", allocated_on="2026-01-05"
    )


def spending(fund, amount) -> Spending:
    return Spending(fund=fund, amount=amount, spent_on="2026-02-01", purpose="印制宣传册")


def test_a_studio_is_found_by_the_initials_of_its_name(clerk, cast):
    for term, found in (("gwm", [cast.chengguan.studio]), ("GWMWY", [cast.chengguan.studio]), ("pl", [])):
        assert list(clerk.get(address("changelist", "studios.studio"), {"q": term}).context["cl"].queryset) == found


def test_a_second_studio_of_the_same_name_is_refused_beside_the_name(clerk, cast):
    sent = {"name": cast.chengguan.studio.name, "division": cast.chengguan.township.pk, "opened_on": "2026-01-01"}
    assert errors(add(clerk, "studios.studio", **sent)) == {"name": ["本组织已有同名工作室。"]}


def test_a_division_code_that_does_not_exist_is_refused_beside_the_field(clerk):
    answer = add(clerk, "studios.studio", name="新工作室", division="999999", opened_on="2026-01-01")
    assert (answer.status_code, list(errors(answer))) == (200, ["division"])


def test_a_second_lead_is_refused_in_the_studios_own_page(clerk, cast):
    sent = {"postings-TOTAL_FORMS": 2, "postings-1-role": "lead", "postings-1-member": cast.chengguan.member.pk,
            "postings-1-starts_on": "2026-01-01"}  # fmt: skip
    answer = change(clerk, "studios.studio", cast.chengguan.studio.pk, **sent)
    assert errors(answer)["postings.role"] == ["同一时间一个工作室只能有一位领衔委员。"]
    assert Posting.objects.filter(studio=cast.chengguan.studio).count() == 1


def test_two_leads_typed_at_once_are_refused_by_the_database_in_words(clerk, cast):
    sent = {"name": "新工作室", "division": cast.chengguan.township.pk, "opened_on": "2026-01-01"}
    for n, member in enumerate((cast.chengguan.member, cast.anning.member)):
        sent |= {
            f"postings-{n}-role": "lead",
            f"postings-{n}-member": member.pk,
            f"postings-{n}-starts_on": "2026-01-01",
        }
    cast.anning.member.bases.update(division=cast.chengguan.division)
    answer = add(clerk, "studios.studio", **sent | {"postings-TOTAL_FORMS": 2})
    assert errors(answer) == {"__all__": ["同一时间一个工作室只能有一位领衔委员。"]}
    assert not Studio.objects.filter(name="新工作室").exists()


def test_the_list_of_gaps_names_studios_without_a_lead(clerk, cast):
    listed = clerk.get(address("changelist", "studios.studio"), {"state": "no-lead"}).context["cl"].queryset
    assert list(listed) == []
    Posting.objects.filter(studio=cast.chengguan.studio).update(ends_on=LONG_AGO)
    assert [studio.pk for studio in listed.all()] == [cast.chengguan.studio.pk]


def test_more_than_is_left_cannot_be_spent(clerk, fund):
    spending(fund, 60).save()
    answer = add(clerk, "studios.spending", fund=fund.pk, amount="60", spent_on="2026-02-01", purpose="打印")
    assert errors(answer) == {"amount": ["余额只有 40.00 元，不够支出。"]}


def test_the_database_keeps_the_balance_above_zero(fund):
    spending(fund, 60).save()
    with pytest.raises(IntegrityError, match="余额只有 40"), transaction.atomic():
        spending(fund, 60).save()
    with pytest.raises(IntegrityError, match="已支出 60"), transaction.atomic():
        Fund.objects.update(amount=50)


@pytest.mark.django_db(transaction=True)
def test_two_spendings_at_once_do_not_overdraw(cast, fund):
    """Each alone is covered; whichever comes second waits for the first and is refused."""
    refusals = []

    def spend():
        try:
            spending(fund, 70).save()
        except IntegrityError as error:
            refusals.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (fund.balance, len(refusals)) == (30, 3)


def test_a_studios_page_leads_to_what_the_public_sees(client, cast):
    client.force_login(cast.chengguan.clerk)
    studio = cast.chengguan.studio
    page = client.get(f"/admin/studios/studio/{studio.pk}/change/").content.decode()
    assert f'href="/s/{studio.code}/"' in page
    assert client.get(f"/s/{studio.code}/").status_code == 200
