"""Periodic reports: who has reported, one report with its fixed figures, and the verbs of both offices."""

from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from liaison.models import Entry, Level, Organisation
from liaison.periods import Period, PeriodError, month_of, next_month, parse, quarter_of, year_of
from reports import checks, signing
from reports.ask import Ask
from reports.asking import above, asked_organisation, freshness, must_read_totals, rows_link
from reports.forms import AcceptForm, PeriodReportForm, ReturnForm
from reports.models import PeriodReport, grain_of
from reports.views.acting import act

MONTHS, QUARTERS, YEARS = 6, 4, 2
TONES = {
    PeriodReport.State.DRAFT: "neutral", PeriodReport.State.SUBMITTED: "info",
    PeriodReport.State.RETURNED: "warn", PeriodReport.State.ACCEPTED: "good",
}  # fmt: skip


@require_GET
def list_period_reports(request):
    """The office's own and those right below it, with who is missing; the same few queries for any number of them."""
    organisation, today = asked_organisation(request), timezone.localdate()
    context = {"organisation": organisation, "above": _places(request, above(request, organisation))}
    context["periods"] = [(one, _link(organisation, one)) for one in _periods(today)]
    try:
        period = _asked_period(request)
    except PeriodError as error:
        context["problem"] = str(error)
        return TemplateResponse(request, "reports/period_reports.html", context, status=400)
    found = signing.due(organisation, period)
    wanted = request.GET.get("state", "")
    if wanted and wanted not in PeriodReport.State:
        raise Http404
    context |= {"period": period, "due_on": found[0].due_on, "states": _states(organisation, period, found, wanted)}
    context["lines"] = [_line(request, one, today, organisation) for one in found if wanted in ("", one.state)]
    context["missing"] = [one for one in found[1:] if one.is_missing]
    context["is_over"], context["is_late"] = period.end <= today, today > found[0].due_on
    return TemplateResponse(request, "reports/period_reports.html", context)


def _asked_period(request) -> Period:
    """A whole month, quarter or year; without a word the last month that is over."""
    last_month = month_of(next_month(timezone.localdate(), -1)).code
    period = parse(request.GET.get("period") or last_month, timezone.localdate())
    if not grain_of(period):
        raise PeriodError("定期报告按整月、整季或整年填报，请从下面的时段里选择。")
    return period


def _periods(today) -> list[Period]:
    """The latest that are over."""
    months = [month_of(next_month(today, -n)) for n in range(1, MONTHS + 1)]
    quarters = [quarter_of(next_month(today, -3 * n)) for n in range(1, QUARTERS + 1)]
    return [*months, *quarters, *(year_of(today.replace(year=today.year - n, day=1)) for n in range(1, YEARS + 1))]


def _link(organisation: Organisation, period: Period, **more: str) -> str:
    query = {"org": organisation.code, "period": period.address} | more
    return f"{reverse('reports:list-period-reports')}?{urlencode(query)}"


def _places(request, offices) -> list[tuple[Organisation, str]]:
    code = request.GET.get("period", "")
    more = {"period": code} if code else {}
    address = reverse("reports:list-period-reports")
    return [(one, f"{address}?{urlencode({'org': one.code} | more)}") for one in offices]


def _states(organisation, period: Period, found: list[signing.Due], wanted: str) -> list[tuple]:
    """(words, count, address, is current) of all and of each state."""
    counts = Counter(one.state for one in found)
    chips = [("全部", len(found), _link(organisation, period), not wanted)]
    for state in PeriodReport.State:
        chips.append((state.label, counts[state], _link(organisation, period, state=state), wanted == state))
    return chips


def _line(request, one: signing.Due, today, top: Organisation) -> dict:
    report = one.report or PeriodReport(organisation=one.organisation)
    writes, decides = (may(request.user) for may in (report.is_written_by, report.is_decided_by))
    waits = one.state == PeriodReport.State.SUBMITTED
    return {
        "due": one, "tone": TONES[one.state], "is_late": one.is_late(today), "decider": report.decider.short_name,
        "may_start": one.report is None and writes,
        "act": "审核" if waits and decides else "填报" if one.is_missing and writes else "查看",
        "below": _places(request, [one.organisation])[0][1] if one.organisation.level != Level.COUNTY and one.organisation != top else "",
    }  # fmt: skip


@require_POST
def start_period_report(request):
    """Opens the draft; the one that is there already, if somebody was quicker."""
    must_read_totals(request)
    offices = Organisation.objects.visible_to(request.user)
    organisation = get_object_or_404(offices, division__code=request.POST.get("org", "")[:6])
    try:
        period = parse(request.POST.get("period", ""), timezone.localdate())
    except PeriodError as error:
        raise Http404 from error
    report = PeriodReport(organisation=organisation, grain=grain_of(period), starts_on=period.start)
    if not report.is_written_by(request.user):
        messages.error(request, f"{organisation.short_name}的报告由该单位的工作人员填报。")
        return HttpResponseRedirect(_link(organisation, period))
    there = PeriodReport.objects.for_period(report.grain, period.start).filter(organisation=organisation).first()
    if there is None:
        report.full_clean()
        report.save()
        Entry.note(Entry.Act.ADD, report, request=request)
    return redirect((there or report).url)


@require_GET
def show_period_report(request, pk):
    return _page(request, _report(request, pk))


@require_POST
def save_period_report(request, pk):
    report = _report(request, pk)
    form = PeriodReportForm(request.POST, instance=report)
    return act(request, report, form, lambda: form.save(request=request), "草稿已保存。", _again("note_form"))


@require_POST
def submit_period_report(request, pk):
    report = _report(request, pk)
    form = PeriodReportForm(request.POST, instance=report)
    done = f"已提交，由{report.decider.short_name}审核。数字已固定，以后的变化列为“调整”。"
    return act(request, report, form, lambda: form.submit(request=request), done, _again("note_form"))


@require_POST
def return_period_report(request, pk):
    report, form = _report(request, pk), ReturnForm(request.POST)
    done = f"已退回{report.organisation.short_name}。"
    return act(request, report, form, lambda: form.give_back(report, request=request), done, _again("return_form"))


@require_POST
def accept_period_report(request, pk):
    report, form = _report(request, pk), AcceptForm(request.POST)
    return act(request, report, form, lambda: form.accept(report, request=request), "已审定。", _again("accept_form"))


def _report(request, pk: int) -> PeriodReport:
    must_read_totals(request)
    if pk >= 2**63:
        raise Http404
    found = PeriodReport.objects.visible_to(request.user)
    joined = found.select_related("organisation__division", "organisation__parent", "submitted_by", "decided_by")
    return get_object_or_404(joined, pk=pk)


def _again(name: str):
    """The page as it was, with what was typed."""
    return lambda request, report, form: _page(request, _report(request, report.pk), status=422, **{name: form})


def _page(request, report: PeriodReport, status: int = 200, **forms) -> TemplateResponse:
    account, today, parts = request.user, timezone.localdate(), signing.parts(report)
    # A figure opens to the records of all below; where some are not built in, to those of the offices that are.
    ask = Ask(report.organisation, report.period)
    more = {} if signing.is_whole(report, parts) else {"report": str(report.pk)}
    context = freshness()
    groups = [
        (name, [(line, rows_link(line.indicator.code, ask, **more)) for line in lines])
        for name, lines in signing.groups(report, parts)
    ]
    writes = report.is_written_by(account) and not report.is_fixed
    context |= {
        "report": report, "tone": TONES[report.state], "groups": groups, "due_on": signing.due_on(report.period),
        "adjusted": sum(1 for _, lines in groups for line, _ in lines if line.adjustment),
        "doubted": len(checks.open_findings(report.organisation, report.period)) if not report.is_fixed else 0,
        "parts": parts, "absent": [part for part in parts if not part.is_in],
        "writes": writes, "is_over": report.period.end <= today,
        "decides": report.state == PeriodReport.State.SUBMITTED and report.is_decided_by(account),
        "back": _link(report.organisation.parent if _sees_above(account, report) else report.organisation, report.period),
        "note_form": PeriodReportForm(instance=report) if writes else None, "return_form": ReturnForm(),
        "accept_form": None,
    }  # fmt: skip
    return TemplateResponse(request, "reports/period_report.html", context | forms, status=status)


def _sees_above(account, report: PeriodReport) -> bool:
    above = report.organisation.parent
    return above is not None and any(above.path.startswith(path) for path in account.scope.paths)
