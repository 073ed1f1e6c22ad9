"""What a person does with their own matter, without an account."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from cases.models import Case, Step
from liaison.models import Attachment, Entry
from liaison.models.diff import picture
from liaison.uploads import PhotosField
from studios.models.studio import CODE_LETTERS

# Letters that the alphabet leaves out because they are misread, as what they are misread for.
MISREAD = str.maketrans("ILO", "110")


class FindForm(forms.Form):
    """The code as it stands on a slip: in groups or not, in small letters or not."""

    code = forms.CharField(
        label="查询码", max_length=40, help_text="凭条上的 13 位字母和数字，空格不用输。",
        error_messages={"required": "请输入凭条上的查询码。"},
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "autocorrect": "off", "spellcheck": "false"}
        ),
    )  # fmt: skip
    digits = forms.CharField(
        label="手机号后四位", max_length=10, required=False, help_text="登记时没有留电话的不用填。",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split()).replace("-", "").upper().translate(MISREAD)
        if len(code) != 13 or set(code) - set(CODE_LETTERS):
            raise ValidationError("查询码是 13 位字母和数字，请对照凭条再看一遍。")
        return code

    def clean_digits(self) -> str:
        digits = self.cleaned_data["digits"].strip()
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) == 4):
            raise ValidationError("请填写电话号码的最后 4 位数字。")
        return digits


class MatterForm(forms.Form):
    """An act of the person on their matter: its step, an entry, a notice to whoever has it in hand; all or nothing."""

    def __init__(self, *args, case: Case, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case

    @transaction.atomic
    def save(self, *, request, at) -> Step:
        """Raises ValidationError when the matter's state no longer allows it."""
        before = picture(self.case)
        step = self.act(at)
        if step.at != at:
            return step  # the same was sent before
        Entry.note(Entry.Act.ADD, step, request=request)
        if self.case.state != before.record.state:
            Entry.note(Entry.Act.CHANGE, self.case, request=request, before=before)
        self.case.tell_keepers(self.told, step)
        return step


class AddForm(MatterForm):
    told = "群众补充了情况"

    said = forms.CharField(
        label="补充的情况", max_length=1000, required=False, widget=forms.Textarea({"rows": 4}),
        help_text="请不要写身份证号。",
    )  # fmt: skip
    photos = PhotosField(label="照片", most=3, required=False, help_text="最多 3 张。")

    def clean(self):
        super().clean()
        if not self.errors and not (self.cleaned_data["said"].strip() or self.cleaned_data["photos"]):
            self.add_error("said", "请写下要补充的情况，或选择照片。")

    def act(self, at) -> Step:
        photos = self.cleaned_data["photos"]
        step = self.case.hear(self.cleaned_data["said"].strip() or f"补充照片 {len(photos)} 张", at=at)
        for photo in photos if step.at == at else ():
            # Of the case, so that its erasure takes them along.
            Attachment.store(photo, kind="image/jpeg", target=self.case, by=None, organisation=self.case.organisation)
        return step


class RateForm(MatterForm):
    told = "群众作了评价"

    satisfaction = forms.ChoiceField(
        label="对办理结果",
        choices=Case.Satisfaction,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一项。"},
    )

    def act(self, at) -> Step:
        return self.case.rate(self.cleaned_data["satisfaction"], at=at)


class ReopenForm(MatterForm):
    told = "群众说没有解决，已重新办理"

    said = forms.CharField(
        label="还有什么没有解决", max_length=1000, widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "请写明还有什么没有解决，委员好接着办。"},
    )  # fmt: skip

    def act(self, at) -> Step:
        return self.case.reopen(self.cleaned_data["said"].strip(), at=at)
