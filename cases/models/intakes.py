import uuid

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from liaison import reach
from liaison.fields import phone_validator
from liaison.models import Account, Attachment, Inheriting, Member, Organisation, PlacedRules
from liaison.privacy import (
    EncryptedField,
    KeyedHashField,
    is_hash_of,
    mask_name,
    mask_phone,
    recognisable,
)
from liaison.scope import Scope, ScopedQuerySet
from reception.consent import CONSENT, CONSENT_VERSION
from reception.models import Visit

from .case import Case


class IntakeQuerySet(ScopedQuerySet):
    owners = ("organisation",)

    def own(self, scope: Scope) -> Q:
        return Q(case__in=Case.objects.filter(Case.objects.all().own(scope)).values("pk"))

    @reach.everything()
    def must_be_fresh(self, proof: str):
        """Raises ValidationError for a puzzle that was used before, whichever office it was sent to."""
        if self.filter(proof=proof).exists():
            raise ValidationError(Intake._meta.get_field("proof").error_messages["unique"])

    def of_visitor(self, text: str):
        """What came from whoever gave exactly this name or this telephone number."""
        return self.filter(is_hash_of("visitor_name_hash", text) | is_hash_of("visitor_phone_hash", text))

    def with_personal_data(self):
        return self.filter(~Q(visitor_name_hash="") | ~Q(visitor_phone_hash=""))


class Intake(Inheriting, PlacedRules):
    """What came in by a studio's code: whom it came from, until a member accepts it and a visit is made of it.

    Name, number and photos lie here meanwhile and move on to the visit; the visit takes over the client key as well, so
    that the journal of erasures names the same person before and after.
    """

    mended_by = {"intake_kept_with_consent": "consented"}

    case = models.OneToOneField(Case, models.PROTECT, related_name="intake", verbose_name="事项")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, editable=False, related_name="+", verbose_name="政协组织"
    )
    client_key = models.UUIDField("提交标识", unique=True, default=uuid.uuid4, editable=False)
    # Which puzzle was solved to send it: each is good once, as long as this row is kept.
    proof = models.CharField(
        "验证编号", max_length=64, unique=True, editable=False,
        error_messages={"unique": "这次验证已经用过，内容都还在，请重新验证后再提交。"},
    )  # fmt: skip
    visitor_name = EncryptedField("称呼", max_length=40, blank=True)
    visitor_name_hash = KeyedHashField(source="visitor_name")
    visitor_phone = EncryptedField("联系电话", max_length=20, blank=True, validators=[phone_validator])
    visitor_phone_hash = KeyedHashField(source="visitor_phone")
    consented = models.BooleanField("同意留存联系方式", default=False, help_text=CONSENT)
    consent_version = models.CharField("同意书版本", max_length=10, blank=True, editable=False)
    consent_withdrawn_at = models.DateTimeField("撤回同意时间", null=True, blank=True, editable=False)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "扫码说事"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="intake_kept_with_consent",
                condition=Q(visitor_name="", visitor_phone="") | Q(consented=True),
                violation_error_message="留下称呼或电话，请先勾选同意；不留也可以提交。",
            )
        ]  # fmt: skip
        indexes = [
            # of_visitor
            models.Index(name="intake_name_hash", fields=["visitor_name_hash"], condition=~Q(visitor_name_hash="")),
            models.Index(name="intake_phone_hash", fields=["visitor_phone_hash"], condition=~Q(visitor_phone_hash="")),
        ]

    def __str__(self):
        return f"{self.case.number} {self.masked_name}"

    def inherit(self):
        if not self.organisation_id:
            self.organisation_id = self.case.organisation_id
        if self.consented and not self.consent_version:
            self.consent_version = CONSENT_VERSION

    @property
    def trail_label(self) -> str:
        return self.case.number

    @property
    def masked_name(self) -> str:
        return mask_name(self.visitor_name) or "群众"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.visitor_phone)

    @property
    def recognised_by(self) -> list[str]:
        """Words by which a text would give away whoever sent it."""
        return recognisable(self.visitor_name, self.visitor_phone)

    @property
    def cases(self):
        """As of a visit: the cases that rest on it."""
        return Case.objects.filter(pk=self.case_id)

    @property
    def photos(self):
        return Attachment.objects.filter(
            content_type=ContentType.objects.get_for_model(Intake), object_id=self.pk
        ).order_by("pk")

    def become_visit(self, member: Member, *, by: Account, on) -> Visit:
        """Store the visit that `member` makes of it on this day, and hand over to it whatever says who it was.

        Raises ValidationError when the studio takes no more visits.
        """
        case = self.case
        visit = Visit(
            client_key=self.client_key, studio=case.studio, organisation=case.organisation, visited_on=on,
            channel=Visit.Channel.SCAN, handling=Visit.Handling.CASE, category=case.category, content=case.content,
            is_urgent=case.is_urgent, recorded_by=by, visitor_name=self.visitor_name,
            visitor_phone=self.visitor_phone, consented=self.consented, consent_version=self.consent_version,
        )  # fmt: skip
        try:
            visit.full_clean(exclude=["client_key"])
        except ValidationError as refusal:
            # There are no fields here beside which it could be said.
            raise ValidationError(refusal.messages) from refusal
        visit.save()
        visit.receive(member)
        self.photos.update(content_type=ContentType.objects.get_for_model(Visit), object_id=visit.pk)
        self.visitor_name = self.visitor_phone = ""
        self.save()
        return visit
