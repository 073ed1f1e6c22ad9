"""How records are listed behind a figure, and shown one by one: declared once for each table.

No citizen is named in full and nobody's telephone is here: leaders read these pages, and so do higher offices.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Model, Prefetch, QuerySet

from activities.models import Activity, MediaReport, Output, TaskGroup
from cases.models import Case, Instruction, Outcome, Submission
from liaison.models import Member, Seat, Sector, SpecialCommittee
from liaison.periods import cn
from reception.models import ReceptionDay, Visit
from studios.models import Fund, Studio


@dataclass(frozen=True)
class Column:
    """kind: "main" for what a row is called by, "num" for numbers, "short" for what stays on one line, "" for the rest."""

    label: str
    read: Callable[[Model], object]
    kind: str = ""

    def text(self, row: Model) -> str:
        value = self.read(row)
        if isinstance(value, date):
            return cn(value)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Listing:
    """columns: of the list · details: what one record's page adds · joins: rows read along, by list and page alike."""

    title: str
    columns: tuple[Column, ...]
    joins: tuple[str, ...] = ("organisation",)
    details: tuple[Column, ...] = ()


# Codes and choices of a few words.
SHORT = ("number", "state", "channel", "handling", "kind", "basis", "leader_level", "year")


def of(name: str, label: str, kind: str = "") -> Column:
    """A field as it is stored; of a choice, its words."""

    def read(row):
        words = getattr(row, f"get_{name}_display", None)
        return words() if words else getattr(row, name)

    is_short = name.endswith("_on") or name in SHORT
    return Column(label, read, kind or ("short" if is_short else ""))


def seats(read: Callable[[Seat], object]) -> Callable[[Member], str]:
    return lambda member: "、".join(dict.fromkeys(str(read(seat)) for seat in member.seats.all()))


ORGANISATION, STUDIO = of("organisation", "单位"), of("studio", "工作室")
CATEGORY, CHANNEL = of("category", "类别"), of("channel", "渠道")

LISTINGS: dict[type, Listing] = {
    Visit: Listing(
        "来访",
        (
            of("visited_on", "日期"), ORGANISATION, STUDIO, Column("来访人", lambda v: v.masked_name, "main"), CHANNEL, CATEGORY,
            of("handling", "处理方式"),
        ),
        ("organisation", "studio", "category"),
        (
            of("headcount", "人数"), of("reception_day", "接待日"), of("identity", "身份"), of("sector", "接待委员界别"),
            Column("接待委员", lambda v: "、".join(map(str, v.receivers.all()))), of("referred_to", "转送单位"),
            of("exclusion", "不受理原因"), Column("补记", lambda v: "补记" if v.is_late else ""),
        ),
    ),
    ReceptionDay: Listing(
        "接待日",
        (
            of("held_on", "日期"), ORGANISATION, of("studio", "工作室", "main"), of("state_words", "状态", "short"), of("theme", "主题"),
            of("place", "地点"),
        ),
        ("organisation", "studio"),
        (
            of("kind", "类型"), Column("时间", lambda d: f"{d.opens:%H:%M}—{d.closes:%H:%M}"),
            Column("值班委员", lambda d: "、".join(map(str, d.members.all()))), of("summary", "小结"),
        ),
    ),
    Activity: Listing(
        "活动",
        (of("held_on", "日期"), ORGANISATION, of("title", "名称", "main"), of("kind", "类型"), STUDIO, of("place", "地点")),
        ("organisation", "studio"),
        (
            of("special_committee", "专委会"), of("programme", "专项工作"), of("member_count", "参加委员（人次）"),
            of("public_count", "群众（人次）"), of("state", "状态"), of("summary", "小结"),
        ),
    ),
    Output: Listing(
        "活动成果",
        (of("happened_on", "日期"), ORGANISATION, of("activity", "活动", "main"), of("kind", "类型"), of("title", "内容")),
        ("organisation", "activity"),
        (of("count", "数量"),),
    ),
    Case: Listing(
        "帮办事项",
        (
            of("registered_on", "登记日期"), of("resolved_on", "办结日期"), ORGANISATION, of("number", "编号"), of("title", "事项", "main"),
            STUDIO, CATEGORY, of("state", "状态"),
        ),
        ("organisation", "studio", "category"),
        (
            of("channel", "来源"), of("member", "负责委员"), of("lead_department", "主办单位"), of("deadline", "办理期限"),
            of("result_class", "结果类别"), of("satisfaction", "满意度"),
        ),
    ),
    Outcome: Listing(
        "帮扶成效",
        (of("happened_on", "日期"), ORGANISATION, of("kind", "类型", "main"), STUDIO, of("note", "说明")),
        ("organisation", "studio"),
        (Column("数量", lambda o: f"{o.amount:,.2f}"), of("enterprises", "涉及企业（户）"), of("case", "事项"), of("activity", "活动")),
    ),
    Submission: Listing(
        "提案与社情民意",
        (of("submitted_on", "日期"), ORGANISATION, of("title", "标题", "main"), of("kind", "类型"), of("submitted_to", "报送单位")),
        ("organisation",),
        (
            of("first_author", "第一提交人"), of("studio", "工作室"), of("special_committee", "专委会"), of("activity", "来源活动"),
            of("handling", "办理"), of("result_class", "结果类别"), of("adopted", "采用级别"),
        ),
    ),
    Instruction: Listing(
        "领导批示",
        (of("given_on", "日期"), ORGANISATION, of("submission", "材料", "main"), of("leader_level", "领导层级")),
        ("organisation", "submission"),
    ),
    MediaReport: Listing(
        "宣传报道",
        (of("published_on", "日期"), ORGANISATION, of("title", "标题", "main"), of("outlet", "媒体"), of("level", "级别", "short"), STUDIO),
        ("organisation", "studio"),
        (of("activity", "活动"), Column("受表扬委员", lambda r: "、".join(map(str, r.praised.all()))), of("link", "链接")),
    ),
    TaskGroup: Listing(
        "专班",
        (of("starts_on", "成立日期"), ORGANISATION, of("name", "名称", "main"), of("programme", "专项工作"), of("ends_on", "结束日期")),
        ("organisation", "programme"),
        (of("leader", "牵头委员"),),
    ),
    Fund: Listing(
        "工作经费",
        (of("allocated_on", "日期"), ORGANISATION, of("source", "来源", "main"), STUDIO, of("year", "年度")),
        ("organisation", "studio"),
        (Column("金额（元）", lambda f: f"{f.amount:,.2f}"),),
    ),
    Studio: Listing(
        "工作室",
        (of("opened_on", "挂牌日期"), ORGANISATION, of("name", "名称", "main"), of("basis", "建设依托"), of("address", "地址")),
        ("organisation",),
        (of("kind", "类型"), of("brand", "品牌"), of("host", "依托单位"), of("model_level", "示范"), of("closed_on", "撤销日期")),
    ),
    SpecialCommittee: Listing(
        "专委会", (of("starts_on", "设立日期"), ORGANISATION, of("name", "名称", "main"), of("ends_on", "撤销日期"))
    ),
    Sector: Listing("界别", (of("standard_code", "国家标准界别", "main"), of("name", "本级名称"), ORGANISATION)),
    Member: Listing(
        "委员",
        (
            of("name", "姓名", "main"), Column("任职", seats(lambda s: f"{s.organisation}{s.get_duty_display()}")),
            Column("界别", seats(lambda s: s.sector)), of("organisation", "登记单位"),
        ),
    ),
}  # fmt: skip

# Addresses name a record by its table and number.
TABLES = {model._meta.model_name: model for model in LISTINGS}


def joined(found: QuerySet, day: date) -> QuerySet:
    """The rows with all that their columns read, seats as of `day`: no further query for each of them."""
    found = found.select_related(*LISTINGS[found.model].joins)
    if found.model is Member:
        standing = Seat.objects.standing_on(day).select_related("organisation", "sector")
        found = found.prefetch_related(Prefetch("seats", standing))
    return found
