from django.core.exceptions import ValidationError

from activities.filters import ActivityFilterSet, MediaReportFilterSet
from activities.models import Activity, MediaReport
from liaison.api.resources import VoidableResource, verb
from liaison.api.serializers import ReckonedSerializer, ScopedKeyField
from liaison.models import Member

NEW_STATES = (Activity.State.PLANNED, Activity.State.HELD)


class ActivitySerializer(ReckonedSerializer):
    members = ScopedKeyField(
        label="参加委员", source_field=Activity._meta.get_field("members"), queryset=Member.objects.all(), many=True,
        required=False,
    )  # fmt: skip

    class Meta:
        model = Activity
        fields = [
            "id", "organisation", "studio", "special_committee", "programme", "leader_link", "co_organisers", "state",
            "kind", "title", "brand", "campaign", "venue", "held_on", "ends_on", "place", "division", "members",
            "member_count", "public_count", "six_new", "summary", "is_voided",
        ]  # fmt: skip
        extra_kwargs = {"organisation": {"required": False}}
        # What it was when it was recorded: a held activity does not quietly become a planned one again.
        frozen = ("organisation", "state")

    def complete(self, record):
        """A liaison officer has studios but no office of its own: the studio's."""
        super().complete(record)
        if not record.organisation_id and record.studio_id:
            record.organisation = record.studio.organisation
        if not record.organisation_id:
            raise ValidationError({"organisation": "请选择政协组织。"})
        if record._state.adding and record.state not in NEW_STATES:
            raise ValidationError({"state": "新登记的活动只能是计划或已开展。"})

    def keep_list(self, record, name, rows):
        if name == "members":
            return record.name_members(rows)
        return super().keep_list(record, name, rows)


class ActivityResource(VoidableResource):
    queryset = Activity.objects.prefetch_related("members", "co_organisers")
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilterSet
    keys = ("-held_on", "-id")

    @verb("登记已开展")
    def hold(self, record, *, at):
        record.hold()

    @verb("取消")
    def cancel(self, record, *, at):
        record.cancel()


class MediaReportSerializer(ReckonedSerializer):
    class Meta:
        model = MediaReport
        fields = [
            "id", "organisation", "studio", "activity", "title", "outlet", "level", "published_on", "link", "praised",
            "is_voided",
        ]  # fmt: skip


class MediaReportResource(VoidableResource):
    queryset = MediaReport.objects.prefetch_related("praised")
    serializer_class = MediaReportSerializer
    filterset_class = MediaReportFilterSet
    keys = ("-published_on", "-id")


RESOURCES = {"activities": ActivityResource, "media-reports": MediaReportResource}
