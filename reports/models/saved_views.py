"""Pages of figures that are kept under a name."""

from django.db import models
from django.urls import reverse

from liaison.models import Organisation
from liaison.scope import ScopedQuerySet


class SavedView(models.Model):
    """A page of figures kept under a name, with its periods as fixed days (常用视图)."""

    class Page(models.TextChoices):
        DASHBOARD = "dashboard", "统计总览"
        TEXT = "text", "报告文稿"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="saved_views", verbose_name="政协组织")
    page = models.CharField("页面", max_length=10, choices=Page)
    title = models.CharField("名称", max_length=60)
    query = models.CharField("参数", max_length=400, help_text="网址中问号之后的部分。")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常用视图"
        ordering = ["organisation__path", "order", "id"]

    def __str__(self):
        return self.title

    @property
    def url(self) -> str:
        return f"{reverse(f'reports:{self.page}')}?{self.query}"
