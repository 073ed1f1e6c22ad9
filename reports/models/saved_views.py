"""Pages of figures that are kept under a name."""

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from liaison.models import Account, Entry, Organisation, PlacedRules
from liaison.scope import ScopedQuerySet


class SavedViewQuerySet(ScopedQuerySet):
    def visible_to(self, account):
        """What the office keeps for everybody, and the account's own; never another account's."""
        return super().visible_to(account).filter(Q(account__isnull=True) | Q(account=account.pk))

    def kept_by(self, account):
        return self.filter(account=account)

    def of_office(self):
        return self.filter(account__isnull=True)


class SavedView(PlacedRules):
    """A page of figures kept under a name, with its periods as fixed days (常用视图): the office's, or one account's own."""

    class Page(models.TextChoices):
        DASHBOARD = "dashboard", "总览"
        CALENDAR = "calendar", "接待日历"
        SPREAD = "spread", "界别与类别"
        COMPARE = "compare", "对比"
        TEXT = "text", "报告文稿"

    MOST = 30
    mended_by = {"saved_view_title_once": "title"}

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="saved_views", verbose_name="政协组织")
    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="saved_views", verbose_name="账号"
    )
    page = models.CharField("页面", max_length=10, choices=Page)
    title = models.CharField("名称", max_length=60)
    query = models.CharField("参数", max_length=400, help_text="网址中问号之后的部分。")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常用视图"
        ordering = ["organisation__path", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                name="saved_view_title_once", fields=["account", "title"],
                violation_error_message="您已有同名的视图，请换一个名称。",
            )
        ]  # fmt: skip

    def __str__(self):
        return self.title

    @transaction.atomic
    def drop(self, *, request):
        """A view is no record: it goes for good."""
        Entry.note(Entry.Act.DELETE, self, request=request)
        self.delete()

    @property
    def url(self) -> str:
        return f"{reverse(f'reports:{self.page}')}?{self.query}"
