from django.db import models

from liaison.fields import PinyinField, ends_after_start
from liaison.models import Inheriting, Member, Organisation, PlacedRules
from liaison.models.organisations import StandingQuerySet
from liaison.scope import ScopedQuerySet


class Programme(PlacedRules):
    """A plan over years that activities link to (专项工作)."""

    mended_by = {"programme_name_once": "name"}

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="programmes", verbose_name="政协组织")
    name = models.CharField("名称", max_length=80)
    pinyin = PinyinField("拼音")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专项工作"
        ordering = ["organisation__path", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                name="programme_name_once", fields=["organisation", "name"],
                violation_error_message="本组织已有同名专项工作。",
            )
        ]  # fmt: skip

    def __str__(self):
        return self.name


class TaskGroup(Inheriting, PlacedRules):
    """A group set up for one part of a programme (专班)."""

    class QuerySet(StandingQuerySet):
        owners = ("organisation", "programme")

    mended_by = {"task_group_ends_after_start": "ends_on", "task_group_name_once": "name"}

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, editable=False, related_name="task_groups", verbose_name="政协组织"
    )
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="task_groups", verbose_name="专项工作")
    name = models.CharField("名称", max_length=60)
    leader = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="牵头委员")
    starts_on = models.DateField("成立日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = QuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专班"
        ordering = ["programme", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                name="task_group_name_once", fields=["programme", "name"], violation_error_message="这项工作已有同名专班。"
            ),
            ends_after_start("task_group_ends_after_start", "结束日期不能早于成立日期。"),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def inherit(self):
        if self.programme_id and not self.organisation_id:
            self.organisation_id = self.programme.organisation_id
