"""双向选择: what members, officers and time do with a scanned matter, and what its sender is told of it."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from cases import erasure, retention
from cases.expiring import expire
from cases.models import Case, Choice, Erasure, Intake
from liaison.models import Account, Attachment, Entry, Grant, Member, Notice, Role
from reception.models import Visit
from studios.models import Posting, Studio
from tests.cases.my import photo
from tests.cases.test_erasure import whole_database
from tests.pages import signed_in, text_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NAME, PHONE = "欧阳晓明", "13912345678"


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"


def scanned(office, member: Member | None = None, **values) -> Choice:
    """A matter as it came in by the code of the office's studio."""
    standing = {"title": "路灯不亮", "content": f"{NAME}家门口路灯不亮", "channel": "scan"}
    case = Case(
        organisation=office.organisation, studio=office.studio, division=office.township, **standing | values
    ).open(by=None, at=timezone.now())  # fmt: skip
    intake = Intake.objects.create(
        case=case, proof=f"proof-{case.pk}", visitor_name=NAME, visitor_phone=PHONE, consented=True
    )
    Attachment.store(photo(), kind="image/jpeg", target=intake, organisation=office.organisation, by=None)
    return Choice.offer(case, office.studio, member, by=None, at=timezone.now())


def colleague(office, name="王海霞", studio: Studio | None = None) -> Account:
    """Another member of the studio, with a login."""
    made = Member.objects.create(organisation=office.organisation, name=name)
    Posting.objects.create(studio=studio or office.studio, member=made, starts_on=date(2021, 1, 1))
    account = Account.objects.create(username=name, name=name, member=made)
    Grant.objects.create(account=account, role=Role.MEMBER, organisation=office.organisation)
    return account


def told(case) -> list[str]:
    return [step.note for step in case.steps.filter(is_told=True)]


def refusals(answer) -> list[str]:
    form = answer.context["forms"][answer.context["sent"]]
    return [sentence for sentences in form.errors.values() for sentence in sentences]


def test_accepting_makes_the_visit_of_this_day_and_the_members_case(member, office):
    choice = scanned(office, office.member)
    before = text_of(member.get(f"/my/choices/{choice.pk}/"))
    answer = member.post(f"/my/choices/{choice.pk}/accept/")
    visit, case = Visit.objects.get(), Case.objects.get()
    assert answer.url == f"/my/cases/{case.pk}/"
    assert (visit.visited_on, visit.channel, visit.handling, visit.headcount) == (
        timezone.localdate(),
        "scan",
        "case",
        1,
    )
    assert (list(visit.receivers.all()), visit.sector, list(case.visits.all())) == (
        [office.member],
        office.sectors[0],
        [visit],
    )
    assert (case.state, case.member, case.sector) == ("accepted", office.member, office.sectors[0])
    # The person's data moved along, and the number is for the member in charge alone.
    intake = case.intake
    assert (intake.visitor_name, intake.visitor_phone, intake.photos.count()) == ("", "", 0)
    assert (visit.visitor_name, visit.visitor_phone, visit.client_key) == (NAME, PHONE, intake.client_key)
    assert ("139****5678" in before, PHONE in before, NAME in before.replace(f"{NAME}家", "")) == (True, False, False)
    assert PHONE in text_of(member.get(f"/my/visits/{visit.pk}/"))
    assert told(case)[-1] == "张新民委员已受理。"
    assert {(e.act, e.content_type.model) for e in Entry.objects.exclude(act="log_in")} == {
        ("change", "choice"), ("change", "case"), ("add", "visit"),
    }  # fmt: skip


def test_the_home_page_shows_first_what_waits_for_an_answer(member, office, cast):
    own, pool = scanned(office, office.member), scanned(office)
    other = scanned(office, colleague(office).member, title="请别人答复")
    scanned(cast.anning, title="别的区")
    home = member.get("/my/")
    page = text_of(home)
    assert page.index("扫码事项待答复") < page.index("待办事项")
    assert (list(home.context["choices"]), list(home.context["cases"])) == ([own, pool], [])
    assert list(member.get("/my/choices/").context["choices"]) == [own, pool]
    assert [member.get(f"/my/choices/{one.pk}/").status_code for one in (own, other)] == [200, 404]


def test_declining_tells_the_person_why_and_leaves_it_to_the_pool(member, office):
    choice = scanned(office, office.member)
    unsaid = member.post(f"/my/choices/{choice.pk}/decline/", {"reason": " "})
    member.post(f"/my/choices/{choice.pk}/decline/", {"reason": "本月在外地开会"})
    choice.refresh_from_db()
    case, pool = choice.case, choice.case.choices.last()
    assert refusals(unsaid) == ["请写明原因，会告诉反映人。"]
    assert (choice.state, choice.reason, case.state) == ("declined", "本月在外地开会", "received")
    assert (pool.state, pool.member, pool.studio) == ("offered", None, office.studio)
    assert told(case)[-2:] == ["张新民委员未能受理：本月在外地开会。", "已交广武门委员工作室，等待委员认领。"]
    assert not Visit.objects.exists()


def test_what_is_nobodys_to_take_up_ends_with_the_right_channel_named(member, office):
    choice = scanned(office)
    without = member.post(f"/my/choices/{choice.pk}/decline/", {"reason": "不是委员的事"})
    sent = {"reason": "已经起诉", "exclusion": "lawsuit", "channel": "区人民法院"}
    member.post(f"/my/choices/{choice.pk}/decline/", sent)
    case = Case.objects.get()
    assert refusals(without)[0].startswith("待认领的事项不认领即可")
    assert (case.state, Choice.objects.open().count()) == ("declined", 0)
    assert told(case)[-1] == "不属于受理范围（诉讼）：已经起诉。请向区人民法院反映。"


def test_passing_on_to_a_member_and_to_another_studio_of_the_office(member, office):
    other = Studio.objects.create(
        organisation=office.organisation, division=office.division, name="甘南路工作室", opened_on=date(2021, 1, 1)
    )
    there = colleague(office, "马小兰", other)
    here = colleague(office)
    first = scanned(office, office.member)
    address = f"/my/choices/{first.pk}/pass-on/"
    unsaid = member.post(address, {"to": ""})
    member.post(address, {"to": f"{office.studio.pk}-{here.member_id}", "reason": "她更熟悉"})
    second = Choice.objects.open().get()
    signed_in(here).post(f"/my/choices/{second.pk}/pass-on/", {"to": f"{other.pk}-{there.member_id}"})
    third = Choice.objects.open().get()
    assert refusals(unsaid) == ["请选择转给谁。"]
    assert (second.member, third.member, third.studio) == (here.member, there.member, other)
    assert (third.case.studio, third.case.division) == (other, office.division)
    assert "张新民委员已转交：她更熟悉。" in told(third.case)
    assert {there.pk, here.pk} <= set(Notice.objects.values_list("account", flat=True))
    assert signed_in(there).post(f"/my/choices/{third.pk}/accept/").status_code == 302
    assert Visit.objects.get().studio == other


def test_nothing_is_passed_on_to_who_left_or_to_another_office(member, office, cast):
    choice, gone = scanned(office, office.member), colleague(office)
    Posting.objects.filter(member=gone.member).update(ends_on=timezone.localdate() - timedelta(days=1))
    for to in (f"{office.studio.pk}-{gone.member_id}", f"{cast.anning.studio.pk}-", f"{office.studio.pk}-x", "x-y"):
        answer = member.post(f"/my/choices/{choice.pk}/pass-on/", {"to": to})
        assert (answer.status_code, len(refusals(answer))) == (422, 1)
    choice.refresh_from_db()
    assert choice.state == "offered"


def test_an_officer_passes_on_and_answers_for_the_named_member_but_claims_nothing(office):
    officer = signed_in(office.officer)
    pool, named = scanned(office), scanned(office, office.member)
    answer = officer.post(f"/my/choices/{pool.pk}/accept/")
    assert refusals(answer) == ["只有本工作室的委员可以认领；联络员请把它转给一位委员。"]
    assert officer.post(f"/my/choices/{named.pk}/accept/").status_code == 302
    assert Case.objects.get(pk=named.case_id).member == office.member


def test_a_member_who_left_or_a_studio_that_closed_can_no_longer_accept(member, office):
    choice = scanned(office, office.member)
    Studio.objects.filter(pk=office.studio.pk).update(closed_on=timezone.localdate())
    closed = member.post(f"/my/choices/{choice.pk}/accept/")
    Studio.objects.filter(pk=office.studio.pk).update(closed_on=None)
    Posting.objects.filter(studio=office.studio).update(ends_on=timezone.localdate() - timedelta(days=1))
    left = member.post(f"/my/choices/{choice.pk}/accept/")
    assert "撤销，不再接受登记" in refusals(closed)[0]
    assert refusals(left) == ["张新民已不在广武门委员工作室，请转给其他委员。"]
    assert (Visit.objects.count(), Choice.objects.get().state) == (0, "offered")


def test_a_scanned_matter_is_not_taken_up_past_whoever_was_asked(office):
    choice = scanned(office, office.member)
    case = choice.case
    with pytest.raises(ValidationError, match="扫码事项要由委员先受理"):
        case.move("accepted", by=office.clerk, at=NOW)
    case.refresh_from_db()
    case.move("withdrawn", by=office.clerk, at=NOW, note="本人撤回")
    choice.refresh_from_db()
    assert (choice.state, choice.by) == ("ended", office.clerk)
    with pytest.raises(ValidationError, match="已终止"):
        choice.accept(by=office.account, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_exactly_one_gets_it(office):
    second = colleague(office)
    pool = scanned(office)
    said, start = {}, threading.Barrier(2)

    def claim(account):
        start.wait()
        try:
            with transaction.atomic():
                Choice.objects.get(pk=pool.pk).accept(by=account, at=timezone.now())
                said[account] = ""
        except ValidationError as refusal:
            said[account] = refusal.messages[0]
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(account,)) for account in (office.account, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = Case.objects.get().member
    assert sorted(said.values()) == ["", f"这件事刚才已由{winner}委员受理。"]
    assert Visit.objects.count() == 1
    late = signed_in(second if winner == office.member else office.account).post(f"/my/choices/{pool.pk}/accept/")
    assert refusals(late) == [f"这件事刚才已由{winner}委员受理。"]


# --- Time ---


def test_unanswered_offers_go_back_to_the_pool_once(office, cast):
    choice, pool = scanned(office, office.member), scanned(office)
    waiting = scanned(cast.anning, cast.anning.member)
    Choice.objects.filter(pk=choice.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    call_command("expire_choices")
    assert expire(timezone.localdate(), at=timezone.now()) == 0
    choice.refresh_from_db()
    back = Choice.objects.open().get(case=choice.case)
    assert (choice.state, choice.by, back.member) == ("expired", None, None)
    assert told(choice.case)[-2] == "张新民委员没有在期限内答复，退回工作室。"
    assert {pool.pk, waiting.pk} <= set(Choice.objects.open().values_list("pk", flat=True))
    assert Entry.objects.about(choice).filter(act="change", account=None).count() == 1
    assert Notice.objects.filter(account=office.account, key=f"choice-{back.pk}").exists()


# --- Personal data ---


def test_who_was_never_heard_is_erased_on_request(office, django_capture_on_commit_callbacks):
    choice = scanned(office)
    client = signed_in(office.clerk)
    choice.case.move("declined", by=office.clerk, at=NOW, note=f"已答复{NAME}")
    assert NAME in whole_database()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/cases/case/{choice.case_id}/erase/", {"reason": "asked"})
    found = whole_database()
    for trace in (NAME, PHONE):
        assert trace not in found
    assert (Erasure.objects.get().intake, Intake.objects.get().consented) == (choice.case.intake, False)
    assert Entry.objects.filter(act=Entry.Act.ERASE).count() == 1


def test_who_was_never_heard_is_forgotten_in_time_and_again_after_a_restore(office, settings):
    choice = scanned(office)
    settings.VISITOR_DAYS = 30
    Case.objects.filter(pk=choice.case_id).update(
        registered_on=timezone.localdate() - timedelta(days=40), deadline=None
    )
    assert retention.retain(timezone.localdate(), at=NOW).visits == 0
    Case.objects.get().move("withdrawn", by=None, at=NOW, note="撤回")
    assert retention.retain(timezone.localdate(), at=NOW).visits == 1
    intake = Intake.objects.get()
    assert (intake.visitor_name, intake.photos.count()) == ("", 0)
    # A backup from before knows the name again, and no erasure.
    Erasure.objects.all().delete()
    Intake.objects.update(consented=True)
    Intake.objects.get().save()
    assert retention.replay().visits == 1
    assert retention.replay().visits == 0


def test_erasing_the_visit_of_an_accepted_matter_leaves_nothing_in_its_intake(
    office, django_capture_on_commit_callbacks
):
    choice = scanned(office, office.member)
    visit = choice.accept(by=office.account, at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase([visit], reason="withdrawn", at=NOW, by=None)
    found = whole_database()
    assert (NAME in found, PHONE in found) == (False, False)


def test_a_sender_whom_nobody_accepted_is_found_by_the_clerk_and_erased(cast, office):
    case = scanned(office, office.member).case
    client, page = signed_in(office.clerk), "/admin/reception/visit/find-visitor/"
    answer = client.post(page, {"visitor": PHONE})
    assert "1 件还没有委员受理的扫码说事" in text_of(answer)
    assert f"/admin/cases/case/{case.pk}/change/" in answer.content.decode()
    assert Entry.objects.filter(act="reveal", account=office.clerk).latest("pk").changes["rows"] == 1
    client.post(f"/admin/cases/case/{case.pk}/erase/", {"reason": "withdrawn"})
    assert "本单位没有这个称呼或电话的来访和扫码说事" in text_of(client.post(page, {"visitor": PHONE}))
    assert "本单位没有" in text_of(signed_in(cast.anning.clerk).post(page, {"visitor": NAME}))


def test_an_answers_address_loaded_again_leads_back_to_the_matter(member, office):
    choice = scanned(office, office.member)
    for act in ("accept", "decline", "pass-on"):
        assert member.get(f"/my/choices/{choice.pk}/{act}/").url == f"/my/choices/{choice.pk}/"
    choice.refresh_from_db()
    assert choice.state == Choice.State.OFFERED
