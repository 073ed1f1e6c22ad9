"""What a record looks like outside, and how one comes in: the model's own rules decide, the trail knows."""

from collections.abc import Callable

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from liaison.constraints import broken_field, refusals_in_words
from liaison.models import Entry
from liaison.models.diff import picture
from liaison.privacy import blotted
from liaison.scope import ELSEWHERE, also, choices, may_write, stands_elsewhere

NO_FIELD = "没有这个字段。"
READ_ONLY = "这个字段由系统填写，不能提交。"
FROZEN = "登记以后不能更改。"
NOT_OFFERED = "没有这条记录，或不能在这里选用。"
ONLY_OWN = "只能登记本单位的记录。"
LIMITS = {"min_value": MinValueValidator, "max_value": MaxValueValidator}


class ScopedKeyField(serializers.PrimaryKeyRelatedField):
    """A foreign key that names what the account may name, or what the record names already; of another office's record it
    says what it says of a missing one."""

    default_error_messages = {"does_not_exist": NOT_OFFERED, "incorrect_type": "应为记录的编号（整数）。"}

    def __init__(self, *, source_field=None, **kwargs):
        self.source_field = source_field
        super().__init__(**kwargs)

    def get_queryset(self):
        rows = choices(self.source_field, self.context["request"].user)
        record = self.root.instance
        if record is None or not isinstance(record, self.source_field.model):
            return rows
        if self.source_field.many_to_many:
            return also(rows, getattr(record, self.source_field.name).values("pk"))
        return also(rows, [key for key in [getattr(record, self.source_field.attname)] if key])

    def to_internal_value(self, data):
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer):
    """Takes no field that it does not know: what was sent is kept or refused, never dropped in silence."""

    def to_internal_value(self, data):
        known = {name: field for name, field in self.fields.items() if not field.read_only}
        unknown = {name: [READ_ONLY if name in self.fields else NO_FIELD] for name in data if name not in known}
        if unknown:
            raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class RuledSerializer(StrictSerializer, serializers.ModelSerializer):
    """A record under its model's rules: DRF itself knows no constraint and no `clean`.

    `masked`: by field, how it is shown in lists and to whom it does not belong. `mentions`: texts that are blotted there,
    by the words that the record's `recognised_by` tells. `Meta.frozen`: fields that a stored record keeps.
    """

    masked: dict[str, Callable[[str], str]] = {}
    mentions: tuple[str, ...] = ()
    # What a new record is given when it is stored.
    filled_later: tuple[str, ...] = ()
    serializer_related_field = ScopedKeyField

    def build_standard_field(self, field_name, model_field):
        """The model says itself what must be unique and how much is too much, in its own words."""
        made, options = super().build_standard_field(field_name, model_field)
        for name, kind in LIMITS.items():
            said = [v.message for v in model_field.validators if isinstance(v, kind) and v.message != kind.message]
            if name in options and said:
                options.setdefault("error_messages", {})[name] = said[0]
        if model_field.choices and model_field.blank and options.get("read_only"):
            options["allow_blank"] = True  # so that the schema tells it
        if "validators" in options:
            options["validators"] = [v for v in options["validators"] if not isinstance(v, UniqueValidator)]
        return made, options

    def build_relational_field(self, field_name, relation_info):
        made, options = super().build_relational_field(field_name, relation_info)
        if made is ScopedKeyField:
            options["source_field"] = relation_info.model_field
            options["validators"] = []
        return made, options

    def get_validators(self):
        return []

    @property
    def account(self):
        return self.context["request"].user

    def validate(self, attrs):
        """Fills the record in and asks it; what is stored afterwards is what was asked."""
        self.record = record = self.instance or self.Meta.model()
        lists = {field.name for field in record._meta.many_to_many}
        self.lists = {name: rows for name, rows in attrs.items() if name in lists}
        self._must_keep_what_is_frozen(attrs)
        for name, value in attrs.items():
            if name not in lists:
                setattr(record, name, value)
        self.complete(record)
        if stands_elsewhere(type(record), getattr(record, "studio", None), getattr(record, "organisation_id", None)):
            raise ValidationError({"studio": ELSEWHERE})
        record.full_clean(exclude=self.filled_later)
        return attrs

    def _must_keep_what_is_frozen(self, attrs):
        frozen = self.frozen(self.instance) if self.instance else ()
        changed = [name for name in frozen if name in attrs and getattr(self.instance, name) != attrs[name]]
        if changed:
            raise ValidationError(dict.fromkeys(changed, FROZEN))

    def frozen(self, record) -> tuple[str, ...]:
        """What this stored record keeps."""
        return getattr(self.Meta, "frozen", ("organisation",))

    def complete(self, record):
        """Fill in what follows from the rest."""
        if record._state.adding and getattr(record, "recorded_by", True) is None:
            record.recorded_by = self.account

    def save(self):
        """Store and note, both or neither. Raises ValidationError when the database refuses, PermissionDenied when the
        record would not be the account's to write."""
        record, request = self.record, self.context["request"]._request
        before = picture(record) if not record._state.adding else None
        try:
            with refusals_in_words():
                self.store(record)
                for name, rows in self.lists.items():
                    self.keep_list(record, name, rows)
        except ValidationError as refused:
            raise self._placed(refused) from None
        if not type(record)._default_manager.writable_by(self.account).filter(pk=record.pk).exists():
            raise PermissionDenied(ONLY_OWN)
        Entry.note(
            Entry.Act.CHANGE if before else Entry.Act.ADD, record, request=request, before=before, fields=by(request)
        )
        return record

    def store(self, record):
        record.save()

    def keep_list(self, record, name: str, rows: list):
        """A list of rows that the record names from now on."""
        getattr(record, name).set(rows)

    def _placed(self, refused: ValidationError) -> ValidationError:
        if hasattr(refused, "error_dict"):
            return refused
        name = broken_field(self.record, refused.code)
        return ValidationError({name if name in self.fields else NON_FIELD_ERRORS: refused.messages})

    def get_fields(self):
        """Who does not see a text whole cannot write over it."""
        fields = super().get_fields()
        if self.hidden and isinstance(self.instance, self.Meta.model) and not self.sees_whole(self.instance):
            for name in self.hidden:
                fields[name].read_only = True
        return fields

    @property
    def hidden(self) -> tuple[str, ...]:
        return (*self.masked, *self.mentions)

    def to_representation(self, record):
        shown = super().to_representation(record)
        if self.hidden and not self._is_whole(record):
            shown |= {name: mask(shown[name]) for name, mask in self.masked.items() if shown.get(name)}
            words = record.recognised_by if self.mentions else []
            shown |= {name: blotted(shown[name], words) for name in self.mentions if shown.get(name)}
        return shown

    def _is_whole(self, record) -> bool:
        return not isinstance(self.parent, serializers.ListSerializer) and self.sees_whole(record)

    def sees_whole(self, record) -> bool:
        """Whether a record by itself is shown to the account unmasked: to the office that owns it."""
        return may_write(self.account, record)


class ReckonedSerializer(RuledSerializer):
    """What is counted until it is voided."""

    is_voided = serializers.BooleanField(label="已作废", read_only=True)


class ReasonSerializer(StrictSerializer):
    """Why."""

    why = serializers.CharField(label="原因", max_length=200)


def by(request) -> list[str]:
    """How the trail says that a program did it."""
    return [f"接口令牌“{request.token.name}”"]
