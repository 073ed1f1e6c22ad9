from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cases import suggesting
from cases.models import Choice
from liaison.models import Entry
from liaison.models.diff import picture
from reception.models import Visit
from studios.models import Studio


class AnswerForm(forms.Form):
    """What every answer to an offer does: it is given and noted, or neither."""

    def __init__(self, *args, choice: Choice, **kwargs):
        self.choice, self.today = choice, timezone.localdate()
        # Several of them stand on one page.
        super().__init__(*args, auto_id=f"{type(self).__name__}_%s", **kwargs)

    @transaction.atomic
    def save(self, *, request, at) -> Choice:
        """Raises ValidationError when somebody else was quicker, or when what was chosen is no longer possible."""
        choice = self.choice
        before, case_before = picture(choice), picture(choice.case)
        self.answer(by=request.user, at=at)
        Entry.note(Entry.Act.CHANGE, choice, request=request, before=before)
        choice.case.refresh_from_db()
        if picture(choice.case) != case_before:
            Entry.note(Entry.Act.CHANGE, choice.case, request=request, before=case_before)
        if (latest := choice.case.choices.last()) != choice:
            Entry.note(Entry.Act.ADD, latest, request=request)
        return choice

    def answer(self, *, by, at):
        raise NotImplementedError


class AcceptForm(AnswerForm):
    def answer(self, *, by, at):
        self.visit = self.choice.accept(by=by, at=at)

    def save(self, *, request, at) -> Choice:
        with transaction.atomic():
            choice = super().save(request=request, at=at)
            Entry.note(Entry.Act.ADD, self.visit, request=request)
        return choice


class DeclineForm(AnswerForm):
    reason = forms.CharField(
        label="原因", max_length=200, help_text="会告诉反映人，请不要写姓名和电话。", widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明原因，会告诉反映人。"},
    )  # fmt: skip
    exclusion = forms.ChoiceField(
        label="不属于受理范围", required=False, choices=Visit.Exclusion, widget=forms.RadioSelect,
        help_text="选了，这件事就不予受理；不选，退回工作室由其他委员认领。",
    )  # fmt: skip
    channel = forms.CharField(
        label="应当走的渠道", max_length=60, required=False, widget=forms.TextInput({"placeholder": "如：区人民法院"})
    )

    def answer(self, *, by, at):
        self.choice.decline(by=by, at=at, **self.cleaned_data)


class PassOnForm(AnswerForm):
    """To another member, of this studio or another one, or to another studio's pool."""

    to = forms.ChoiceField(label="转给", error_messages={"required": "请选择转给谁。"})
    reason = forms.CharField(
        label="原因", max_length=200, required=False, help_text="会告诉反映人。", widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "请选择"), *self._targets()]

    def _targets(self) -> list:
        """By studio, the own one first: its members, and its pool; two queries."""
        today, here = self.today, self.choice.studio
        postings = suggesting.open_postings(here, today).select_related("member").order_by("member__pinyin")
        members = {}
        for posting in postings.exclude(member=self.choice.member):
            members.setdefault(posting.studio_id, []).append(
                (f"{posting.studio_id}-{posting.member_id}", str(posting.member))
            )
        studios = Studio.objects.filter(organisation=here.organisation).open_on(today)
        ordered = sorted(studios, key=lambda studio: (studio != here, studio.pinyin))
        return [(studio.name, self._of(studio, members.get(studio.pk, []))) for studio in ordered]

    def _of(self, studio: Studio, members: list) -> list:
        is_here = studio == self.choice.studio and self.choice.member is None
        return members if is_here else [*members, (f"{studio.pk}-", f"{studio.name}（待认领）")]

    def answer(self, *, by, at):
        studio, _, member = self.cleaned_data["to"].partition("-")
        found = suggesting.open_postings(self.choice.studio, self.today).filter(studio=studio, member=member or None)
        posting = found.select_related("member").first()
        if member and posting is None:
            raise ValidationError({"to": "这位委员已不在那里，请另选一位。"})
        target = Studio.objects.get(pk=studio)
        self.choice.pass_on(target, posting and posting.member, reason=self.cleaned_data["reason"], by=by, at=at)
