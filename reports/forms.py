from django import forms
from django.core.validators import MaxLengthValidator


class ClosingForm(forms.Form):
    """The report's last paragraph, which no record can write: what comes next (下一步)."""

    closing = forms.CharField(
        label="下一步", required=False, strip=True, widget=forms.Textarea(attrs={"rows": 4}),
        validators=[MaxLengthValidator(2000, "“下一步”最多 2000 字，现有 %(show_value)s 字，请删减后再下载。")],
    )  # fmt: skip
