"""What the queue of a phone is answered, and that each client key makes one row however often it is sent."""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.conf import settings
from django.test import Client

from cases.models import Case
from liaison.models import Attachment
from reception.models import Visit
from tests.cases.my import filled, photo
from tests.pages import signed_in

QUEUE = "/my/queue/"
# QUEUE=all: the whole promise, 500 keys, which takes long. A few keys go the same way in every run.
KEYS, TIMES = 500 if os.environ.get("QUEUE") == "all" else 4, 20


def send(client, office, day, **values):
    return client.post(QUEUE, filled(account=office.account.pk, waited="0", day=day.pk, **values))


@pytest.mark.django_db
def test_the_first_answer_is_201_and_every_later_one_200(member, office, day, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    key = str(uuid.uuid4())

    first, second = (send(member, office, day, client_key=key, handling="case", photos=photo()) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["url"] == second.json()["url"] == f"/my/visits/{Visit.objects.get().pk}/"
    assert (Case.objects.count(), Attachment.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_the_worker_puts_by_takes_no_message_away(member, office, day):
    member.post(f"/my/days/{day.pk}/sign-in/")
    kept, read = (member.get("/my/", headers=headers).content.decode() for headers in ({"X-Keep": "1"}, {}))
    assert ["已签到。" in page for page in (kept, read)] == [False, True]


@pytest.mark.django_db
def test_other_content_under_the_key_is_refused_with_the_earlier_one(member, office, day):
    key = str(uuid.uuid4())
    send(member, office, day, client_key=key)

    response = send(member, office, day, client_key=key, content="另一件事。", headcount="9")

    visit = Visit.objects.get()
    assert (response.status_code, visit.headcount) == (409, 3)
    assert response.json()["url"] == f"/my/visits/{visit.pk}/"
    assert response.json()["earlier"][:2] == ["南昌路路灯不亮。老人晚上出行不安全。", "3 人，群众"]


@pytest.mark.django_db
def test_each_sentence_comes_with_its_field(member, office, day):
    response = send(member, office, day, handling="referred", headcount="0")

    assert response.status_code == 422
    assert response.json()["fields"] == {
        "headcount": ["来访人数至少为 1。"],
        "referred_to": ["转送的事项请填写转送单位。"],
    }


@pytest.mark.django_db
def test_a_key_of_somebody_else_comes_back_with_another_one(member, office, day):
    key = str(uuid.uuid4())
    client = signed_in(office.officer)
    client.post(QUEUE, filled(account=office.officer.pk, day=day.pk, client_key=key, receivers=office.member.pk))

    response = send(member, office, day, client_key=key)

    assert (response.status_code, Visit.objects.count()) == (422, 1)
    assert response.json()["above"] == ["提交标识已被占用，内容都还在，请再提交一次。"]
    assert response.json()["key"] != key


@pytest.mark.django_db
def test_nothing_is_taken_from_a_stranger_or_for_another_account(cast, office, day):
    stranger, other = Client(), signed_in(office.officer)

    answers = [send(stranger, office, day), stranger.get(f"{QUEUE}pass/"), send(other, office, day)]

    assert [answer.status_code for answer in answers] == [401] * 3
    assert signed_in(cast.chengguan.leader).get(f"{QUEUE}pass/").status_code == 404
    assert Visit.objects.count() == 0


@pytest.mark.django_db
def test_the_pass_holds_the_token_of_the_session(office, day):
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.account)
    refused = send(client, office, day)
    given = client.get(f"{QUEUE}pass/").json()

    taken = client.post(QUEUE, filled(account=given["account"], day=day.pk), headers={"X-CSRFToken": given["token"]})

    assert (refused.status_code, given["account"], taken.status_code) == (403, office.account.pk, 201)


@pytest.fixture
def phone(live_server, office):
    """phone(): one more connection of the same log-in, with its pass."""
    client = Client()
    client.force_login(office.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    def connect() -> requests.Session:
        session = requests.Session()
        session.cookies.set(settings.SESSION_COOKIE_NAME, cookie)
        session.headers["X-CSRFToken"] = session.get(f"{live_server.url}{QUEUE}pass/", timeout=60).json()["token"]
        return session

    return connect


@pytest.mark.django_db(transaction=True)
def test_each_key_makes_one_row_in_twenty_posts_at_once(live_server, phone, office, day):
    sessions = [phone() for _ in range(TIMES)]
    made = []
    with ThreadPoolExecutor(TIMES) as pool:
        for n in range(KEYS):
            sent = filled(account=office.account.pk, waited="0", day=day.pk, content=f"第 {n} 件事")
            posts = [pool.submit(session.post, live_server.url + QUEUE, sent, timeout=120) for session in sessions]
            answers = [post.result() for post in posts]
            assert sorted(a.status_code for a in answers) == [200] * (TIMES - 1) + [201]
            made.append({a.json()["url"] for a in answers})

    assert Visit.objects.count() == KEYS
    assert [len(urls) for urls in made] == [1] * KEYS
    assert set(Visit.objects.values_list("content", flat=True)) == {f"第 {n} 件事" for n in range(KEYS)}
