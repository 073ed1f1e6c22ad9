"""The form of a visit: what it stores, bad input, and the same form twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone

from cases.models import Case, CaseSeries
from cases.workflow import State
from liaison.models import Attachment, Category, Entry, Member
from liaison.workdays import add_workdays
from reception.models import Duty, Visit
from tests.cases.my import ONE_DAY, filled, log, photo, text, walk_in
from tests.cast import make_day, make_visit
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


# --- Log a visit ---


def test_a_visit_and_its_case_are_stored_in_one_act(member, office, cast, day, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Duty.sign_in(day, office.member, timezone.now())
    topic = cast.categories[1]

    response = log(
        member, day, handling="case", category=topic.pk, identity="resident", is_urgent="on", photos=photo(),
        visitor_name="王女士", visitor_phone="13912345678", consented="on",
    )  # fmt: skip

    visit = Visit.objects.get()
    case = Case.objects.get()
    assert response["Location"] == f"/my/visits/{visit.pk}/"
    assert (visit.headcount, visit.organisation, visit.studio) == (3, office.organisation, office.studio)
    assert (visit.visited_on, visit.reception_day, visit.recorded_by) == (day.held_on, day, office.account)
    assert (list(visit.receivers.all()), visit.sector) == ([office.member], office.sectors[0])
    assert (case.title, case.content, case.category) == ("南昌路路灯不亮", visit.content, topic)
    assert (case.member, case.sector, case.is_urgent) == (office.member, office.sectors[0], True)
    assert (case.channel, case.division) == (Case.Channel.RECEPTION, office.township)
    assert case.deadline == add_workdays(timezone.localdate(), 15)
    assert list(case.visits.all()) == [visit]
    assert case.steps.get().state == State.RECEIVED
    assert Attachment.objects.get().target == visit
    assert Entry.objects.get(act=Entry.Act.ADD, object_id=visit.pk).account == office.account


def test_the_page_after_logging_shows_number_and_query_code(member, day):
    response = member.get(log(member, day, handling="case")["Location"])

    case = Case.objects.get()
    spaced = f"{case.query_code[:5]} {case.query_code[5:9]} {case.query_code[9:]}"
    assert case.number in text(response)
    assert spaced in text(response)
    assert "已登记 3 人次，今日累计 3 人次。" in text(response)


def test_those_who_signed_in_receive_and_the_writer_comes_first(member, office, day):
    other = Member.objects.create(organisation=office.organisation, name="艾海霞")
    Duty.sign_in(day, other, timezone.now())
    Duty.sign_in(day, office.member, timezone.now())

    log(member, day)

    visit = Visit.objects.get()
    assert set(visit.receivers.all()) == {other, office.member}
    assert visit.sector == office.sectors[0]


def test_an_officer_is_told_that_nobody_has_signed_in(office, day):
    response = log(signed_in(office.officer), day)

    assert response.status_code == 422
    assert response.context["form"].errors == {"receivers": ["请选择接待委员；委员签到后会自动选中。"]}


def test_topics_met_most_often_come_first(member, cast, office, day):
    make_visit(office, category=cast.categories[2])

    form = member.get(f"/my/days/{day.pk}/visits/new/").context["form"]

    assert [name for _, name in form.fields["category"].choices] == ["医疗卫生", "道路交通", "教育"]


def test_topics_beyond_the_eighth_are_folded(member, day):
    Category.objects.bulk_create(Category(name=f"类别{n}", order=n) for n in range(10, 20))

    assert "更多类别" in text(member.get(f"/my/days/{day.pk}/visits/new/"))


def test_a_walk_in_is_logged_without_a_day(member, office):
    yesterday = timezone.localdate() - ONE_DAY

    walk_in(member, office, visited_on=yesterday.isoformat(), channel="call", handling="case")

    visit = Visit.objects.get()
    assert (visit.reception_day, visit.visited_on, visit.channel) == (None, yesterday, Visit.Channel.CALL)
    assert Case.objects.get().channel == Case.Channel.CALL


def test_nothing_is_stored_when_the_case_fails(member, office, day):
    full = 2_147_483_647  # the series can give out no further number
    CaseSeries.objects.create(organisation=office.organisation, year=timezone.localdate().year, last=full)
    member.raise_request_exception = False

    response = log(member, day, handling="case")

    assert response.status_code == 500
    assert (Visit.objects.count(), Case.objects.count()) == (0, 0)


# --- Bad input ---

TOMORROW = "tomorrow"
BAD = [
    ({"headcount": "0"}, "headcount", "来访人数至少为 1。"),
    ({"headcount": "100000"}, "headcount", "来访人数最多为 9999，请核对。"),
    ({"headcount": "99999999999999"}, "headcount", None),
    ({"headcount": "-1"}, "headcount", None),
    ({"headcount": "abc"}, "headcount", "来访人数请填整数。"),
    ({"headcount": ""}, "headcount", "请填写来访人数。"),
    ({"handling": "referred"}, "referred_to", "转送的事项请填写转送单位。"),
    ({"handling": "out_of_scope"}, "exclusion", "不属受理范围的事项请选择原因。"),
    (
        {"handling": "out_of_scope", "exclusion": "lawsuit"},
        "channel_named",
        "请写明告诉群众走哪个渠道，如：区法院立案庭。",
    ),
    ({"handling": "case", "content": ""}, "case_title", "帮办的事项请写明反映事项，或在这里填写名称。"),
    ({"handling": "case", "deadline": "2020-01-01"}, "deadline", "办理期限不能早于今天。"),
    ({"handling": "nonsense"}, "handling", None),
    ({"category": "999999"}, "category", None),
    ({"receivers": "999999"}, "receivers", None),
    ({"visitor_phone": "13912345678"}, "consented", "留存联系电话须经来访人同意。"),
    ({"visitor_phone": "12", "consented": "on"}, "visitor_phone", "请填写 11 位手机号码，或带区号的固定电话。"),
]


@pytest.mark.parametrize(("values", "field", "sentence"), BAD)
def test_bad_input_gets_a_sentence_beside_its_field_and_nothing_typed_is_lost(member, day, values, field, sentence):
    response = log(member, day, visitor_name="王女士", **values)

    errors = response.context["form"].errors
    assert (response.status_code, list(errors)) == (422, [field])
    assert sentence in (None, *errors[field])
    assert f'id="id_{field}_error"' in text(response)
    assert 'value="王女士"' in text(response)
    assert Visit.objects.count() == 0


def test_a_text_file_that_calls_itself_a_photo_is_refused_beside_the_field(member, day):
    fake = SimpleUploadedFile("现场.jpg", "不是照片".encode(), "image/jpeg")

    response = log(member, day, visitor_name="王女士", photos=fake)

    assert response.status_code == 422
    errors = response.context["form"].errors["photos"]
    assert errors == ["“现场.jpg”不是能识别的图片，请重新拍照，或选 JPG、PNG 图片。"]
    assert 'value="王女士"' in text(response)
    assert "照片需要重新选择，其他内容都在。" in text(response)


def test_a_date_in_the_future_is_refused(member, office):
    tomorrow = timezone.localdate() + ONE_DAY

    response = walk_in(member, office, visited_on=tomorrow.isoformat())

    assert response.status_code == 422
    assert response.context["form"].errors == {"visited_on": ["来访日期不能晚于今天。"]}


def test_a_closed_studio_takes_no_visits(member, office, day):
    office.studio.closed_on = timezone.localdate()
    office.studio.save()

    outside, on_the_day = walk_in(member, office), log(member, day)

    assert (outside.status_code, on_the_day.status_code) == (422, 422)
    assert "撤销，不再接受登记。" in outside.context["form"].errors["studio"][0]
    assert "撤销，不再接受登记。" in on_the_day.context["form"].non_field_errors()[0]


@pytest.mark.parametrize(
    ("values", "days_ago", "sentence"),
    [
        ({"state": "held"}, 0, "这个接待日已经结束登记，不能再登记来访；需要补登，请政协机关重新开放登记。"),
        ({"state": "cancelled", "cancel_reason": "大雪"}, 0, "这个接待日已经取消，不能登记来访。"),
        ({}, 1, "接待日已经过去，请由政协机关补登来访。"),
        ({}, -1, "接待日还没有到，不能登记来访。"),
    ],
)
def test_a_day_that_is_not_open_today_takes_no_visits(member, office, values, days_ago, sentence):
    shut = make_day(office, timezone.localdate() - days_ago * ONE_DAY, **values)

    opened, sent = member.get(f"/my/days/{shut.pk}/visits/new/", follow=True), log(member, shut)

    assert sentence in text(opened)
    assert sent.status_code == 422
    assert sent.context["form"].non_field_errors() == [sentence]
    assert "南昌路路灯不亮" in text(sent)


@pytest.mark.parametrize("key", [None, "", "abc", "1' OR '1'='1"])
def test_without_a_usable_client_key_the_form_comes_back_with_a_new_one(member, day, key):
    values = filled() | {"client_key": key}
    if key is None:
        del values["client_key"]

    response = member.post(f"/my/days/{day.pk}/visits/new/", values)

    form = response.context["form"]
    assert (response.status_code, Visit.objects.count()) == (422, 0)
    assert form.non_field_errors() == ["这份表单缺少提交标识或已损坏，内容都还在，请再提交一次。"]
    assert (
        member.post(f"/my/days/{day.pk}/visits/new/", values | {"client_key": form.data["client_key"]}).status_code
        == 302
    )


# --- The same form twice ---


@pytest.mark.parametrize("handling", ["answered", "case"])
def test_the_same_form_sent_twice_is_one_visit(member, day, handling, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    values = filled(handling=handling)
    address = f"/my/days/{day.pk}/visits/new/"

    first = member.post(address, values | {"photos": photo()})
    again = [member.post(address, values | {"photos": photo()}), member.post(address, values)]

    assert {response["Location"] for response in [first, *again]} == {first["Location"]}
    assert (Visit.objects.count(), Attachment.objects.count()) == (1, 1)
    assert Case.objects.count() == (handling == "case")


def test_a_repetition_leads_to_the_first_even_after_the_day_was_closed(member, day):
    values = filled()
    first = member.post(f"/my/days/{day.pk}/visits/new/", values)
    day.hold()

    assert member.post(f"/my/days/{day.pk}/visits/new/", values)["Location"] == first["Location"]


@pytest.mark.parametrize(
    "other", [{"headcount": "4"}, {"content": "另一件事"}, {"handling": "case"}, {"visitor_name": "马师傅"}]
)
def test_the_same_key_with_other_content_is_a_conflict_that_loses_nothing(member, day, other):
    values = filled(visitor_name="王女士")
    address = f"/my/days/{day.pk}/visits/new/"
    member.post(address, values)

    response = member.post(address, values | other)

    form = response.context["form"]
    assert (response.status_code, Visit.objects.count()) == (409, 1)
    assert response.context["earlier"] == Visit.objects.get()
    assert {name: form.data[name] for name in other} == other
    assert member.post(address, form.data.dict()).status_code == 302
    assert Visit.objects.count() == 2


def test_another_accounts_key_tells_nothing_and_can_be_renewed(member, office, cast, day):
    foreign = make_visit(cast.anning, content="邻县的来访")

    response = log(member, day, client_key=str(foreign.client_key))

    assert response.status_code == 422
    assert "邻县" not in text(response)
    assert member.post(f"/my/days/{day.pk}/visits/new/", response.context["form"].data.dict()).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["day", "outside"])
def test_two_equal_requests_at_one_moment_store_one_visit(office, day, where):
    clients = [signed_in(office.account) for _ in range(4)]
    values = filled(handling="case")
    if where == "outside":
        values |= {"channel": "home", "visited_on": day.held_on.isoformat(), "studio": office.studio.pk}
    address = f"/my/days/{day.pk}/visits/new/" if where == "day" else "/my/visits/new/"

    def send(client):
        try:
            return client.post(address, values)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        responses = list(threads.map(send, clients))

    assert [response.status_code for response in responses] == [302] * 4
    assert len({response["Location"] for response in responses}) == 1
    assert (Visit.objects.count(), Case.objects.count()) == (1, 1)
