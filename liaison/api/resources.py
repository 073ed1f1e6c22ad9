"""Viewsets: in scope, filtered, paged by keys; records are added and changed by PATCH, voided, and never deleted."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from liaison.api.paging import PARAMETERS
from liaison.api.serializers import ReasonSerializer, StrictSerializer, by
from liaison.constraints import refusals_in_words
from liaison.models import Entry
from liaison.models.diff import picture
from liaison.scope import may_write

NO_PARAMETER = "没有这个查询参数。"
READ_ONLY = "下级组织的记录只能查看。"
VOIDED = "这条记录已经作废，不能再改。"


class Known(viewsets.GenericViewSet):
    """Takes no parameter that it does not know: a misspelt filter would show more than was asked for."""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        unknown = [name for name in request.query_params if name not in self.parameters()]
        if unknown:
            raise ValidationError(dict.fromkeys(unknown, NO_PARAMETER))

    def parameters(self) -> set[str]:
        if self.action != "list":
            return set()
        return {*self.filterset_class.base_filters, *PARAMETERS}


class Resource(mixins.ListModelMixin, mixins.RetrieveModelMixin, Known):
    """To be read. `queryset` with what a row needs (select_related), `keys`: the order of the list, see liaison/paging.py."""

    lookup_value_converter = "int"
    keys: tuple[str, ...] = ("-id",)

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset) if self.action == "list" else queryset


class WritableResource(Resource):
    """To be read, added to and changed."""

    def create(self, request):
        return Response(self._stored(None), status.HTTP_201_CREATED)

    def partial_update(self, request, pk):
        return Response(self._stored(self.locked()))

    def _stored(self, record) -> dict:
        serializer = self.get_serializer(record, data=self.request.data, partial=record is not None)
        serializer.is_valid(raise_exception=True)
        return self.shown(serializer.save().pk)

    def shown(self, key: int) -> dict:
        """As `retrieve` shows it."""
        return self.get_serializer(self.get_queryset().get(pk=key)).data

    def locked(self):
        """The addressed record, to be changed: one that is not visible does not exist, one that is not the account's is
        for reading."""
        record = self.get_object()
        if not may_write(self.request.user, record):
            raise PermissionDenied(READ_ONLY)
        locked = type(record)._base_manager.select_for_update().get(pk=record.pk)
        self.must_be_changeable(locked)
        return locked

    def must_be_changeable(self, record):
        """Raises ValidationError when its time is over."""
        if getattr(record, "is_voided", False):
            raise ValidationError(VOIDED)

    def act(self, words: str, entry: str, do: Callable) -> Response:
        """An act on the addressed record: lock, act, note, all or nothing."""
        record = self.locked()
        before = picture(record)
        with refusals_in_words():
            do(record)
            Entry.note(entry, record, request=self.request._request, before=before, fields=[words, *by(self.request)])
        return Response(self.shown(record.pk))


def verb(words: str, asks: type[StrictSerializer] = StrictSerializer, entry: str = Entry.Act.CHANGE) -> Callable:
    """Makes a method `act(self, record, *, at, **asked)` of a WritableResource the address of an act, `POST …/<name>/`."""

    def made(method: Callable) -> Callable:
        def address(self, request, pk):
            asked = asks(data=request.data)
            asked.is_valid(raise_exception=True)
            values = asked.validated_data | {"at": timezone.now()}
            return self.act(words, entry, lambda record: method(self, record, **values))

        address.__name__, address.asks = method.__name__, asks
        return action(detail=True, methods=["post"], name=words)(address)

    return made


class VoidableResource(WritableResource):
    """What was counted is voided with a reason, not deleted."""

    @verb("作废", asks=ReasonSerializer, entry=Entry.Act.VOID)
    def void(self, record, *, why, at):
        record.void(by=self.request.user, why=why, at=at)
