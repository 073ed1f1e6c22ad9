from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from liaison.models import Entry, Member
from liaison.models.diff import picture
from liaison.scope import may_write
from reception.models import Duty, ReceptionDay
from studios.models import Posting, Studio

USUAL_LENGTH = timedelta(hours=2)


class ClockInput(forms.TimeInput):
    """The browser's own clock; it only understands this one way of writing a time."""

    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")


class ExtraDayForm(forms.ModelForm):
    """Receive the public today although no rule says so."""

    class Meta:
        model = ReceptionDay
        fields = ["studio", "opens", "closes", "place", "theme"]
        widgets = {
            "studio": forms.RadioSelect,
            "opens": ClockInput,
            "closes": ClockInput,
            "place": forms.TextInput({"placeholder": "不填则在工作室"}),
            "theme": forms.TextInput({"placeholder": "如：青年就业专场"}),
        }

    def __init__(self, *args, account, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.account, self.now = account, timezone.localtime(now)
        studios = Studio.objects.visible_to(account).owned_by(account)
        shown = [studio for studio in studios if studio.is_open_on(self.now.date())]
        self.fields["studio"].queryset = studios
        self.fields["studio"].choices = [(studio.pk, studio.name) for studio in shown]
        self.initial |= self._usual_hours() | {"studio": shown[0].pk if shown else None}

    def _usual_hours(self) -> dict:
        """From the full hour that has begun, for two hours, but not past midnight."""
        opens = self.now.replace(minute=0, second=0, microsecond=0)
        closes = opens + USUAL_LENGTH
        last = opens.replace(hour=23, minute=59)
        return {"opens": opens.time(), "closes": min(closes, last).time()}

    def clean(self):
        super().clean()
        if studio := self.cleaned_data.get("studio"):
            try:
                studio.must_be_open_on(self.now.date())
            except ValidationError as error:
                self.add_error("studio", error)

    @transaction.atomic
    def save(self, *, request) -> ReceptionDay:
        """Store the day and sign the member in. Raises ValidationError when it is there already."""
        day = self.instance
        day.held_on, day.state = self.now.date(), ReceptionDay.State.ANNOUNCED
        # Two taps on the button queue up here, so that the second one finds the first one's day.
        Studio.objects.select_for_update(of=("self",), no_key=True).get(pk=day.studio_id)
        day.full_clean()
        day.save()
        Entry.note(Entry.Act.ADD, day, request=request)
        if self.account.scope.member:
            _sign_in(day, self.account.member, self.now, request)
        return day


class SignInForm(forms.Form):
    """A member signs in; a liaison officer signs in any colleague of the studio."""

    member = forms.ModelChoiceField(
        Member.objects.none(), required=False, error_messages={"invalid_choice": "请选择本工作室的委员。"}
    )

    def __init__(self, *args, account, day: ReceptionDay, **kwargs):
        super().__init__(*args, **kwargs)
        self.account, self.day = account, day
        self.fields["member"].queryset = self._people()

    def _people(self):
        if not may_write(self.account, self.day):
            return Member.objects.filter(pk=self.account.scope.member)
        postings = Posting.objects.visible_to(self.account).standing_on(self.day.held_on)
        postings = postings.filter(studio=self.day.studio_id)
        on_duty = self.day.duties.values("member")
        return Member.objects.filter(pk__in=postings.values("member").union(on_duty))

    def clean_member(self):
        member = self.cleaned_data["member"]
        if not member and self.account.scope.member:
            member = self.account.member
        if not member:
            raise ValidationError("请选择要签到的委员。")
        return member

    @transaction.atomic
    def save(self, *, request, at) -> Duty:
        """Raises ValidationError on a closed day, or one that is not today."""
        return _sign_in(self.day, self.cleaned_data["member"], at, request)


class JoinForm(forms.Form):
    """A member who has scanned the day's code signs in; there is nothing to fill in."""

    def __init__(self, *args, account, day: ReceptionDay, **kwargs):
        super().__init__(*args, **kwargs)
        self.account, self.day = account, day

    @transaction.atomic
    def save(self, *, request, at) -> Duty:
        """Raises ValidationError when the day was closed meanwhile."""
        return _sign_in(self.day, self.account.member, at, request)


def _sign_in(day: ReceptionDay, member: Member, at, request) -> Duty:
    planned = Duty.objects.filter(reception_day=day, member=member).first()
    before = planned and picture(planned)
    duty = Duty.sign_in(day, member, at)
    Entry.note(Entry.Act.CHANGE if planned else Entry.Act.ADD, duty, request=request, before=before)
    return duty


class HoldForm(forms.Form):
    """Close the day as held."""

    summary = forms.CharField(
        label="小结", required=False, max_length=2000,
        widget=forms.Textarea(
            {"rows": 4, "placeholder": "今天主要反映了什么、怎样答复，可以留到以后补写"}
        ),
    )  # fmt: skip

    def __init__(self, *args, day: ReceptionDay, **kwargs):
        super().__init__(*args, **kwargs)
        self.day = day

    @transaction.atomic
    def save(self, *, request):
        """Raises ValidationError when the day is not open or lies ahead."""
        before = picture(self.day)
        self.day.hold(summary=self.cleaned_data["summary"])
        Entry.note(Entry.Act.CHANGE, self.day, request=request, before=before)
