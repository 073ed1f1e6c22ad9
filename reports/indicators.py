"""What is counted: one declaration per indicator; roll-up, dashboard, drill-down, report and export loop over it."""

from dataclasses import dataclass, replace
from enum import Enum

from django.db.models import Model, Q, QuerySet

from activities.models import Activity, MediaReport, Output
from cases.models import Case, Outcome, Submission
from cases.workflow import DONE
from liaison.models import Base, Party, Seat
from reception.models import ReceptionDay
from reports.heads import EVERY_ROW, Days, Heads, Occurring, Standing
from reports.sources import SOURCE
from studios.models import Posting, Studio

# The column of outcomes and funds: the only one counted that has decimals.
AMOUNT = "amount"


class Kind(Enum):
    FLOW = "flow"  # happens on a day; a period adds up
    STOCK = "stock"  # stands from one day until another; a period shows its last day
    DISTINCT = "distinct"  # heads, never added across months or places

    @property
    def words(self) -> str:
        return {"flow": "时段累计", "stock": "时点存量", "distinct": "去重计数"}[self.value]


@dataclass(frozen=True)
class Flow:
    """Rows of a source that add `sign` × `value` (a column; None: one each) on the day in column `date`."""

    source: str
    date: str
    value: str | None = None
    where: Q = EVERY_ROW
    sign: int = 1

    def rows(self) -> QuerySet:
        return SOURCE[self.source].rows().filter(self.where)

    @property
    def is_whole(self) -> bool:
        """Whether it adds whole numbers."""
        return self.value != AMOUNT


@dataclass(frozen=True)
class Indicator:
    """One figure: code, Chinese name, unit, what it counts, and its definition (口径) in plain words."""

    code: str
    name: str
    unit: str
    definition: str
    kind: Kind = Kind.FLOW
    flows: tuple[Flow, ...] = ()
    heads: Heads | None = None
    group: str = ""
    since: str = "0.1.0"  # the version whose definition this is

    def __str__(self):
        return self.name

    @property
    def stands(self) -> bool:
        """Whether it is of a period's last day."""
        return self.kind is Kind.STOCK or isinstance(self.heads, Standing)

    @property
    def is_whole(self) -> bool:
        """Whether it adds up whole numbers alone."""
        return all(flow.is_whole for flow in self.flows)

    @property
    def models(self) -> list[type[Model]]:
        """The tables whose records it counts, each once."""
        if self.heads:
            # Of the table that joins two, the one that declares it.
            return [self.heads.model._meta.auto_created or self.heads.model]
        return list(dict.fromkeys(SOURCE[flow.source].model for flow in self.flows))


def happening(code: str, name: str, unit: str, definition: str, *flows: Flow) -> Indicator:
    return Indicator(code, name, unit, definition, Kind.FLOW, flows)


def standing(code: str, name: str, unit: str, definition: str, *flows: Flow) -> Indicator:
    return Indicator(code, name, unit, definition, Kind.STOCK, flows)


def heads(code: str, name: str, unit: str, definition: str, counted: Heads) -> Indicator:
    return Indicator(code, name, unit, definition, Kind.DISTINCT, heads=counted)


def group(name: str, *indicators: Indicator) -> tuple[Indicator, ...]:
    """Indicators that stand together wherever all are listed."""
    return tuple(replace(indicator, group=name) for indicator in indicators)


def activities(code: str, name: str, unit: str, kind: str, definition: str, value: str | None = None) -> Indicator:
    return happening(code, name, unit, definition, Flow("activity", "held_on", value, Q(kind=kind)))


def outcomes(code: str, name: str, unit: str, kind: str, definition: str, value: str = AMOUNT) -> Indicator:
    return happening(code, name, unit, definition, Flow("outcome", "happened_on", value, Q(kind=kind)))


def registered(code: str, name: str, where: Q, definition: str) -> Indicator:
    return happening(code, name, "件", definition, Flow("case_registered", "registered_on", None, where))


VISITS = Flow("visit", "visited_on", "headcount")
PUBLIC = Flow("activity", "held_on", "public_count")
IN_STUDIO = Q(studio__isnull=False)
CONTENT = (Case.Satisfaction.SATISFIED, Case.Satisfaction.BASICALLY)


SEATED = Standing(Seat, "member", "seat")
IN_PARTY = replace(
    SEATED,
    days=(Days(), Days().of("member__party_memberships")),
    where=Q(member__party_memberships__party=Party.CPC),
)
# Where members who hold a seat anywhere live or work: the four levels together (四级委员).
BASED = Standing(
    Base, "member", "base", (Days(), Days().of("member__seats")), Q(member__seats__isnull=False), "division__path"
)
POSTED = Standing(
    Posting, "member", "posting", (Days(), Days("studio__opened_on", "studio__closed_on", "[)")),
    path="studio__organisation__path",
)  # fmt: skip


def of_role(role: Posting.Role) -> Standing:
    return replace(POSTED, where=Q(role=role))


def service_days() -> QuerySet:
    return Activity.objects.counted().filter(IN_STUDIO, kind=Activity.Kind.PUBLIC_SERVICE)


def praises() -> QuerySet:
    """Who was praised in media of the city's level, one row for each report and member."""
    reports = MediaReport.objects.counted().filter(level=MediaReport.Level.CITY)
    return MediaReport.praised.through.objects.filter(mediareport__in=reports)


A, S = Activity.Kind, Submission.Kind

INDICATORS = (
    *group(
        "联系群众",
        happening(
            "people_served", "联系服务群众", "人次", "来访人数与已开展活动的群众人次之和，不去重。", VISITS, PUBLIC
        ),
        happening(
            "people_served_studio", "工作室联系服务群众", "人次", "同“联系服务群众”，只计在工作室发生的。",
            replace(VISITS, where=IN_STUDIO), replace(PUBLIC, where=IN_STUDIO),
        ),
        happening(
            "reception_days", "接待日活动", "次", "已开展的接待群众的接待日，按日期计。",
            Flow("reception_day", "held_on", None, Q(state=ReceptionDay.State.HELD)),
        ),
        happening(
            "reception_days_due", "应开展接待日", "次",
            "已开展的和到期未开展的接待群众的接待日，自工作室挂牌当月起计；说明原因取消的不计。", Flow("reception_day", "held_on"),
        ),
        happening(
            "reception_days_missed", "未开展接待日", "次", "应开展接待日中到期没有开展的。",
            Flow("reception_day", "held_on", None, ReceptionDay.MISSED),
        ),
        happening(
            "reception_people", "接待群众", "人次", "接待群众的接待日上的来访人数之和。",
            replace(VISITS, where=Q(reception_day__kind=ReceptionDay.Kind.PUBLIC)),
        ),
        happening("visits", "来访", "批", "来访登记的批数，一行一批。", Flow("visit", "visited_on")),
        heads(
            "reception_studios", "开展接待日的工作室", "个", "时段内开展过接待日的工作室。",
            Occurring(ReceptionDay.objects.counted, "reception_day", "studio", "held_on"),
        ),
        activities("leader_visits", "领导到联系点开展工作", "次", A.LEADER_VISIT, "领导到包抓联系点开展的联系指导活动。"),
    ),
    *group(
        "帮办实事",
        happening(
            "cases_registered", "登记事项", "件", "登记的帮办事项，按登记日期计。", Flow("case_registered", "registered_on")
        ),
        happening("matters", "帮办实事", "件", "已办结或已回访的事项，按办结日期计，并案只计一次。", Flow("case", "resolved_on")),
        happening(
            "matters_studio", "工作室帮办实事", "件", "同“帮办实事”，只计在工作室受理的。",
            Flow("case", "resolved_on", None, IN_STUDIO),
        ),
        registered("cases_to_settle", "应办事项", Case.TO_SETTLE, "登记的事项，不含不予受理、转交、转提案、撤回和并案的，按登记日期计。"),
        registered("cases_settled", "应办事项中已办结", Q(state__in=DONE), "应办事项中现已办结或已回访的，按登记日期计。"),
        registered("cases_late", "应办事项中超期", Case.TO_SETTLE & Case.LATE, "应办事项中超过办理期限才办结或至今未办结的，按登记日期计。"),
        happening(
            "cases_rated", "已评价事项", "件", "已办结、群众作出评价的事项，按办结日期计。",
            Flow("case", "resolved_on", None, ~Q(satisfaction="")),
        ),
        happening(
            "cases_satisfied", "评价满意事项", "件", "已评价事项中评价为满意或基本满意的，按办结日期计。",
            Flow("case", "resolved_on", None, Q(satisfaction__in=CONTENT)),
        ),
    ),
    *group(
        "委员与阵地",
        standing(
            "studios", "委员工作室", "个", "时段最后一天挂牌且未撤销的委员工作室。",
            Flow("studio", "opened_on", None, Q(kind=Studio.Kind.STUDIO)),
            Flow("studio", "closed_on", None, Q(kind=Studio.Kind.STUDIO), -1),
        ),
        heads(
            "leads", "工作室负责人", "名", "时段最后一天领衔工作室的委员，一人只计一次。",
            of_role(Posting.Role.LEAD),
        ),
        heads(
            "team_members", "加盟委员", "名", "时段最后一天进驻工作室的成员委员，一人只计一次。",
            of_role(Posting.Role.MEMBER),
        ),
        heads("members", "政协委员", "名", "时段最后一天在任的委员，一人只计一次。", SEATED),
        heads(
            "members_based_here", "四级委员", "名", "时段最后一天驻地在本地、在任一级政协任职的委员，一人只计一次。",
            BASED,
        ),
        heads(
            "members_in_committees", "编入专委会的委员", "名", "时段最后一天在任并编入专委会的委员，一人只计一次。",
            replace(SEATED, where=Q(special_committee__isnull=False)),
        ),
        heads("party_members", "中共党员委员", "名", "时段最后一天在任委员中的中共党员。", IN_PARTY),
        heads("sectors", "界别", "个", "时段最后一天有委员的界别，按国家标准界别计。", replace(SEATED, column="sector__standard_code")),
        standing(
            "special_committees", "专委会", "个", "时段最后一天设立的专委会。",
            Flow("special_committee", "starts_on"), Flow("special_committee", "ends_on", None, Q(), -1),
        ),
        standing(
            "task_groups", "工作专班", "个", "时段最后一天在运行的专项工作专班。",
            Flow("task_group", "starts_on"), Flow("task_group", "ends_on", None, Q(), -1),
        ),
        happening("funds", "工作经费", "元", "下达的工作经费。", Flow("fund", "allocated_on", AMOUNT)),
    ),
    *group(
        "履职活动",
        activities("policy_talks", "政策宣讲", "场次", A.POLICY_TALK, "已开展的政策宣讲。"),
        activities("public_service", "公益活动", "场次", A.PUBLIC_SERVICE, "已开展的政策咨询、法律援助等公益活动。"),
        heads(
            "public_service_studios", "开展公益活动的工作室", "个", "时段内开展过公益活动的工作室。",
            Occurring(service_days, "activity", "studio", "held_on"),
        ),
        activities("consultations", "协商议事", "次", A.CONSULTATION, "已开展的协商议事。"),
        happening(
            "matters_settled", "协商落实事项", "件", "活动成果中协商落实的事项。",
            Flow("output", "happened_on", "count", Q(kind=Output.Kind.MATTER_SETTLED)),
        ),
        activities("assistance", "助力活动", "次", A.ASSISTANCE, "已开展的助力活动，计在记录它的组织。"),
        activities("listening_sessions", "倾听委员之声", "次", A.LISTENING, "已开展的“倾听委员之声”活动。"),
        happening(
            "suggestions", "意见建议", "条", "活动成果中的意见建议条数。",
            Flow("output", "happened_on", "count", Q(kind=Output.Kind.SUGGESTION)),
        ),
        activities("research_trips", "调研视察", "次", A.RESEARCH, "已开展的调研视察。"),
        activities("research_attendance", "参加调研视察", "人次", A.RESEARCH, "调研视察的参加委员人次。", "member_count"),
        activities("thematic_attendance", "参加专题协商议政会", "人次", A.THEMATIC_MEETING, "专题协商议政会的参加委员人次。", "member_count"),
        activities("monthly_attendance", "参加月协商会", "人次", A.MONTHLY_MEETING, "月协商会的参加委员人次。", "member_count"),
    ),
    *group(
        "建言成果",
        happening("proposals", "提案", "件", "提交的提案。", Flow("submission", "submitted_on", None, Q(kind=S.PROPOSAL))),
        happening("opinions", "社情民意信息", "件", "提交的社情民意信息。", Flow("submission", "submitted_on", None, Q(kind=S.OPINION))),
        happening(
            "reports_submitted", "调研报告或议案", "篇", "提交的调研报告和议案。",
            Flow("submission", "submitted_on", None, Q(kind__in=[S.REPORT, S.MOTION])),
        ),
        happening(
            "listening_reports", "综合调研报告", "篇", "“倾听”活动形成的调研报告。",
            Flow("submission", "submitted_on", None, Q(kind=S.REPORT, activity__kind=A.LISTENING)),
        ),
        happening(
            "suggestion_papers", "委员建言材料", "篇", "提交的建言材料。",
            Flow("submission", "submitted_on", None, Q(kind=S.SUGGESTION_PAPER)),
        ),
        happening("media_reports", "宣传报道", "篇", "各级媒体的宣传报道，按发表日期计。", Flow("media_report", "published_on")),
        heads(
            "members_praised", "市级媒体宣传委员", "名", "时段内市级媒体报道中受表扬的委员，一人只计一次。",
            Occurring(
                praises, "media_report", "member", "mediareport__published_on", "mediareport__organisation__path"
            ),
        ),
        happening("instructions", "领导批示", "次", "对报送材料的领导批示，一份材料可有多次。", Flow("instruction", "given_on")),
    ),
    *group(
        "帮扶成效",
        outcomes("financing", "帮助融资", "元", Outcome.Kind.FINANCING, "帮扶成效中的融资金额。"),
        outcomes("enterprises_financed", "融资企业", "户", Outcome.Kind.FINANCING, "帮助融资涉及的企业户数。", "enterprises"),
        outcomes("trained", "培训", "人次", Outcome.Kind.TRAINED, "帮扶成效中的培训人次。"),
        outcomes("exhibitors", "参展企业", "户", Outcome.Kind.EXHIBITORS, "协调参展的企业户数。"),
        outcomes("enterprises_helped", "服务企业", "户", Outcome.Kind.ENTERPRISES_HELPED, "帮扶成效中服务的企业户数。"),
        outcomes("revenue", "创收", "元", Outcome.Kind.REVENUE, "带动创收的金额。"),
        outcomes("works", "作品与产品", "个", Outcome.Kind.WORK, "帮扶成效中的作品和产品。"),
    ),
)  # fmt: skip

INDICATOR = {indicator.code: indicator for indicator in INDICATORS}
DISTINCT = tuple(indicator for indicator in INDICATORS if indicator.kind is Kind.DISTINCT)
# What adds up across months and places: each has a column among the cells (reports/models/cells.py).
SUMMED = tuple(indicator for indicator in INDICATORS if indicator.kind is not Kind.DISTINCT)


def flows_of(source: str) -> list[tuple[Indicator, Flow]]:
    """Every indicator's flows out of one source."""
    return [(i, flow) for i in INDICATORS for flow in i.flows if flow.source == source]


def heads_of(kind: type[Heads], basis: str = "") -> list[Indicator]:
    """The Distinct figures of one kind, of one basis (its source, if they occur) or of all."""
    return [i for i in DISTINCT if isinstance(i.heads, kind) and basis in ("", i.heads.basis)]
