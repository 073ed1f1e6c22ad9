from django import forms
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils import timezone

from liaison.models import Account, Entry, Organisation
from liaison.models.diff import picture
from reports import signing
from reports.models import PeriodReport, ReportTemplate
from reports.word import REPORT
from reports.word.guarding import template_of


class ClosingForm(forms.Form):
    """The report's last paragraph, which no record can write: what comes next (下一步)."""

    closing = forms.CharField(
        label="下一步", required=False, strip=True, widget=forms.Textarea(attrs={"rows": 4}),
        validators=[MaxLengthValidator(2000, "“下一步”最多 2000 字，现有 %(show_value)s 字，请删减后再下载。")],
    )  # fmt: skip


class PeriodReportForm(forms.ModelForm):
    """What the office writes beside the figures."""

    class Meta:
        model = PeriodReport
        fields = ["note"]
        widgets = {"note": forms.Textarea({"rows": 4, "placeholder": "如：本期为什么增加或减少，哪些数字需要说明"})}

    @transaction.atomic
    def save(self, *, request):
        """Keep the draft. Raises ValidationError when it is submitted already, or another office's."""
        before = picture(self.instance)
        self.instance.keep(by=request.user)
        Entry.note(Entry.Act.CHANGE, self.instance, request=request, before=before)

    @transaction.atomic
    def submit(self, *, request):
        """Raises ValidationError when the report cannot be submitted, or not by this account."""
        before, now = picture(self.instance), timezone.now()
        signing.submit(self.instance, by=request.user, at=now, today=timezone.localdate(now))
        Entry.note(Entry.Act.CHANGE, self.instance, request=request, before=before, fields=["提交"])


class ReturnForm(forms.Form):
    """Back to the office that submitted it, with a reason."""

    why = forms.CharField(
        label="退回原因", max_length=500, widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明退回的原因。"},
    )  # fmt: skip

    @transaction.atomic
    def give_back(self, report: PeriodReport, *, request):
        """Raises ValidationError when this account must not decide, or there is nothing to decide."""
        before = picture(report)
        report.give_back(self.cleaned_data["why"], by=request.user, at=timezone.now())
        Entry.note(Entry.Act.CHANGE, report, request=request, before=before, fields=["退回"])


class AcceptForm(forms.Form):
    """Nothing to fill in; holds the sentence when it is refused."""

    @transaction.atomic
    def accept(self, report: PeriodReport, *, request):
        """Raises ValidationError when this account must not decide, or there is nothing to decide."""
        before = picture(report)
        report.accept(by=request.user, at=timezone.now())
        Entry.note(Entry.Act.CHANGE, report, request=request, before=before, fields=["审定"])


class TemplateForm(forms.Form):
    """A new version of a template. What is wrong with it is said placeholder by placeholder; nothing is kept of it."""

    file = forms.FileField(
        label="模板文件", help_text="文字处理软件保存的 .docx 文件，不超过 2 MB。",
        widget=forms.FileInput(attrs={"accept": ".docx"}), error_messages={"required": "请选择模板文件。", "empty": "这个文件是空的。"},
    )  # fmt: skip
    note = forms.CharField(
        label="说明", required=False, help_text="改了什么，供以后查看。",
        validators=[MaxLengthValidator(200, "说明最多 200 字，现有 %(show_value)s 字。")],
    )  # fmt: skip

    def clean_file(self):
        upload = self.cleaned_data["file"]
        self.content = template_of(upload, REPORT)
        return upload

    def save(self, organisation: Organisation, by: Account) -> ReportTemplate:
        return ReportTemplate.objects.keep(
            organisation=organisation, kind=ReportTemplate.Kind.REPORT, name=self.cleaned_data["file"].name[-120:],
            content=self.content, note=self.cleaned_data["note"], by=by,
        )  # fmt: skip
