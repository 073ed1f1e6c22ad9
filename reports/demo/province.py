"""The provincial committee: what its committee for agriculture did, as the seed tells, and a little of the others."""

from datetime import date, timedelta

from activities.models import Activity
from cases.models import Instruction, Submission
from liaison.models import Member
from liaison.periods import Period, between
from reports.demo import activity_texts as texts
from reports.demo.chance import Deck
from reports.demo.diary import Diary
from reports.demo.figures import figure
from reports.demo.organisations import AGRICULTURE, HEWAN, TUANJIE
from reports.demo.plan import JISHISHAN, PROVINCE, YUZHONG
from reports.demo.world import World, store

KIND = Activity.Kind
REPORTS = (
    ("关于发展农产品精深加工业的调研报告", Submission.Kind.REPORT), ("关于实施“甘味”品牌营销战略的调研报告", Submission.Kind.REPORT),
    ("关于中药材种质资源普查、收集与保存的调研报告", Submission.Kind.REPORT),
    ("关于全面推进陇原和美乡村建设的调研报告", Submission.Kind.REPORT),
    ("关于团结村灾后重建和示范村建设情况的报告", Submission.Kind.REPORT),
    ("关于支持高寒山地现代农业科技示范园建设的议案", Submission.Kind.MOTION),
    ("关于加强农村实用技术人才培养的议案", Submission.Kind.MOTION),
)  # fmt: skip
INSTRUCTIONS = (
    "请农业农村厅认真研究，提出落实意见。", "调研深入，建议可行，请相关部门阅研。", "请列入明年重点工作统筹推进。",
    "请发展改革委、财政厅会同研究支持措施。",
)  # fmt: skip
FOLLOW_UPS = ("已列入年度工作要点，正在落实。", "有关部门已制定实施方案。", "")


class Committee:
    """The agriculture committee's members, all of whom take their turn."""

    def __init__(self, diary: Diary):
        self.diary, self.world = diary, diary.world
        self.row = self.world.committee(PROVINCE, AGRICULTURE)
        seats = [s for s in self.world.seats[PROVINCE] if s.special_committee_id == self.row.pk]
        self.deck = Deck(diary.chance, [seat.member for seat in seats])

    def meet(self, kind: str, title: str, day: date, number: int, **more):
        members: list[Member] = self.deck.deal(number)
        self.diary.enter(PROVINCE, kind, title, day, members, special_committee=self.row, **more)


def make(world: World):
    diary = Diary(world, "province")
    committee = Committee(diary)
    ytd = world.days.periods["ytd"]
    _research(committee, ytd)
    _meetings(committee, ytd)
    _village(committee)
    _year_before(committee, ytd)
    _other_committees(diary)
    diary.store()
    _reports(committee, ytd)
    world.say(f"省政协活动 {len(diary.activities)} 场")


def _research(committee: Committee, period: Period):
    """赴积石山团结村开展调研8次, and the six topics; 82人次 in all."""
    chance, world = committee.diary.chance, committee.world
    trips = figure(PROVINCE, "research_trips")
    village = {
        "programme": world.programmes[TUANJIE], "place": "积石山县团结村", "division": world.divisions[JISHISHAN],
        "venue": Activity.Venue.VILLAGE,
    }  # fmt: skip
    plan = [(f"赴积石山团结村开展{topic}调研", village) for topic in texts.TUANJIE_TOPICS[:trips]]
    plan += [(title, {"place": "有关县区", "venue": Activity.Venue.VILLAGE}) for title in texts.RESEARCH_OF_FARMING]
    chance.shuffle(plan)
    people = chance.shares(figure(PROVINCE, "research_attendance"), len(plan), low=3, high=12)
    for (title, more), day, number in zip(plan, chance.days(period, len(plan)), people, strict=True):
        committee.meet(KIND.RESEARCH, title, day, number, public_count=chance.randint(5, 40), **more)


def _meetings(committee: Committee, period: Period):
    chance = committee.diary.chance
    for kind, indicator, name, number, high in (
        (KIND.THEMATIC_MEETING, "thematic_attendance", "“三农”工作专题协商议政会", 3, 26),
        (KIND.MONTHLY_MEETING, "monthly_attendance", "月协商会", 6, 13),
    ):
        people = chance.shares(figure(PROVINCE, indicator), number, low=high // 3, high=high)
        for day, count, topic in zip(chance.days(period, number), people, texts.RESEARCH_OF_FARMING, strict=False):
            title = f"{name}：{topic.removesuffix('调研').removesuffix('视察').strip('“”')}"
            committee.meet(kind, title, day, count, place="省政协会议室")


def _village(committee: Committee):
    """榆中县河湾村: training and culture, of a programme of its own."""
    world, chance = committee.world, committee.diary.chance
    since = world.days.periods["since_last_year"]
    place = {"place": "榆中县河湾村", "division": world.divisions[YUZHONG], "programme": world.programmes[HEWAN]}
    for (kind, title), day in zip(texts.HEWAN_EVENTS, chance.days(since, len(texts.HEWAN_EVENTS)), strict=True):
        committee.meet(kind, title, day, chance.randint(4, 9), public_count=chance.randint(40, 130), **place)


def _year_before(committee: Committee, ytd: Period):
    """The same kinds in the year before, for comparison."""
    chance = committee.diary.chance
    period = between(ytd.start - timedelta(days=365), ytd.start - timedelta(days=1))
    for kind, title, number in ((KIND.RESEARCH, "农业农村工作调研", 9), (KIND.MONTHLY_MEETING, "月协商会", 4)):
        for day in chance.days(period, number):
            committee.meet(kind, f"{day.year}年{title}", day, chance.randint(4, 9))


def _other_committees(diary: Diary):
    world, chance = diary.world, diary.chance
    for row in world.committees[PROVINCE]:
        if row.name == AGRICULTURE:
            continue
        for day in chance.days(world.days.history, 5):
            kind, what = chance.choice(
                ((KIND.RESEARCH, "调研"), (KIND.THEMATIC_MEETING, "专题协商"), (KIND.SEMINAR, "座谈会"))
            )
            members = diary.members(PROVINCE, chance.randint(5, 14))
            diary.enter(PROVINCE, kind, f"{row.name}{what}", day, members, special_committee=row)


def _reports(committee: Committee, period: Period):
    """报送调研报告或议案7篇, 领导批示11次: several instructions on one paper."""
    world, chance = committee.world, committee.diary.chance
    number, given = figure(PROVINCE, "reports_submitted"), figure(PROVINCE, "instructions")
    last = period.last - timedelta(days=10)
    papers = [
        Submission(
            organisation=world.organisations[PROVINCE], kind=kind, title=title, special_committee=committee.row,
            submitted_on=chance.day(period.start, last), submitted_to="省委、省政府", adopted=Submission.Adopted.PROVINCE,
        )
        for title, kind in REPORTS[:number]
    ]  # fmt: skip
    store(papers)
    level = Instruction.LeaderLevel.PROVINCE
    store(
        Instruction(
            submission=paper, organisation_id=paper.organisation_id, leader_level=level,
            given_on=min(paper.submitted_on + timedelta(days=chance.randint(3, 20)), period.last),
            text=chance.choice(INSTRUCTIONS), follow_up=chance.choice(FOLLOW_UPS),
        )
        for n, paper in enumerate(papers * 2) if n < given
    )  # fmt: skip
