import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html

from cases import suggesting
from cases.models import Case, Choice, Intake
from cases.taking_up import first_sentence
from cases.workflow import ordinary_deadline
from liaison.constraints import tell
from liaison.fields import phone_validator
from liaison.models import Attachment, Category, Entry
from liaison.privacy import blotted, recognisable
from liaison.uploads import PhotosField
from reception.consent import CONSENT
from studios.models import Studio


class IntakeForm(forms.Form):
    """What somebody writes who scanned a studio's code: the matter, whom they turn to, and if they like, who they are."""

    MOST_PHOTOS = 3

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    content = forms.CharField(
        label="想反映什么事", max_length=2000,
        widget=forms.Textarea({"rows": 5, "placeholder": "什么事、在哪里、希望怎样解决"}),
        error_messages={"required": "请写明想反映的事。", "max_length": "最多写 2000 字，现在有 %(show_value)d 字。"},
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label="属于哪一类", queryset=Category.objects.none(), required=False, widget=forms.RadioSelect
    )
    sector = forms.ChoiceField(label="想找哪个界别的委员", required=False)
    member = forms.IntegerField(label="想找哪位委员", required=False, widget=forms.RadioSelect)
    visitor_name = forms.CharField(
        label="怎样称呼您", max_length=40, required=False, widget=forms.TextInput({"placeholder": "如：王女士"})
    )
    visitor_phone = forms.CharField(
        label="联系电话", max_length=20, required=False, validators=[phone_validator],
        widget=forms.TextInput({"type": "tel"}), help_text="只给受理的委员和政协机关看；查询时用后四位核对。",
    )  # fmt: skip
    consented = forms.BooleanField(
        label="我同意保存和使用以上联系方式", required=False, help_text=CONSENT.replace("来访人", "本人", 1)
    )
    photos = PhotosField(
        label="照片",
        required=False,
        most=MOST_PHOTOS,
        help_text=f"最多 {MOST_PHOTOS} 张，每张不超过 10 MB；不要拍身份证件。",
    )

    def __init__(self, *args, studio: Studio, **kwargs):
        self.studio, self.today = studio, timezone.localdate()
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_key", uuid.uuid4())
        topics = Category.objects.filter(is_active=True, parent=None)
        self.fields["category"].queryset = topics
        self.fields["category"].choices = [(topic.pk, topic.name) for topic in topics]
        self._offer_members()

    def _offer_members(self):
        """Best suited first, as far as topic and sector are known by now."""
        topics = {str(topic): name for topic, name in self.fields["category"].choices}
        typed = str(self["category"].value() or "")
        topic = Category.objects.get(pk=typed) if typed in topics else None
        self.own, self.others = suggesting.candidates(
            self.studio, self.today, category=topic, sector=self["sector"].value() or ""
        )
        sectors = sorted({one.sector for one in (*self.own, *self.others) if one.sector})
        sectors += [typed for typed in [self["sector"].value()] if typed and typed not in sectors]
        self.fields["sector"].choices = [("", "都可以"), *((name, name) for name in sectors)]
        self.fields["member"].widget.choices = [("", "由工作室安排")] + [
            (one.member.pk, self._described(one)) for one in (*self.own, *self.others)
        ]

    def _described(self, one: suggesting.Candidate) -> str:
        """Two lines: who it is, and what for."""
        where = "" if one.studio == self.studio else one.studio.name
        words = [one.sector, where, f"熟悉：{'、'.join(one.member.expertise)}" if one.member.expertise else ""]
        reasons = f"（{'，'.join(one.reasons)}）" if one.reasons else ""
        return format_html("{}<small>{}{}</small>", one.member.name, "　".join(filter(None, words)), reasons)

    # What was sent

    def clean_member(self):
        """The posting of whoever was chosen, the scanned studio's own before another's; None for the studio's choice."""
        if (chosen := self.cleaned_data["member"]) is None:
            return None
        postings = (
            suggesting.open_postings(self.studio, self.today).filter(member=chosen).select_related("member", "studio")
        )
        found = sorted(postings, key=lambda posting: posting.studio_id != self.studio.pk)
        if not found:
            raise ValidationError("这位委员已不在这里接待，请另选一位，或由工作室安排。")
        return found[0]

    def clean(self):
        super().clean()
        if "client_key" in self.errors:
            self.renew_key("这份表单缺少提交标识或已损坏，内容都还在，请再提交一次。")
        try:
            self.studio.must_be_open_on(self.today)
        except ValidationError as closed:
            self.add_error(None, f"{closed.message}请与{self.studio.organisation.short_name}联系。")
        left = self.cleaned_data.get("visitor_name") or self.cleaned_data.get("visitor_phone")
        if left and not self.cleaned_data.get("consented"):
            rule = next(c for c in Intake._meta.constraints if c.name == "intake_kept_with_consent")
            self.add_error("consented", rule.violation_error_message)

    def renew_key(self, sentence: str):
        """Give the form a key under which it can be sent again, and say so."""
        self.errors.pop("client_key", None)
        self.data = self.data.copy()
        self.data["client_key"] = str(uuid.uuid4())
        self.add_error(None, sentence)

    # The act

    @transaction.atomic
    def save(self, *, proof: str, request, at) -> Intake:
        """Case, whom it is from, photos and the first offer: all or nothing. Raises ValidationError, IntegrityError when
        the same form or puzzle was sent twice at one moment."""
        case = self._open_case(at)
        said = {name: self.cleaned_data[name] for name in ("client_key", "visitor_name", "visitor_phone", "consented")}
        intake = Intake(case=case, proof=proof, **said)
        intake.full_clean(validate_unique=False)
        intake.save()
        photos = [self._store(photo, intake) for photo in self.cleaned_data["photos"]]
        posting = self.cleaned_data["member"]
        choice = Choice.offer(case, case.studio, posting and posting.member, by=None, at=at)
        for record in (case, intake, *photos, choice):
            Entry.note(Entry.Act.ADD, record, request=request)
        return intake

    def _open_case(self, at) -> Case:
        typed, posting = self.cleaned_data, self.cleaned_data["member"]
        studio = posting.studio if posting else self.studio
        named = recognisable(typed["visitor_name"], typed["visitor_phone"])
        return Case(
            title=blotted(first_sentence(typed["content"]) or typed["content"][:40], named), content=typed["content"],
            category=typed["category"], channel=Case.Channel.SCAN, organisation=studio.organisation, studio=studio,
            division=studio.division, deadline=ordinary_deadline(self.today, studio.organisation),
        ).open(by=None, at=at)  # fmt: skip

    def _store(self, photo, intake: Intake) -> Attachment:
        photo.seek(0)
        return Attachment.store(photo, kind="image/jpeg", target=intake, by=None, organisation=intake.organisation)

    def tell(self, refusal: ValidationError):
        tell(self, refusal)
