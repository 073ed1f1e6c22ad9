"""Before a reception day: announced, cancelled, who is on duty, and swaps between members."""

from datetime import timedelta

import pytest
from django.utils import timezone

from liaison.models import Account, Entry, Grant, Member, Notice, Role
from reception.models import Duty, DutySwap, ReceptionDay
from studios.models import Posting
from tests.cast import LONG_AGO, make_day
from tests.pages import change, errors, signed_in, text_of

pytestmark = pytest.mark.django_db
State = ReceptionDay.State


def make_colleague(office, name="何同事") -> Account:
    member = Member.objects.create(organisation=office.organisation, name=name)
    Posting.objects.create(studio=office.studio, member=member, starts_on=LONG_AGO)
    account = Account.objects.create(username=f"colleague-{member.pk}", name=name, member=member)
    Grant.objects.create(account=account, role=Role.MEMBER, organisation=office.organisation)
    return account


@pytest.fixture
def colleague(office):
    return make_colleague(office)


@pytest.fixture
def coming(office):
    day = make_day(office, timezone.localdate() + timedelta(days=3), state=State.PLANNED)
    Duty.objects.create(reception_day=day, member=office.member)
    return day


def on_duty(day) -> list[str]:
    return [duty.member.name for duty in day.duties.all()]


def told(account) -> list[str]:
    return list(Notice.objects.filter(account=account).order_by("pk").values_list("text", flat=True))


def acts(record) -> list[str]:
    return [entry.act for entry in Entry.objects.about(record).order_by("id")]


def test_a_colleague_is_asked_and_takes_the_duty_over(office, coming, colleague):
    member, other = signed_in(office.account), signed_in(colleague)
    page = text_of(member.get(f"/my/days/{coming.pk}/"))
    assert "请人接替（换班）" in page
    sent = {"taker": colleague.member_id, "note": "外出调研"}
    assert member.post(f"/my/days/{coming.pk}/swap/", sent).url == f"/my/days/{coming.pk}/"
    swap = DutySwap.objects.get()
    assert "已请何同事接替" in text_of(member.get(f"/my/days/{coming.pk}/"))
    assert told(colleague) == [f"张新民请您接替{coming}的值班。外出调研"]
    assert "张新民请您接替：外出调研" in text_of(other.get("/my/"))
    other.post(f"/my/swaps/{swap.pk}/accept/")
    assert on_duty(coming) == ["何同事"]
    words = f"何同事接替张新民，在{coming}值班。"
    assert [told(account) for account in (office.account, office.officer, office.clerk)] == [[words]] * 3
    assert (acts(swap), acts(coming.duties.get())) == (["add", "change"], ["change"])
    # A second answer changes nothing.
    assert other.post(f"/my/swaps/{swap.pk}/accept/").status_code == 404
    assert on_duty(coming) == ["何同事"]


def test_whoever_is_asked_may_decline_and_whoever_asked_may_withdraw(office, coming, colleague):
    member, other = signed_in(office.account), signed_in(colleague)
    member.post(f"/my/days/{coming.pk}/swap/", {"taker": colleague.member_id})
    swap = DutySwap.objects.get()
    assert other.post(f"/my/swaps/{swap.pk}/withdraw/").status_code == 404
    assert member.post(f"/my/swaps/{swap.pk}/accept/").status_code == 404
    other.post(f"/my/swaps/{swap.pk}/decline/")
    assert told(office.account) == [f"何同事不能接替{coming}的值班，请另找委员或与联络员联系。"]
    member.post(f"/my/days/{coming.pk}/swap/", {})
    again = DutySwap.objects.latest("pk")
    assert "已经在请人接替" in text_of(member.post(f"/my/days/{coming.pk}/swap/", {}))
    member.post(f"/my/swaps/{again.pk}/withdraw/")
    states = list(DutySwap.objects.order_by("pk").values_list("state", flat=True))
    assert (states, on_duty(coming)) == (["declined", "withdrawn"], ["张新民"])
    assert acts(again) == ["add", "change"]


def test_an_offer_to_the_team_is_taken_by_the_first(office, coming, colleague):
    second = make_colleague(office, "吴同事")
    signed_in(office.account).post(f"/my/days/{coming.pk}/swap/", {})
    swap = DutySwap.objects.get()
    assert len(told(colleague)) == len(told(second)) == 1
    signed_in(second).post(f"/my/swaps/{swap.pk}/accept/")
    assert signed_in(colleague).post(f"/my/swaps/{swap.pk}/accept/").status_code == 404
    assert on_duty(coming) == ["吴同事"]


def test_nobody_stands_twice_on_a_day(cast, office, coming, colleague):
    """Neither here nor at that hour elsewhere; the second is said when the answer comes, too."""
    member = signed_in(office.account)
    Duty.objects.create(reception_day=coming, member=colleague.member)
    assert "所选内容不在可选范围内" in text_of(
        member.post(f"/my/days/{coming.pk}/swap/", {"taker": colleague.member_id})
    )
    coming.duties.filter(member=colleague.member).delete()
    Posting.objects.create(studio=cast.anning.studio, member=colleague.member, starts_on=LONG_AGO)
    elsewhere = make_day(cast.anning, coming.held_on)
    member.post(f"/my/days/{coming.pk}/swap/", {"taker": colleague.member_id})
    Duty.objects.create(reception_day=elsewhere, member=colleague.member)
    page = signed_in(colleague).post(f"/my/swaps/{DutySwap.objects.get().pk}/accept/", follow=True)
    assert "何同事当天同一时间在培黎委员工作室值班。" in text_of(page)
    assert on_duty(coming) == ["张新民"]


def test_the_officer_announces_changes_duties_and_cancels_and_members_are_told(office, coming, colleague):
    officer = signed_in(office.officer)
    officer.post(f"/my/days/{coming.pk}/announce/")
    coming.refresh_from_db()
    assert coming.state == State.ANNOUNCED
    assert told(office.account) == [f"{coming}已经公布，9:00开始，您值班。"]
    officer.post(f"/my/days/{coming.pk}/duties/", {"members": [colleague.member_id]})
    assert on_duty(coming) == ["何同事"]
    assert told(colleague) == [f"请您在{coming}值班，9:00开始。"]
    assert told(office.account)[-1] == f"{coming}改由其他委员值班，您不用值班。"
    assert "请写明取消原因。" in text_of(officer.post(f"/my/days/{coming.pk}/cancel/", {"why": ""}))
    officer.post(f"/my/days/{coming.pk}/cancel/", {"why": "道路施工"})
    assert told(colleague)[-1] == f"{coming}已经取消，您不用值班。原因：道路施工"
    assert acts(coming) == ["change", "change"]
    assert acts(coming.duties.get()) == ["add"]


def test_a_clerk_does_the_same_and_a_duty_changed_in_the_admin_is_told(office, coming, colleague):
    clerk = signed_in(office.clerk)
    page = text_of(clerk.get(f"/my/days/{coming.pk}/"))
    assert "公布" in page
    duty = coming.duties.get()
    sent = {"duties-0-DELETE": "on", "duties-TOTAL_FORMS": 2, "duties-1-member": colleague.member_id}
    answer = change(clerk, "reception.receptionday", coming.pk, **sent, **{"duties-1-reception_day": coming.pk})
    assert errors(answer) == {}
    assert on_duty(coming) == ["何同事"]
    assert (len(told(colleague)), len(told(office.account))) == (1, 1)
    assert acts(duty) == ["delete"]


def test_what_is_not_theirs_to_arrange_is_not_found(cast, office, coming, colleague):
    for account in (office.account, cast.anning.officer, cast.anning.clerk):
        client = signed_in(account)
        for page in ("announce", "cancel", "duties"):
            assert client.post(f"/my/days/{coming.pk}/{page}/", {"why": "试"}).status_code == 404
    # On duty or not: a colleague has no duty to give away.
    assert signed_in(colleague).post(f"/my/days/{coming.pk}/swap/", {}).status_code == 404
    coming.refresh_from_db()
    assert (coming.state, on_duty(coming)) == (State.PLANNED, ["张新民"])


def test_a_duty_that_is_over_or_signed_in_is_kept(office, colleague):
    past = make_day(office, timezone.localdate() - timedelta(days=1))
    today = make_day(office)
    Duty.objects.create(reception_day=past, member=office.member)
    Duty.objects.create(reception_day=today, member=office.member, signed_in_at=timezone.now())
    member = signed_in(office.account)
    for day in (past, today):
        assert "只有还没有到、没有签到的值班可以调换。" in text_of(member.post(f"/my/days/{day.pk}/swap/", {}))
    assert not DutySwap.objects.exists()


@pytest.fixture
def returned(office, colleague):
    """A day on which the colleague is on duty."""
    day = make_day(office, timezone.localdate() + timedelta(days=10), state=State.PLANNED)
    Duty.objects.create(reception_day=day, member=colleague.member)
    return day


def test_two_colleagues_exchange_their_days(office, coming, returned, colleague):
    member, other = signed_in(office.account), signed_in(colleague)
    offered = returned.duties.get()
    assert "不换回，只请接替" in text_of(member.get(f"/my/days/{coming.pk}/swap/"))
    assert f"何同事 {returned.held_on:%-m月%-d日} 9:00" in text_of(member.get(f"/my/days/{coming.pk}/swap/"))
    member.post(f"/my/days/{coming.pk}/swap/", {"in_return": offered.pk, "note": "外出调研"})
    swap = DutySwap.objects.get()
    assert (swap.taker, swap.return_day) == (colleague.member, returned)
    assert "已请何同事接替，您换值" in text_of(member.get(f"/my/days/{coming.pk}/"))
    assert told(colleague) == [f"张新民想和您对换值班：您值{coming}，张新民值{returned}。外出调研"]
    assert "张新民想和您对换，替您值" in text_of(other.get("/my/"))
    page = text_of(other.post(f"/my/swaps/{swap.pk}/accept/", follow=True))
    assert f"您将在{coming}值班，{returned}改由张新民值班。" in page
    assert (on_duty(coming), on_duty(returned)) == (["何同事"], ["张新民"])
    words = f"何同事接替张新民，在{coming}值班；张新民接替何同事，在{returned}值班。"
    assert [told(account) for account in (office.account, office.officer)] == [[words]] * 2
    assert [acts(day.duties.get()) for day in (coming, returned)] == [["change"]] * 2


def test_an_exchange_is_whole_or_not_at_all(cast, office, coming, returned, colleague):
    """The asking member is on duty elsewhere meanwhile; then the colleague's duty is gone."""
    member, other = signed_in(office.account), signed_in(colleague)
    member.post(f"/my/days/{coming.pk}/swap/", {"in_return": returned.duties.get().pk})
    swap = DutySwap.objects.get()
    Posting.objects.create(studio=cast.anning.studio, member=office.member, starts_on=LONG_AGO)
    elsewhere = Duty.objects.create(reception_day=make_day(cast.anning, returned.held_on), member=office.member)
    refused = text_of(other.post(f"/my/swaps/{swap.pk}/accept/", follow=True))
    # The colleague learns that it is so, and not where.
    assert "张新民当天同一时间在别处值班。" in refused
    elsewhere.delete()
    returned.duties.all().delete()
    assert "没有值班，不能换回。" in text_of(other.post(f"/my/swaps/{swap.pk}/accept/", follow=True))
    swap.refresh_from_db()
    assert (swap.state, on_duty(coming)) == ("asked", ["张新民"])


def test_what_is_asked_for_in_return_is_the_duty_of_whoever_is_asked(cast, office, coming, returned, colleague):
    second = make_colleague(office, "吴同事")
    member, address = signed_in(office.account), f"/my/days/{coming.pk}/swap/"
    unlike = member.post(address, {"taker": second.member_id, "in_return": returned.duties.get().pk})
    assert "这是何同事的值班，请在上面也选何同事，或换一次。" in text_of(unlike)
    # Neither of another studio's days nor of one on which the member stands already.
    elsewhere = Duty.objects.create(reception_day=make_day(cast.anning, returned.held_on), member=colleague.member)
    assert "所选内容不在可选范围内" in text_of(member.post(address, {"in_return": elsewhere.pk}))
    Duty.objects.create(reception_day=returned, member=office.member)
    assert "换回哪一次" not in text_of(member.get(address))
    assert not DutySwap.objects.exists()
