"""The pages under /my/ as members, officers and everybody else meet them."""

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone
from PIL import Image

from cases.models import Case, CaseSeries
from cases.workflow import State
from liaison.models import Attachment, Category, Entry, Grant, Member, Role
from liaison.workdays import add_workdays
from reception.models import Duty, ReceptionDay, Visit
from studios.models import Posting
from tests.cast import LONG_AGO, make_case, make_day, make_visit

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


@pytest.fixture
def office(cast):
    return cast.chengguan


@pytest.fixture
def day(office):
    return make_day(office)


@pytest.fixture
def member(client, office):
    """The browser of the member of 城关."""
    client.force_login(office.account)
    return client


def browser_of(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def filled(**values) -> dict:
    """A form as a member fills it in within thirty seconds."""
    content = "南昌路路灯不亮。老人晚上出行不安全。"
    standing = {"client_key": str(uuid.uuid4()), "headcount": "3", "content": content, "handling": "answered"}
    return standing | values


def log(client, day, **values):
    return client.post(f"/my/days/{day.pk}/visits/new/", filled(**values))


def walk_in(client, office, **values):
    today = timezone.localdate().isoformat()
    standing = {"channel": "home", "visited_on": today, "studio": office.studio.pk}
    return client.post("/my/visits/new/", filled(**standing | values))


def photo(name="现场.jpg") -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(picture, "JPEG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/jpeg")


def text(response) -> str:
    return response.content.decode()


# --- /my/ ---


def test_home_says_when_today_and_who_has_come(member, office, day):
    Duty.sign_in(day, office.member, timezone.now())

    assert "今天 09:00 广武门委员工作室接待日，已到 1 人" in text(member.get("/my/"))


def test_home_without_a_day_names_the_next_one(member, office):
    next_day = make_day(office, timezone.localdate() + 3 * ONE_DAY)

    response = member.get("/my/")

    assert f"今天没有接待日，下一个是 {next_day.held_on:%-m月%-d日} 09:00" in text(response)
    assert "临时开展接待" in text(response)


def test_home_of_a_member_in_two_studios_shows_both_days(member, cast, office, day):
    Posting.objects.create(studio=cast.anning.studio, member=office.member, starts_on=LONG_AGO)
    other = make_day(cast.anning)

    assert {d.pk for d in member.get("/my/").context["days"]} == {day.pk, other.pk}


def test_home_shows_nothing_of_another_county(member, cast, day):
    make_day(cast.anning, theme="邻县的主题")
    make_visit(cast.anning, content="邻县的来访")
    make_case(cast.anning, title="邻县的事项")

    assert "邻县" not in text(member.get("/my/"))


def test_a_leader_who_is_a_member_works_in_the_own_studio_only(cast, office, day):
    Grant.objects.create(account=office.account, role=Role.LEADER, organisation=cast.gansu.organisation)
    elsewhere = make_day(cast.anning)

    client = browser_of(office.account)

    assert [d.pk for d in client.get("/my/").context["days"]] == [day.pk]
    assert log(client, elsewhere).status_code == 404


def test_a_day_that_nobody_closed_is_named_until_somebody_does(member, office):
    yesterday = make_day(office, timezone.localdate() - ONE_DAY)
    make_visit(office, yesterday.held_on, reception_day=yesterday)

    assert "还没有结束登记" in text(member.get("/my/"))


@pytest.mark.parametrize("address", ["/my/", "/my/days/{day}/", "/my/visits/", "/my/cases/"])
def test_pages_cost_as_many_queries_with_three_rows_as_with_one(
    member, office, day, address, django_assert_num_queries, django_assert_max_num_queries
):
    def add_row():
        visit = make_visit(office, reception_day=day, recorded_by=office.account)
        make_case(office).visits.add(visit)

    address = address.format(day=day.pk)
    add_row()
    with django_assert_max_num_queries(25) as one:
        member.get(address)
    add_row()
    add_row()

    with django_assert_num_queries(len(one)):
        member.get(address)


# --- Who may ---


@pytest.mark.parametrize("who", ["leader", "admin", "security", "auditor"])
def test_the_workspace_does_not_exist_for_those_who_record_nothing(cast, office, day, who):
    client = browser_of(office.leader if who == "leader" else getattr(cast, who))

    assert client.get("/my/").status_code == 404
    assert log(client, day).status_code == 404
    assert Visit.objects.count() == 0


def test_a_stranger_is_asked_to_log_in(client, day):
    response = log(client, day)

    assert response.status_code == 302
    assert response["Location"] == f"/login/?next=/my/days/{day.pk}/visits/new/"


def test_a_clerk_records_only_where_they_are_the_officer(office, day):
    client = browser_of(office.clerk)

    assert log(client, day).status_code == 404

    office.studio.liaison_officer = office.clerk
    office.studio.save()
    Duty.sign_in(day, office.member, timezone.now())
    assert log(client, day).status_code == 302


def test_another_countys_day_is_the_same_as_a_missing_one(member, cast, day):
    elsewhere = make_day(cast.anning)
    for address in ("/my/days/{}/", "/my/days/{}/visits/new/", "/my/days/{}/hold/"):
        foreign, missing = (member.get(address.format(pk)) for pk in (elsewhere.pk, 999_999))
        assert (foreign.status_code, foreign.content) == (404, missing.content)


@pytest.mark.parametrize("address", ["/my/visits/{visit}/", "/my/visits/{visit}/correct/", "/my/visits/{visit}/void/"])
def test_another_countys_visit_is_not_found(member, cast, address):
    visit = make_visit(cast.anning)

    assert member.get(address.format(visit=visit.pk)).status_code == 404
    assert member.post(address.format(visit=visit.pk), filled(reason="试试")).status_code in (404, 405)


# --- Sign in ---


def test_a_member_signs_in_once_and_keeps_the_first_time(member, office, day):
    member.post(f"/my/days/{day.pk}/sign-in/")
    first = Duty.objects.get().signed_in_at

    response = member.post(f"/my/days/{day.pk}/sign-in/")

    assert response["Location"] == f"/my/days/{day.pk}/"
    assert Duty.objects.get(member=office.member).signed_in_at == first


def test_an_officer_signs_in_a_colleague_but_nobody_else(cast, office, day):
    client = browser_of(office.officer)

    stranger = client.post(f"/my/days/{day.pk}/sign-in/", {"member": cast.anning.member.pk})
    colleague = client.post(f"/my/days/{day.pk}/sign-in/", {"member": office.member.pk})

    assert (stranger.status_code, colleague.status_code) == (422, 302)
    assert [duty.member for duty in day.duties.all()] == [office.member]


def test_a_member_signs_in_nobody_else(cast, member, office, day):
    other = Member.objects.create(organisation=office.organisation, name="王海霞")
    Posting.objects.create(studio=office.studio, member=other, starts_on=LONG_AGO)

    assert member.post(f"/my/days/{day.pk}/sign-in/", {"member": other.pk}).status_code == 422


def test_signing_in_on_another_day_is_refused(member, office):
    yesterday = make_day(office, timezone.localdate() - ONE_DAY)

    response = member.post(f"/my/days/{yesterday.pk}/sign-in/")

    assert response.status_code == 422
    assert "只能在接待日当天签到。" in text(response)


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
    response = log(browser_of(office.officer), day)

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
    clients = [browser_of(office.account) for _ in range(4)]
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


# --- The day's list ---


def test_the_days_list_runs_along_and_leaves_out_what_is_voided(member, office, day):
    log(member, day)
    log(member, day, headcount="5")
    Visit.objects.get(headcount=5).void(by=office.account, why="重复登记", at=timezone.now())

    response = member.get(f"/my/days/{day.pk}/visits/", headers={"HX-Request": "true"})

    shown = response.context["day"]
    assert (shown.running_people, shown.parties) == (3, 1)
    assert "<html" not in text(response)
    assert "已作废" in text(response)


def test_the_lists_part_opened_by_hand_leads_to_the_page(member, day):
    assert member.get(f"/my/days/{day.pk}/visits/")["Location"] == f"/my/days/{day.pk}/"


def test_an_expired_log_in_reloads_the_page_instead_of_filling_the_list(client, day):
    response = client.get(f"/my/days/{day.pk}/visits/", headers={"HX-Request": "true"})

    assert response["HX-Refresh"] == "true"
    assert text(response) == ""


def test_older_visits_are_one_page_further(member, office):
    rows = [make_visit(office) for _ in range(33)]

    first = member.get("/my/visits/")
    second = member.get("/my/visits/", {"before": first.context["older"]})

    assert [v.pk for v in [*first.context["visits"], *second.context["visits"]]] == [v.pk for v in reversed(rows)]
    assert second.context["older"] is None


# --- Correct and void ---


def test_a_visit_is_corrected_while_its_day_is_open(member, day):
    log(member, day)
    visit = Visit.objects.get()

    response = member.post(f"/my/visits/{visit.pk}/correct/", filled(headcount="6"))

    visit.refresh_from_db()
    assert (response.status_code, visit.headcount) == (302, 6)
    diff = [{"name": "headcount", "label": "人数", "before": "3", "after": "6"}]
    assert Entry.objects.get(act=Entry.Act.CHANGE).changes == {"diff": diff}


def test_a_correction_may_open_the_case_but_not_take_it_back(member, day):
    log(member, day)
    address = f"/my/visits/{Visit.objects.get().pk}/correct/"

    opened = member.post(address, filled(handling="case"))
    withdrawn = member.post(address, filled(handling="answered"))

    assert (opened.status_code, withdrawn.status_code) == (302, 422)
    assert list(withdrawn.context["form"].errors) == ["handling"]
    assert Case.objects.count() == 1


def test_a_closed_day_can_no_longer_be_corrected(member, day):
    log(member, day)
    day.hold()

    response = member.post(f"/my/visits/{Visit.objects.get().pk}/correct/", filled(headcount="6"))

    assert response.status_code == 409
    assert "只能在登记当天、接待日结束之前更正" in text(response)
    assert Visit.objects.get().headcount == 3


def test_a_visit_is_voided_with_a_reason_and_stays_readable(member, office, day):
    log(member, day)
    visit = Visit.objects.get()
    address = f"/my/visits/{visit.pk}/void/"

    without, done, twice = (member.post(address, {"reason": why}) for why in ("", "重复登记", "再来"))

    visit.refresh_from_db()
    assert [r.status_code for r in (without, done, twice)] == [422, 302, 422]
    assert (visit.voided_by, visit.void_reason) == (office.account, "重复登记")
    assert "重复登记" in text(member.get(f"/my/visits/{visit.pk}/"))


def test_colleagues_see_the_phone_masked(member, office, day):
    log(member, day, visitor_phone="13912345678", consented="on")
    visit = Visit.objects.get()

    assert "13912345678" in text(member.get(f"/my/visits/{visit.pk}/"))
    masked = text(browser_of(office.officer).get(f"/my/visits/{visit.pk}/"))
    assert "139****5678" in masked
    assert "13912345678" not in masked


# --- Close the day, hold an extra one ---


def test_the_day_is_closed_as_held_once(member, day):
    log(member, day)
    address = f"/my/days/{day.pk}/hold/"

    first, second = (member.post(address, {"summary": "以物业问题为主"}) for _ in range(2))

    day.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 422)
    assert (day.state, day.summary) == (ReceptionDay.State.HELD, "以物业问题为主")
    assert "这个接待日已经结束登记" in text(second)


def test_a_day_ahead_cannot_be_closed(member, office):
    tomorrow = make_day(office, timezone.localdate() + ONE_DAY)

    response = member.post(f"/my/days/{tomorrow.pk}/hold/")

    assert response.status_code == 422
    assert "接待日还没有到，不能登记为已开展。" in text(response)


def test_an_extra_day_is_held_today_and_signs_the_member_in(member, office):
    values = {"studio": office.studio.pk, "opens": "14:00", "closes": "16:00", "theme": "青年就业"}

    first, again = (member.post("/my/days/new/", values) for _ in range(2))

    day = ReceptionDay.objects.get()
    assert first["Location"] == f"/my/days/{day.pk}/"
    assert (day.held_on, day.opens, day.rule, day.is_open) == (timezone.localdate(), time(14), None, True)
    assert [duty.member for duty in day.arrived] == [office.member]
    assert again.status_code == 422
    assert again.context["form"].errors == {"opens": ["这个工作室当天已有同一时间的接待日。"]}


def test_an_extra_day_ends_after_it_began_and_in_an_open_studio_of_ones_own(member, cast, office):
    hours = {"opens": "14:00", "closes": "13:00"}
    backwards = member.post("/my/days/new/", hours | {"studio": office.studio.pk})
    foreign = member.post("/my/days/new/", hours | {"studio": cast.anning.studio.pk, "closes": "15:00"})
    office.studio.closed_on = timezone.localdate()
    office.studio.save()
    closed = member.post("/my/days/new/", hours | {"studio": office.studio.pk, "closes": "15:00"})

    assert [list(r.context["form"].errors) for r in (backwards, foreign, closed)] == [
        ["closes"],
        ["studio"],
        ["studio"],
    ]
    assert ReceptionDay.objects.count() == 0


# --- Cases ---


def test_the_member_in_charge_takes_a_case_to_its_end(member, office):
    case = make_case(office)
    address = f"/my/cases/{case.pk}/move/"

    unsaid = member.post(address, {"to": "resolved"})
    member.post(address, {"to": "accepted"})
    member.post(address, {"to": "resolved", "result": "路灯已修好", "result_class": "A"})
    member.post(address, {"to": "confirmed", "satisfaction": "satisfied"})

    case.refresh_from_db()
    assert unsaid.context["form"].errors == {"result": ["办结请写明办理结果。"]}
    assert (case.state, case.result, case.satisfaction) == ("confirmed", "路灯已修好", "satisfied")
    assert [step.state for step in case.steps.all()] == ["received", "accepted", "resolved", "confirmed"]


@pytest.mark.parametrize(("values", "status"), [({"to": "confirmed"}, 422), ({"to": "declined"}, 422), ({}, 422)])
def test_moves_outside_the_table_or_without_a_reason_are_refused(member, office, values, status):
    case = make_case(office)

    response = member.post(f"/my/cases/{case.pk}/move/", values)

    case.refresh_from_db()
    assert (response.status_code, case.state) == (status, State.RECEIVED)


def test_a_colleague_reads_the_case_but_does_not_move_it(office):
    other = Member.objects.create(organisation=office.organisation, name="王海霞")
    Posting.objects.create(studio=office.studio, member=other, starts_on=LONG_AGO)
    case = make_case(office, member=other)
    client = browser_of(office.account)

    page = client.get(f"/my/cases/{case.pk}/")

    assert (page.status_code, page.context["moves"]) == (200, False)
    assert client.post(f"/my/cases/{case.pk}/move/", {"to": "accepted"}).status_code == 404


def test_another_countys_case_is_not_found(member, cast):
    case = make_case(cast.anning)

    assert member.get(f"/my/cases/{case.pk}/").status_code == 404
    assert member.post(f"/my/cases/{case.pk}/move/", {"to": "accepted"}).status_code == 404


# --- Files ---


@pytest.fixture
def stored(member, day, settings, tmp_path) -> Attachment:
    settings.MEDIA_ROOT = tmp_path
    log(member, day, photos=photo("王女士的照片.jpg"))
    return Attachment.objects.get()


def test_a_photo_is_served_to_whoever_works_on_its_visit(cast, office, member, stored):
    response = member.get(f"/files/{stored.pk}/")

    assert Image.open(io.BytesIO(response.getvalue())).size == (30, 20)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert browser_of(office.clerk).get(f"/files/{stored.pk}/").status_code == 200
    for reader in (office.leader, cast.lanzhou.leader, cast.lanzhou.clerk):
        assert browser_of(reader).get(f"/files/{stored.pk}/").status_code == 404


def test_a_photo_does_not_exist_for_others(cast, client, office, stored):
    neighbour = browser_of(cast.anning.account)

    refused, missing = (neighbour.get(f"/files/{pk}/") for pk in (stored.pk, 999_999))

    assert (refused.status_code, refused.content) == (404, missing.content)
    assert browser_of(cast.security).get(f"/files/{stored.pk}/").status_code == 404
    assert Client().get(f"/files/{stored.pk}/")["Location"] == f"/login/?next=/files/{stored.pk}/"
