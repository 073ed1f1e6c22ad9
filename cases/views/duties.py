"""What is arranged before a reception day: announce, cancel, who is on duty, and swaps between members."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms import AnnounceDayForm, CancelDayForm, DutiesForm, SwapForm
from liaison.constraints import refusals_in_words, tell
from liaison.models import Entry
from liaison.models.diff import picture
from reception.models import Duty, DutySwap

from .workspace import kept_days, page, reached_days, unmended, workspace


@require_http_methods(["GET", "POST"])
@workspace
def announce_day(request, pk):
    day = get_object_or_404(kept_days(request.user), pk=pk)
    words = {
        "title": "公布接待日",
        "lede": "公布后，群众在工作室页面和日历里可以看到，值班委员会收到通知。",
        "act": "确定公布",
    }
    return _act(request, AnnounceDayForm, day, words, "已公布，值班委员会收到通知。")


@require_http_methods(["GET", "POST"])
@workspace
def cancel_day(request, pk):
    day = get_object_or_404(kept_days(request.user), pk=pk)
    words = {"title": "取消接待日", "lede": "取消后不能恢复，值班委员会收到通知，原因留在记录里。", "act": "确定取消"}
    return _act(request, CancelDayForm, day, words, "已取消，值班委员会收到通知。")


@require_http_methods(["GET", "POST"])
@workspace
def change_duties(request, pk):
    day = get_object_or_404(kept_days(request.user), pk=pk)
    words = {"title": "调整值班", "lede": "可选本工作室当天在驻的委员；有变动的委员会收到通知。", "act": "保存"}
    return _act(request, DutiesForm, day, words, "值班名单已保存。")


@require_http_methods(["GET", "POST"])
@workspace
def ask_swap(request, pk):
    """For the member's own duty alone."""
    day = get_object_or_404(reached_days(request.user), pk=pk)
    duties = Duty.objects.filter(reception_day=day, member=request.user.scope.member)
    duty = get_object_or_404(duties.select_related("reception_day__studio", "member"))
    words = {"title": "换班", "lede": "对方接受后值班名单才改；还没有人接受之前，仍由您值班。", "act": "发出"}
    return _act(request, SwapForm, duty, words, "已发出，对方答复后会通知您。", day=day)


def _act(request, form_class, record, words: dict, done: str, *, day=None):
    """One page that asks, and the act itself; what is refused comes back as a sentence of the form."""
    day = day or record
    subject = {"duty" if form_class is SwapForm else "day": record}
    form = form_class(request.POST if request.method == "POST" else None, **subject)
    if form.is_valid():
        try:
            with refusals_in_words():
                form.save(request=request, at=timezone.now())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, done)
            return redirect("cases:show-day", day.pk)
    context = {"form": form, "day": day, "tab": "home"} | words
    return unmended(request, "day_act", context) if form.errors else page(request, "day_act", context)


@require_POST
@workspace
@transaction.atomic
def answer_swap(request, pk, answer):
    """accept and decline by the colleague asked, withdraw by whoever asked."""
    swaps = DutySwap.objects.visible_to(request.user)
    named = swaps.select_related("reception_day__studio", "return_day__studio", "giver", "taker")
    swap = get_object_or_404(named, pk=pk)
    act, sentence = _answer(request, swap, answer)
    before = picture(swap)
    try:
        with refusals_in_words():
            act()
            Entry.note(Entry.Act.CHANGE, swap, request=request, before=before)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, sentence)
    return redirect("cases:show-home")


def _answer(request, swap: DutySwap, answer: str):
    """The act and what is said of it; 404 for whoever has no say in it."""
    account, member, now = request.user, request.user.scope.member, timezone.now()
    asked = DutySwap.objects.answerable_by(member, timezone.localdate()).filter(pk=swap.pk) if member else None
    if answer == "withdraw" and member == swap.giver_id:
        return lambda: swap.withdraw(at=now), "已撤回，仍由您值班。"
    if answer == "accept" and asked and asked.exists():
        return lambda: _accept(request, swap, now), f"您将在{swap.reception_day}值班{_instead_of(swap)}。"
    if answer == "decline" and asked and asked.exists():
        return lambda: swap.decline(by=account, at=now), "已谢绝。"
    raise Http404


def _instead_of(swap: DutySwap) -> str:
    return f"，{swap.return_day}改由{swap.giver}值班" if swap.return_day_id else ""


def _accept(request, swap: DutySwap, now):
    before = {duty.pk: picture(duty) for duty in swap.duties()}
    for duty in swap.accept(request.user.member, by=request.user, at=now):
        Entry.note(Entry.Act.CHANGE, duty, request=request, before=before[duty.pk])
