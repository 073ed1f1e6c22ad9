import hashlib
import uuid
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Case
from cases.taking_up import first_sentence
from cases.workflow import ORDINARY_WORKDAYS, ordinary_deadline
from liaison.models import Attachment, Category, Entry, Member
from liaison.models.diff import picture
from liaison.privacy import blotted, recognisable
from liaison.scope import also
from liaison.scoped_admin.forms import PlacedErrors
from liaison.uploads import PhotosField
from reception.models import ReceptionDay, Visit
from studios.models import Posting, Studio


class DayInput(forms.DateInput):
    """The browser's own calendar; it only understands this one way of writing a date."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class VisitForm(PlacedErrors, forms.ModelForm):
    """Log or correct one party received on a reception day, and open the case it brings.

    Bound to the visit that was stored under the same client key, it tells whether it repeats it.
    """

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    photos = PhotosField(label="现场照片", required=False, help_text="不要拍摄身份证件。")
    case_title = forms.CharField(
        label="帮办事项", max_length=80, required=False, help_text="不填则取反映事项的第一句。"
    )
    deadline = forms.DateField(
        label="办理期限", required=False, widget=DayInput,
        help_text=f"不改则为 {ORDINARY_WORKDAYS} 个工作日。",
    )  # fmt: skip
    why = forms.CharField(
        label="更正原因", max_length=200, widget=forms.TextInput({"placeholder": "如：人数记错了"}), help_text="记入操作记录。",
        error_messages={"required": "请写明为什么更正。"},
    )  # fmt: skip

    class Meta:
        model = Visit
        fields = [
            "headcount", "visitor_name", "identity", "category", "content", "handling", "reply",
            "referred_to", "exclusion", "channel_named", "is_urgent", "is_group_matter",
            "visitor_phone", "consented", "receivers",
        ]  # fmt: skip
        widgets = {
            "headcount": forms.NumberInput({"inputmode": "numeric", "min": 1, "max": Visit.MOST_PEOPLE}),
            "visitor_name": forms.TextInput({"placeholder": "如：王女士", "autocomplete": "off"}),
            "identity": forms.RadioSelect,
            "category": forms.RadioSelect,
            "content": forms.Textarea({"rows": 3, "placeholder": "用一两句话写清楚事情、地点和希望怎样解决"}),
            "handling": forms.RadioSelect,
            "reply": forms.Textarea({"rows": 2}),
            "exclusion": forms.RadioSelect,
            "visitor_phone": forms.TextInput({"type": "tel", "autocomplete": "off"}),
            "receivers": forms.CheckboxSelectMultiple,
        }
        labels = {"category": "事项类别", "handling": "怎样处理", "visitor_name": "称呼"}
        help_texts = {"visitor_name": ""}
        error_messages = {"headcount": {"required": "请填写来访人数。", "invalid": "来访人数请填整数。"}}

    def __init__(self, *args, account, day: ReceptionDay | None = None, written_at=None, **kwargs):
        self.account, self.day, self.today = account, day, timezone.localdate()
        # The day on which it was written: today, unless a phone kept it.
        self.on = timezone.localdate(written_at)
        super().__init__(*args, **kwargs)
        self.is_new = self.instance._state.adding
        if self.is_new:
            self.instance.reception_day, self.instance.written_at = day, written_at
            self.initial.setdefault("client_key", uuid.uuid4())
        # A stored visit is corrected with a reason, a new one is known by its key.
        del self.fields["why" if self.is_new else "client_key"]
        self._offer_people()
        self._offer_topics()
        self._offer_case()
        # Without these lines a "---------" would stand among the chips.
        self.fields["identity"].choices = Visit.Identity.choices
        self.fields["exclusion"].choices = Visit.Exclusion.choices
        self.fields["handling"].choices = Visit.Handling.choices

    def studios(self):
        """Where the party may have been received."""
        seen = Studio.objects.visible_to(self.account)
        return self._and_left(seen).filter(pk=self.day.studio_id)

    def _and_left(self, studios):
        """Also those the account has left since it wrote this."""
        if self.on == self.today:
            return studios
        return also(studios, Studio.objects.worked_in_by(self.account, self.on).values("pk"))

    def _offer_people(self):
        """Colleagues of the studio and whoever is on duty; those who signed in are chosen already."""
        postings = Posting.objects.standing_on(self.on).filter(studio__in=self.studios())
        people = Member.objects.filter(pk__in=postings.values("member"))
        if self.day:
            people |= Member.objects.filter(pk__in=self.day.duties.values("member"))
        if not self.is_new:
            people |= Member.objects.filter(pk__in=self.instance.receivers.values("pk"))
        self.fields["receivers"].queryset = people
        self.fields["receivers"].required = False
        self.initial.setdefault("receivers", self._present())

    def _present(self) -> list[int]:
        """Members who signed in; nobody did: the member who writes. A stored visit keeps its own."""
        if not self.is_new:
            return list(self.instance.receivers.values_list("pk", flat=True))
        duties = self.day.duties.filter(signed_in_at__isnull=False) if self.day else []
        own = self.account.scope.member
        return [duty.member_id for duty in duties] or ([own] if own else [])

    def _offer_topics(self):
        """First-level categories, those met most often in these studios last year first."""
        since = self.today - timedelta(days=365)
        met = Visit.objects.counted().filter(studio__in=self.studios(), visited_on__gte=since)
        topic = Coalesce("category__parent", "category")
        times = dict(met.order_by().values_list(topic).annotate(times=Count("pk")))
        topics = Category.objects.visible_to(self.account).filter(is_active=True, parent=None)
        topics |= Category.objects.filter(pk=self.instance.category_id)
        field = self.fields["category"]
        field.queryset = topics
        ordered = sorted(topics, key=lambda topic: -times.get(topic.pk, 0))
        field.choices = [(topic.pk, topic.name) for topic in ordered]

    def _offer_case(self):
        """A case is opened once; later corrections of the visit leave it alone."""
        self.case = None if self.is_new else self.instance.cases.first()
        if self.case:
            self.initial |= {"case_title": self.case.title, "deadline": self.case.deadline}
        else:
            self.initial.setdefault("deadline", self._usual_deadline())

    def _usual_deadline(self):
        """By the calendar of the office whose studio it is, once that is known; two queries at most."""
        studio = self.day.studio if self.day else getattr(self, "cleaned_data", {}).get("studio")
        return ordinary_deadline(self.today, studio and studio.organisation)

    # What was sent

    def clean(self):
        super().clean()
        if "client_key" in self.errors:
            self.renew_key("这份表单缺少提交标识或已损坏，内容都还在，请再提交一次。")
        if self.is_new:
            self._clean_day()
            self._note_left()
        self._clean_receivers()
        if self.cleaned_data.get("handling") == Visit.Handling.CASE:
            self._clean_case()
        elif self.case:
            self.add_error("handling", "这次来访已经开了帮办事项，处理方式不能再改。")

    def renew_key(self, sentence: str):
        """Give the form a key under which it can be sent again, and say so."""
        self.errors.pop("client_key", None)
        self.data = self.data.copy()
        self.data[self.add_prefix("client_key")] = str(uuid.uuid4())
        self.add_error(None, sentence)

    def _clean_day(self):
        if self.day and self.day.is_open:
            try:
                self._must_receive(self.day)
            except ValidationError as error:
                self.add_error(None, error)

    def _must_receive(self, day: ReceptionDay):
        """That the day is open, or was, is Visit's own rule; that this was written on that day is the members'."""
        self.instance.must_be_in_time(day)
        if day.is_open:
            day.must_receive_on(self.on)
            self.instance.is_late |= self.on != self.today

    def _note_left(self):
        place = self.day or self.cleaned_data.get("studio")
        if place and self.on != self.today:
            is_own = type(place).objects.owned_by(self.account).filter(pk=place.pk).exists()
            self.instance.is_late |= not is_own

    def _clean_receivers(self):
        chosen = self.cleaned_data.get("receivers")
        if chosen is None:
            return
        chosen = chosen or self.fields["receivers"].queryset.filter(pk__in=self._present())
        if not chosen:
            self.add_error("receivers", "请选择接待委员；委员签到后会自动选中。")
        # Whoever writes comes first: the visit takes that member's sector.
        own = self.account.scope.member
        self.cleaned_data["receivers"] = sorted(chosen, key=lambda member: member.pk != own)

    def _clean_case(self):
        title = self.cleaned_data.get("case_title") or first_sentence(self.cleaned_data.get("content", ""))
        # The title stands in lists, figures and reports, where nobody may recognise the visitor.
        named = (self.cleaned_data.get(name) or "" for name in ("visitor_name", "visitor_phone"))
        title = blotted(title, recognisable(*named))
        if not title and "case_title" not in self.errors:
            self.add_error("case_title", "帮办的事项请写明反映事项，或在这里填写名称。")
        deadline = self.cleaned_data.get("deadline") or self._usual_deadline()
        if not self.case and deadline < self.today:
            self.add_error("deadline", "办理期限不能早于今天。")
        self.cleaned_data |= {"case_title": title, "deadline": deadline}

    def repeats(self) -> bool:
        """Whether this, sent under the key of its instance, brings nothing but what is stored.

        A photo that a second try leaves out is no change: a browser does not keep files.
        """
        return (
            self.instance.reception_day_id == (self.day.pk if self.day else None)
            and not self.changed_fields()
            and self._repeats_case()
            and self._repeats_photos()
        )

    def changed_fields(self) -> list[str]:
        """Fields of the visit that differ from what is stored."""
        changed = set(self.changed_data) & set(self._meta.fields) - {"receivers"}
        if {member.pk for member in self.cleaned_data["receivers"]} != set(self._present()):
            changed.add("receivers")
        return sorted(changed)

    def _repeats_case(self) -> bool:
        if not self.case:
            return True
        sent = (self.cleaned_data["case_title"], self.cleaned_data["deadline"])
        return sent == (self.case.title, self.case.deadline)

    def _repeats_photos(self) -> bool:
        sent = {hashlib.sha256(p.read()).hexdigest() for p in self.cleaned_data["photos"]}
        return sent <= set(photos_of(self.instance).values_list("checksum", flat=True))

    # The act

    @transaction.atomic
    def save(self, *, request, at) -> Visit:
        """Visit, receivers, sector, photos, case and trail: all or nothing.

        Raises ValidationError when the day was closed meanwhile, IntegrityError when the same
        form arrived twice at one moment and the other was first.
        """
        visit = self.instance
        before = None if self.is_new else picture(visit)
        if self.is_new:
            self._keep_day_open()
            visit.client_key, visit.recorded_by = self.cleaned_data["client_key"], self.account
        visit.save()
        visit.receive(*self.cleaned_data["receivers"])
        why = {} if self.is_new else {"reason": self.cleaned_data["why"]}
        Entry.note(Entry.Act.ADD if self.is_new else Entry.Act.CHANGE, visit, request=request, before=before, **why)
        made = self._store_photos()
        if visit.handling == Visit.Handling.CASE and not self.case:
            made.append(self._open_case(at))
        for record in made:
            Entry.note(Entry.Act.ADD, record, request=request)
        return visit

    def _keep_day_open(self):
        """Whoever closes the day now waits for this visit, or this visit comes too late."""
        if self.day:
            self._must_receive(ReceptionDay.objects.select_for_update(of=("self",)).get(pk=self.day.pk))

    def _store_photos(self) -> list:
        return [self._store(photo) for photo in self.cleaned_data["photos"]]

    def _store(self, photo) -> Attachment:
        photo.seek(0)
        return Attachment.store(
            photo, kind="image/jpeg", target=self.instance, by=self.account, organisation=self.instance.organisation
        )

    def _open_case(self, at) -> Case:
        return Case.open_from(
            self.instance, member=self.cleaned_data["receivers"][0], title=self.cleaned_data["case_title"],
            deadline=self.cleaned_data["deadline"], by=self.account, at=at,
        )  # fmt: skip


class WalkInForm(VisitForm):
    """Log or correct a party met outside reception days."""

    CHANNELS = (
        Visit.Channel.HOME, Visit.Channel.CALL, Visit.Channel.LETTER, Visit.Channel.COLUMN,
    )  # fmt: skip

    class Meta(VisitForm.Meta):
        fields = ["studio", "channel", "visited_on", *VisitForm.Meta.fields]
        widgets = VisitForm.Meta.widgets | {
            "studio": forms.RadioSelect,
            "channel": forms.RadioSelect,
            "visited_on": DayInput,
        }
        labels = VisitForm.Meta.labels | {"channel": "怎样联系的", "visited_on": "哪一天"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A closed studio is not offered, but when sent it gets its own sentence.
        own = list(self.studios())
        shown = [studio for studio in own if studio.is_open_on(self.on)]
        self.fields["studio"].queryset = self.studios()
        self.fields["studio"].required = True
        self.fields["studio"].choices = [(studio.pk, studio.name) for studio in shown]
        self.fields["visited_on"].widget.attrs["max"] = self.today.isoformat()
        channels = dict.fromkeys([*self.CHANNELS, self.instance.channel])
        if self.is_new:
            channels = self.CHANNELS
            self.initial |= {"visited_on": self.today, "channel": Visit.Channel.HOME}
            self.initial["studio"] = shown[0].pk if shown else None
        self.fields["channel"].choices = [(c, Visit.Channel(c).label) for c in channels]

    def studios(self):
        return self._and_left(Studio.objects.visible_to(self.account).owned_by(self.account))


class VoidForm(forms.Form):
    """Why a visit is taken out of the figures."""

    reason = forms.CharField(label="作废原因", max_length=200, widget=forms.TextInput({"placeholder": "如：重复登记"}))


def photos_of(visit: Visit):
    return Attachment.objects.filter(
        content_type__app_label="reception", content_type__model="visit", object_id=visit.pk
    ).order_by("pk")
