from cases.filters import InstructionFilterSet, OutcomeFilterSet, SubmissionFilterSet
from cases.models import Instruction, Outcome, Submission
from liaison.api.resources import VoidableResource
from liaison.api.serializers import ReckonedSerializer


class OutcomeSerializer(ReckonedSerializer):
    class Meta:
        model = Outcome
        fields = [
            "id", "organisation", "kind", "amount", "enterprises", "happened_on", "case", "activity", "studio", "note",
            "is_voided",
        ]  # fmt: skip


class OutcomeResource(VoidableResource):
    notes = {"list": "帮扶成效；资金以元计。"}
    queryset = Outcome.objects.all()
    serializer_class = OutcomeSerializer
    filterset_class = OutcomeFilterSet
    keys = ("-happened_on", "-id")


class SubmissionSerializer(ReckonedSerializer):
    class Meta:
        model = Submission
        fields = [
            "id", "organisation", "kind", "title", "text", "first_author", "joint_authors", "studio", "sector",
            "special_committee", "source_cases", "activity", "submitted_on", "submitted_to", "handling",
            "lead_department", "joint_departments", "reply_due_on", "result_class", "author_opinion", "adopted",
            "is_voided",
        ]  # fmt: skip


class SubmissionResource(VoidableResource):
    queryset = Submission.objects.prefetch_related("joint_authors", "source_cases", "joint_departments")
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilterSet
    keys = ("-submitted_on", "-id")


class InstructionSerializer(ReckonedSerializer):
    class Meta:
        model = Instruction
        fields = [
            "id", "submission", "organisation", "leader_level", "given_on", "text", "follow_up", "is_voided",
        ]  # fmt: skip
        read_only_fields = ["organisation"]
        frozen = ("submission",)


class InstructionResource(VoidableResource):
    notes = {"list": "领导批示，属于所批示材料的政协组织。"}
    queryset = Instruction.objects.all()
    serializer_class = InstructionSerializer
    filterset_class = InstructionFilterSet
    keys = ("-given_on", "-id")
