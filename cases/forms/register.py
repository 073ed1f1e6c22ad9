"""批量登记: rows typed from a paper register, stored all together or not at all."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from cases.taking_up import take_up
from liaison.models import Category, Entry, Member
from liaison.scoped_admin.forms import PlacedErrors
from reception.models import ReceptionDay, Visit
from studios.models import Posting, Studio

from .visits import DayInput

ROWS, MOST_ROWS = 10, 100
# What every row says before anybody has typed: a row with nothing else was left empty.
GIVEN = {"client_key", "visited_on", "channel", "receiver"}
TAKEN = "这一行先前已登记过另外的内容，先前的保留不变；确是另一批来访，请再提交一次。"


class RegisterRow(PlacedErrors, forms.ModelForm):
    """One line of the paper: one party."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    receiver = forms.ModelChoiceField(
        Member.objects.none(), label="接待委员", empty_label="请选择", error_messages={"required": "请选择接待委员。"}
    )

    class Meta:
        model = Visit
        fields = [
            "visited_on", "channel", "visitor_name", "headcount", "visitor_phone", "consented", "identity", "category", "content",
            "handling", "referred_to", "exclusion", "channel_named", "reply",
        ]  # fmt: skip
        widgets = {
            "visited_on": DayInput, "headcount": forms.NumberInput({"min": 1, "max": Visit.MOST_PEOPLE}),
            "visitor_name": forms.TextInput({"autocomplete": "off", "placeholder": "群众"}),
            "visitor_phone": forms.TextInput({"autocomplete": "off"}),
            "content": forms.Textarea({"rows": 3}), "reply": forms.Textarea({"rows": 3}),
        }  # fmt: skip
        labels = {"consented": "同意留存电话", "content": "反映事由", "handling": "处理"}
        help_texts = {"visitor_name": "", "consented": ""}
        error_messages = {
            "headcount": {"required": "请填写人数。", "invalid": "人数请填整数。"},
            "visited_on": {"required": "请填写日期。"},
        }

    def __init__(self, *args, register: "Register", **kwargs):
        super().__init__(*args, **kwargs)
        self.register = register
        # Bound to what is stored under its key already, the row tells whether it repeats it.
        self.is_stored = self.instance.pk is not None
        if not self.is_stored:
            self.instance.studio, self.instance.reception_day = register.studio, register.day
            self.initial |= register.given()
        else:
            self.initial["receiver"] = self.instance.receivers.first()
        self.fields["receiver"].queryset = register.people
        self.fields["category"].queryset, self.fields["category"].empty_label = register.topics, "未填写"
        for name, blank in (("identity", "未填写"), ("exclusion", "未填写")):
            self.fields[name].choices = [("", blank), *self._meta.model._meta.get_field(name).choices]
        self.fields["content"].required = True
        self.fields["content"].error_messages["required"] = "请写明反映事由。"
        self.fields["visited_on"].widget.attrs["max"] = register.today.isoformat()
        if register.day:
            self.fields["visited_on"].disabled = self.fields["channel"].disabled = True

    def has_changed(self) -> bool:
        emptied = {name for name in ("headcount", "handling") if not self.data.get(self.add_prefix(name))}
        return bool(set(self.changed_data) - GIVEN - emptied)

    @property
    def differs(self) -> bool:
        """From what is stored under its key."""
        return bool(set(self.changed_data) - {"client_key"})

    def save_row(self, *, request, at):
        visit = self.instance
        visit.client_key, visit.recorded_by = self.cleaned_data["client_key"], request.user
        visit.save()
        visit.receive(self.cleaned_data["receiver"])
        Entry.note(Entry.Act.ADD, visit, request=request)
        if case := take_up(visit, member=self.cleaned_data["receiver"], by=request.user, at=at):
            Entry.note(Entry.Act.ADD, case, request=request)


class RegisterRows(forms.BaseFormSet):
    """All rows or none. A row whose key is stored already, with the same content, is left as it is: a second click."""

    def __init__(self, *args, register: "Register", account, **kwargs):
        super().__init__(*args, **kwargs)
        self.register, self.account = register, account
        self.known = self._known() if self.is_bound else {}

    def _known(self) -> dict[str, Visit]:
        sent = [self.data.get(f"{self.add_prefix(n)}-client_key", "") for n in range(self.total_form_count())]
        keys = [key for key in map(_key, sent) if key]
        stored = Visit.objects.filter(recorded_by=self.account, client_key__in=keys, studio=self.register.studio)
        return {str(visit.client_key): visit for visit in stored}

    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index) | {"register": self.register}
        key = (
            _key(self.data.get(f"{self.add_prefix(index)}-client_key", ""))
            if index is not None and self.is_bound
            else None
        )
        return kwargs | {"instance": self.known.get(str(key))}

    def clean(self):
        rows = self.typed()
        for row in rows:
            if row.is_stored and row.differs:
                row.data = row.data.copy()
                row.data[row.add_prefix("client_key")] = str(uuid.uuid4())
                row.add_error("content", TAKEN)
        if not rows:
            raise ValidationError("还没有填写任何一行。")

    def typed(self) -> list[RegisterRow]:
        return [row for row in self.forms if row.has_changed() or row.is_stored]

    @transaction.atomic
    def save(self, *, request, at) -> tuple[int, int]:
        """(parties, 人次) that are new. Raises ValidationError when the day was closed meanwhile, IntegrityError when the
        same sheet arrived twice at one moment and the other was first."""
        if day := self.register.day:
            ReceptionDay.objects.select_for_update(of=("self",)).get(pk=day.pk).must_be_open()
        fresh = [row for row in self.typed() if not row.is_stored]
        for row in fresh:
            row.save_row(request=request, at=at)
        return len(fresh), sum(row.instance.headcount for row in fresh)


class Register:
    """What all rows of a sheet share: the studio, the reception day if it is one's sheet, whom and what may be chosen."""

    def __init__(self, studio: Studio, day: ReceptionDay | None, account):
        self.studio, self.day, self.today = studio, day, timezone.localdate()
        self.on = day.held_on if day else self.today
        self.channel = Visit.Channel.DESK if day else Visit.Channel.CALL
        posted = Posting.objects.standing_on(self.on).filter(studio=studio, member__isnull=False)
        people = Member.objects.filter(pk__in=posted.values("member"))
        if day:
            people |= Member.objects.filter(pk__in=day.duties.values("member"))
        self.people = people.order_by("pinyin", "pk")
        duty = day and day.duties.order_by("signed_in_at", "pk").first()
        # Whoever signed in first, or the only one there is: nobody is named by the alphabet.
        only = list(self.people[:2])
        self.first = duty.member_id if duty else only[0].pk if len(only) == 1 else None
        self.topics = Category.objects.visible_to(account).filter(is_active=True).order_by("order", "pk")

    def given(self) -> dict:
        """What a row says before anybody has typed."""
        return {"client_key": uuid.uuid4(), "visited_on": self.on, "channel": self.channel, "receiver": self.first}

    def with_more(self, sent: QueryDict) -> QueryDict:
        """The same sheet with ten more empty rows, nothing typed lost."""
        sent, count = sent.copy(), sent.get("row-TOTAL_FORMS", "")
        count = int(count) if count.isdecimal() else 0
        total = min(count + ROWS, MOST_ROWS)
        for n in range(count, total):
            for name, value in (self.given() | {"headcount": 1, "handling": Visit.Handling.ANSWERED}).items():
                sent[f"row-{n}-{name}"] = "" if value is None else str(value)
        sent["row-TOTAL_FORMS"] = str(max(total, count))
        return sent

    def rows(self, account, data=None, count: int = ROWS) -> RegisterRows:
        formset = forms.formset_factory(
            RegisterRow, formset=RegisterRows, extra=count, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
        )
        return formset(data, register=self, account=account, prefix="row")


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
