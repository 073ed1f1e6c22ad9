from django import forms

from cases.models import Erasure
from liaison.scoped_admin.verbs import ActForm


class EraseForm(ActForm):
    """Why a person is taken out of a record; what with it, the record's own form says."""

    reason = forms.ChoiceField(
        label="删除原因", choices=[r for r in Erasure.Reason.choices if r[0] != Erasure.Reason.EXPIRED], widget=forms.RadioSelect,
        error_messages={"required": "请选择删除原因。"},
    )  # fmt: skip
