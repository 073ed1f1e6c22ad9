"""What is arranged beforehand: announcing and cancelling a day, who is on duty, who takes whose place."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

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
        label="取消原因", max_length=200, widget=forms.Textarea({"rows": 3, "placeholder": "群众会看到，如：道路施工"}),
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


class SwapForm(forms.ModelForm):
    """Ask a colleague to take over a duty, or offer it to the team."""

    class Meta:
        model = DutySwap
        fields = ["taker", "note"]
        widgets = {"taker": forms.RadioSelect, "note": forms.TextInput({"placeholder": "如：当天外出调研"})}
        labels = {"taker": "请谁接替", "note": "说明"}
        help_texts = {"taker": ""}

    def __init__(self, *args, duty: Duty, **kwargs):
        super().__init__(*args, **kwargs)
        self.duty = duty
        day = duty.reception_day
        self.fields["taker"].queryset = day.team().exclude(pk__in=day.duties.values("member"))
        self.fields["taker"].empty_label = "任何一位都可以"

    def _post_clean(self):
        """The rules are asked by `DutySwap.ask`, which also knows the day and who asks."""

    @transaction.atomic
    def save(self, *, request, at):
        """Raises ValidationError when the duty is over, asked about already, or the colleague is not free."""
        swap = self.instance
        swap.taker, swap.note = self.cleaned_data["taker"], self.cleaned_data["note"]
        swap.ask(self.duty, by=request.user, at=at)
        Entry.note(Entry.Act.ADD, swap, request=request)


class FeedForm(forms.ModelForm):
    """A new address for a calendar program."""

    class Meta:
        model = Feed
        fields = ["name"]
        widgets = {"name": forms.TextInput({"placeholder": "如：手机日历", "autocomplete": "off"})}
        error_messages = {"name": {"required": "请写明用在哪里，停用时好辨认。"}}
