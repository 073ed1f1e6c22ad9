"""The trail of who did what: its entries, the chain that seals them, and what a purge leaves."""

import hashlib
import json
from datetime import UTC
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from liaison.scope import KeptQuerySet, Scope
from liaison.source import client_address

from .diff import Picture, differences, label_of, picture
from .organisations import Organisation

CANONICAL = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}


class EntryQuerySet(KeptQuerySet):
    def kept(self, scope: Scope) -> Q:
        """What belongs to no office (an unknown name at the door, the system's own acts) every auditor reads."""
        return super().kept(scope) | Q(organisation__isnull=True) if scope.kept else Q(pk__in=())

    def about(self, record):
        """Everything done to one record; by the index entry_object."""
        return self.filter(content_type=ContentType.objects.get_for_model(record), object_id=str(record.pk))


class Entry(models.Model):
    """Who did what to which record, when and from where; appended, never changed: neither by the grants of the
    application's role nor past a trigger. Only a purge takes entries away, when they are old enough (Anchor)."""

    class Act(models.TextChoices):
        ADD = "add", "新增"
        CHANGE = "change", "修改"
        VOID = "void", "作废"
        DELETE = "delete", "删除"
        ERASE = "erase", "删除个人信息"
        LOG_IN = "log_in", "登录"
        LOG_IN_FAILED = "log_failed", "登录失败"
        LOG_OUT = "log_out", "退出登录"
        REFUSED = "refused", "拒绝访问"
        REVEAL = "reveal", "查看完整信息"
        EXPORT = "export", "导出"
        IMPORT = "import", "导入"
        PRINT = "print", "打印"
        PASSWORD = "password", "设置密码"
        MFA = "mfa", "动态口令"
        CODE = "code", "登录码"
        TOKEN = "token", "接口令牌"
        VERIFY = "verify", "核对封存"
        PURGE = "purge", "到期清除"

    at = models.DateTimeField("时间", auto_now_add=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="政协组织")
    account = models.ForeignKey("liaison.Account", models.PROTECT, null=True, related_name="+", verbose_name="账号")
    act = models.CharField("操作", max_length=10, choices=Act)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, verbose_name="记录类型")
    object_id = models.CharField("记录编号", max_length=40, blank=True)
    object_label = models.CharField("记录", max_length=200, blank=True)
    # "diff": rows of liaison.models.diff · "fields": what else was done, in words · further words by act: path, reason …
    changes = models.JSONField("变更内容", default=dict, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ["-id"]
        indexes = [
            models.Index(name="entry_object", fields=["content_type", "object_id"]),
            models.Index(name="entry_list", fields=["-at", "-id"]),  # the viewer, by period
            models.Index(name="entry_act", fields=["act", "-id"]),  # the viewer, by act; the last verification
        ]

    def __str__(self):
        return f"{self.get_act_display()} {self.object_label}".strip()

    # All that an entry says, in this order: what its seal is made of.
    SAID = (
        "pk", "at", "organisation_id", "account_id", "act", "content_type_id", "object_id", "object_label", "changes",
        "address",
    )  # fmt: skip

    @property
    def said(self) -> tuple:
        return tuple(getattr(self, name) for name in self.SAID)

    @classmethod
    def note(cls, act: str, record=None, *, request=None, by=None, before: Picture | None = None, **changes):
        """Append an entry in the transaction of the act itself.

        What a new record holds and what a deleted one held (note it before it goes) is added by itself; of a change, what
        differs from `before`, the `picture` taken before the act.
        """
        account = by or (request.user if request and request.user.is_authenticated else None)
        if record is not None and (before or act in (cls.Act.ADD, cls.Act.DELETE)):
            changes["diff"] = cls._diff(act, record, before)
        return cls.objects.create(
            act=act, account=account, organisation=office_of(record) or getattr(account, "organisation", None),
            changes=changes, content_type=ContentType.objects.get_for_model(record) if record else None,
            object_id=str(record.pk) if record else "", object_label=label_of(record)[:200] if record else "",
            address=client_address(request) if request else None,
        )  # fmt: skip

    @classmethod
    def _diff(cls, act: str, record, before: Picture | None) -> list[dict[str, Any]]:
        now = picture(record)
        return differences(now, None) if act == cls.Act.DELETE else differences(before, now)


def office_of(record) -> Organisation | None:
    """The office a record belongs to, by the same path that decides who may see it."""
    if record is None or isinstance(record, Organisation):
        return record
    path = getattr(record._meta.model._default_manager.all(), "path", "organisation__path")
    for name in path.split("__")[:-1]:
        step = getattr(record, name, None)
        if not isinstance(step, models.Model):
            # An account's offices are those of its grants: it says itself which comes first.
            return getattr(record, "organisation", None)
        record = step
    return record if isinstance(record, Organisation) else None


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
    def digest_of(before: str, said: tuple) -> str:
        """`said`: as Entry.SAID lists it."""
        key, at, *rest = said
        # One fixed form; sort_keys because the database keeps no order of keys.
        words = json.dumps([key, at.astimezone(UTC).isoformat(), *rest], **CANONICAL)
        return hashlib.new("sm3", (before + words).encode()).hexdigest()


class Unsealed(models.Model):
    """An entry that waits for its seal. The database puts it here when the entry is written and takes it away when the
    seal is; the application can only read, so that no entry leaves without one."""

    entry = models.OneToOneField(
        Entry, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+", verbose_name="操作记录"
    )

    class Meta:
        verbose_name = verbose_name_plural = "待封存"

    def __str__(self):
        return str(self.entry_id)


class Anchor(models.Model):
    """Where the kept part of the chain begins: what a purge left of the part it took away. Written by the database's own
    function (liaison_purge_trail), with an entry that says the same."""

    last_seal = models.BigIntegerField("最后一枚封存", unique=True)
    digest = models.CharField("摘要", max_length=64)
    count = models.PositiveBigIntegerField("清除条数")
    purged_at = models.DateTimeField("清除时间")

    class Meta:
        verbose_name = verbose_name_plural = "清除锚点"
        ordering = ["id"]

    def __str__(self):
        return self.digest
