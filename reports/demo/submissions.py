"""Proposals, opinions, reports and papers, and what help brought in money, people and works."""

from datetime import date, timedelta
from decimal import Decimal

from activities.models import Activity
from cases.models import Case, Outcome, Submission
from cases.workflow import State
from liaison.periods import between
from reports.demo import submission_texts as texts
from reports.demo.chance import Deck
from reports.demo.figures import figure
from reports.demo.plan import LANZHOU, LINZE, SIZES, YONGDENG, ZHENYUAN
from reports.demo.studio_plan import MOTHERS, ZHIHAO
from reports.demo.world import Place, World, link, noon, store

KIND, OUTCOME = Submission.Kind, Outcome.Kind
HANDLING = (Submission.Handling.FILED,) * 7 + (Submission.Handling.TO_OPINION, Submission.Handling.NOT_FILED)
RESULTS = (Case.ResultClass.A,) * 6 + (Case.ResultClass.B,) * 3 + (Case.ResultClass.C, Case.ResultClass.D)


def make(world: World):
    rows = [*_of_listening(world), *_of_school_studio(world), *_general(world)]
    store(rows)
    _from_cases(world, rows)
    outcomes = [*_zhihao(world), *_linze(world), *_elsewhere(world)]
    store(outcomes)
    world.say(f"提案、社情民意和报告 {len(rows)} 件，帮扶成效 {len(outcomes)} 项")


def place_of(world: World, code: str, word: str) -> Place:
    """The studio of a brand or an industry."""
    return next(p for p in world.places[code] if word in (p.studio.brand, p.studio.industry))


def _of_listening(world: World) -> list[Submission]:
    """两次“倾听”活动形成两篇综合调研报告、43篇委员建言材料."""
    chance, organisation = world.chance("listening papers"), world.organisations[LANZHOU]
    sessions = list(
        Activity.objects.filter(organisation=organisation, kind=Activity.Kind.LISTENING).order_by("held_on")
    )
    rows = [
        Submission(
            organisation=organisation, kind=KIND.REPORT, title=f"关于{topic}的综合调研报告", activity=session,
            submitted_on=session.held_on, submitted_to="中共兰州市委",
        )
        for session, topic in zip(sessions, texts.LISTENING, strict=True)
    ]  # fmt: skip
    authors = Deck(chance, world.seats[LANZHOU])
    for n in range(figure(LANZHOU, "suggestion_papers")):
        session, seat = sessions[n % len(sessions)], authors.draw()
        title = texts.LISTENING_PAPERS[n % len(sessions)][n // len(sessions)]
        rows.append(
            Submission(
                organisation=organisation, kind=KIND.SUGGESTION_PAPER, title=title, activity=session,
                first_author=seat.member, sector=seat.sector, submitted_on=session.held_on, submitted_to="中共兰州市委",
            )
        )  # fmt: skip
    return rows


def _of_school_studio(world: World) -> list[Submission]:
    """成立不到一年，已提交6件提案、14件社情民意信息."""
    chance, place = world.chance("school papers"), place_of(world, LINZE, "学校教育")
    first = max(world.days.periods["y1"].start, place.studio.opened_on + timedelta(days=10))
    rows = []
    for kind, titles, number in (
        (KIND.PROPOSAL, texts.SCHOOL_PROPOSALS, figure(LINZE, "proposals")),
        (KIND.OPINION, texts.SCHOOL_OPINIONS, figure(LINZE, "opinions")),
    ):
        period = between(first, world.days.yesterday)
        for title, day in zip(titles[:number], chance.days(period, number), strict=True):
            rows.append(_submission(world, chance, LINZE, kind, title, day, place.lead, place))
    return rows


def _submission(
    world, chance, code: str, kind: str, title: str, day: date, author, place: Place | None = None
) -> Submission:
    row = Submission(
        organisation=world.organisations[code], kind=kind, title=title, first_author=author, submitted_on=day,
        sector=world.sector_of(author, code), studio=place.studio if place else None, text=texts.BODY.format(title=title),
    )  # fmt: skip
    if kind == KIND.PROPOSAL:
        row.handling, row.submitted_to = chance.choice(HANDLING), f"{row.organisation.short_name}提案委员会"
        row.lead_department = chance.choice(list(world.departments[code].values()))
        row.reply_due_on = day + timedelta(days=91)
        if row.reply_due_on <= world.days.yesterday and row.handling == Submission.Handling.FILED:
            row.result_class, row.author_opinion = chance.choice(RESULTS), Case.Satisfaction.SATISFIED
    elif chance.happens(0.25):
        row.adopted = chance.choice((Submission.Adopted.COUNTY, Submission.Adopted.CITY, Submission.Adopted.PROVINCE))
    return row


def _general(world: World) -> list[Submission]:
    """Proposals and opinions of every organisation; those of Linze's other studios among them."""
    chance, rows = world.chance("papers"), []
    for code in SIZES:
        authors = Deck(chance, world.members(code))
        name = world.divisions[code].name
        topics = Deck(chance, texts.TOPICS)
        for kind, number in ((KIND.PROPOSAL, SIZES[code].seats // 8), (KIND.OPINION, SIZES[code].seats // 7)):
            for day in chance.days(world.days.history, number):
                title = f"关于{topics.draw().format(c=name)}的建议"
                rows.append(_submission(world, chance, code, kind, title, day, authors.draw()))
    twice = rows[40]
    twice.voided_at, twice.void_reason = noon(twice.submitted_on), "重复登记"
    return rows


def _from_cases(world: World, rows: list[Submission]):
    """Converted cases are the source of an opinion that followed them."""
    opinions = {}
    for row in rows:
        if row.kind == KIND.OPINION and not row.voided_at:
            opinions.setdefault(row.organisation_id, []).append(row)
    pairs = []
    for case in Case.objects.filter(state=State.CONVERTED):
        later = [row for row in opinions.get(case.organisation_id, ()) if row.submitted_on >= case.registered_on]
        if later:
            pairs.append((min(later, key=lambda row: row.submitted_on).pk, case.pk))
    link(Submission.source_cases, pairs)


def _outcome(place: Place, kind: str, amount, day: date, note: str, **more) -> Outcome:
    return Outcome(
        organisation=place.studio.organisation,
        studio=place.studio,
        kind=kind,
        amount=amount,
        happened_on=day,
        note=note,
        **more,
    )


def _zhihao(world: World) -> list[Outcome]:
    """帮助10户企业融资1.05亿元，培训员工600多人次，协调5户企业参展."""
    chance, place = world.chance("致好协商"), place_of(world, YONGDENG, ZHIHAO.brand)
    ytd = world.days.periods["ytd"]
    period = between(place.studio.opened_on + timedelta(days=7), ytd.last)
    firms, million = figure(LANZHOU, "enterprises_financed"), 100_000
    loans = chance.shares(figure(LANZHOU, "financing") // million, firms, low=20, high=300)
    rows = [
        _outcome(place, OUTCOME.FINANCING, Decimal(loan * million), day, "园区企业银企对接贷款", enterprises=1)
        for loan, day in zip(loans, chance.days(period, firms), strict=True)
    ]
    trainings = chance.shares(figure(LANZHOU, "trained"), 9, low=35, high=120)
    rows += [
        _outcome(place, OUTCOME.TRAINED, number, day, "园区企业员工技能培训")
        for number, day in zip(trainings, chance.days(period, 9), strict=True)
    ]
    fair = chance.day(period.start, ytd.last)
    firms = figure(LANZHOU, "exhibitors")
    rows.append(_outcome(place, OUTCOME.EXHIBITORS, firms, fair, "预制牛肉拉面企业参加中国国际消费品博览会"))
    return rows


def _linze(world: World) -> list[Outcome]:
    chance, days = world.chance("临泽"), world.days
    rows = []
    for industry, kind, indicator, parts, notes in (
        ("企业服务", OUTCOME.ENTERPRISES_HELPED, "enterprises_helped", 11, texts.HELPED),
        ("餐饮服务", OUTCOME.WORK, "works", 10, texts.DISHES),
    ):
        place = place_of(world, LINZE, industry)
        numbers = chance.shares(figure(LINZE, indicator), parts)
        on = chance.days(between(place.studio.opened_on, days.yesterday), parts)
        rows += [
            _outcome(place, kind, n, d, notes[i % len(notes)]) for i, (n, d) in enumerate(zip(numbers, on, strict=True))
        ]
    farm, ytd = place_of(world, LINZE, "特色种植"), days.periods["ytd"]
    earned = chance.shares(figure(LINZE, "revenue") // 10_000, 3, low=20)
    for share, day in zip(earned, chance.days(ytd, 3), strict=True):
        rows.append(_outcome(farm, OUTCOME.REVENUE, Decimal(share * 10_000), day, "带领村集体公司创收"))
    return rows


def _elsewhere(world: World) -> list[Outcome]:
    """刺绣技能培训 of 高原妈妈, and small things all over: wishes fulfilled, jobs found, gifts. None that a figure counts."""
    chance, rows = world.chance("outcomes"), []
    mothers = place_of(world, ZHENYUAN, MOTHERS.brand)
    period = between(mothers.studio.opened_on, world.days.yesterday)
    for day in chance.days(period, 8):
        rows.append(_outcome(mothers, OUTCOME.TRAINED, chance.randint(20, 60), day, "刺绣技能培训"))
        rows.append(_outcome(mothers, OUTCOME.JOBS, chance.randint(3, 15), day, "带动失业妇女就业"))
    for code, place in world.places_in("62"):
        kind, low, high, note = chance.choice(texts.OUTCOMES)
        for day in chance.days(between(place.studio.opened_on, world.days.yesterday), chance.choice((0, 0, 1, 2))):
            if code != LINZE and place.studio.brand != ZHIHAO.brand:
                rows.append(_outcome(place, kind, Decimal(chance.randint(low, high)), day, note))
    return rows
