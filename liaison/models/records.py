"""What accompanies other records: files, and being voided instead of deleted."""

import hashlib
import uuid

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from liaison.scope import ScopedQuerySet

from .organisations import Organisation
from .rules import PlacedRules


class VoidableQuerySet(ScopedQuerySet):
    def unvoided(self):
        return self.filter(voided_at__isnull=True)


class OnceQuerySet(VoidableQuerySet):
    """Rows that are logged once, however often they are sent: they have `client_key` and `recorded_by`."""

    def logged_under(self, key: str, account):
        """What the account logged before under the client key, however that is written; None for nothing, which a key
        of somebody else's row is too. One query, none for no key."""
        try:
            return self.filter(recorded_by=account, client_key=uuid.UUID(str(key))).first()
        except ValueError:
            return None


class Voidable(PlacedRules):
    """A row that enters the statistics and is therefore voided, never deleted."""

    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        "liaison.Account",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,  # nobody looks rows up by it, and an account is switched off, never deleted
        verbose_name="作废人",
    )
    void_reason = models.CharField("作废原因", max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_voided_with_reason",
                condition=Q(voided_at__isnull=True, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                violation_error_message="作废必须说明原因。",
            )
        ]

    def void(self, *, by, why: str, at):
        """Take this row out of every figure; it stays readable. Raises ValidationError without a reason or twice."""
        if self.voided_at:
            raise ValidationError("这条记录已经作废。")
        if not why.strip():
            raise ValidationError("请说明作废原因。")
        self.voided_at, self.voided_by, self.void_reason = at, by, why.strip()
        self.save(update_fields=["voided_at", "voided_by", "void_reason"])

    @property
    def is_voided(self) -> bool:
        return self.voided_at is not None


def upload_path(attachment, name: str) -> str:
    """Files are stored under their checksum: no name a person typed reaches the disk."""
    suffix = attachment.SUFFIXES[attachment.kind]
    return f"{attachment.checksum[:2]}/{attachment.checksum}{suffix}"


class Attachment(models.Model):
    """A file of any record; private, served only through a check of that record's scope."""

    SUFFIXES = {
        "image/jpeg": ".jpg",
        "image/png": ".png",
        "image/webp": ".webp",
        "application/pdf": ".pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    }

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    file = models.FileField("文件", upload_to=upload_path, max_length=120)
    name = models.CharField("文件名", max_length=120)
    kind = models.CharField("类型", max_length=80, choices=[(k, v[1:].upper()) for k, v in SUFFIXES.items()])
    size = models.PositiveIntegerField("大小（字节）")
    checksum = models.CharField("校验和", max_length=64)
    uploaded_by = models.ForeignKey(
        "liaison.Account", models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, verbose_name="所属类型")
    object_id = models.PositiveBigIntegerField("所属编号", null=True, blank=True)
    target = GenericForeignKey()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["-id"]
        indexes = [models.Index(name="attachment_target", fields=["content_type", "object_id"])]

    def __str__(self):
        return self.name

    @classmethod
    def store(cls, upload, *, kind: str, target=None, organisation, by):
        """Save an uploaded file whose kind has been sniffed from its content."""
        checksum = hashlib.sha256(b"".join(upload.chunks())).hexdigest()
        upload.seek(0)
        attachment = cls(
            organisation=organisation, name=upload.name[-120:], kind=kind, size=upload.size, checksum=checksum,
            uploaded_by=by, target=target,
        )  # fmt: skip
        attachment.file.save(upload.name, upload, save=False)
        attachment.save()
        return attachment

    def is_visible_to(self, account) -> bool:
        """Who works on the record sees its file, for a photo may show a citizen; readers of totals do not.

        A file of no record is seen by its organisation. Two queries.
        """
        if self.content_type is None:
            return Attachment.objects.visible_to(account).filter(pk=self.pk).exists()
        records = self.content_type.model_class().objects.filter(pk=self.object_id)
        return records.writable_by(account).exists() or records.owned_by(account).exists()
