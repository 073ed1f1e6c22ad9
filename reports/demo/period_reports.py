"""A periodic report in each state, a supplement that waits, and what their offices were told."""

import io
from datetime import datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document

from liaison.models import Account, Attachment
from liaison.periods import Period, month_of, next_month, quarter_of
from reports import checks, signing
from reports.demo.plan import CHENGGUAN, LANZHOU, LINZE, QINGYANG
from reports.demo.world import World
from reports.models import PeriodReport, Supplement, grain_of
from reports.reminding import remind, tell_author, tell_deciders

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOTE = "本期接待日照常开展，来访以住房物业和道路交通为主。"


def make(world: World):
    """After the roll-up, from which the figures are taken."""
    today = world.days.today
    last, before, earlier = (month_of(next_month(today, -n)) for n in (1, 2, 3))
    city = world.clerks[LANZHOU]
    waits = _proposed(world, CHENGGUAN, earlier)
    accepted, returned = (
        _submitted(world, CHENGGUAN, before),
        _submitted(world, CHENGGUAN, quarter_of(next_month(today, -3))),
    )
    accepted.accept(by=city, at=_at(world, 1, 15))
    returned.give_back("请核对接待日次数，与月报之和不符的写明原因。", by=city, at=_at(world, 1, 16))
    for one in (accepted, returned):
        tell_author(one)
    for one in (_submitted(world, CHENGGUAN, last), _submitted(world, LANZHOU, before), waits):
        tell_deciders(one)
    for code in (QINGYANG, LINZE):
        _draft(world, code, last)
    world.say(f"定期报告 {PeriodReport.objects.count()} 份，补录 1 条，通知 {remind(today)} 条")


def _at(world: World, days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(world.days.today - timedelta(days=days), time(hour)))


def _draft(world: World, code: str, period: Period) -> PeriodReport:
    office = world.organisations[code]
    report = PeriodReport(organisation=office, grain=grain_of(period), starts_on=period.start, note=NOTE)
    if checks.open_findings(office, period):
        report.doubts = "疑点已电话向工作室核实，材料随后补齐。"
    report.full_clean()
    report.save()
    return report


def _submitted(world: World, code: str, period: Period) -> PeriodReport:
    report = _draft(world, code, period)
    signing.submit(report, by=world.clerks[code], at=_at(world, 2, 10), today=world.days.today)
    return report


def _proposed(world: World, code: str, month: Period) -> Supplement:
    """Waiting, so that the demo's figures are those of records alone."""
    office, clerk = world.organisations[code], world.clerks[code]
    one = Supplement(
        organisation=office, month=month.start, indicator="policy_talks", value=3, paper=_paper(office, clerk),
        reason="三场政策宣讲由街道代办，只有纸质签到表，参加委员无法逐人登记。",
    )  # fmt: skip
    one.propose(by=clerk, at=_at(world, 3, 9), today=world.days.today)
    return one


def _paper(office, clerk: Account) -> Attachment:
    document, content = Document(), io.BytesIO()
    document.add_paragraph("政策宣讲签到表汇总：三场。（演示材料）")
    document.save(content)
    upload = SimpleUploadedFile("政策宣讲签到汇总.docx", content.getvalue(), WORD)
    return Attachment.store(upload, kind=WORD, organisation=office, by=clerk)
