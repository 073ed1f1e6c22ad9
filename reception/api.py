from django.utils import timezone
from rest_framework import serializers

from liaison.api.resources import VoidableResource, verb
from liaison.api.serializers import ReasonSerializer, ReckonedSerializer, ScopedKeyField, StrictSerializer
from liaison.models import Member
from reception.filters import ReceptionDayFilterSet
from reception.models import Duty, ReceptionDay


class DutySerializer(serializers.ModelSerializer):
    class Meta:
        model = Duty
        fields = ["member", "signed_in_at"]


class ReceptionDaySerializer(ReckonedSerializer):
    members = ScopedKeyField(
        label="值班委员", source_field=ReceptionDay._meta.get_field("members"), queryset=Member.objects.all(), many=True,
        required=False, write_only=True,
    )  # fmt: skip
    duties = DutySerializer(label="值班委员和签到", many=True, read_only=True)

    class Meta:
        model = ReceptionDay
        fields = [
            "id", "organisation", "studio", "kind", "state", "held_on", "opens", "closes", "place", "theme", "summary",
            "cancel_reason", "members", "duties", "is_voided",
        ]  # fmt: skip
        read_only_fields = ["organisation", "state", "cancel_reason"]

    def frozen(self, record):
        """Visits carry the day's date: once there are any, or the day was held, it stays."""
        return ("studio", "held_on", "kind") if record.is_settled else ("studio",)

    def keep_list(self, record, name, rows):
        record.tell_duties(*record.name_members(rows), timezone.now())


class SummarySerializer(StrictSerializer):
    summary = serializers.CharField(label="小结", max_length=5000, allow_blank=True, required=False, default="")


class ReceptionDayResource(VoidableResource):
    queryset = ReceptionDay.objects.prefetch_related("duties")
    serializer_class = ReceptionDaySerializer
    filterset_class = ReceptionDayFilterSet
    keys = ("-held_on", "-id")

    @verb("公布")
    def announce(self, record, *, at):
        record.announce()

    @verb("登记已开展", asks=SummarySerializer)
    def hold(self, record, *, summary, at):
        record.hold(summary=summary)

    @verb("重新开放登记")
    def reopen(self, record, *, at):
        record.reopen()

    @verb("取消", asks=ReasonSerializer)
    def cancel(self, record, *, why, at):
        record.cancel(why=why)


RESOURCES = {"reception-days": ReceptionDayResource}
