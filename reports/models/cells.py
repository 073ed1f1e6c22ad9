"""What it all adds up to. Rows here follow from the facts; the roll-up alone writes them (reports/rollup)."""

from django.db import models
from django.db.models.functions import Now

from liaison.models import Organisation
from liaison.scope import ScopedQuerySet
from reports.indicators import DISTINCT, SUMMED


class Dirty(models.Model):
    """A month of one organisation whose facts of one source changed, or a basis of heads (reports/heads.py) that did, without
    either; written by triggers in the writer's transaction."""

    source = models.CharField("来源", max_length=20)
    # No foreign keys: a trigger's insert must cost next to nothing.
    organisation_id = models.BigIntegerField("政协组织", null=True)
    month = models.DateField("月份", null=True)
    noted_at = models.DateTimeField("记下时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "待重算"
        indexes = [models.Index(name="dirty_by_source", fields=["source", "organisation_id", "month"])]

    def __str__(self):
        return f"{self.source} {self.organisation_id} {self.month}"


class Sums(models.Model):
    """What the facts of one source add up to for one organisation and some time: besides the fields here one column for each
    indicator that adds up, named by its code. Side by side, all of a source cost one row to write, compare and read
    (docs/decisions/0035).

    `dimension` "" is the total; otherwise `key` says which studio, sector, category or channel, or which day of the month.
    """

    source = models.CharField("来源", max_length=20)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, db_constraint=False, related_name="+", db_index=False
    )
    dimension = models.CharField("维度", max_length=12, blank=True)
    key = models.CharField("取值", max_length=20, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


for indicator in SUMMED:
    # NULL where nothing was recorded, which takes no room in the row. Whole numbers are stored as
    # such: what a recount adds up is compared with them as it is (docs/decisions/0039).
    digits = {} if indicator.is_whole else {"max_digits": 20, "decimal_places": 2}
    column = (models.BigIntegerField if indicator.is_whole else models.DecimalField)("数值", null=True, **digits)
    Sums.add_to_class(indicator.code, column)


class Cell(Sums):
    """What one organisation alone has in one month."""

    # One index for both: the months of a figure lie side by side, and a recount skips from dimension to dimension.
    pk = models.CompositePrimaryKey("source", "organisation_id", "dimension", "month", "key")
    month = models.DateField("月份")

    class Meta:
        verbose_name = verbose_name_plural = "统计单元"

    def __str__(self):
        return f"{self.source} {self.month} {self.dimension}"


class Rolled(Sums):
    """What cells add up to over everything below one organisation (city and up), for a month, quarter or year; and beside
    that, under sources of their own, the heads that are counted there (docs/decisions/0037)."""

    class Grain(models.TextChoices):
        MONTH = "month", "月"
        QUARTER = "quarter", "季"
        HALF = "half", "半年"
        YEAR = "year", "年"

    pk = models.CompositePrimaryKey("source", "organisation_id", "dimension", "grain", "starts_on", "key")
    grain = models.CharField("粒度", max_length=8, choices=Grain)
    starts_on = models.DateField("起始日期")

    class Meta:
        verbose_name = verbose_name_plural = "上级统计"

    def __str__(self):
        return f"{self.source} {self.starts_on} {self.dimension}"


for indicator in DISTINCT:
    # In whole numbers: who came less who went, or how many there were.
    Rolled.add_to_class(indicator.code, models.IntegerField("人数", null=True))


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
