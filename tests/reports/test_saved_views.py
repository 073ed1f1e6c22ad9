"""Views that an account keeps: saved under a name, listed, deleted; seen by nobody else."""

import pytest
from django.db import IntegrityError, transaction

from liaison.models import Entry
from reports.models import SavedView
from tests.pages import signed_in, text_of
from tests.test_every_act import noted

URL = "/dashboard/views/"
PAGE = "/dashboard/compare/?org=620102&period=2026-03&than=2025-03"


def save(client, page: str = PAGE, **typed):
    """Through the link that the page itself offers."""
    return client.post(client.get(page).context["save_link"], {"title": "城关区三月"} | typed)


def test_a_page_is_kept_under_a_name_and_opens_again(cast, reader):
    answer = save(reader)
    view = SavedView.objects.get()
    assert answer["Location"] == view.url == "/dashboard/compare/?org=620102&period=2026-03&than=2025-03"
    assert (view.account, view.organisation) == (cast.lanzhou.leader, cast.chengguan.organisation)
    assert reader.get(view.url).context["then"].label == "2025年3月"
    assert "城关区三月" in text_of(reader.get(URL))
    assert "城关区三月" in text_of(reader.get("/dashboard/?org=620102"))
    assert noted(Entry.Act.ADD, view)


@pytest.mark.parametrize(
    "page",
    ["/dashboard/", "/dashboard/calendar/?scope=own", "/dashboard/spread/", "/dashboard/?bar=matters&compare=off"],
)
def test_every_page_of_figures_can_be_kept_as_it_is(cast, reader, page):
    answer = save(reader, page)
    assert answer.status_code == 302
    here, there = reader.get(page).context, reader.get(answer["Location"]).context
    assert (here["organisation"], here["scope"], here["period"].label) == (
        there["organisation"],
        there["scope"],
        there["period"].label,
    )


def test_a_period_that_moves_is_kept_as_the_days_it_means_today(cast, reader, today):
    save(reader, "/dashboard/?period=ytd")
    assert SavedView.objects.get().query == f"org=620100&period={today.year}-01-01..{today.isoformat()}"


def test_nobody_else_sees_it_and_nobody_else_deletes_it(cast, reader):
    save(reader)
    view = SavedView.objects.get()
    for other in (cast.lanzhou.clerk, cast.chengguan.leader, cast.gansu.leader):
        client = signed_in(other)
        assert "城关区三月" not in text_of(client.get("/dashboard/?org=620102")) + text_of(client.get(URL))
        assert client.post(f"{URL}{view.pk}/delete/").status_code == 404
    assert SavedView.objects.count() == 1


def test_the_offices_views_are_seen_by_all_and_deleted_by_nobody_here(cast, reader):
    view = SavedView.objects.create(
        organisation=cast.lanzhou.organisation, page="dashboard", title="本局", query="org=620100"
    )
    assert "本局" in text_of(reader.get("/dashboard/"))
    assert "本局" not in text_of(reader.get(URL))
    assert reader.post(f"{URL}{view.pk}/delete/").status_code == 404


def test_it_is_deleted_with_a_note(cast, reader):
    save(reader)
    view = SavedView.objects.get()
    answer = reader.post(f"{URL}{view.pk}/delete/", follow=True)
    assert "已删除“城关区三月”" in text_of(answer)
    assert not SavedView.objects.exists()
    assert Entry.objects.filter(act=Entry.Act.DELETE, object_id=str(view.pk)).exists()
    assert reader.get(f"{URL}{view.pk}/delete/").status_code == 405


# What cannot be kept


@pytest.mark.parametrize(
    ("title", "sentence"),
    [("", "请给这个视图起个名称"), ("   ", "请给这个视图起个名称"), ("长" * 61, "名称最多 60 个字，现有 61 个字")],
)
def test_a_bad_name_is_a_sentence_and_what_was_typed_stays(cast, reader, title, sentence):
    answer = save(reader, title=title)
    assert (answer.status_code, sentence in text_of(answer)) == (400, True)
    assert title.strip() in answer.content.decode()
    assert not SavedView.objects.exists()


def test_a_name_is_used_once_by_an_account_and_freely_by_others(cast, reader):
    save(reader)
    answer = save(reader, "/dashboard/")
    assert (answer.status_code, "您已有同名的视图" in text_of(answer)) == (400, True)
    assert save(signed_in(cast.lanzhou.clerk)).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(
            organisation=cast.lanzhou.organisation,
            account=cast.lanzhou.leader,
            page="dashboard",
            title="城关区三月",
            query="x",
        )


@pytest.mark.parametrize(
    "address", ["page=dashboard&query=org%3D621000%26period%3D2026", "page=dashboard&query=org%3D620100%26period%3D2026-13",
                "page=text&query=org%3D620100%26period%3D2026", "page=x&query=org%3D620100%26period%3D2026", "page=dashboard", ""],
)  # fmt: skip
def test_what_is_no_page_of_figures_of_the_own_offices_is_refused_with_a_sentence(cast, reader, address):
    answer = reader.post(f"{URL}?{address}", {"title": "别处"})
    assert (answer.status_code, "这个页面不能保存" in text_of(answer)) == (400, True)
    assert not SavedView.objects.exists()


def test_only_what_the_page_reads_is_kept(cast, reader):
    reader.post(f"{URL}?page=dashboard&query=org%3D620100%26period%3D2026%26next%3D//evil", {"title": "一"})
    assert SavedView.objects.get().query == "org=620100&period=2026"


def test_there_is_an_end_to_them(cast, reader):
    rows = (
        SavedView(
            organisation=cast.lanzhou.organisation,
            account=cast.lanzhou.leader,
            page="dashboard",
            title=f"视图{n}",
            query="x",
        )
        for n in range(SavedView.MOST)
    )
    SavedView.objects.bulk_create(rows)
    answer = save(reader)
    assert (answer.status_code, "最多保存 30 个视图" in text_of(answer)) == (400, True)


def test_only_those_who_read_totals_have_them(cast):
    for account in (cast.chengguan.account, cast.chengguan.officer, cast.auditor):
        assert signed_in(account).get(URL).status_code == 404
