"""Supplements: approved by the office above, beside the computed figure and never mixed into it, none for what is signed."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liaison.models import Account, Attachment, Entry, Grant, Role
from liaison.periods import month_of, parse
from reports import rollup
from reports.ask import Ask
from reports.forms import supplemented_choices
from reports.indicators import INDICATOR, INDICATORS, Kind
from reports.models import Supplement
from reports.table import figures, supplements, supplements_behind, supplements_by_month, supplements_by_organisation
from tests.cast import Office, make_visit
from tests.pages import signed_in, text_of
from tests.programs import with_token
from tests.reports.signed import act as sign
from tests.reports.signed import submitted

MARCH, DAY = date(2026, 3, 1), date(2026, 3, 10)
LIST = "/reports/supplements/"


def paper(name: str = "台账.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 ledger", "application/pdf")


def propose(office: Office, client=None, **values):
    """What the form sends; the answer."""
    client = client or signed_in(office.clerk)
    sent = {
        "organisation": office.organisation.pk, "month": "2026-03", "indicator": "reception_days", "value": "20",
        "reason": "启用以前的纸质台账", "file": paper(),
    }  # fmt: skip
    return client.post(f"{LIST}new/", sent | values)


def proposed(office: Office, **values) -> Supplement:
    answer = propose(office, **values)
    assert answer.status_code == 302, answer.context["form"].errors
    return Supplement.objects.latest("id")


def approved(office: Office, above: Office, **values) -> Supplement:
    one = proposed(office, **values)
    assert act(signed_in(above.clerk), one, "approve").status_code == 302
    return one


def act(client, one: Supplement, verb: str, **sent):
    answer = client.post(f"{LIST}{one.pk}/{verb}/", sent)
    one.refresh_from_db()
    return answer


def said(answer) -> str:
    forms = (answer.context.get(name) for name in ("form", "approve_form", "refuse_form", "withdraw_form"))
    told = (str(error) for form in forms if form for errors in form.errors.values() for error in errors)
    return " ".join(dict.fromkeys(told))


def ask(office: Office, period: str = "2026-03", scope: str = "subtree") -> Ask:
    return Ask(office.organisation, parse(period, date(2026, 11, 1)), scope)


# Beside the figure


def test_a_supplement_counts_from_its_approval_on(cast):
    one = proposed(cast.chengguan)
    asked = ask(cast.chengguan)
    assert supplements(INDICATORS, asked)["reception_days"] == 0
    act(signed_in(cast.lanzhou.clerk), one, "approve")
    assert supplements(INDICATORS, asked)["reception_days"] == 20
    assert figures(INDICATORS, asked)["reception_days"] == 0
    assert one.state == "approved"
    assert one.decided_by == cast.lanzhou.clerk


def test_it_adds_up_over_places_and_periods_as_the_figures_do(cast):
    approved(cast.chengguan, cast.lanzhou)
    approved(cast.anning, cast.lanzhou, month="2026-02", value="3")
    approved(cast.xifeng, cast.qingyang, value="500")
    days = INDICATOR["reception_days"]
    values = {
        (office, period): supplements([days], ask(getattr(cast, office), period))["reception_days"]
        for office in ("lanzhou", "chengguan")
        for period in ("2026-03", "2026Q1", "2026", "2026-03-02..2026-03-31", "2026-02-15..2026-04-02")
    }
    assert list(values.values()) == [20, 23, 23, 0, 20, 20, 20, 20, 0, 20]
    assert supplements([days], ask(cast.lanzhou, scope="own"))["reception_days"] == 0
    whole = ask(cast.lanzhou, "2026")
    parts = supplements_by_organisation([days], whole)
    assert {path: values["reception_days"] for path, values in parts.items()} == {"620102": 20, "620105": 3}
    months = supplements_by_month([days], whole)
    assert {month: values["reception_days"] for month, values in months.items()} == {date(2026, 2, 1): 3, MARCH: 20}


def test_a_stock_stands_from_its_month_on(cast):
    approved(cast.chengguan, cast.lanzhou, indicator="studios", value="2")
    found = [
        supplements([INDICATOR["studios"]], ask(cast.chengguan, p))["studios"] for p in ("2026-02", "2026-03", "2026")
    ]
    assert found == [0, 2, 2]


def test_distinct_figures_take_none(cast):
    offered = {code for _, found in supplemented_choices() for code, _ in found}
    assert {i.code for i in INDICATORS} - offered == {i.code for i in INDICATORS if i.kind is Kind.DISTINCT}
    answer = propose(cast.chengguan, indicator="members")
    assert answer.status_code == 422
    one = Supplement(organisation=cast.chengguan.organisation, month=MARCH, indicator="members", value=3)
    with pytest.raises(ValidationError, match="不能补录数字"):
        one.full_clean()


def test_nothing_is_supplemented_to_one_studio(cast):
    approved(cast.chengguan, cast.lanzhou)
    asked = Ask(cast.chengguan.organisation, parse("2026", MARCH), studio=cast.chengguan.studio)
    assert supplements(INDICATORS, asked)["reception_days"] == 0


def test_every_page_shows_the_sum_and_that_it_holds_a_supplement(cast):
    make_visit(cast.chengguan, DAY, headcount=5)
    one = approved(cast.chengguan, cast.lanzhou, indicator="people_served", value="95")
    rollup.drain()
    reader = signed_in(cast.lanzhou.leader)
    board = reader.get("/dashboard/?org=620100&period=2026").context["board"]
    assert (board.first.value, board.first.supplement) == (100, 95)
    assert sum(row.numbers[2].value for row in board.parts) == board.total.numbers[2].value == 100
    assert {row.label: row.numbers[0].value for row in board.months}["2026年3月"] == 100
    page = reader.get("/rows/?org=620100&indicator=people_served&period=2026")
    assert page.context["total"] == 100
    listed = sum(section.page_total for section in page.context["sections"])
    assert listed + sum(row.value for row in page.context["supplements"]) == 100
    assert "系统记录 5 人次，补录 95 人次，合计 100 人次" in text_of(page)
    assert one.url in page.content.decode()
    assert page.context["places"][0][1] == 100
    assert [value for _, value, *_ in page.context["sources"]] == [100, 5, 0]
    text = text_of(reader.get("/reports/text/?org=620100&period=2026&kind=lanzhou"))
    assert "100人次（含补录）" in text
    book = openpyxl.load_workbook(io.BytesIO(reader.get("/figures.xlsx?org=620100&period=2026").content))
    line = next(row for row in book["汇总"].iter_rows(values_only=True) if row[1] == "联系服务群众")
    assert (line[2], line[5]) == (100, 95)
    assert {"按单位（含补录）", "按月（含补录）"} <= set(book.sheetnames)
    program = with_token(cast.lanzhou.leader)
    [told] = program.get("/api/v1/figures/?org=620100&period=2026&indicator=people_served").json()["figures"]
    assert (Decimal(told["value"]), Decimal(told["supplement"])) == (5, 95)


def test_the_list_behind_a_figure_ends_with_the_rows_that_it_adds(cast):
    approved(cast.chengguan, cast.lanzhou)
    approved(cast.anning, cast.lanzhou, value="4")
    asked = ask(cast.lanzhou)
    rows = supplements_behind(INDICATOR["reception_days"], asked)
    assert sum(row.value for row in rows) == supplements(INDICATORS, asked)["reception_days"] == 24


def test_the_file_of_the_records_ends_with_them_too(cast):
    approved(cast.chengguan, cast.lanzhou)
    answer = signed_in(cast.lanzhou.leader).get("/rows.xlsx?indicator=reception_days&period=2026-03")
    *_, (head, row, total) = [
        list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(io.BytesIO(answer.content))
    ]
    assert head == ("月份", "单位", "补录原因", "数值")
    assert row == ("2026年3月", "城关区政协", "启用以前的纸质台账", 20)
    assert total[-1] == 20


def test_a_signed_report_holds_them_beside_the_figures(cast):
    make_visit(cast.chengguan, DAY, headcount=5)
    approved(cast.chengguan, cast.lanzhou, indicator="people_served", value="95")
    report = submitted(cast.chengguan)
    row = report.figures.get(indicator="people_served")
    assert (row.value, row.supplement, row.total) == (5, 95, 100)
    page = text_of(signed_in(cast.lanzhou.clerk).get(report.url))
    assert "联系服务群众 100 含补录 95" in page


# Not for what is signed


@pytest.mark.parametrize("period", ["2026-03", "2026Q1"])
def test_a_signed_month_takes_no_supplement(cast, period):
    submitted(cast.chengguan, period)
    answer = propose(cast.chengguan)
    assert answer.status_code == 422
    assert "这个月不能再补录。" in said(answer)
    assert not Supplement.objects.exists()
    assert propose(cast.anning).status_code == 302


def test_what_waits_is_not_approved_into_a_signed_month(cast):
    one = proposed(cast.chengguan)
    report = submitted(cast.chengguan)
    answer = act(signed_in(cast.lanzhou.clerk), one, "approve")
    assert (answer.status_code, said(answer)) == (422, "城关区政协2026年3月月报已报，这个月不能再补录。")
    now = {"state": "approved", "decided_by": cast.lanzhou.clerk, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError, match="不能再补录"), transaction.atomic():
        Supplement.objects.filter(pk=one.pk).update(**now)
    sign(signed_in(cast.lanzhou.clerk), report, "return", why="请补录")
    assert act(signed_in(cast.lanzhou.clerk), one, "approve").status_code == 302


def test_an_approval_is_taken_back_only_before_signing(cast):
    one, other = approved(cast.chengguan, cast.lanzhou), approved(cast.anning, cast.lanzhou)
    submitted(cast.chengguan)
    city = signed_in(cast.lanzhou.clerk)
    assert act(city, one, "refuse", why="重复").status_code == 422
    assert act(city, other, "refuse", why="与记录重复").status_code == 302
    assert (one.state, other.state) == ("approved", "refused")
    assert supplements(INDICATORS, ask(cast.lanzhou))["reception_days"] == 20


# Who does what


def test_nobody_approves_their_own(cast):
    one = proposed(cast.chengguan)
    answer = act(signed_in(cast.chengguan.clerk), one, "approve")
    assert said(answer) == "城关区政协的补录由兰州市政协审批，本单位不能审批。"
    Grant.objects.create(account=cast.chengguan.clerk, role=Role.CLERK, organisation=cast.lanzhou.organisation)
    answer = act(signed_in(Account.objects.get(pk=cast.chengguan.clerk.pk)), one, "approve")
    assert said(answer) == "自己提交的不能自己审批，请另一位工作人员审批。"
    assert one.state == "waiting"


def test_the_topmost_office_s_is_approved_by_a_second_clerk(cast):
    one = proposed(cast.gansu)
    second = Account.objects.create(username="second", name="第二人")
    Grant.objects.create(account=second, role=Role.CLERK, organisation=cast.gansu.organisation)
    assert act(signed_in(cast.gansu.clerk), one, "approve").status_code == 422
    assert act(signed_in(second), one, "approve").status_code == 302


def test_a_refusal_says_why_and_stays(cast):
    one, city = proposed(cast.chengguan), signed_in(cast.lanzhou.clerk)
    assert said(act(city, one, "refuse")) == "请写明不批准的原因。"
    act(city, one, "refuse", why="与登记的接待日重复")
    assert (one.state, one.why) == ("refused", "与登记的接待日重复")
    assert act(city, one, "approve").status_code == 422
    assert "与登记的接待日重复" in text_of(signed_in(cast.chengguan.clerk).get(one.url))


def test_its_own_office_takes_back_what_still_waits(cast):
    one, own, city = proposed(cast.chengguan), signed_in(cast.chengguan.clerk), signed_in(cast.lanzhou.clerk)
    assert "要改数字，先撤回那一条" in said(propose(cast.chengguan, value="7"))
    assert said(act(city, one, "withdraw")) == "补录由城关区政协的工作人员填报。"
    assert "撤回" in text_of(own.get(one.url))
    assert "撤回" not in text_of(city.get(one.url))
    assert act(own, one, "withdraw").status_code == 302
    assert (one.state, one.decided_by) == ("withdrawn", None)
    assert Entry.objects.about(one).latest("id").changes["fields"] == ["撤回"]
    assert supplements([INDICATOR["reception_days"]], ask(cast.chengguan)) == {"reception_days": 0}
    proposed(cast.chengguan, value="7")


def test_what_was_decided_is_not_taken_back_by_its_author(cast):
    one = approved(cast.chengguan, cast.lanzhou)
    answer = act(signed_in(cast.chengguan.clerk), one, "withdraw")
    assert said(answer) == "补录现在是“已批准”，不能变为“已撤回”，请刷新后核对。"
    assert one.state == "approved"
    with pytest.raises(IntegrityError, match="“已批准”的补录不能变为“已撤回”"), transaction.atomic():
        Supplement.objects.filter(pk=one.pk).update(state="withdrawn", decided_by=None, decided_at=None)


def test_another_office_s_does_not_exist(cast):
    one = approved(cast.xifeng, cast.qingyang)
    for client in (signed_in(cast.chengguan.clerk), signed_in(cast.lanzhou.clerk)):
        assert client.get(one.url).status_code == 404
        assert act(client, one, "refuse", why="不对").status_code == 404
        assert client.get(f"{LIST}?org=621002").status_code == 404
    assert propose(cast.xifeng, signed_in(cast.chengguan.clerk)).status_code == 422
    assert signed_in(cast.chengguan.leader).get(f"{LIST}new/").status_code == 404
    assert signed_in(cast.chengguan.account).get(LIST).status_code == 404


def test_the_office_above_reads_the_paper(cast):
    one = proposed(cast.chengguan)
    url = f"/files/{one.paper_id}/"
    assert signed_in(cast.lanzhou.clerk).get(url).status_code == 200
    assert signed_in(cast.anning.clerk).get(url).status_code == 404


# What is typed wrong


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"value": "0"}, "value", "数值应大于 0。"),
        ({"value": "-3"}, "value", "数值应大于 0。"),
        ({"value": "2.5"}, "value", "按次计数，请填写整数。"),
        ({"month": "2026"}, "month", "请选择月份，如 2026-03。"),
        ({"month": "1900-01"}, "month", "月份不能早于1949年10月。"),
        ({"value": "99999999999"}, "value", "数值过大，请核对：这里按次填写，不是万次。"),
        ({"reason": ""}, "reason", "请填写这一项。"),
        ({"file": ""}, "file", "请附上依据材料。"),
        ({"file": SimpleUploadedFile("a.pdf", b"no paper")}, "file", "“a.pdf”不是能识别的文件，请选 PDF"),
    ],
)  # fmt: skip
def test_a_sentence_stands_beside_the_field(cast, values, field, sentence):
    answer = propose(cast.chengguan, **values)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert "启用以前的纸质台账" in answer.content.decode() or "reason" in values
    assert not Supplement.objects.exists()
    assert not Attachment.objects.exists()


def test_a_running_month_takes_none(cast):
    answer = propose(cast.chengguan, month=month_of(timezone.localdate()).code)
    assert "还没有结束" in " ".join(answer.context["form"].errors["month"])


def test_money_may_have_cents(cast):
    one = approved(cast.chengguan, cast.lanzhou, indicator="funds", value="1000.55")
    assert one.value == Decimal("1000.55")
    assert supplements(INDICATORS, ask(cast.chengguan))["funds"] == Decimal("1000.55")


# The list and the trail


def test_the_list_narrows_by_state(cast):
    approved(cast.chengguan, cast.lanzhou)
    proposed(cast.anning)
    proposed(cast.xifeng)
    city = signed_in(cast.lanzhou.clerk)
    page = city.get(LIST)
    assert [one.organisation.short_name for one, *_ in page.context["lines"]] == ["安宁区政协", "城关区政协"]
    assert page.context["waiting"] == 1
    assert [act for *_, act in page.context["lines"]] == ["审批", "查看"]
    assert {act for *_, act in signed_in(cast.lanzhou.leader).get(LIST).context["lines"]} == {"查看"}
    assert [one.state for one, *_ in city.get(LIST, {"state": "approved"}).context["lines"]] == ["approved"]
    assert city.get(LIST, {"state": "else"}).status_code == 404


def test_a_second_one_of_the_same_month_and_figure_is_not_added_unnoticed(cast):
    one = approved(cast.chengguan, cast.lanzhou)
    answer = propose(cast.chengguan, value="7")
    assert "这个月已有一条同指标的补录（20次，已批准）" in said(answer)
    proposed(cast.chengguan, month="2026-02")
    proposed(cast.anning)
    act(signed_in(cast.lanzhou.clerk), one, "refuse", why="合成一条")
    proposed(cast.chengguan, value="27")


def test_as_many_queries_for_three_as_for_one(cast):
    city, counts = signed_in(cast.lanzhou.clerk), []
    city.get(LIST)
    for months in (["2026-01"], ["2026-02", "2026-03"]):
        for month in months:
            proposed(cast.chengguan, month=month)
        with CaptureQueriesContext(connection) as captured:
            city.get(LIST)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_every_verb_is_noted(cast):
    one = approved(cast.chengguan, cast.lanzhou)
    act(signed_in(cast.lanzhou.clerk), one, "refuse", why="重复")
    told = [(e.act, "".join(e.changes.get("fields", [])), e.account) for e in Entry.objects.about(one).order_by("id")]
    above = cast.lanzhou.clerk
    assert told == [("add", "", cast.chengguan.clerk), ("change", "批准", above), ("change", "不批准", above)]
    assert Entry.objects.about(one.paper).get().act == "add"
