"""Which members somebody who scanned a studio's code may turn to, and in what order they are suggested.

The order is plain and told on the page: the sector that was asked for, who knows the topic, who has settled matters of it;
then whoever is nearer.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Coalesce

from cases.models import Case
from liaison.models import Category, Member, Seat
from liaison.models.people import sector_among
from studios.models import Posting, Studio

MOST_ELSEWHERE = 6
# Of those who are asked about: an office may have hundreds.
MOST_LOOKED_AT = 200


@dataclass(frozen=True)
class Candidate:
    """A member as suggested; reasons: in words, why."""

    member: Member
    studio: Studio
    sector: str
    settled: int = 0
    reasons: list[str] = field(default_factory=list)


def open_postings(studio: Studio, today: date):
    """Members who may be chosen from this studio's page: of all open studios of its office."""
    studios = Studio.objects.filter(organisation=studio.organisation).open_on(today)
    return Posting.objects.standing_on(today).filter(studio__in=studios, member__isnull=False)


def candidates(
    studio: Studio, today: date, *, category: Category | None = None, sector: str = ""
) -> tuple[list[Candidate], list[Candidate]]:
    """The studio's own members, and the best few of the office's other studios; five queries."""
    seats = Prefetch("member__seats", Seat.objects.standing_on(today).select_related("sector"), to_attr="seats_now")
    postings = open_postings(studio, today).select_related("member", "studio__division").prefetch_related(seats)
    near = Q(studio__division=studio.division)
    if sector:
        near |= Q(member__seats__sector__name=sector)
    if category:
        near |= Q(member__expertise__contains=[category.name])
    own = list(postings.filter(studio=studio))
    others = postings.exclude(member__in=[p.member_id for p in own]).filter(near, ~Q(studio=studio))
    others = {p.member_id: p for p in others.distinct()[:MOST_LOOKED_AT]}.values()
    settled = _settled([p.member_id for p in (*own, *others)], category)
    found = [_ranked(group, studio, category, sector, settled) for group in (own, others)]
    return found[0], found[1][:MOST_ELSEWHERE]


def _settled(members: list[int], category: Category | None) -> dict[int, int]:
    """How many matters of the topic each has settled; no query without a topic."""
    if category is None:
        return {}
    topic = Coalesce("category__parent", "category")
    cases = Case.objects.counted().alias(topic=topic).filter(topic=category.pk, member__in=members)
    return dict(cases.order_by().values_list("member").annotate(Count("pk")))


def _ranked(postings, studio: Studio, category: Category | None, sector: str, settled: dict) -> list[Candidate]:
    found = [_candidate(posting, studio, category, sector, settled) for posting in postings]
    return sorted(found, key=lambda one: (-len(one.reasons), -one.settled, one.member.pinyin, one.member.pk))


def _candidate(posting: Posting, studio: Studio, category: Category | None, sector: str, settled: dict) -> Candidate:
    member, reasons = posting.member, []
    stands_for = sector_among(member.seats_now, studio.organisation)
    name = stands_for.name if stands_for else ""
    if sector and name == sector:
        reasons.append(sector)
    if category and any(word in category.name or category.name in word for word in member.expertise):
        reasons.append(f"熟悉{category.name}")
    if n := settled.get(member.pk, 0):
        reasons.append(f"办结过{category.name}事项 {n} 件")
    return Candidate(member, posting.studio, name, n, reasons)
