"""Templates of an office's documents, version by version."""

from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse

from liaison.models import Account, Organisation
from liaison.scope import ScopedQuerySet


class ReportTemplateQuerySet(ScopedQuerySet):
    def current(self, organisation: Organisation, kind: str) -> "ReportTemplate | None":
        """The one that the office's documents are made with; None: the house's own."""
        return self.filter(organisation=organisation, kind=kind, is_current=True).first()

    def listed(self):
        """Newest first, without the files themselves."""
        return self.defer("content").select_related("uploaded_by").order_by("-version")

    @transaction.atomic
    def keep(self, *, organisation: Organisation, kind: str, name: str, content: bytes, note: str, by: Account):
        """A new version, not in use until somebody says so."""
        # Two uploads at once must not both become the same version.
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        last = self.filter(organisation=organisation, kind=kind).aggregate(last=Max("version"))["last"] or 0
        return self.create(
            organisation=organisation, kind=kind, version=last + 1, name=name, content=content, note=note, uploaded_by=by,
        )  # fmt: skip


class ReportTemplate(models.Model):
    """One version of an office's template of one kind of document. The file lies in the row: behind both walls, in every
    backup, and stored or refused in one transaction with its entry in the trail."""

    class Kind(models.TextChoices):
        REPORT = "report", "工作报告"
        BRIEF = "brief", "每周简报"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="report_templates", verbose_name="政协组织"
    )
    kind = models.CharField("种类", max_length=10, choices=Kind)
    version = models.PositiveIntegerField("版本")
    name = models.CharField("文件名", max_length=120)
    note = models.CharField("说明", max_length=200, blank=True)
    content = models.BinaryField("文件", editable=False)
    is_current = models.BooleanField("正在使用", default=False)
    uploaded_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = ReportTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报告模板"
        ordering = ["organisation", "kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="report_template_version_once", fields=["organisation", "kind", "version"],
                violation_error_message="这个版本已经有了，请再上传一次。",
            ),
            models.UniqueConstraint(
                name="report_template_one_current", fields=["organisation", "kind"], condition=Q(is_current=True),
                violation_error_message="同一种文件只能使用一个版本的模板。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.get_kind_display()}模板第 {self.version} 版"

    def get_absolute_url(self):
        return reverse("reports:show-template", args=[self.pk])

    def use(self):
        """From now on the office's documents are made with this version; another one rests."""
        self.rest()
        self.is_current = True
        self.save(update_fields=["is_current"])

    def rest(self):
        """The office's documents are made with the house's own template again."""
        type(self).objects.filter(organisation=self.organisation, kind=self.kind).update(is_current=False)
        self.is_current = False
