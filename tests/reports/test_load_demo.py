"""The demo is loaded once for this module; its records add up to every figure of the seed."""

import re
import stat
from collections import Counter
from datetime import timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from activities.models import Activity, Programme
from cases.models import Case, Step
from cases.workflow import DONE, OPEN, TRANSITIONS, State
from liaison.management import Refusal
from liaison.models import Account, Grant, Member, Notice, Organisation, Role, Seat, SpecialCommittee
from reception import rota
from reception.models import ReceptionDay, Visit
from reports import rollup
from reports.ask import Ask
from reports.asking import rows_link
from reports.demo.figures import seed_figures
from reports.demo.loading import load
from reports.demo.plan import LANZHOU
from reports.indicators import INDICATOR
from reports.models import PeriodReport, SavedView, Supplement
from reports.table import figure
from reports.text import read, write
from studios.models import LeaderLink, Posting, Studio
from tests.reports.seed import measured, stated
from tests.reports.test_phrases import in_words
from tests.standing import taken_back

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def passwords(tmp_path_factory):
    return tmp_path_factory.mktemp("demo") / "var" / "demo-accounts.txt"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, passwords):
    """Loaded in a transaction that is rolled back when the module ends."""
    with taken_back(django_db_blocker):
        yield load(timezone.localdate(), lambda line: None, passwords)


def test_every_figure_of_the_seed_comes_out_of_the_records(world):
    assert measured(world.days.periods) == stated()


def test_every_row_obeys_the_rules_of_its_model(world):
    """bulk_create asks the database's constraints only; a sample of each model is checked in full."""
    for model in (Member, Seat, Studio, Posting, LeaderLink, Activity, Case):
        for row in model.objects.order_by("?")[:25]:
            row.full_clean()


def test_a_periodic_report_stands_in_each_state_and_supplements_change_no_figure(world):
    assert set(PeriodReport.objects.values_list("state", flat=True)) == set(PeriodReport.State)
    assert set(Supplement.objects.values_list("state", flat=True)) == {Supplement.State.WAITING}
    assert Notice.objects.filter(account=world.clerks[LANZHOU], text__contains="等待审核").exists()


def test_nothing_happens_in_a_studio_before_it_opens(world):
    days = ReceptionDay.objects.values_list("studio__opened_on", "held_on")
    visits = Visit.objects.exclude(studio=None).values_list("studio__opened_on", "visited_on")
    activities = Activity.objects.exclude(studio=None).values_list("studio__opened_on", "held_on")
    early = [row for rows in (days, visits, activities) for row in rows if row[1] < row[0]]
    assert early == []


def test_a_visit_of_a_reception_day_lies_on_that_day_and_in_that_studio(world):
    visits = Visit.objects.exclude(reception_day=None).select_related("reception_day")
    assert visits.count() > 3000
    astray = [v for v in visits if (v.visited_on, v.studio_id) != (v.reception_day.held_on, v.reception_day.studio_id)]
    assert astray == []


def test_every_case_moved_along_the_transition_table(world):
    steps = {}
    for case, state, at in Step.objects.order_by("case", "at", "id").values_list("case", "state", "at"):
        steps.setdefault(case, []).append((State(state), at))
    ends = dict(Case.objects.values_list("id", "state"))
    assert set(steps) == set(ends)
    for case, path in steps.items():
        states = [state for state, _ in path]
        assert states[0] == State.RECEIVED
        assert states[-1] == ends[case]
        # While a scanned matter waits, each offer of it is a step.
        moves = [(before, to) for before, to in pairwise(states) if (before, to) != (State.RECEIVED, State.RECEIVED)]
        assert all(to in TRANSITIONS[before] for before, to in moves), states


def test_cases_are_numbered_without_gaps(world):
    numbers = Case.objects.values_list("organisation__letters", "number")
    series = Counter(number.rsplit("-", 1)[0] for _, number in numbers)
    last = {}
    for letters, number in numbers:
        stem, count = number.rsplit("-", 1)
        assert stem.startswith(letters)
        last[stem] = max(last.get(stem, 0), int(count))
    assert last == dict(series)


def test_lamps_of_all_colours_burn(world):
    lamps = Counter(case.lamp(world.days.today) for case in Case.objects.filter(state__in=OPEN))
    assert min(lamps[colour] for colour in ("green", "yellow", "red")) >= 5


def test_texts_are_many_and_none_prevails(world):
    for model, column, most in ((Visit, "content", 0.01), (Case, "title", 0.005), (Activity, "title", 0.005)):
        texts = Counter(model.objects.values_list(column, flat=True))
        assert texts.most_common(1)[0][1] < most * sum(texts.values()), texts.most_common(3)


def test_nobody_bears_the_name_of_a_member_whom_the_speeches_name(world):
    named = ["宋海燕", "侯彩梅", "王新", "李继平", "蓝吉江", "贾进", "董伟", "杨福", "牛旭章", "刘建玲", "徐明理"]
    assert not Member.objects.filter(name__in=named).exists()


def test_today_waits_for_the_member(world):
    day = ReceptionDay.objects.get(studio__name="广武门街道委员工作室", held_on=world.days.today)
    assert (day.state, day.visits.count()) == ("announced", 0)
    member = Account.objects.get(username="chengguan.member").member
    assert day.duties.filter(member=member, signed_in_at=None).exists()
    assert day.studio.postings.leads().get(ends_on=None).member == member


def test_days_are_planned_ahead_by_the_rules(world):
    ahead = ReceptionDay.objects.expected().filter(held_on__gt=world.days.today)
    assert ahead.count() > 200
    assert not ahead.filter(ruled_on=None).exists()
    # Made by the planner, which knows them again.
    assert rota.plan(world.days.today) == rota.Planned()


def test_each_role_has_an_account_whose_password_is_in_the_file(world, passwords):
    lines = passwords.read_text(encoding="utf-8").splitlines()
    rows = [re.split(r" {2,}", line) for line in lines[2:]]
    assert lines[0].split() == ["角色", "账号", "口令", "起始页面"]
    assert set(Grant.objects.values_list("role", flat=True)) == set(Role.values)
    assert {row[1] for row in rows} == set(Account.objects.values_list("username", flat=True))
    for _, username, password, address in rows:
        assert authenticate(username=username, password=password) is not None
        assert address.startswith("/")
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600


def test_the_department_and_the_officer_have_something_to_do(world):
    department = Account.objects.get(username="chengguan.department")
    officer = Account.objects.get(username="chengguan.officer")
    assert Case.objects.visible_to(department).open().count() >= 3
    assert officer.studios.count() > 20


def test_saved_reports_carry_the_periods_of_the_day_they_were_made(world):
    for view in SavedView.objects.filter(page=SavedView.Page.TEXT):
        asked = read(QueryDict(view.query), view.organisation, world.days.today + timedelta(days=400))
        for code, period in world.days.periods.items():
            assert (asked.period(code).start, asked.period(code).last) == (period.start, period.last), code


@pytest.fixture(scope="module")
def rolled(world):
    """The world with its cells."""
    rollup.rebuild()
    return world


@pytest.mark.parametrize("row", seed_figures(), ids=lambda row: f"{row['organisation']} {row['indicator']}")
def test_every_phrase_of_the_seed_is_told_of_the_figure_that_pages_show(rolled, row):
    """The page's own way: the indicator asked of a place, a period and perhaps a studio, committee or programme."""
    indicator, organisation = INDICATOR[row["indicator"]], Organisation.objects.get(division__code=row["organisation"])
    period = rolled.days.periods[row["period"]]
    counted = figure(indicator, Ask(organisation, period, row.get("scope", "subtree"), **parts_of(row)))
    assert in_words(counted, row["phrase"]) == row["phrase"]
    assert row["phrase"].endswith(SPOKEN_UNITS.get(indicator.code, indicator.unit))


# The speech says 家 where the statistics count 户.
SPOKEN_UNITS = {"enterprises_helped": "家"}


def parts_of(row: dict) -> dict:
    """What a figure of the seed is narrowed down to, by the names that it uses."""
    found = {}
    if name := row.get("studio"):
        within = {"organisation__path__startswith": Organisation.objects.get(division__code=row["organisation"]).path}
        found["studio"] = Studio.objects.get(Q(brand=name) | Q(industry=name), **within)
    if name := row.get("special_committee"):
        found["special_committee"] = SpecialCommittee.objects.get(
            name=name, organisation__division__code=row["organisation"]
        )
    if name := row.get("programme"):
        found["programme"] = Programme.objects.get(name=name, organisation__division__code=row["organisation"])
    return found


@pytest.fixture(scope="module")
def told(rolled):
    """The saved reports in words, by the organisation's code."""
    world, texts = rolled, {}
    for view in SavedView.objects.filter(page=SavedView.Page.TEXT):
        report = write(read(QueryDict(view.query), view.organisation, world.days.today), rows_link)
        paragraphs = [report.opening, *(paragraph for section in report.sections for paragraph in section.paragraphs)]
        texts[view.organisation.code] = "".join(paragraph.told for paragraph in paragraphs)
    return texts


@pytest.mark.parametrize(
    "words",
    [
        "将委员中的136名中共党员全部纳入",
        "将30个界别348名委员全部编入8个专委会",
        "市政协领导到各联系点开展工作68次",
        "目前，市、县区政协已经建立122个委员工作室，开展委员接待日活动223次，委员联系服务界别群众6500余人次，帮办实事528件",
        "四级共2200多名委员",
        "配合省政协开展助力活动30多次",
        "活动2次，形成综合调研报告2篇，委员建言材料43篇，委员、专家及各界人士和群众代表的意见建议230多条",
        "由12名委员组成。",
        "帮助10户企业融资1.05亿元，培训员工600多人次，协调5户企业参加展会",
    ],
)
def test_the_report_of_lanzhou_tells_the_figures_of_its_speech(told, words):
    assert words in told["620100"]


@pytest.mark.parametrize(
    "words",
    [
        "截至目前，全市共建成委员工作室120个",
        "120名委员担任委员工作室负责人",
        "合水县专列20万元",
        "开展接待日活动400多次，联系群众1.07万人次",
        "去年以来，全市1700多名委员进企业、进农村、进社区，开展政策宣讲5100多场次",
        "西峰区依托16个委员工作室开展政策咨询、法律援助等公益活动56场次",
        "庆城县开展协商议事146次，协商落实各种事项60余件",
        "一年来，全市政协委员为群众帮办实事3590多件",
    ],
)
def test_the_report_of_qingyang_tells_the_figures_of_its_speech(told, words):
    assert words in told["621000"]


def test_figures_before_the_periods_give_something_to_compare_with(world):
    lanzhou = Organisation.objects.get(division__code="620100")
    for period in (world.days.periods["since_h2_last_year"], world.days.periods["y1"]):
        earlier = period.one_year_before()
        assert ReceptionDay.objects.counted().of(lanzhou).filter(held_on__range=(earlier.start, earlier.last)).exists()
        cases = Case.objects.of(lanzhou).filter(state__in=DONE, resolved_on__range=(earlier.start, earlier.last))
        assert cases.exists()


def test_a_second_load_is_refused_with_a_sentence(world):
    with pytest.raises(Refusal, match="数据库中已有业务数据"):
        call_command("load_demo", stdout=StringIO())
