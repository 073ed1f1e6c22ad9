from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response

from cases.taking_up import must_agree, take_up
from liaison.api.resources import VoidableResource
from liaison.api.serializers import RuledSerializer, ScopedKeyField
from liaison.models import Entry
from liaison.privacy import mask_name, mask_phone
from liaison.refusal import refusal
from liaison.scope import also
from reception.filters import VisitFilterSet
from reception.models import ReceptionDay, Visit
from studios.models import Posting

OTHERWISE = "与已登记的不同。"


class ReceiverField(ScopedKeyField):
    """Also a colleague of one's own studios: an officer sees them in no directory, and they may be of another office."""

    def get_queryset(self):
        postings = Posting.objects.visible_to(self.context["request"].user).standing_on(timezone.localdate())
        return also(super().get_queryset(), postings.values("member"))


class VisitSerializer(RuledSerializer):
    """As the office logs it: any channel, any studio of its own."""

    client_key = serializers.UUIDField(label="提交标识", help_text="由程序生成；同一次来访再次提交时不变。")
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

    def differing(self, sent, stored: Visit) -> list[str]:
        """Fields in which what was sent is not what is stored; those that were left out count as their defaults."""
        values = self.to_internal_value(sent)
        receivers = {member.pk for member in values.pop("receivers")}
        visit = Visit(**values)
        visit.inherit()
        written = [n for n, field in self.fields.items() if n != "receivers" and not field.read_only]
        fields = [visit._meta.get_field(name) for name in written]
        found = [f.name for f in fields if f.value_from_object(visit) != f.value_from_object(stored)]
        if receivers != set(stored.receivers.values_list("pk", flat=True)):
            found.append("receivers")
        return found


class VisitResource(VoidableResource):
    """Logged once under its client key, however often it is sent."""

    queryset = Visit.objects.select_related("organisation").prefetch_related("receivers", "cases")
    serializer_class = VisitSerializer
    filterset_class = VisitFilterSet
    keys = ("-visited_on", "-id")
    notes = {
        "create": "同一提交标识、同一内容再次提交，答复第一次的记录（200）；内容不同则拒绝（409），已登记的不变。处理方式为帮办时，同时登记帮办事项。"
    }

    @extend_schema(responses={201: VisitSerializer, 200: VisitSerializer, 409: OpenApiTypes.OBJECT})
    def create(self, request):
        if earlier := self._earlier():
            return self._again(earlier)
        try:
            with transaction.atomic():
                return super().create(request)
        except (ValidationError, exceptions.ValidationError):
            # The other of two equal requests may have been quicker; its row can be read now.
            if earlier := self._earlier():
                return self._again(earlier)
            raise

    def _earlier(self) -> Visit | None:
        return self.get_queryset().logged_under(self.request.data.get("client_key"), self.request.user)

    def _again(self, earlier: Visit) -> Response:
        """The same content leads to the first record; other content changes nothing."""
        if found := self.get_serializer().differing(self.request.data, earlier):
            sentence = f"这个提交标识已用于第 {earlier.pk} 号来访，内容不同，没有改动；另一次来访请换一个提交标识。"
            body = refusal("conflict", sentence, {name: [OTHERWISE] for name in found})
            return Response(body, status.HTTP_409_CONFLICT)
        return Response(self.shown(earlier.pk))
