"""Signing in by the day's code, what the closed day shows, and attendance by month."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cases.views.signing_in import SALT
from liaison.models import Entry, Member
from reception.models import Duty
from studios.models import Posting
from tests.cast import make_day, make_visit
from tests.pages import signed_in, text_of

pytestmark = pytest.mark.django_db


def address(day, on=None) -> str:
    return f"/my/sign-in/{signing.dumps([day.pk, (on or day.held_on).isoformat()], salt=SALT)}/"


def test_the_officers_code_opens_the_page_that_signs_a_member_in(office, day):
    page = signed_in(office.officer).get(f"/my/days/{day.pk}/sign-in/code/").content.decode()
    assert re.search(r'<img src="data:image/svg\+xml', page)
    assert Client().get(address(day)).url.startswith("/login/?next=/my/sign-in/")
    member = signed_in(office.account)
    assert "张新民，现在签到吗？" in text_of(member.get(address(day)))
    assert not day.duties.exists()
    assert member.post(address(day)).url == f"/my/days/{day.pk}/"
    duty = day.duties.get()
    assert timezone.localdate(duty.signed_in_at) == day.held_on
    assert Entry.objects.about(duty).get().act == "add"
    assert "不用再签" in text_of(member.get(address(day)))


def test_a_code_of_another_day_or_for_strangers_signs_nobody_in(cast, office, day):
    member = signed_in(office.account)
    yesterday = day.held_on - timedelta(days=1)
    assert "不是今天的" in text_of(member.post(address(day, yesterday)))
    assert "不是有效的签到码" in text_of(member.post(f"{address(day)[:-2]}x/"))
    for account in (cast.anning.account, office.officer):
        assert signed_in(account).post(address(day)).status_code == 403
    left = Posting.objects.get(member=office.member)
    left.ends_on = yesterday
    left.save()
    make_visit(office, yesterday)
    assert "不在这个工作室进驻" in text_of(member.post(address(day)))
    assert not day.duties.exists()
    assert signed_in(office.account).get(f"/my/days/{day.pk}/sign-in/code/").status_code == 404


def test_closing_shows_parties_people_ways_and_who_came(office, day):
    Duty.objects.create(reception_day=day, member=office.member, signed_in_at=timezone.now())
    for handling, more in (("answered", {}), ("answered", {"headcount": 12}), ("referred", {"referred_to": "交通局"})):
        make_visit(office, reception_day=day, handling=handling, **more)
    officer = signed_in(office.officer)
    for page in (f"/my/days/{day.pk}/hold/", None):
        if page is None:
            officer.post(f"/my/days/{day.pk}/hold/", {"summary": "主要反映公交线路"})
            page = f"/my/days/{day.pk}/"
        text = text_of(officer.get(page))
        for words in (
            "14 人次",
            "3 批",
            "1 位委员签到",
            "当场答复 2 批",
            "帮办 0 批",
            "转送 1 批",
            "不属受理范围 0 批",
        ):
            assert words in text
    assert "主要反映公交线路" in text


def test_attendance_counts_duties_that_were_due_and_is_exported_as_shown(cast, office):
    today = timezone.localdate()
    other = Member.objects.create(organisation=office.organisation, name="何同事")
    held, missed = make_day(office, state="held", opens="08:00"), make_day(office, opens="10:00")
    called_off = make_day(office, opens="12:00", closes="13:00", state="cancelled", cancel_reason="施工")
    for day, member, came in (
        (held, office.member, True), (held, other, False), (missed, office.member, False), (called_off, other, False),
    ):  # fmt: skip
        Duty.objects.create(reception_day=day, member=member, signed_in_at=timezone.now() if came else None)
    Duty.objects.create(reception_day=make_day(cast.anning, state="held"), member=cast.anning.member)
    clerk = signed_in(office.clerk)
    text = text_of(clerk.get("/my/attendance/"))
    # Today's day that is still open is not due yet.
    assert "应到 2 人次，实到 1 人次" in text
    assert "张新民 1 1 0 100%" in text
    assert "何同事 1 0 1 0%" in text
    assert "赵宁远" not in text
    file = clerk.get(f"/my/attendance.xlsx?month={today:%Y-%m}")
    book = load_workbook(BytesIO(file.content))
    assert list(book["出勤汇总"].values)[1:] == [("何同事", 1, 0, 1, "0%"), ("张新民", 1, 1, 0, "100%")]
    assert len(list(book["逐次"].values)) == 3
    assert Entry.objects.filter(act="export").get().account == office.clerk
    # A member reads the own line alone.
    text = text_of(signed_in(office.account).get("/my/attendance/"))
    assert ("张新民 1 1 0" in text, "何同事" in text) == (True, False)
