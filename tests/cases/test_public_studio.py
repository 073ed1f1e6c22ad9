"""The page behind a studio's code: for everybody, and nothing on it that is nobody's business."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liaison.models import Member, Seat
from reception.models import ReceptionDay
from studios.models import Posting, ReceptionRule, Studio
from tests.cast import LONG_AGO, make_case, make_day, make_visit
from tests.pages import text_of

pytestmark = pytest.mark.django_db


def page(studio, client=None, **query):
    return (client or Client()).get(f"/s/{studio.code}/", query)


def make_announced(studio, days: int, **more) -> ReceptionDay:
    hours = {"opens": time(9), "closes": time(11, 30), "state": "announced"}
    day = timezone.localdate() + timedelta(days=days)
    return ReceptionDay.objects.create(studio=studio, held_on=day, **(hours | more))


def test_a_stranger_reads_what_where_when_and_who(cast):
    studio = cast.chengguan.studio
    Studio.objects.filter(pk=studio.pk).update(
        address="广武门街道甘南路 8 号", phone="0931-1234567", intro="每月接待。"
    )
    Member.objects.filter(pk=cast.chengguan.member.pk).update(expertise=["物业纠纷", "社保"])
    day = make_announced(studio, 3, place="一楼大厅", theme="法律咨询")
    ReceptionRule.objects.create(
        studio=studio, pattern="month_day", day_of_month=5, opens=time(9), closes=time(11), starts_on=LONG_AGO
    )
    answer = page(studio)
    said = text_of(answer)
    assert answer.status_code == 200
    for words in (
        studio.name, "城关区政协", f"{day.held_on.month}月{day.held_on.day}日", "9:00—11:30，一楼大厅", "主题：法律咨询",
        "固定时间：每月5日 9:00—11:00", "（遇节假日顺延）", "在哪里 广武门街道甘南路 8 号", "0931-1234567", "每月接待。", "张新民", "领衔委员",
        "经济界", "熟悉：物业纠纷、社保", "紧急情况请拨打 110、120；本渠道不代替信访。",
    ):  # fmt: skip
        assert words in said


def test_only_announced_days_of_this_studio_for_the_public_are_told_the_next_first(cast):
    studio = cast.chengguan.studio
    make_announced(studio, 2, state="planned", theme="未公布")
    make_announced(studio, 3, state="cancelled", cancel_reason="停电", theme="已取消")
    make_announced(studio, 4, kind="members", theme="接待委员")
    make_announced(studio, -1, theme="昨天")
    make_announced(cast.anning.studio, 1, theme="别处")
    for days in (30, 8, 9, 10):
        make_announced(studio, days, theme=f"第{days}天")
    said = text_of(page(studio))
    assert [said.find(f"第{n}天") > 0 for n in (8, 9, 10, 30)] == [True, True, True, False]
    assert said.find("第8天") < said.find("第9天") < said.find("第10天")
    for words in ("未公布", "已取消", "接待委员", "昨天", "别处", "停电"):
        assert words not in said


def test_nothing_of_visitors_cases_numbers_or_other_offices_is_told(cast):
    studio = cast.chengguan.studio
    Member.objects.filter(pk=cast.chengguan.member.pk).update(
        employer="某单位", post="董事长", birth_year=1966, ethnicity="回族"
    )
    member = Member.objects.get(pk=cast.chengguan.member.pk)
    member.phone = "13800001111"
    member.save()
    secret = {"visitor_name": "王来访", "visitor_phone": "13900002222", "consented": True, "content": "家里的事"}
    make_visit(cast.chengguan, **secret)
    make_case(cast.chengguan, title="办理中的事")
    body = page(studio).content.decode()
    for words in (
        "13800001111",
        "138****",
        "13900002222",
        "王来访",
        "家里的事",
        "办理中的事",
        "1966",
        "回族",
        "赵宁远",
        "西峰",
    ):
        assert words not in body


def test_who_left_or_sits_elsewhere_is_told_rightly(cast):
    office, studio = cast.chengguan, cast.chengguan.studio
    gone = Member.objects.create(organisation=office.organisation, name="已离开")
    Posting.objects.create(studio=studio, member=gone, starts_on=LONG_AGO, ends_on=date(2024, 1, 1))
    Posting.objects.create(
        studio=studio, role="expert", expert_name="刘专家", expert_employer="农科院", starts_on=LONG_AGO
    )
    Posting.objects.create(studio=studio, member=cast.gansu.member, starts_on=LONG_AGO)
    Seat.objects.filter(member=cast.gansu.member).update(sector=cast.gansu.sectors[1])
    said = text_of(page(studio))
    assert "已离开" not in said
    assert said.index("张新民") < said.index("王省安") < said.index("刘专家")
    assert "教育界" in said
    assert "农科院" in said


def test_a_closed_and_a_coming_studio_say_so_and_offer_no_day(cast):
    studio, today = cast.chengguan.studio, timezone.localdate()
    make_announced(studio, 3)
    Studio.objects.filter(pk=studio.pk).update(closed_on=today)
    said = text_of(page(studio))
    assert f"撤销，不再接待。请与{cast.chengguan.organisation.short_name}联系。" in said
    assert "最近的接待日" not in said
    assert "张新民" not in said
    Studio.objects.filter(pk=studio.pk).update(closed_on=None, opened_on=today + timedelta(days=1))
    assert "挂牌。" in text_of(page(studio))


def test_a_code_is_found_in_small_letters_too_and_an_unknown_one_is_not(cast):
    studio = cast.chengguan.studio
    client = Client()
    for address in (f"/s/{studio.code.lower()}/", f"/S/{studio.code}/", f"/S/{studio.code.lower()}/"):
        assert client.get(address, follow=True).context["studio"] == studio
    assert client.get("/s/AAAAAAAAAA/").status_code == 404
    assert client.get("/s/" + "A" * 300 + "/").status_code == 404


def test_it_sets_no_cookie_is_kept_by_caches_and_writes_nothing(cast, client):
    answer = page(cast.chengguan.studio)
    assert (answer.cookies, answer.headers["Cache-Control"]) == ({}, "public, max-age=60")
    assert Client().post(f"/s/{cast.chengguan.studio.code}/").status_code == 405
    client.force_login(cast.xifeng.clerk)
    assert page(cast.chengguan.studio, client).status_code == 200


def test_larger_text_is_an_address_of_its_own(cast):
    plain, large = (page(cast.chengguan.studio, **query).content.decode() for query in ({}, {"text": "large"}))
    assert "large-text" not in plain
    assert '<html lang="zh-CN" class="large-text">' in large


def test_the_cost_is_the_same_with_one_person_and_day_and_with_three(cast):
    studio = cast.chengguan.studio

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert page(studio).status_code == 200
        return len(asked)

    make_announced(studio, 1)
    cost()
    one = cost()
    for n in (1, 2):
        member = Member.objects.create(organisation=cast.chengguan.organisation, name=f"委员{n}")
        Posting.objects.create(studio=studio, member=member, starts_on=LONG_AGO)
        make_announced(studio, 1 + n)
    assert cost() == one <= 14


def test_a_day_that_was_announced_and_called_off_is_said_to_be_and_not_why(cast):
    day = make_day(cast.chengguan, timezone.localdate() + timedelta(days=3), state="planned")
    day.announce()
    day.cancel(why="值班委员住院")
    unannounced = make_day(cast.chengguan, timezone.localdate() + timedelta(days=5), state="planned")
    unannounced.cancel(why="排错")
    page = text_of(Client().get(f"/s/{cast.chengguan.studio.code}/"))
    assert f"{day.held_on:%-m月%-d日}的接待日已取消。" in page
    assert "住院" not in page and f"{unannounced.held_on:%-m月%-d日}的接待日" not in page
