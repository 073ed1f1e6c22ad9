"""What a page of figures and a page of a list ask of the database."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Model
from django.db.models.functions import TruncMonth
from django.urls import reverse

from activities.models import Activity
from cases.models import Case
from liaison import reach
from liaison.models import Account
from liaison.periods import Period, between, year_of
from reception.models import ReceptionDay, Visit
from reports.ask import Ask
from reports.bench import ground
from reports.bench.clock import Part, Result, Spent, best
from reports.bench.visitor import browser_of
from reports.indicators import DISTINCT, INDICATOR, INDICATORS, Kind
from reports.table import by_month, by_organisation, facts, figure, figures

FLOWS = [indicator for indicator in INDICATORS if indicator.kind is Kind.FLOW]
PLACE_AND_MONTH = (lambda *_: "organisation", lambda _, column: TruncMonth(column))
LISTS = {"来访": Visit, "帮办事项": Case, "活动": Activity, "接待日": ReceptionDay}


@reach.everything()
def measure_figures(year: int) -> Part:
    part = Part("读数")
    period = year_of(date(year, 1, 1))
    city, top = ground.first_city(), ground.top()
    for name, organisation, goal in ((city.short_name, city, 10), (top.short_name, top, 30)):
        part.results += _figures(name, Ask(organisation, period), goal)
        part.results += _some_days(name, Ask(organisation, _some_days_of(year)), goal)
    part.results += _wide(Ask(top, period))
    part.results += _heads(Ask(top, period))
    return part


def _some_days_of(year: int) -> Period:
    """A span that begins and ends in the middle of a month."""
    return between(date(year, 1, 10), date(year, 12, 20))


def _some_days(name: str, ask: Ask, goal: float) -> Iterator[Result]:
    spent = best(lambda: figures(FLOWS, ask), times=5)
    yield Result(f"{name}任意起止全部发生数", 1000 * spent.seconds, "毫秒", goal=goal)


def _figures(name: str, ask: Ask, goal: float) -> Iterator[Result]:
    stored = best(lambda: figures(FLOWS, ask), times=5).seconds
    counted = best(lambda: list(facts(FLOWS, ask)), times=1).seconds
    yield Result(f"{name}一年全部发生数", 1000 * stored, "毫秒", goal=goal)
    yield Result(f"{name}一年：逐条汇总 ÷ 读数", counted / stored, goal=25, at_least=True)


def _wide(ask: Ask) -> Iterator[Result]:
    """By place and month, as the dashboard's tables are."""
    stored = best(lambda: (by_organisation(FLOWS, ask), by_month(FLOWS, ask)), times=5).seconds
    counted = best(lambda: [list(facts(FLOWS, ask, by)) for by in PLACE_AND_MONTH], times=1).seconds
    yield Result("按下级和按月两张表", 1000 * stored, "毫秒")
    yield Result("按下级和按月两张表：逐条汇总 ÷ 读数", counted / stored, goal=100, at_least=True)


def _heads(ask: Ask) -> Iterator[Result]:
    """Of a whole year they are held ready; so is who stands on a day. Whom something is recorded of in a span that is no standard
    period is counted from the records."""
    ready = best(lambda: figures(DISTINCT, ask), times=5)
    yield Result(
        f"不重复计数 {len(DISTINCT)} 项（一年，已备好）", 1000 * ready.seconds, "毫秒", note=f"{ready.statements} 句"
    )
    some_days = ask.during(_some_days_of(ask.period.start.year))
    for indicator in DISTINCT:
        spent = best(lambda indicator=indicator: figure(indicator, some_days), times=2)
        yield Result(f"不重复计数（任意起止）：{indicator.name}", 1000 * spent.seconds, "毫秒")


def measure_pages(accounts: dict[str, Account], year: int) -> Part:
    part = Part("页面")
    for who, words in (("city", "一市"), ("top", "全部")):
        for span, period in {"上年": str(year), "上年任意起止": _some_days_of(year).address}.items():
            spent = _page(accounts[who], f"/dashboard/?period={period}")
            part.results.append(_line(f"数据总览（{words}，{span}）", spent))
        spent = _page(accounts[who], f"/rows/?indicator={INDICATOR['people_served'].code}&period={year}")
        part.results.append(_line(f"来访明细（{words}）", spent))
    for who, words in (("clerk", "一县"), ("city-clerk", "一市")):
        part.results += [
            _list(f"管理列表和计数：{name}（{words}）", accounts[who], model) for name, model in LISTS.items()
        ]
    return part


def _list(name: str, account: Account, model: type[Model]) -> Result:
    """What the list itself and its count take; who is asking, and what stands around the list, is in the note."""
    spent = _page(account, list_of(model))
    own = 1000 * spent.by_table[model._meta.db_table]
    return Result(name, own, "毫秒", goal=5, note=f"整页 {spent.statements} 句 {1000 * spent.seconds:.1f} 毫秒")


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _page(account: Account, address: str) -> Spent:
    client = browser_of(account)

    def ask():
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")

    ask()
    return best(ask, times=3)


def _line(name: str, spent: Spent) -> Result:
    note = f"{spent.statements} 句，整页 {1000 * spent.wall:.0f} 毫秒"
    return Result(name, 1000 * spent.seconds, "毫秒", note=note)
