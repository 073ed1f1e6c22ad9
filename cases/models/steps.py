from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.workflow import State
from liaison.models import Account, Organisation
from liaison.scope import Scope, ScopedQuerySet

from .case import Case


class StepQuerySet(ScopedQuerySet):
    def own(self, scope: Scope) -> Q:
        return Q(case__in=Case.objects.filter(Case.objects.all().own(scope)).values("pk"))


class Step(models.Model):
    """One move of a case (办理记录); appended, never changed (a trigger refuses)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name="事项")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    state = models.CharField("状态", max_length=12, choices=State)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人")
    note = models.TextField("说明", max_length=1000, blank=True)
    department_reply = models.TextField("承办单位答复", max_length=2000, blank=True)
    is_told = models.BooleanField("告诉反映人", default=False, db_default=False, editable=False)
    is_said = models.BooleanField("反映人所说", default=False, db_default=False, editable=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["case", "at", "id"]

    def __str__(self):
        return f"{self.get_state_display()} {timezone.localtime(self.at):%Y年%-m月%-d日 %H:%M}"
