"""The inbox of every role: what is addressed to an account is there, whatever office it is about, and nothing else."""

import pytest
from django.db import connection

from liaison import reach
from liaison.models import Account, Grant, Notice, Role
from liaison.paging import SIZE
from tests.pages import signed_in, text_of

TEXT = "安宁区政协2026年3月月报等待审核。"


def tell(account, organisation, text: str = TEXT, key: str = "1", url: str = "/account/") -> Notice:
    Notice.objects.tell([Notice(account=account, organisation=organisation, text=text, key=key, url=url)])
    return Notice.objects.get(account=account, key=key)


@pytest.fixture
def department(cast) -> Account:
    account = Account.objects.create_user("bureau", "abc-DEF-123", name="交通运输局")
    place = {"organisation": cast.chengguan.organisation, "department": cast.chengguan.department}
    Grant.objects.create(account=account, role=Role.DEPARTMENT, **place)
    return account


def test_every_role_has_an_inbox_also_of_offices_that_it_does_not_reach(cast, department):
    own = cast.chengguan
    for account in (
        own.account,
        own.officer,
        own.leader,
        own.clerk,
        department,
        cast.admin,
        cast.security,
        cast.auditor,
    ):
        notice = tell(account, cast.anning.organisation)
        client = signed_in(account)
        page = client.get("/notices/")
        assert "1 条未读，点一条就打开它说的页面。" in text_of(page), account
        assert "通知，1 条未读" in page.content.decode()
        answer = client.post(f"/notices/{notice.pk}/read/")
        assert answer.url == "/account/"
        assert "没有未读的通知。" in text_of(client.get("/notices/"))


def test_the_member_s_own_page_says_how_many_wait(cast):
    tell(cast.chengguan.account, cast.chengguan.organisation)
    client = signed_in(cast.chengguan.account)
    home = client.get("/my/")
    assert "您有 1 条未读通知。" in text_of(home)
    assert "通知，1 条未读" in home.content.decode()
    client.post("/notices/read/")
    assert "未读" not in client.get("/my/").content.decode()


def test_one_is_marked_as_read_without_opening_it(cast):
    first, second = (tell(cast.auditor, cast.gansu.organisation, f"第{key}条", key) for key in "12")
    client = signed_in(cast.auditor)
    answer = client.post(f"/notices/{first.pk}/read/", {"stay": "1"})
    assert answer.url == "/notices/"
    unread = text_of(client.get("/notices/?show=unread"))
    assert ("第1条" in unread, "第2条" in unread) == (False, True)
    assert "第1条" in text_of(client.get("/notices/"))
    client.post(f"/notices/{second.pk}/read/")
    assert "没有未读的通知 看过的在“全部”里。" in text_of(client.get("/notices/?show=unread"))


def test_unread_ones_are_paged_by_key_in_a_constant_number_of_queries(cast):
    account, office = cast.chengguan.clerk, cast.chengguan.organisation
    client = signed_in(account)
    texts = [
        Notice(account=account, organisation=office, text=f"第{n}条。", key=str(n), url="/") for n in range(SIZE + 2)
    ]
    Notice.objects.tell(texts[:1])
    with connection.execute_wrapper(counter := Counter()):
        client.get("/notices/?show=unread")
    Notice.objects.tell(texts[1:])
    with connection.execute_wrapper(again := Counter()):
        page = client.get("/notices/?show=unread")
    assert again.count == counter.count
    older = page.context["shown"].older
    last = client.get(f"/notices/?show=unread&after={older}")
    assert [notice.text for notice in last.context["shown"].rows] == ["第1条。", "第0条。"]
    assert f"show=unread&amp;before={last.context['shown'].newer}" in last.content.decode()


class Counter:
    def __init__(self):
        self.count = 0

    def __call__(self, execute, *asked):
        self.count += 1
        return execute(*asked)


def test_numbers_of_citizens_do_not_come_along(cast):
    notice = tell(cast.chengguan.clerk, cast.chengguan.organisation, "退回：请核对 13893112233 和 620102198001011234。")
    assert notice.text == "退回：请核对 138****2233 和 620****1234。"


# The second wall


def test_the_database_shows_what_is_addressed_to_the_account_and_what_its_office_tells(cast):
    mine = tell(cast.admin, cast.anning.organisation)
    tell(cast.anning.clerk, cast.anning.organisation)
    with reach.of(cast.admin):
        assert list(Notice.objects.all()) == [mine]
    with reach.of(cast.chengguan.clerk):
        assert not Notice.objects.exists()
        with reach.everything():
            assert Notice.objects.count() == 2
        assert not Notice.objects.exists()
    with reach.of(cast.auditor):
        assert Notice.objects.update(text="改了") == 0
