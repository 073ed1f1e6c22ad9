from django.utils import timezone
from rest_framework import serializers

from cases.taking_up import must_agree, take_up
from liaison.api.once import ONCE, OnceResource, OnceSerializer
from liaison.api.serializers import ScopedKeyField
from liaison.models import Entry
from liaison.privacy import mask_name, mask_phone
from liaison.scope import also
from reception.filters import VisitFilterSet
from reception.models import ReceptionDay, Visit
from studios.models import Posting


class ReceiverField(ScopedKeyField):
    """Also a colleague of one's own studios: an officer sees them in no directory, and they may be of another office."""

    def get_queryset(self):
        postings = Posting.objects.visible_to(self.context["request"].user).standing_on(timezone.localdate())
        return also(super().get_queryset(), postings.values("member"))


class VisitSerializer(OnceSerializer):
    """As the office logs it: any channel, any studio of its own."""

    cases = serializers.PrimaryKeyRelatedField(label="帮办事项", many=True, read_only=True)

    masked = {"visitor_name": mask_name, "visitor_phone": mask_phone}
    mentions = ("content", "reply", "referred_to", "channel_named", "void_reason")

    class Meta:
        model = Visit
        fields = [
            "id", "client_key", "organisation", "studio", "reception_day", "channel", "visited_on", "receivers", "sector",
            "headcount", "visitor_name", "identity", "visitor_phone", "consented", "consent_version", "category", "content",
            "is_urgent", "is_group_matter", "handling", "reply", "referred_to", "exclusion", "channel_named", "cases",
            "recorded_at", "voided_at", "void_reason",
        ]  # fmt: skip
        frozen = ("client_key", "studio", "reception_day")
        extra_kwargs = {"visited_on": {"required": False, "help_text": "不填则为接待日的日期。"}}

    def build_relational_field(self, field_name, relation_info):
        made, options = super().build_relational_field(field_name, relation_info)
        return (ReceiverField if field_name == "receivers" else made), options

    def sees_whole(self, record) -> bool:
        """Only to clerks of the owning office, as on its page."""
        return record.organisation in self.account.organisations_with("clerk")

    def complete(self, record):
        super().complete(record)
        must_agree(record, handling=record.handling, content=record.content)
        if record._state.adding and record.reception_day:
            # Whoever closes the day now waits for this visit, or this visit comes too late.
            days = ReceptionDay.objects.select_for_update(of=("self",))
            record.reception_day = days.get(pk=record.reception_day.pk)
        elif record._state.adding and not record.studio:
            record.belong_to_office_of(self.account)

    def keep_list(self, record, name, rows):
        record.receive(*rows)

    def save(self):
        visit = super().save()
        first, *_ = self.lists.get("receivers") or [visit.receivers.first()]
        if case := take_up(visit, member=first, by=self.account, at=timezone.now()):
            Entry.note(Entry.Act.ADD, case, request=self.context["request"]._request)
        return visit


class VisitResource(OnceResource):
    queryset = Visit.objects.select_related("organisation").prefetch_related("receivers", "cases")
    serializer_class = VisitSerializer
    filterset_class = VisitFilterSet
    keys = ("-visited_on", "-id")
    notes = {"create": f"{ONCE}处理方式为帮办时，同时登记帮办事项。"}

    def called(self, record) -> str:
        return f"第 {record.pk} 号来访"
