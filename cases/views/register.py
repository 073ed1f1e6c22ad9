"""The paper register: typed in sheet by sheet (批量登记), and printed, blank or filled (来访登记表, 台账)."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.forms.register import Register
from liaison.constraints import broken_rule, is_spoken, sentence
from liaison.models import Entry
from liaison.privacy import blotted
from liaison.scoped_admin.revealing import MAY_ASK, RevealForm
from reception.models import Visit
from studios.models import Studio

from .workspace import asked_month, kept_days, page, with_neighbours, workspace

# Rows of a ledger that is printed at once; more is a matter for the workbook of the records.
MOST_PRINTED = 500
BLANK_ROWS = 12


def _kept_studios(account):
    return Studio.objects.visible_to(account).writable_by(account).order_by("pinyin", "pk")


# --- Typed in ---


@require_http_methods(["GET", "POST"])
@workspace
def fill_register(request):
    """One studio's sheet; with ?day= that of a reception day."""
    studios, day = _kept_studios(request.user), None
    if (key := request.GET.get("day", "")).isdecimal():
        day = get_object_or_404(kept_days(request.user).expected(), pk=key, held_on__lte=timezone.localdate())
    studio = day.studio if day else _chosen(studios, request.GET.get("studio", ""))
    if studio is None:
        return page(request, "register_studio", {"studios": studios[:MOST_PRINTED], "tab": "visits"})
    register = Register(studio, day, request.user)
    if request.method == "GET":
        return _sheet(request, register, register.rows(request.user))
    if "more" in request.POST:
        return _sheet(request, register, register.rows(request.user, register.with_more(request.POST)), is_asked=False)
    return _store(request, register, register.rows(request.user, request.POST))


def _chosen(studios, key: str) -> Studio | None:
    if key.isdecimal():
        return get_object_or_404(studios, pk=key)
    few = list(studios[:2])
    return few[0] if len(few) == 1 else None


def _store(request, register: Register, rows):
    if not rows.is_valid():
        return _sheet(request, register, rows)
    try:
        parties, people = rows.save(request=request, at=timezone.now())
    except ValidationError as refusal:
        return _sheet(request, register, rows, refusal=" ".join(refusal.messages))
    except IntegrityError as error:
        if not is_spoken(error) and broken_rule(error) != "reception_visit_client_key_key":
            raise
        twice = "这张登记表刚才已经提交，请打开来访列表核对。"
        return _sheet(request, register, rows, refusal=sentence(error) if is_spoken(error) else twice)
    if parties:
        messages.success(request, f"已登记 {parties} 批 {people} 人次。")
    else:
        messages.info(request, "这些来访刚才已经登记，没有重复记录。")
    return redirect("cases:show-day", register.day.pk) if register.day else redirect("cases:list-visits")


def _sheet(request, register: Register, rows, *, is_asked=True, refusal=""):
    shown = rows if is_asked else _unasked(rows)
    bad = is_asked and rows.is_bound
    context = {
        "register": register, "rows": rows, "shown": shown, "refusal": refusal, "tab": "visits", "is_bad": bad,
        "bad_rows": [n for n, row in enumerate(rows, 1) if row.errors] if bad else [],
    }  # fmt: skip
    return page(request, "register", context, status=422 if bad else 200)


def _unasked(rows):
    """Rows as they were typed, without a word about what is still missing."""
    for row in rows:
        row._errors = {}
    return rows


# --- Printed ---


@dataclass(frozen=True)
class Printed:
    """One line of the printed register; masked unless `is_whole`."""

    visit: Visit
    is_whole: bool

    @property
    def name(self) -> str:
        return self.visit.shown_name if self.is_whole else self.visit.masked_name

    @property
    def phone(self) -> str:
        return self.visit.visitor_phone if self.is_whole else self.visit.masked_phone

    @property
    def content(self) -> str:
        return self._told(self.visit.content)

    @property
    def handling(self) -> str:
        visit = self.visit
        more = (visit.referred_to, visit.get_exclusion_display() if visit.exclusion else "", visit.channel_named)
        told = "，".join(self._told(word) for word in more if word)
        return f"{visit.get_handling_display()}{f'：{told}' if told else ''}"

    @property
    def reply(self) -> str:
        return self._told(self.visit.reply)

    @property
    def results(self) -> list[str]:
        """What became of the matter: number, state, and whether the person was content."""
        return [
            f"{case.number} {case.get_state_display()}{f'，{case.get_satisfaction_display()}' if case.satisfaction else ''}"
            for case in self.visit.cases.all()
        ]

    def _told(self, text: str) -> str:
        return text if self.is_whole else blotted(text, self.visit.recognised_by)


@never_cache
@require_http_methods(["GET", "POST"])
@workspace
def print_day_register(request, pk):
    """来访登记表 of one reception day: ?blank=1 to be written on, otherwise what was logged."""
    day = get_object_or_404(kept_days(request.user), pk=pk)
    words = {"title": "来访登记表", "day": day, "place": day.place or day.studio.place, "studio": day.studio}
    if request.GET.get("blank"):
        return page(request, "ledger", words | {"blank": range(BLANK_ROWS), "tab": "home"})
    visits = Visit.objects.visible_to(request.user).counted().filter(reception_day=day)
    return _print(request, visits.order_by("pk"), words)


@never_cache
@require_http_methods(["GET", "POST"])
@workspace
def print_ledger(request):
    """台账 of a month: of one studio, or of all that the account keeps."""
    month = asked_month(request, timezone.localdate())
    studios = _kept_studios(request.user)
    key = request.GET.get("studio", "")
    studio = get_object_or_404(studios, pk=key) if key.isdecimal() else None
    visits = Visit.objects.visible_to(request.user).writable_by(request.user).counted()
    visits = visits.filter(visited_on__gte=month.start, visited_on__lt=month.end)
    visits = visits.filter(studio=studio) if studio else visits
    words = {
        "title": "来访登记台账",
        **with_neighbours(month),
        "studio": studio,
        "studios": studios[:MOST_PRINTED],
        "chosen": studio,
    }
    return _print(request, visits.order_by("visited_on", "pk"), words)


def _print(request, visits, words: dict):
    """Masked, until whoever may ask for the whole says why; the reason stays in the trail."""
    form, is_whole = RevealForm(request.POST if request.method == "POST" else None), False
    may_ask = bool(MAY_ASK & request.user.roles)
    if may_ask and form.is_valid():
        office = words["studio"].organisation if words["studio"] else request.user.organisation
        is_whole = True
        Entry.note(
            Entry.Act.REVEAL, office, request=request, fields=[words["title"]], reason=form.cleaned_data["why"],
            rows=visits.count(),
        )  # fmt: skip
    found = visits.select_related("studio", "category").prefetch_related("receivers", "cases")
    lines = [Printed(visit, is_whole) for visit in found[:MOST_PRINTED]]
    totals = visits.order_by().aggregate(parties=Count("pk"), people=Sum("headcount"))
    context = words | {
        "lines": lines, "form": form, "may_ask": may_ask, "is_whole": is_whole, "totals": totals, "tab": "visits",
        "is_capped": totals["parties"] > MOST_PRINTED,
    }  # fmt: skip
    return page(request, "ledger", context, status=422 if form.errors else 200)
