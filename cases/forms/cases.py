from django import forms
from django.db import transaction

from cases.models import Case
from cases.workflow import State, moves_from
from liaison.models import Entry
from liaison.models.diff import picture


class MoveForm(forms.Form):
    """Take a case one step on."""

    # Joining cases is done in the office, which sees all of them.
    IN_THE_OFFICE = (State.MERGED,)
    NO_RESULT = "办结请写明办理结果。"

    to = forms.ChoiceField(label="下一步", widget=forms.RadioSelect, error_messages={"required": "请选择下一步。"})
    note = forms.CharField(label="说明", required=False, max_length=1000, widget=forms.Textarea({"rows": 3}))
    is_told = forms.BooleanField(label="把说明也告诉反映人（凭查询码看到）", required=False)
    result = forms.CharField(
        label="办理结果", required=False, max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text="反映人凭查询码能看到。",
    )  # fmt: skip
    result_class = forms.ChoiceField(
        label="结果类别", required=False, choices=Case.ResultClass, widget=forms.RadioSelect
    )
    satisfaction = forms.ChoiceField(
        label="群众是否满意", required=False, choices=Case.Satisfaction, widget=forms.RadioSelect
    )

    # What a move brings besides its note.
    BRINGS = {State.RESOLVED: ("result", "result_class"), State.CONFIRMED: ("satisfaction",)}

    def __init__(self, *args, case: Case, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        moves = [(to, label) for to, label in moves_from(case.state) if to not in self.IN_THE_OFFICE]
        self.fields["to"].choices = moves

    def clean(self):
        super().clean()
        resolves = self.cleaned_data.get("to") == State.RESOLVED
        if resolves and not self.cleaned_data.get("result"):
            self.add_error("result", self.NO_RESULT)

    def brought(self) -> dict:
        """What was filled in of that which the chosen move brings."""
        names = self.BRINGS.get(self.cleaned_data["to"], ())
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}

    @transaction.atomic
    def save(self, *, request, at):
        """Raises ValidationError for a move that the table of moves does not have (any more)."""
        to, said = self.cleaned_data["to"], {name: self.cleaned_data[name] for name in ("note", "is_told")}
        before = picture(self.case)
        step = self.case.move(to, by=request.user, at=at, **said, **self.brought())
        Entry.note(Entry.Act.CHANGE, self.case, request=request, before=before)
        return step


class OfficeMoveForm(MoveForm):
    """The office sees all cases, so it may also join two."""

    lede = "选择下一步，并写明说明。每一步都记入办理记录，不能修改。"
    IN_THE_OFFICE = ()
    BRINGS = MoveForm.BRINGS | {State.MERGED: ("merged_into",)}

    department_reply = forms.CharField(
        label="承办单位答复", required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    merged_into = forms.CharField(
        label="并入的事项编号", required=False, help_text="仅并案时填写，如 CGQ-2026-000123。"
    )

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, case=record, **kwargs)

    def clean(self):
        super().clean()
        if self.cleaned_data.get("to") == State.MERGED:
            self._find_merged_into()

    def _find_merged_into(self):
        number = self.cleaned_data.get("merged_into", "").strip().upper()
        self.cleaned_data["merged_into"] = Case.objects.that_may_take_in(self.case).filter(number=number).first()
        if self.cleaned_data["merged_into"] is None:
            self.add_error("merged_into", "请填写本组织另一件事项的编号。")

    def act_on(self, records, *, by, at):
        to, said = self.cleaned_data["to"], {name: self.cleaned_data[name] for name in ("note", "is_told")}
        reply, brought = self.cleaned_data["department_reply"], self.brought()
        for case in records:
            case.move(to, by=by, at=at, reply=reply, **said, **brought)


class AnswerForm(forms.Form):
    """Tell whoever brought the matter something, while its state stays."""

    words = forms.CharField(
        label="答复反映人", max_length=1000, widget=forms.Textarea({"rows": 3}), help_text="反映人凭查询码能看到，请不要写内部情况。",
        error_messages={"required": "请写下要告诉反映人的话。"},
    )  # fmt: skip

    def __init__(self, *args, case: Case, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case

    @transaction.atomic
    def save(self, *, request, at):
        step = self.case.answer(self.cleaned_data["words"].strip(), by=request.user, at=at)
        Entry.note(Entry.Act.ADD, step, request=request)
        return step
