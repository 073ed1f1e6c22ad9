"""What it all adds up to. Rows here follow from the facts; the roll-up alone writes them (reports/rollup)."""

from django.db import models
from django.db.models.functions import Now

from liaison.models import Organisation
from liaison.scope import ScopedQuerySet


class Dirty(models.Model):
    """A month of one organisation whose facts of one source changed; written by triggers in the writer's transaction."""

    source = models.CharField("来源", max_length=20)
    # No foreign keys: a trigger's insert must cost next to nothing.
    organisation_id = models.BigIntegerField("政协组织")
    month = models.DateField("月份")
    noted_at = models.DateTimeField("记下时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "待重算"
        indexes = [models.Index(name="dirty_by_source", fields=["source", "organisation_id", "month"])]

    def __str__(self):
        return f"{self.source} {self.organisation_id} {self.month}"


class Cell(models.Model):
    """The value of one indicator, from one source, for one organisation alone and one month.

    `dimension` "" is the total; otherwise `key` says which studio, sector, category or channel.
    """

    indicator = models.CharField("指标", max_length=40)
    source = models.CharField("来源", max_length=20)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, db_constraint=False, related_name="+", db_index=False
    )
    month = models.DateField("月份")
    dimension = models.CharField("维度", max_length=12, blank=True)
    key = models.CharField("取值", max_length=20, blank=True)
    value = models.DecimalField("数值", max_digits=20, decimal_places=2)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "统计单元"
        constraints = [
            models.UniqueConstraint(
                name="cell_once", fields=["organisation", "month", "source", "indicator", "dimension", "key"]
            )
        ]
        indexes = [
            models.Index(  # table.py: an indicator's months of some organisations
                name="cell_figures",
                fields=["indicator", "dimension", "organisation", "month"],
                include=["key", "value"],
            )
        ]

    def __str__(self):
        return f"{self.indicator} {self.month} {self.value}"


class Rolled(models.Model):
    """A sum of cells over everything below one organisation (city and up), for a month, quarter or year."""

    class Grain(models.TextChoices):
        MONTH = "month", "月"
        QUARTER = "quarter", "季"
        YEAR = "year", "年"

    indicator = models.CharField("指标", max_length=40)
    source = models.CharField("来源", max_length=20)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, db_constraint=False, related_name="+", db_index=False
    )
    grain = models.CharField("粒度", max_length=8, choices=Grain)
    starts_on = models.DateField("起始日期")
    dimension = models.CharField("维度", max_length=12, blank=True)
    key = models.CharField("取值", max_length=20, blank=True)
    value = models.DecimalField("数值", max_digits=20, decimal_places=2)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上级统计"
        constraints = [
            models.UniqueConstraint(
                name="rolled_once",
                fields=["organisation", "grain", "starts_on", "source", "indicator", "dimension", "key"],
            )
        ]
        indexes = [
            models.Index(
                name="rolled_figures", fields=["indicator", "dimension", "organisation", "grain", "starts_on"],
                include=["key", "value"],
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.indicator} {self.starts_on} {self.value}"


class Verification(models.Model):
    """The result of one recount of everything against the cells."""

    ran_at = models.DateTimeField("核对时间", auto_now_add=True)
    compared = models.PositiveBigIntegerField("核对单元")
    differing = models.PositiveBigIntegerField("不一致")

    class Meta:
        verbose_name = verbose_name_plural = "统计核对"
        ordering = ["-ran_at"]

    def __str__(self):
        return f"核对 {self.compared} 个单元，{self.differing} 个不一致"
