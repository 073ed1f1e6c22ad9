from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.forms.models import construct_instance
from django.utils import timezone

from liaison.models import Account, Attachment, Entry, Organisation
from liaison.models.diff import picture
from liaison.periods import PeriodError, parse
from liaison.uploads import recognised
from reports import checks, reminding, signing
from reports.asking import PAGES
from reports.indicators import SUMMED
from reports.models import DataCheck, PeriodReport, ReportTemplate, SavedView, Supplement
from reports.templated import Templated
from reports.word.guarding import template_of


def supplemented_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The indicators that take supplements, in the groups of their declaration."""
    return [
        (name, [(i.code, f"{i.name}（{i.unit}）") for i in found]) for name, found in groupby(SUMMED, lambda i: i.group)
    ]


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
        fields = ["note", "doubts"]
        widgets = {
            "note": forms.Textarea({"rows": 4, "placeholder": "如：本期为什么增加或减少，哪些数字需要说明"}),
            "doubts": forms.Textarea({"rows": 2, "placeholder": "还有疑点没有核实时，写明为什么照此提交"}),
        }

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
        if self.instance.is_written_by(request.user):
            self._must_be_checked()
        signing.submit(self.instance, by=request.user, at=now, today=timezone.localdate(now))
        Entry.note(Entry.Act.CHANGE, self.instance, request=request, before=before, fields=["提交"])
        reminding.tell_deciders(self.instance)

    def _must_be_checked(self):
        """Open findings need a sentence of the office's own."""
        count = len(checks.open_findings(self.instance.organisation, self.instance.period))
        if count and not self.instance.doubts.strip():
            sentence = f"还有 {count} 条疑点没有核实。请逐条核对，或在这里写明为什么照此提交。"
            raise ValidationError({"doubts": sentence})


class DataCheckForm(forms.ModelForm):
    """«Checked, it is right», and perhaps how."""

    class Meta:
        model = DataCheck
        fields = ["note"]
        widgets = {"note": forms.TextInput({"placeholder": "如：已与签到表核对"})}

    @transaction.atomic
    def confirm(self, finding: checks.Finding, organisation: Organisation, *, request):
        one = self.instance
        one.organisation, one.check_code, one.key = organisation, finding.check, finding.key
        one.checked_by, one.checked_at = request.user, timezone.now()
        one.full_clean()
        one.save()
        Entry.note(Entry.Act.ADD, one, request=request)


@contextmanager
def _decided(record: PeriodReport | Supplement, words: str, request) -> Iterator[None]:
    """What the office above says to a report or supplement is done, noted and told to its author, or none of it."""
    with transaction.atomic():
        before = picture(record)
        yield
        Entry.note(Entry.Act.CHANGE, record, request=request, before=before, fields=[words])
        reminding.tell_author(record)


class ReturnForm(forms.Form):
    """Back to the office that submitted it, with a reason."""

    why = forms.CharField(
        label="退回原因", max_length=500, widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明退回的原因。"},
    )  # fmt: skip

    def give_back(self, report: PeriodReport, *, request):
        """Raises ValidationError when this account must not decide, or there is nothing to decide."""
        with _decided(report, "退回", request):
            report.give_back(self.cleaned_data["why"], by=request.user, at=timezone.now())


class AcceptForm(forms.Form):
    """Nothing to fill in; holds the sentence when it is refused."""

    def accept(self, report: PeriodReport, *, request):
        """Raises ValidationError when this account must not decide, or there is nothing to decide."""
        with _decided(report, "审定", request):
            report.accept(by=request.user, at=timezone.now())


class MonthInput(forms.DateInput):
    """The browser's own picker of a month; it only understands this one way of writing one."""

    input_type = "month"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m")


class SupplementForm(forms.ModelForm):
    """A figure for which there are no records, with the paper it rests on."""

    month = forms.DateField(
        label="月份", input_formats=["%Y-%m"], widget=MonthInput,
        error_messages={"invalid": "请选择月份，如 2026-03。"},
    )  # fmt: skip
    indicator = forms.ChoiceField(label="指标", choices=[("", "请选择"), *supplemented_choices()])
    file = forms.FileField(
        label="依据材料", help_text="加盖公章的报表、文件，扫描件或照片，不超过 10 MB。",
        error_messages={"required": "请附上依据材料。"},
    )  # fmt: skip

    class Meta:
        model = Supplement
        fields = ["organisation", "month", "indicator", "value", "reason"]
        widgets = {
            "reason": forms.Textarea({"rows": 3, "placeholder": "如：系统启用以前的纸质台账，逐条记录无法补登"}),
            "value": forms.NumberInput({"inputmode": "decimal", "step": "any"}),
        }

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        offices = Organisation.objects.writable_by(account).order_by("path")
        self.fields["organisation"].queryset = offices
        self.initial.setdefault("organisation", offices.first())
        self.only = offices.count() == 1

    def clean_file(self):
        stored, self.kind = recognised(self.cleaned_data["file"])
        return stored

    @transaction.atomic
    def propose(self, *, request) -> Supplement:
        """Raises ValidationError when the month is not over, or its report is signed."""
        one, now = self.instance, timezone.now()
        one.paper = Attachment.store(
            self.cleaned_data["file"], kind=self.kind, organisation=one.organisation, by=request.user
        )
        one.propose(by=request.user, at=now, today=timezone.localdate(now))
        Entry.note(Entry.Act.ADD, one.paper, request=request)
        Entry.note(Entry.Act.ADD, one, request=request)
        reminding.tell_deciders(one)
        return one

    def say_file_is_lost(self):
        """No browser sends a chosen file a second time: the field is empty again when the form comes back."""
        if "file" not in self.errors:
            self.add_error("file", "依据材料需要重新选择，其他内容都在。")

    def _post_clean(self):
        """All the model's own rules are asked when it is put forward, with the paper."""
        self.instance = construct_instance(self, self.instance, self._meta.fields)


class RefuseForm(forms.Form):
    """Not approved, or no longer, with a reason."""

    why = forms.CharField(
        label="不批准原因", max_length=500, widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明不批准的原因。"},
    )  # fmt: skip

    def refuse(self, one: Supplement, *, request):
        """Raises ValidationError when this account must not decide, or a signed report holds the figure."""
        with _decided(one, "不批准", request):
            one.refuse(self.cleaned_data["why"], by=request.user, at=timezone.now())


class ApproveForm(forms.Form):
    """Nothing to fill in; holds the sentence when it is refused."""

    def approve(self, one: Supplement, *, request):
        """Raises ValidationError when this account must not decide, or the month was signed meanwhile."""
        with _decided(one, "批准", request):
            one.approve(by=request.user, at=timezone.now())


class WithdrawForm(forms.Form):
    """Nothing to fill in; holds the sentence when it is refused."""

    @transaction.atomic
    def withdraw(self, one: Supplement, *, request):
        """Raises ValidationError when this account does not write for the office, or it was decided on meanwhile."""
        before = picture(one)
        one.withdraw(by=request.user)
        Entry.note(Entry.Act.CHANGE, one, request=request, before=before, fields=["撤回"])


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

    def __init__(self, *args, templated: Templated, **kwargs):
        super().__init__(*args, **kwargs)
        self.templated = templated

    def clean_file(self):
        upload = self.cleaned_data["file"]
        self.content = template_of(upload, self.templated.placeholders)
        return upload

    def save(self, organisation: Organisation, by: Account) -> ReportTemplate:
        return ReportTemplate.objects.keep(
            organisation=organisation, kind=self.templated.kind, name=self.cleaned_data["file"].name[-120:],
            content=self.content, note=self.cleaned_data["note"], by=by,
        )  # fmt: skip


class SavedViewForm(forms.ModelForm):
    """A name for the page that the account comes from; what it shows stands in the address."""

    # What a page of figures reads from its address.
    KEPT = ("org", "period", "scope", "bar", "compare", "with", "than")

    class Meta:
        model = SavedView
        fields = ["title"]
        widgets = {"title": forms.TextInput({"autocomplete": "off", "placeholder": "如：今年以来城关区与七里河区"})}
        error_messages = {
            "title": {
                "required": "请给这个视图起个名称。",
                "max_length": "名称最多 %(limit_value)s 个字，现有 %(show_value)s 个字。",
            }
        }

    def __init__(self, *args, account, page: str, asked, **kwargs):
        """asked: the parameters of the page."""
        super().__init__(*args, **kwargs)
        self.asked = {name: asked[name] for name in self.KEPT if asked.get(name)}
        self.instance.account, self.instance.page = account, page

    def clean(self):
        view = self.instance
        code = self.asked.get("org", "")
        organisation = Organisation.objects.visible_to(view.account).filter(division__code=code[:6]).first()
        try:
            parse(self.asked.get("period", ""), timezone.localdate())
        except PeriodError as error:
            raise ValidationError(f"这个页面不能保存：{error}") from error
        if organisation is None or view.page not in PAGES:
            raise ValidationError("这个页面不能保存，请从总览、接待日历、界别与类别或对比页面进入。")
        if view.account.saved_views.count() >= SavedView.MOST:
            raise ValidationError(f"最多保存 {SavedView.MOST} 个视图，请先删除不用的。")
        view.organisation, view.query = organisation, urlencode(self.asked, safe=".,")
        return super().clean()

    def _get_validation_exclusions(self):
        # The name is unique among the account's own: both columns are checked, though one is typed alone.
        return super()._get_validation_exclusions() - {"account"}

    @transaction.atomic
    def save(self, *, request) -> SavedView:
        view = super().save()
        Entry.note(Entry.Act.ADD, view, request=request)
        return view
