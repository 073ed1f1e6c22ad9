"""What a phone wrote offline and sends later: taken late (补记), within limits, until the period is signed."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from reception.models import Visit
from reports import rollup
from reports.columns import LISTINGS
from reports.models import PeriodReport
from studios.models import Posting
from tests.cases.my import ONE_DAY, filled, text
from tests.cast import make_day
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
HOUR = 60 * 60


@pytest.fixture
def send(client, office):
    """send(account, day, waited, …): the queue of the account's phone sends what has waited so many seconds."""

    def send(account, day=None, waited=0, **values):
        client.force_login(account)
        more = (
            {"day": day.pk} if day else {"studio": office.studio.pk, "channel": "home", "visited_on": date_of(waited)}
        )
        return client.post("/my/queue/", filled(account=account.pk, waited=str(waited), **more | values))

    return send


def date_of(waited: int):
    return timezone.localdate(timezone.now() - timedelta(seconds=waited)).isoformat()


def yesterday_at_ten() -> tuple:
    """The day, and how many seconds ago ten o'clock was."""
    now = timezone.localtime()
    then = (now - ONE_DAY).replace(hour=10, minute=0, second=0)
    return then.date(), int((now - then).total_seconds())


def refusals(response) -> str:
    said = response.json()
    return "".join([*said["above"], *(line for lines in said["fields"].values() for line in lines)])


def test_what_is_sent_at_once_is_not_late(send, office, day):
    response = send(office.account, day, waited=5)

    visit = Visit.objects.get()
    assert (response.status_code, visit.is_late, visit.recorded_by) == (201, False, office.account)
    assert response.json() == {"url": f"/my/visits/{visit.pk}/", "message": "已登记 3 人次，今日累计 3 人次。"}
    assert timezone.now() - visit.written_at < timedelta(seconds=60)


def test_written_before_the_day_was_closed_it_is_taken_late(send, office, day):
    day.hold()
    # Closed just now, written one minute ago; on a day that began less than a minute ago there is no such minute.
    early = send(office.account, day, waited=60)
    after = send(office.account, day, waited=0)

    assert (early.status_code, after.status_code) == (201, 422)
    assert "这个接待日已经结束登记" in refusals(after)
    visit = Visit.objects.get()
    assert (visit.is_late, visit.reception_day) == (True, day)
    assert "补记" in early.json()["message"]
    shown = text(signed_in(office.account).get(f"/my/days/{day.pk}/"))
    assert "补记" in shown
    [column] = [column for column in LISTINGS[Visit].details if column.label == "补记"]
    assert column.text(visit) == "补记"
    assert "补记" in text(signed_in(office.clerk).get("/admin/reception/visit/"))


@pytest.mark.parametrize("closed", [False, True])
def test_written_on_the_day_it_is_taken_the_day_after(send, office, closed):
    on, waited = yesterday_at_ten()
    day = make_day(office, on)
    if closed:
        day.hold()

    response = send(office.account, day, waited)

    assert response.status_code == 201
    assert Visit.objects.filter(is_late=True, visited_on=on, headcount=3).count() == 1
    if closed:
        rollup.drain()
        assert day.people() == 3


def test_words_of_a_phone_are_taken_within_limits(send, office, settings):
    on, waited = yesterday_at_ten()
    day, other = make_day(office, on), make_day(office, on - 40 * ONE_DAY)

    answers = [send(office.account, day, word) for word in ("-60", "", "nonsense", "9" * 30, 0)]
    long_ago = send(office.account, other, waited + 40 * 24 * HOUR)
    settings.LATE_DAYS = 50
    in_time = send(office.account, other, waited + 40 * 24 * HOUR)

    assert [answer.status_code for answer in answers] == [422] * 5
    assert {refusals(answer) for answer in answers} == {"接待日已经过去，请由政协机关补登来访。"}
    assert (long_ago.status_code, in_time.status_code) == (422, 201)


def test_whoever_has_left_the_studio_since_is_still_heard(send, cast, office):
    on, waited = yesterday_at_ten()
    day = make_day(office, on)
    Posting.objects.filter(member=office.member).update(ends_on=on)

    of_day, walk_in = send(office.account, day, waited), send(office.account, None, waited)
    today, stranger = send(office.account, day, 0), send(cast.anning.account, day, waited)

    assert [a.status_code for a in (of_day, walk_in, today, stranger)] == [201, 201, 404, 404]
    assert list(Visit.objects.values_list("is_late", "recorded_by")) == [(True, office.account.pk)] * 2
    assert signed_in(office.account).get(f"/my/queue/mend/?day={day.pk}&waited={waited}").status_code == 200


def test_a_studio_closed_since_takes_what_was_written_before(send, office):
    _, waited = yesterday_at_ten()
    office.studio.closed_on = timezone.localdate()
    office.studio.save()

    before, after = send(office.account, None, waited), send(office.account, None, 0)

    assert (before.status_code, after.status_code) == (201, 422)
    assert "已于" in refusals(after)
    assert Visit.objects.get().is_late


@pytest.mark.parametrize("grain", PeriodReport.Grain)
def test_a_signed_period_takes_nothing_late(send, office, grain):
    on, waited = yesterday_at_ten()
    day = make_day(office, on)
    starts = {"month": on.replace(day=1), "quarter": on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1)}
    report = PeriodReport.objects.create(
        organisation=office.organisation, grain=grain, starts_on=starts.get(grain, on.replace(month=1, day=1)),
        state="submitted", submitted_at=timezone.now(), submitted_by=office.clerk,
    )  # fmt: skip
    key = str(uuid.uuid4())

    refused = send(office.account, day, waited, client_key=key)
    PeriodReport.objects.filter(pk=report.pk).update(
        state="returned", decided_at=timezone.now(), decided_by=office.leader, why="漏报"
    )
    taken = send(office.account, day, waited, client_key=key)

    assert (refused.status_code, taken.status_code) == (422, 201)
    assert f"{on.year}年{on.month}月的定期报告已经提交，不能再补记" in refusals(refused)
    assert "补录" in refusals(refused)
