"""Pages for everybody, without an account: what a studio tells whoever scans its code. Nothing is stored about who asks."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from liaison import reach
from liaison.models import Seat
from liaison.models.people import sector_among
from studios.models import Posting, ReceptionRule, Studio

DAYS_SHOWN = 3


@dataclass(frozen=True)
class Person:
    """Of the studio's team, as the public may know them; `employer` of outside experts alone."""

    name: str
    role: str
    sector: str
    employer: str
    expertise: list[str]


def studio_of(code: str) -> Studio:
    """The studio behind a code, however it was typed; 404 for none."""
    with reach.everything():
        return get_object_or_404(Studio.objects.select_related("organisation", "division"), code=code.upper())


@login_not_required
@require_safe
@cache_control(public=True, max_age=60)
def show_studio(request, code):
    """Some nine queries, whatever the size of the team; closed studios say so."""
    if code != code.upper():
        return redirect("public:show-studio", code.upper())
    studio = studio_of(code)
    today = timezone.localdate()
    with reach.of_office(studio.organisation_id):
        days = studio.reception_days.announced(today)
        context = {
            "studio": studio, "today": today, "is_open": studio.is_open_on(today), "days": days[:DAYS_SHOWN],
            "rules": ReceptionRule.objects.standing_on(today).filter(studio=studio), "people": people(studio, today),
            "called_off": studio.reception_days.called_off(today)[:DAYS_SHOWN],
            "is_large": request.GET.get("text") == "large",
        }  # fmt: skip
        return render(request, "cases/studio.html", context)


def people(studio: Studio, today) -> list[Person]:
    """The lead first, experts last; three queries."""
    seats = Prefetch("member__seats", Seat.objects.standing_on(today).select_related("sector"), to_attr="seats_now")
    postings = studio.postings.standing_on(today).select_related("member").prefetch_related(seats)
    order = [Posting.Role.LEAD, Posting.Role.MEMBER, Posting.Role.EXPERT]
    return [_person(p, studio) for p in sorted(postings, key=lambda p: (order.index(p.role), p.pk))]


def _person(posting: Posting, studio: Studio) -> Person:
    if not (member := posting.member):
        return Person(posting.expert_name, posting.get_role_display(), "", posting.expert_employer, [])
    sector = sector_among(member.seats_now, studio.organisation)
    return Person(member.name, posting.get_role_display(), sector.name if sector else "", "", member.expertise)
