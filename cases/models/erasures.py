from django.db import models

from liaison.models import Account, Organisation
from liaison.scope import ScopedQuerySet
from reception.models import Visit


class Erasure(models.Model):
    """A visitor taken out of a visit and of what hangs on it; the visit itself still counts (PIPL, articles 15 and 47)."""

    class Reason(models.TextChoices):
        WITHDRAWN = "withdrawn", "本人撤回同意"
        ASKED = "asked", "本人要求删除"
        EXPIRED = "expired", "保存期满"
        MISTAKE = "mistake", "误登"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="erasures", verbose_name="来访")
    reason = models.CharField("原因", max_length=10, choices=Reason)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    texts = models.PositiveIntegerField("清理的文字", default=0)
    photos = models.PositiveIntegerField("删除的文件", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息删除"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.get_reason_display()} {self.visit}"
