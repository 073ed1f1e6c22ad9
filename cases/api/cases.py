from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone
from rest_framework import serializers

from cases.filters import CaseFilterSet
from cases.forms import MoveForm, OfficeMoveForm
from cases.models import Case, Step
from cases.workflow import State
from liaison.api.once import ONCE, OnceResource, OnceSerializer
from liaison.api.resources import verb
from liaison.api.serializers import StrictSerializer
from liaison.privacy import blotted

NO_REASON = {"required": "请说明原因。", "blank": "请说明原因。"}
NO_RESULT = {"required": MoveForm.NO_RESULT, "blank": MoveForm.NO_RESULT}


class StepSerializer(serializers.ModelSerializer):
    """Read with its case, never written; nobody is named to anyone, as on the page."""

    by = serializers.StringRelatedField(label="办理人")

    class Meta:
        model = Step
        fields = ["state", "at", "by", "note", "is_told", "is_said", "department_reply"]

    def to_representation(self, step):
        shown = super().to_representation(step)
        words = step.case.recognised_by
        return shown | {name: blotted(shown[name], words) for name in ("note", "department_reply")}


class CaseSerializer(OnceSerializer):
    client_key = serializers.UUIDField(
        label="提交标识", help_text="由程序生成，可以不填；同一件事项再次提交时不变。", required=False, allow_null=True
    )
    steps = StepSerializer(label="办理记录", many=True, read_only=True)

    mentions = ("content", "result", "void_reason")
    filled_later = ("number",)
    # What a move may write besides the state.
    BY_STEPS = ("member", "deadline", "result", "result_class")

    class Meta:
        model = Case
        fields = [
            "id", "client_key", "number", "organisation", "studio", "title", "content", "category", "is_urgent", "channel",
            "registered_on", "visits", "division", "member", "sector", "lead_department", "joint_departments", "deadline",
            "overdue_on", "state", "resolved_on", "result", "result_class", "satisfaction", "merged_into",
            "times_reopened", "campaign", "is_typical", "steps", "voided_at", "void_reason",
        ]  # fmt: skip
        frozen = ("client_key", "organisation", "studio", "registered_on")
        extra_kwargs = {"registered_on": {"required": False, "help_text": "不填则为今天。"}}

    def validate(self, attrs):
        before = self.instance
        visits = attrs["visits"] if "visits" in attrs else before.visits.all() if before else ()
        if "title" in attrs and (before is None or attrs["title"] != before.title):
            Case.must_name_nobody(attrs["title"], visits)
        return super().validate(attrs)

    def complete(self, record):
        super().complete(record)
        record.registered_on = record.registered_on or timezone.localdate()

    def store(self, record):
        if record._state.adding:
            record.open(by=self.account, at=timezone.now())
        else:
            super().store(record)

    def untold(self, stored):
        """Without a date it was registered on the day of its first step; later steps have written of their own."""
        first, *later = stored.steps.all()
        today = {"registered_on": timezone.localdate(first.at)}
        return today | {name: getattr(stored, name) for name in self.BY_STEPS} if later else today


class MoveSerializer(StrictSerializer):
    note = serializers.CharField(label="说明", required=False, allow_blank=True, max_length=1000)
    is_told = serializers.BooleanField(label="把说明也告诉反映人", required=False)
    department_reply = serializers.CharField(label="承办单位答复", required=False, allow_blank=True, max_length=2000)


class ReasonedMoveSerializer(MoveSerializer):
    note = serializers.CharField(label="原因", max_length=1000, error_messages=NO_REASON)


class ResolveSerializer(MoveSerializer):
    result = serializers.CharField(label="办理结果", max_length=2000, error_messages=NO_RESULT)
    result_class = serializers.ChoiceField(label="结果类别", choices=Case.ResultClass, required=False)


class ConfirmSerializer(MoveSerializer):
    satisfaction = serializers.ChoiceField(label="群众是否满意", choices=Case.Satisfaction, required=False)


class MergeSerializer(MoveSerializer):
    merged_into = serializers.CharField(label="并入的事项编号", help_text="如 CGQ-2026-000123。", max_length=24)


class CaseResource(OnceResource):
    """Each move of the table is an act and writes its step."""

    queryset = Case.objects.select_related("intake").prefetch_related(
        "visits", "joint_departments", Prefetch("steps", Step.objects.select_related("by").order_by("at", "id"))
    )
    serializer_class = CaseSerializer
    filterset_class = CaseFilterSet
    keys = ("-registered_on", "-id")
    notes = {"create": f"可附提交标识：{ONCE}不附则每提交一次开一件。"}

    def called(self, record) -> str:
        return f"事项 {record.number}"

    @verb("受理", asks=MoveSerializer)
    def accept(self, record, *, at, **asked):
        self._move(record, State.ACCEPTED, at, asked)

    @verb("开始办理或重新办理", asks=MoveSerializer)
    def progress(self, record, *, at, **asked):
        self._move(record, State.IN_PROGRESS, at, asked)

    @verb("办结", asks=ResolveSerializer)
    def resolve(self, record, *, at, **asked):
        self._move(record, State.RESOLVED, at, asked)

    @verb("回访", asks=ConfirmSerializer)
    def confirm(self, record, *, at, **asked):
        self._move(record, State.CONFIRMED, at, asked)

    @verb("不予受理", asks=ReasonedMoveSerializer)
    def decline(self, record, *, at, **asked):
        self._move(record, State.DECLINED, at, asked)

    @verb("转交", asks=ReasonedMoveSerializer)
    def refer(self, record, *, at, **asked):
        self._move(record, State.REFERRED, at, asked)

    @verb("转提案或社情民意", asks=MoveSerializer)
    def convert(self, record, *, at, **asked):
        self._move(record, State.CONVERTED, at, asked)

    @verb("撤回", asks=ReasonedMoveSerializer)
    def withdraw(self, record, *, at, **asked):
        self._move(record, State.WITHDRAWN, at, asked)

    @verb("并案", asks=MergeSerializer)
    def merge(self, record, *, at, **asked):
        self._move(record, State.MERGED, at, asked)

    def _move(self, case: Case, to: str, at, asked: dict):
        """By the office's form, so that page and program are told the same."""
        case.must_allow(case.state, to, asked.get("note", ""))
        form = OfficeMoveForm({"to": to, **asked}, record=case)
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        form.act_on([case], by=self.request.user, at=at)
