"""What accompanies other records: files, the trail of who did what, and being voided instead of deleted."""

import hashlib
import json
from datetime import UTC

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from liaison.scope import KeptQuerySet, ScopedQuerySet
from liaison.source import client_address

from .organisations import Organisation
from .rules import PlacedRules


class VoidableQuerySet(ScopedQuerySet):
    def unvoided(self):
        return self.filter(voided_at__isnull=True)


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


class Entry(models.Model):
    """Who did what to which record, when and from where; appended, never changed (a trigger refuses)."""

    class Act(models.TextChoices):
        ADD = "add", "新增"
        CHANGE = "change", "修改"
        VOID = "void", "作废"
        DELETE = "delete", "删除"
        LOG_IN = "log_in", "登录"
        LOG_IN_FAILED = "log_failed", "登录失败"
        LOG_OUT = "log_out", "退出登录"
        REFUSED = "refused", "拒绝访问"
        REVEAL = "reveal", "查看完整信息"
        EXPORT = "export", "导出"
        PASSWORD = "password", "设置密码"
        MFA = "mfa", "动态口令"
        CODE = "code", "登录码"

    at = models.DateTimeField("时间", auto_now_add=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="政协组织")
    account = models.ForeignKey("liaison.Account", models.PROTECT, null=True, related_name="+", verbose_name="账号")
    act = models.CharField("操作", max_length=10, choices=Act)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, verbose_name="记录类型")
    object_id = models.CharField("记录编号", max_length=40, blank=True)
    object_label = models.CharField("记录", max_length=200, blank=True)
    # Names of changed fields only: what personal data read before and after has no place in the trail.
    changes = models.JSONField("变更内容", default=dict, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ["-id"]
        indexes = [models.Index(name="entry_object", fields=["content_type", "object_id"])]

    def __str__(self):
        return f"{self.get_act_display()} {self.object_label}"

    @property
    def canonical(self) -> bytes:
        """All that the entry says, in one fixed form: what its seal is made of."""
        said = [
            self.pk, self.at.astimezone(UTC).isoformat(), self.organisation_id, self.account_id, self.act,
            self.content_type_id, self.object_id, self.object_label, self.changes, self.address,
        ]  # fmt: skip
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def note(cls, act: str, record=None, *, request=None, by=None, **changes):
        """Append an entry in the transaction of the act itself."""
        account = by or (request.user if request and request.user.is_authenticated else None)
        organisation = getattr(record, "organisation", None) or getattr(account, "organisation", None)
        return cls.objects.create(
            act=act, account=account, organisation=organisation, changes=changes,
            content_type=ContentType.objects.get_for_model(record) if record else None,
            object_id=str(record.pk) if record else "", object_label=getattr(record, "trail_label", str(record))[:200] if record else "",
            address=client_address(request) if request else None,
        )  # fmt: skip


class Seal(models.Model):
    """A link of the chain over the trail: the SM3 digest of the link before it and of one entry (GB/T 32905).

    Entries are written without waiting for each other; a task seals them afterwards, one after the other.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="seal", verbose_name="操作记录")
    digest = models.CharField("摘要", max_length=64)
    sealed_at = models.DateTimeField("封存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "封存"
        ordering = ["id"]

    def __str__(self):
        return self.digest

    @staticmethod
    def digest_of(before: str, entry: Entry) -> str:
        return hashlib.new("sm3", before.encode() + entry.canonical).hexdigest()
