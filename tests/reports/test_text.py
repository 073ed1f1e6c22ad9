"""The report text: who may read it, whose and when its figures are, what it leaves unsaid."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from cases.models import Case, Outcome
from cases.workflow import State
from liaison.models import ActivityGroup, Entry, Seat
from liaison.periods import between, relative
from reception.models import ReceptionDay
from reports import rollup
from reports.asking import rows_link
from reports.models import SavedView
from reports.text import Figure, read, saved_query, write
from reports.text.kinds import BY_MECHANISM, BY_PLATFORM, KINDS
from reports.text.sentences import MAIN, about, exactly, say
from reports.text.words import words_of_period, words_of_place
from tests.cast import make_activity, make_case, make_day, make_visit
from tests.pages import signed_in

TODAY = date(2026, 11, 22)
MARCH = date(2026, 3, 10)
HELD = {"state": ReceptionDay.State.HELD}


def asked(office, today: date = TODAY, **query):
    return read(query, office.organisation, today)


def text_of(office, **query) -> str:
    """The whole report in words, as of TODAY."""
    rollup.drain()
    report = write(asked(office, **query), rows_link)
    return "\n".join([report.opening.told, *(p.name + p.told for s in report.sections for p in s.paragraphs)])


def figure_of(office, code: str, **query) -> Figure:
    rollup.drain()
    return next(f for f in write(asked(office, **query), rows_link).figures if f.indicator.code == code)


def resolve(case: Case, on: date, **values):
    Case.objects.filter(pk=case.pk).update(state=State.RESOLVED, resolved_on=on, **values)


# --- Who ---


@pytest.mark.parametrize("role", ["clerk", "leader"])
def test_clerk_and_leader_read_the_report_of_their_own_office(cast, role):
    page = signed_in(getattr(cast.lanzhou, role)).get("/reports/text/")
    assert page.status_code == 200
    assert page.context["organisation"] == cast.lanzhou.organisation


def test_an_office_reads_the_reports_below_it_and_no_others(cast):
    client = signed_in(cast.lanzhou.clerk)
    assert client.get("/reports/text/?org=620102").status_code == 200
    for code in ("621000", "621002", "620000", "000000", "999999", "62010", "６２０１００", "620100\x00", ""):
        for page in ("/reports/text/", "/reports/text.docx"):
            assert client.get(page, {"org": code}).status_code == 404, code


@pytest.mark.parametrize("account", ["account", "officer"])
def test_members_and_officers_have_no_report(cast, account):
    client = signed_in(getattr(cast.chengguan, account))
    assert client.get("/reports/text/?org=620102").status_code == 404
    assert client.get("/reports/text.docx?org=620102").status_code == 404


def test_administrators_have_no_report(cast):
    for account in (cast.admin, cast.security, cast.auditor):
        assert signed_in(account).get("/reports/text/?org=620100").status_code == 404


# --- When ---


@pytest.mark.parametrize("page", ["/reports/text/", "/reports/text.docx"])
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"period": "去年"}, "看不懂这个时段"),
        ({"period": "2026-02-30..2026-03-01"}, "看不懂这个时段"),
        ({"period": "2026-03-02..2026-03-01"}, "开始日期不能晚于结束日期"),
        ({"from": "2026-03-01"}, "看不懂这个时段"),
        ({"period": "2099"}, "还没有开始"),
        ({"ytd": "今年"}, "看不懂这个时段"),
    ],
)
def test_a_period_that_cannot_be_read_is_answered_with_a_sentence(cast, page, query, sentence):
    answer = signed_in(cast.lanzhou.clerk).get(page, {"org": "620100"} | query)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_the_default_period_is_since_the_second_half_of_last_year_until_yesterday(cast):
    main = asked(cast.lanzhou).main
    assert (main.start, main.last) == (date(2025, 7, 1), date(2026, 11, 21))


def test_a_running_year_ends_today(cast):
    assert asked(cast.lanzhou, period="2026").last == TODAY


def test_the_two_dates_of_the_form_are_one_period(cast):
    main = asked(cast.lanzhou, **{"from": "2026-03-01", "to": "2026-03-31"}).main
    assert (main.start, main.last) == (date(2026, 3, 1), date(2026, 3, 31))


def test_other_periods_follow_from_the_last_day_unless_the_address_fixes_them(cast):
    loose = asked(cast.lanzhou, period="2025-07-01..2026-03-31")
    assert (loose.period("ytd").start, loose.period("ytd").last) == (date(2026, 1, 1), date(2026, 3, 31))
    fixed = asked(cast.lanzhou, period="2025-07-01..2026-03-31", ytd="2025-01-01..2025-12-31")
    assert (fixed.period("ytd").start, fixed.period("ytd").last) == (date(2025, 1, 1), date(2025, 12, 31))
    assert fixed.period("y1") == loose.period("y1")


def test_a_saved_report_means_the_same_days_later(cast):
    periods = {code: relative(code, date(2026, 11, 21)) for code in ("since_h2_last_year", "ytd", "y1", "cum")}
    query = saved_query(cast.qingyang.organisation, "qingyang", periods)
    assert query == (
        "org=621000&kind=qingyang&period=2025-07-01..2026-11-21&ytd=2026-01-01..2026-11-21&y1=2025-11-22..2026-11-21"
    )
    later = read({k: v[0] for k, v in parse_qs(query).items()}, cast.qingyang.organisation, date(2031, 5, 1))
    assert later.kind == BY_PLATFORM
    for code in periods:
        assert (later.period(code).start, later.period(code).end) == (periods[code].start, periods[code].end)
    assert later.query == query


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (date(2026, 1, 1), "今年以来"),
        (date(2025, 1, 1), "去年以来"),
        (date(2025, 7, 1), "去年下半年以来"),
        (date(2025, 11, 22), "一年来"),
        (date(2026, 3, 5), "2026年3月5日至2026年11月21日"),
    ],
)
def test_a_period_is_named_in_words_only_if_it_is_what_they_say(first, words):
    last = date(2026, 11, 21)
    assert words_of_period(between(first, last), last) == words


def test_the_whole_of_last_year_is_not_called_this_year():
    assert words_of_period(between(date(2025, 1, 1), date(2025, 12, 31)), date(2026, 3, 1)) == "2025年"


# --- What it says ---


def test_the_lanzhou_kind_tells_of_studios_days_people_and_matters(cast):
    for n in range(3):
        make_day(cast.chengguan, MARCH + timedelta(days=n), **HELD)
    make_visit(cast.chengguan, MARCH, headcount=2037)
    make_visit(cast.xifeng, MARCH, headcount=999)
    resolve(make_case(cast.anning, MARCH), MARCH)
    assert (
        "目前，市、区政协已经建立2个委员工作室，开展委员接待日活动3次，委员联系服务界别群众2000余人次，帮办实事1件，"
        "联系界别群众工作取得新成效。"
    ) in text_of(cast.lanzhou, kind="lanzhou")


def test_the_qingyang_kind_names_the_county_that_stands_for_the_others(cast):
    make_activity(cast.xifeng, MARCH, kind="public_service")
    make_activity(cast.xifeng, MARCH, kind="policy_talk")
    told = text_of(cast.qingyang, kind="qingyang")
    assert "去年以来，全市2名委员进企业、进农村、进社区，开展政策宣讲1场次。" in told
    assert "西峰区依托1个委员工作室开展政策咨询、法律援助等公益活动1场次。" in told


def test_a_county_without_parts_tells_of_itself(cast):
    make_activity(cast.xifeng, MARCH, kind="public_service")
    assert "全区依托1个委员工作室" in text_of(cast.xifeng, kind="qingyang")
    assert "目前，区政协已经建立1个委员工作室。" not in text_of(cast.xifeng, kind="lanzhou")
    assert "目前，区政协已经建立1个委员工作室，联系界别群众工作取得新成效。" in text_of(cast.xifeng, kind="lanzhou")


def test_clauses_and_sentences_about_nothing_are_left_out(cast):
    told = text_of(cast.lanzhou, kind="lanzhou")
    assert "领导到各联系点" not in told
    assert "助力活动" not in told
    assert "倾听" not in told
    assert "接待日活动" not in told
    told = text_of(cast.qingyang, kind="qingyang")
    assert "政策宣讲" not in told
    assert "公益活动" not in told
    assert "一年来" not in told
    assert "0个" not in told.replace("10个", "")


def test_sections_are_numbered_without_gaps(cast):
    make_visit(cast.xifeng, MARCH)
    resolve(make_case(cast.xifeng, MARCH), MARCH, is_typical=True)
    rollup.drain()
    sections = write(asked(cast.qingyang, kind="qingyang"), rows_link).sections
    assert [s.number for s in sections] == list("一二三四")
    assert [s.heading[:7] for s in sections] == ["围绕“怎么联”", "围绕“联得好”", "典型案例", "存在不足"]


def test_that_everyone_is_in_a_committee_is_said_only_if_it_is_so(cast):
    assert "1名委员全部编入1个专委会" in text_of(cast.lanzhou, kind="lanzhou")
    Seat.objects.filter(pk=cast.lanzhou.seat.pk).update(special_committee=None)
    told = text_of(cast.lanzhou, kind="lanzhou")
    assert "全部编入" not in told
    assert "现有1个界别1名委员，设立专委会1个。" in told


def test_that_party_members_are_in_their_groups_is_said_only_if_it_is_so(cast):
    assert "委员中有中共党员1名。" in text_of(cast.lanzhou, kind="lanzhou")
    group = ActivityGroup.objects.create(
        special_committee=cast.lanzhou.special_committee, name="党员小组", kind=ActivityGroup.Kind.PARTY
    )
    cast.lanzhou.seat.groups.add(group)
    assert "将委员中的1名中共党员全部纳入" in text_of(cast.lanzhou, kind="lanzhou")


def test_model_studios_are_told_of_one_by_one(cast):
    studio = cast.chengguan.studio
    studio.model_level = "city"
    studio.save()
    values = {"organisation": cast.chengguan.organisation, "studio": studio, "happened_on": MARCH}
    Outcome.objects.create(kind="financing", amount=105_000_000, enterprises=10, **values)
    Outcome.objects.create(kind="trained", amount=617, **values)
    make_visit(cast.chengguan, MARCH, headcount=30)
    assert (
        "广武门委员工作室去年下半年以来，联系服务群众30人次。今年以来，帮助10户企业融资1.05亿元，培训员工600多人次。"
        in text_of(cast.lanzhou, kind="lanzhou")
    )
    assert figure_of(cast.lanzhou, "trained", kind="lanzhou").scope == "广武门委员工作室"


def test_typical_cases_tell_what_was_done_and_no_telephone(cast):
    case = make_case(cast.chengguan, MARCH, title="路灯不亮")
    resolve(case, MARCH, is_typical=True, result="换灯12盏，电话13912345678，证号62010219700101123X。")
    resolve(make_case(cast.anning, MARCH, title="不算典型"), MARCH)
    resolve(make_case(cast.anning, date(2024, 3, 1), title="从前的事"), date(2024, 3, 2), is_typical=True)
    told = text_of(cast.lanzhou)
    assert "路灯不亮城关区政协广武门委员工作室于2026年3月10日办结。换灯12盏，电话139****5678，证号620****123X。" in told
    assert "不算典型" not in told
    assert "从前的事" not in told


@pytest.mark.parametrize(
    ("key", "own", "whole", "offices", "above"),
    [
        ("gansu", "省政协", "全省", "省、市、县政协", "省政协"),
        ("lanzhou", "市政协", "全市", "市、区政协", "省政协"),
        ("chengguan", "区政协", "全区", "区政协", "市政协"),
    ],
)
def test_offices_are_called_by_their_level(cast, key, own, whole, offices, above):
    words = words_of_place(getattr(cast, key).organisation)
    assert (words["own"], words["whole"], words["offices"], words["above"]) == (own, whole, offices, above)


def test_a_city_with_counties_and_districts_names_both(cast):
    cast.anning.division.name = "安宁县"
    cast.anning.division.save()
    assert words_of_place(cast.lanzhou.organisation)["offices"] == "市、县区政协"


def test_every_figure_that_a_sentence_needs_is_told_in_it():
    for kind in KINDS:
        paragraphs = [kind.opening, *(p for section in kind.sections for p in section.paragraphs)]
        for sentence in (s for paragraph in paragraphs for s in paragraph.sentences):
            names = {*sentence.needs, *([sentence.example] if sentence.example else [])}
            assert names <= set(sentence.told)
            assert all(f"{{{name}}}" in sentence.words for name in sentence.told), sentence.words


def test_a_figure_is_told_to_the_last_digit_or_hedged():
    sentence = say("开展{visits}，接待{people_served}。", visits=exactly(MAIN), people_served=about(MAIN, hedge="余"))
    assert sentence.told["visits"].hedge == ""
    assert sentence.told["people_served"].hedge == "余"


# --- Which kind ---


def test_an_organisation_uses_the_kind_it_saved_else_the_first(cast):
    assert asked(cast.qingyang).kind == BY_MECHANISM
    SavedView.objects.create(
        organisation=cast.qingyang.organisation,
        page=SavedView.Page.TEXT,
        title="发言",
        query="org=621000&kind=qingyang",
    )
    assert asked(cast.qingyang).kind == BY_PLATFORM
    assert asked(cast.lanzhou).kind == BY_MECHANISM
    assert asked(cast.qingyang, kind="lanzhou").kind == BY_MECHANISM
    assert asked(cast.qingyang, kind="none").kind == BY_PLATFORM


# --- Every number opens ---


@pytest.mark.parametrize("kind", ["lanzhou", "qingyang"])
def test_each_figure_opens_rows_with_the_same_total(cast, kind):
    for n in range(4):
        make_day(cast.xifeng, MARCH + timedelta(days=n), **HELD)
        make_visit(cast.xifeng, MARCH + timedelta(days=n), headcount=7 + n)
        resolve(make_case(cast.xifeng, MARCH), MARCH + timedelta(days=40 * n))
        make_activity(cast.xifeng, MARCH, kind=("public_service", "policy_talk")[n % 2], public_count=9)
    cast.xifeng.studio.model_level = "city"
    cast.xifeng.studio.save()
    rollup.drain()
    client = signed_in(cast.qingyang.leader)
    page = client.get("/reports/text/", {"org": "621000", "kind": kind, "period": "2025-07-01..2026-11-21"})
    figures = page.context["report"].figures
    assert len(figures) >= 9
    for figure in figures:
        assert f'href="{figure.url.replace("&", "&amp;")}"' in page.content.decode()
        assert client.get(figure.url).context["total"] == figure.value, urlsplit(figure.url).query


def test_hovering_shows_the_exact_value(cast):
    make_visit(cast.chengguan, MARCH, headcount=2037)
    rollup.drain()
    page = signed_in(cast.lanzhou.leader).get("/reports/text/?org=620100&period=2025-07-01..2026-11-21")
    assert (
        'title="准确数：2,037 人次（兰州市政协及以下，2025年7月1日至2026年11月21日）">2000余人次</a>'
        in page.content.decode()
    )


def test_the_number_of_queries_depends_on_no_number_of_rows(cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(cast.lanzhou.leader)

    def queries() -> int:
        rollup.drain()
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/reports/text/?org=620100&period=2025-07-01..2026-11-21").status_code == 200
        return len(captured)

    def record(n: int):
        make_visit(cast.chengguan, MARCH + timedelta(days=n))
        make_day(cast.chengguan, MARCH + timedelta(days=n), **HELD)
        resolve(make_case(cast.chengguan, MARCH), MARCH + timedelta(days=n), is_typical=True)

    record(1)
    queries()
    once = queries()
    for n in (2, 3):
        record(n)
    assert queries() == once


def test_a_page_without_records_says_what_to_do(cast):
    Seat.objects.all().delete()
    SavedView.objects.all().delete()
    page = signed_in(cast.gansu.leader).get("/reports/text/?org=620000&period=1990")
    assert page.status_code == 200
    assert "这段时间还没有可以写进报告的记录" in page.content.decode()


# --- The document ---


def test_the_download_is_noted_in_the_trail(cast):
    answer = signed_in(cast.lanzhou.clerk).get("/reports/text.docx?org=620100")
    assert answer.status_code == 200
    entry = Entry.objects.get(act=Entry.Act.EXPORT)
    assert (entry.account, entry.organisation) == (cast.lanzhou.clerk, cast.lanzhou.organisation)


def test_a_last_paragraph_that_is_too_long_comes_back_with_a_sentence(cast):
    answer = signed_in(cast.lanzhou.clerk).post("/reports/text.docx?org=620100", {"closing": "长" * 2001})
    assert answer.status_code == 400
    assert "“下一步”最多 2000 字，现有 2001 字，请删减后再下载。" in answer.content.decode()
    assert "长" * 2001 in answer.content.decode()
    assert not Entry.objects.filter(act=Entry.Act.EXPORT).exists()


def test_the_page_is_only_read(cast):
    client = signed_in(cast.lanzhou.clerk)
    assert client.post("/reports/text/?org=620100").status_code == 405
    assert client.put("/reports/text.docx?org=620100").status_code == 405


def test_the_day_is_that_of_china(cast):
    page = signed_in(cast.lanzhou.clerk).get("/reports/text/?org=620100")
    assert page.context["asked"].last == timezone.localdate() - timedelta(days=1)


# --- 存在不足 ---


def wanting(office, **query) -> list[str]:
    rollup.drain()
    sections = write(asked(office, **query), rows_link).sections
    return [p.told for section in sections if section.heading == "存在不足" for p in section.paragraphs]


def test_what_is_wanting_is_said_from_the_ratios_and_opens_to_its_records(cast):
    office = cast.chengguan
    make_visit(office, MARCH)
    make_day(office, MARCH, **HELD)
    missed = make_day(office, date(2026, 3, 11))
    ReceptionDay.objects.filter(pk=missed.pk).update(missed_on=date(2026, 3, 12))
    late = make_case(office, date(2026, 3, 2), deadline=date(2026, 3, 20))
    resolve(late, date(2026, 3, 25), satisfaction=Case.Satisfaction.NOT)
    Seat.objects.filter(organisation=office.organisation).update(special_committee=None)
    found = wanting(office, period="2026-03")
    members = figure_of(office, "members", period="2026-03").phrase
    assert found[:4] == [
        "应开展接待日2次，已开展1次，还有1次没有按期开展。",
        "应办的帮办事项1件中，有1件超过了办理期限，办理还不够及时。",
        "群众评价的事项1件，都没有表示满意，办理质量还需提高。",
        f"委员{members}都还没有编入专委会。",
    ]
    report = write(asked(office, period="2026-03"), rows_link)
    told = [f for p in report.sections[-1].paragraphs for f in p.figures]
    assert {"reception_days_due", "cases_late", "cases_rated"} <= {figure.indicator.code for figure in told}
    assert all(figure in report.figures for figure in told)


def test_what_nobody_has_checked_is_wanting_too_and_nothing_else_is_said_of_a_clean_record(cast):
    make_visit(cast.chengguan, MARCH)
    make_day(cast.chengguan, MARCH, **HELD)
    assert wanting(cast.chengguan, period="2026-03") == ["登记数据还有1条疑点没有核实，数据质量还需提高。"]
    make_visit(cast.chengguan, MARCH, reception_day=ReceptionDay.objects.get())
    assert wanting(cast.chengguan, period="2026-03") == []
    assert wanting(cast.anning, period="2026-03") == ["委员工作室1个都没有开展接待。"]
