"""What is arranged beforehand: announcing and cancelling a day, who is on duty, who takes whose place."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from liaison.models import Entry, Member
from liaison.models.diff import picture
from reception.models import Duty, DutySwap, Feed, ReceptionDay


class DayForm(forms.Form):
    """An act on one reception day, noted with what it changed."""

    def __init__(self, *args, day: ReceptionDay, **kwargs):
        super().__init__(*args, **kwargs)
        self.day = day

    def act(self, at):
        raise NotImplementedError

    @transaction.atomic
    def save(self, *, request, at):
        """Raises ValidationError when the day is no longer what it was when the page was opened."""
        day = ReceptionDay.objects.select_for_update(of=("self",)).select_related("studio").get(pk=self.day.pk)
        before, self.day = picture(day), day
        self.act(at)
        Entry.note(Entry.Act.CHANGE, day, request=request, before=before)


class AnnounceDayForm(DayForm):
    def act(self, at):
        self.day.announce()


class CancelDayForm(DayForm):
    why = forms.CharField(
        label="取消原因", max_length=200, widget=forms.Textarea({"rows": 3, "placeholder": "会告诉值班委员，不对外公布，如：道路施工"}),
        error_messages={"required": "请写明取消原因。"},
    )  # fmt: skip

    def act(self, at):
        self.day.cancel(why=self.cleaned_data["why"])


class DutiesForm(forms.Form):
    """Who is on duty, as the office decides without asking."""

    members = forms.ModelMultipleChoiceField(
        Member.objects.none(), label="值班委员", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, day: ReceptionDay, **kwargs):
        super().__init__(*args, **kwargs)
        self.day, self.named = day, set(day.duties.values_list("member", flat=True))
        people = day.team() | Member.objects.filter(pk__in=self.named)
        self.fields["members"].queryset = people
        self.initial.setdefault("members", list(self.named))

    def clean_members(self):
        chosen = self.cleaned_data["members"]
        for member in chosen:
            if member.pk not in self.named:
                self.day.must_find_free(member)
        return chosen

    @transaction.atomic
    def save(self, *, request, at):
        """Raises ValidationError on a closed day, or when somebody who signed in would be left out."""
        day = ReceptionDay.objects.select_for_update(of=("self",)).select_related("studio").get(pk=self.day.pk)
        if not day.is_open:
            raise ValidationError("接待日已经结束或取消，不能再改值班名单。")
        added, removed = day.name_members(self.cleaned_data["members"])
        for act, duties in ((Entry.Act.ADD, added), (Entry.Act.DELETE, removed)):
            for duty in duties:
                Entry.note(act, duty, request=request)
        day.tell_duties(added, removed, at)


class ReturnField(forms.ModelChoiceField):
    """A colleague's duty, said with its day."""

    def label_from_instance(self, duty: Duty) -> str:
        day = duty.reception_day
        return f"{duty.member} {day.held_on:%-m月%-d日} {day.opens:%-H:%M}"


class SwapForm(forms.ModelForm):
    """Ask a colleague to take over a duty, for one of theirs or for nothing, or offer it to the team."""

    AHEAD = timedelta(days=92)

    in_return = ReturnField(
        Duty.objects.none(), label="换回哪一次", required=False, blank=True, empty_label="不换回，只请接替",
        widget=forms.RadioSelect,
        help_text="选一次，就是对换：对方值您这天，您值对方那天。",
    )  # fmt: skip

    class Meta:
        model = DutySwap
        fields = ["taker", "in_return", "note"]
        widgets = {"taker": forms.RadioSelect, "note": forms.TextInput({"placeholder": "如：当天外出调研"})}
        labels = {"taker": "请谁接替", "note": "说明"}
        help_texts = {"taker": ""}

    def __init__(self, *args, duty: Duty, **kwargs):
        super().__init__(*args, **kwargs)
        self.duty = duty
        day = duty.reception_day
        self.fields["taker"].queryset = day.team().exclude(pk__in=day.duties.values("member"))
        self.fields["taker"].empty_label = "任何一位都可以"
        if offered := self._offered(day):
            self.fields["in_return"].queryset = offered
        else:
            del self.fields["in_return"]

    def _offered(self, day: ReceptionDay):
        """Coming duties of the colleagues in this studio, on days on which the member has none; one query."""
        today = timezone.localdate()
        days = ReceptionDay.objects.expected().filter(
            studio=day.studio_id, held_on__gt=today, held_on__lte=today + self.AHEAD
        )
        own = self.duty.member.duties.values("reception_day")
        duties = Duty.objects.filter(reception_day__in=days.exclude(pk__in=own), signed_in_at=None)
        colleagues = duties.filter(member__in=self.fields["taker"].queryset)
        return colleagues.select_related("reception_day", "member").order_by("reception_day__held_on", "member__pinyin")

    def clean(self):
        cleaned = super().clean()
        returned, taker = cleaned.get("in_return"), cleaned.get("taker")
        if returned and taker and returned.member != taker:
            self.add_error("in_return", f"这是{returned.member}的值班，请在上面也选{returned.member}，或换一次。")
        elif returned:
            cleaned["taker"] = returned.member
        return cleaned

    def _post_clean(self):
        """The rules are asked by `DutySwap.ask`, which also knows the day and who asks."""

    @transaction.atomic
    def save(self, *, request, at):
        """Raises ValidationError when the duty is over, asked about already, or the colleague is not free."""
        swap = self.instance
        swap.taker, swap.note = self.cleaned_data["taker"], self.cleaned_data["note"]
        returned = self.cleaned_data.get("in_return")
        swap.return_day = returned and returned.reception_day
        swap.ask(self.duty, by=request.user, at=at)
        Entry.note(Entry.Act.ADD, swap, request=request)


class FeedForm(forms.ModelForm):
    """A new address for a calendar program."""

    class Meta:
        model = Feed
        fields = ["name"]
        widgets = {"name": forms.TextInput({"placeholder": "如：手机日历", "autocomplete": "off"})}
        error_messages = {"name": {"required": "请写明用在哪里，停用时好辨认。"}}
