"""出勤: who was on duty and came, by member and month; on the page and as a workbook."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from liaison.models import Entry, Member
from liaison.periods import Period
from liaison.workbooks import XLSX, Sheet, workbook
from reception.models import Duty

from .workspace import asked_month, kept_days, page, reached_studios, with_neighbours, workspace

# Duties of one month; an office with more chooses a studio.
MOST = 3000


@dataclass(frozen=True)
class Line:
    """One member's month: duties by date, `due` of them to be done and `present` done."""

    member: Member
    duties: list[Duty]

    @property
    def due(self) -> int:
        return len(self.duties)

    @property
    def present(self) -> int:
        return sum(1 for duty in self.duties if duty.signed_in_at)

    @property
    def absent(self) -> int:
        return self.due - self.present

    @property
    def rate(self) -> str:
        return f"{self.present / self.due:.0%}"


@require_GET
@workspace
def show_attendance(request):
    """Of the studios that the account keeps, and one's own; four queries."""
    month, studio = asked_month(request, timezone.localdate()), _asked_studio(request)
    lines = _lines(request, month, studio)
    context = {
        **with_neighbours(month), "lines": lines, "chosen": studio, "studios": reached_studios(request.user), "tab": "calendar",
        "due": sum(line.due for line in lines), "present": sum(line.present for line in lines),
    }  # fmt: skip
    return page(request, "attendance", context)


@require_GET
@workspace
def export_attendance(request):
    month, studio = asked_month(request, timezone.localdate()), _asked_studio(request)
    lines = _lines(request, month, studio)
    whole = Sheet("出勤汇总", ["委员", "应到（次）", "实到（次）", "缺席（次）", "出勤率"], (
        (str(line.member), line.due, line.present, line.absent, line.rate) for line in lines
    ))  # fmt: skip
    single = Sheet(
        "逐次", ["委员", "日期", "工作室", "签到时间"], (_row(duty) for line in lines for duty in line.duties)
    )
    Entry.note(
        Entry.Act.EXPORT, request.user.organisation, request=request, report=f"{month.label}委员出勤", rows=len(lines)
    )
    response = HttpResponse(workbook(whole, single), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="attendance-{month.code}.xlsx"'
    return response


def _row(duty: Duty) -> tuple:
    at = timezone.localtime(duty.signed_in_at).replace(tzinfo=None) if duty.signed_in_at else "缺席"
    return str(duty.member), duty.reception_day.held_on, str(duty.reception_day.studio), at


def _asked_studio(request):
    key = request.GET.get("studio", "")
    return reached_studios(request.user).filter(pk=key).first() if key.isdecimal() else None


def _lines(request, month: Period, studio) -> list[Line]:
    theirs = Q(reception_day__in=kept_days(request.user)) | Q(member=request.user.scope.member, member__isnull=False)
    duties = Duty.objects.visible_to(request.user).due(timezone.localdate()).filter(theirs)
    duties = duties.filter(reception_day__held_on__gte=month.start, reception_day__held_on__lt=month.end)
    duties = duties.filter(reception_day__studio=studio) if studio else duties
    by_member = defaultdict(list)
    found = duties.select_related("member", "reception_day__studio").order_by("reception_day__held_on", "pk")
    for duty in found[:MOST]:
        by_member[duty.member].append(duty)
    return [Line(member, by_member[member]) for member in sorted(by_member, key=lambda one: (one.pinyin, one.pk))]
