"""What a program may send again without making it twice: a record under a client key."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response

from liaison.api.resources import VoidableResource
from liaison.api.serializers import RuledSerializer
from liaison.models import Inheriting
from liaison.refusal import refusal

OTHERWISE = "与已登记的不同。"
ONCE = "同一提交标识、同一内容再次提交，答复第一次的记录（200）；内容不同则拒绝（409），已登记的不变。"


class OnceSerializer(RuledSerializer):
    """Of a model whose rows have `client_key` and `recorded_by`; the key is named among `Meta.frozen`."""

    client_key = serializers.UUIDField(label="提交标识", help_text="由程序生成；同一条记录再次提交时不变。")

    def differing(self, sent: dict, stored) -> list[str]:
        """Fields in which what was sent is not what is stored; those that were left out count as when it was stored.
        Raises the API's ValidationError for what could not be stored at all."""
        values = self.to_internal_value(sent)
        lists = {field.name for field in stored._meta.many_to_many}
        single = {name: value for name, value in values.items() if name not in lists}
        record = type(stored)(**self.untold(stored) | single)
        if isinstance(record, Inheriting):
            record.inherit()
        written = [name for name, field in self.fields.items() if not field.read_only]
        fields = [record._meta.get_field(name) for name in written if name not in lists]
        found = [f.name for f in fields if f.value_from_object(record) != f.value_from_object(stored)]
        named = {name: {row.pk for row in values.get(name, ())} for name in written if name in lists}
        return found + [name for name, keys in named.items() if keys != {row.pk for row in getattr(stored, name).all()}]

    def untold(self, stored) -> dict[str, Any]:
        """What a field that was left out stands for, where that is not the model's default."""
        return {}


class OnceResource(VoidableResource):
    """Logged once under its client key, however often it is sent; its manager knows `logged_under`."""

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

    # So that the schema declares both answers to a repetition.
    create.is_once = True

    def _earlier(self):
        return self.get_queryset().logged_under(self.request.data.get("client_key"), self.request.user)

    def _again(self, earlier) -> Response:
        """The same content leads to the first record; other content changes nothing."""
        if found := self.get_serializer().differing(self.request.data, earlier):
            sentence = f"这个提交标识已用于{self.called(earlier)}，内容不同，没有改动；要另外登记，请换一个提交标识。"
            body = refusal("conflict", sentence, {name: [OTHERWISE] for name in found})
            return Response(body, status.HTTP_409_CONFLICT)
        return Response(self.shown(earlier.pk))

    def called(self, record) -> str:
        """The record in a sentence to whoever logged it."""
        raise NotImplementedError
