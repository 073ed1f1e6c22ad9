"""Whole names and numbers: masked for all but their office, revealed with a reason, found without an address."""

import pytest

from cases.models import Case
from liaison.models import Department, Entry, Member
from tests.cast import make_case, make_visit
from tests.pages import add, address, change, errors

NAME, PHONE = "欧阳晓明", "13912345678"


@pytest.fixture
def visit(cast):
    return make_visit(cast.chengguan, visitor_name=NAME, visitor_phone=PHONE, consented=True)


def shows(answer) -> tuple[bool, bool]:
    body = answer.content.decode()
    return NAME in body, PHONE in body


@pytest.mark.parametrize("who", ["city clerk", "officer"])
def test_a_reveal_needs_a_reason_and_leaves_it_in_the_trail(client, cast, visit, who):
    account = cast.lanzhou.clerk if who == "city clerk" else cast.chengguan.officer
    client.force_login(account)
    page = client.get(address("change", "reception.visit", visit.pk))
    url = address("reveal", "reception.visit", visit.pk)
    assert url in page.content.decode()
    assert shows(client.get(url)) == (False, False)
    for why, sentence in (("", "请填写查看原因。"), ("看看", "至少 4 个字")):
        refused = client.post(url, {"why": why})
        assert shows(refused) == (False, False)
        assert sentence in refused.content.decode()
    assert not Entry.objects.filter(act=Entry.Act.REVEAL).exists()
    answer = client.post(url, {"why": "核实回访情况"})
    assert shows(answer) == (True, True)
    assert "no-store" in answer["Cache-Control"]
    entry = Entry.objects.get(act=Entry.Act.REVEAL)
    assert (entry.account, entry.object_id, entry.changes["reason"]) == (account, str(visit.pk), "核实回访情况")
    assert NAME not in str(entry.changes) + entry.object_label
    assert shows(client.get(url)) == (False, False)


def test_the_owning_office_sees_the_whole_and_has_nothing_to_reveal(client, cast, visit):
    client.force_login(cast.chengguan.clerk)
    page = client.get(address("change", "reception.visit", visit.pk))
    assert shows(page) == (True, True)
    assert "查看完整信息" not in page.content.decode()
    assert client.post(address("reveal", "reception.visit", visit.pk), {"why": "核实情况"}).status_code == 403


@pytest.mark.parametrize(("who", "status"), [("anning", 404), ("xifeng", 404), ("qingyang", 404)])
def test_another_office_reveals_nothing(client, cast, visit, who, status):
    client.force_login(getattr(cast, who).clerk)
    answer = client.post(address("reveal", "reception.visit", visit.pk), {"why": "核实情况"})
    assert (answer.status_code, shows(answer)) == (status, (False, False))


def test_nobody_else_may_ask(client, cast, visit):
    for account in (cast.lanzhou.leader, cast.chengguan.account, cast.admin, cast.security, cast.auditor):
        client.force_login(account)
        answer = client.post(address("reveal", "reception.visit", visit.pk), {"why": "核实情况"})
        assert shows(answer) == (False, False), account
        assert answer.status_code in (302, 403), account


@pytest.mark.parametrize(("model", "label"), [(Member, "liaison.member"), (Department, "liaison.department")])
def test_numbers_of_members_and_bureaus_are_masked_above_their_office(client, cast, model, label):
    record = cast.chengguan.member if model is Member else cast.chengguan.department
    record.phone = PHONE
    record.save()
    client.force_login(cast.lanzhou.clerk)
    for page in ("changelist", "change"):
        answer = client.get(address(page, label, *([record.pk] if page == "change" else [])))
        assert PHONE not in answer.content.decode()
    answer = client.post(address("reveal", label, record.pk), {"why": "联系委员核实"})
    assert PHONE in answer.content.decode()
    client.force_login(cast.chengguan.clerk)
    assert PHONE in client.get(address("change", label, record.pk)).content.decode()
    assert PHONE not in client.get(address("changelist", label)).content.decode()


# --- Finding ---


def find(client, text: str):
    return client.post("/admin/reception/visit/find-visitor/", {"visitor": text})


def test_a_visitor_is_found_without_standing_in_an_address(client, cast, visit):
    client.force_login(cast.chengguan.clerk)
    assert (
        "/admin/reception/visit/find-visitor/" in client.get(address("changelist", "reception.visit")).content.decode()
    )
    for text in (NAME, "139 1234 5678"):
        answer = find(client, text)
        assert list(answer.context["visits"]) == [visit]
        assert address("change", "reception.visit", visit.pk) in answer.content.decode()
    assert not client.get("/admin/reception/visit/find-visitor/", {"visitor": PHONE}).context.get("is_searched")


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "请填写完整的称呼或电话号码。"), ("1391", "没有这个称呼或电话的来访")]
)
def test_a_search_that_finds_nobody_says_so(client, cast, visit, text, sentence):
    client.force_login(cast.chengguan.clerk)
    assert sentence in find(client, text).content.decode()


def test_only_ones_own_office_is_searched(client, cast, visit):
    for account, status in (
        (cast.lanzhou.clerk, 200), (cast.anning.clerk, 200), (cast.chengguan.officer, 403), (cast.auditor, 403),
    ):  # fmt: skip
        client.force_login(account)
        answer = find(client, PHONE)
        assert answer.status_code == status
        if status == 200:
            assert list(answer.context["visits"]) == []


# --- Texts in which somebody is named ---


def test_texts_shown_outside_the_office_name_nobody(client, cast):
    told = f"{NAME}反映路灯不亮，电话{PHONE}"
    visit = make_visit(cast.chengguan, visitor_name=NAME, visitor_phone=PHONE, consented=True, content=told, reply=told)
    case = make_case(cast.chengguan, content=told, result=told)
    case.visits.add(visit)
    for account, is_whole in ((cast.lanzhou.clerk, False), (cast.chengguan.clerk, True)):
        client.force_login(account)
        for label, record in (("reception.visit", visit), ("cases.case", case)):
            assert shows(client.get(address("change", label, record.pk))) == (is_whole, is_whole), (account, label)


def test_a_case_opened_without_a_title_does_not_name_its_visitor(client, cast):
    client.force_login(cast.chengguan.clerk)
    add(
        client, "reception.visit", studio=cast.chengguan.studio.pk, visited_on="2026-01-05", visitor_name=NAME,
        content=f"{NAME}说井盖坏了，电话{PHONE}", handling="case", receivers=[cast.chengguan.member.pk],
    )  # fmt: skip
    assert Case.objects.get().title == "欧*说井盖坏了，电话139****5678"


@pytest.mark.parametrize("title", [f"{NAME}家门口的路灯", f"路灯不亮，{PHONE}"])
def test_a_title_that_names_somebody_is_refused(client, cast, visit, title):
    case = make_case(cast.chengguan)
    case.visits.add(visit)
    client.force_login(cast.chengguan.clerk)
    assert "请不要写来访人的姓名" in errors(change(client, "cases.case", case.pk, title=title))["title"][0]


def test_a_search_is_on_record_without_what_was_searched_for(client, cast, visit):
    client.force_login(cast.chengguan.clerk)
    find(client, PHONE)
    entry = Entry.objects.get(act=Entry.Act.REVEAL)
    assert entry.changes == {"fields": ["查找来访人"], "rows": 1}
