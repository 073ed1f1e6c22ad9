from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q, Sum

from liaison.fields import Today
from liaison.models import Organisation, PlacedRules, Voidable, VoidableQuerySet
from liaison.scope import ScopedQuerySet

from .studio import Studio


class FundQuerySet(VoidableQuerySet):
    def counted(self):
        return self.unvoided()


class Fund(Voidable):
    """Money set aside for the work in one year, of an organisation or one studio; in yuan."""

    mended_by = {"fund_amount_positive": "amount", "fund_not_in_future": "allocated_on"}

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="funds", verbose_name="政协组织")
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="funds", verbose_name="工作室"
    )
    year = models.PositiveSmallIntegerField("年度")
    amount = models.DecimalField(
        "金额（元）", max_digits=14, decimal_places=2, validators=[MinValueValidator(0.01, "金额应大于 0。")]
    )
    source = models.CharField("来源", max_length=60)
    allocated_on = models.DateField("下达日期")

    objects = FundQuerySet.as_manager()

    class Meta(Voidable.Meta):
        verbose_name = verbose_name_plural = "工作经费"
        ordering = ["-year", "organisation__path"]
        constraints = [
            *Voidable.Meta.constraints,
            models.CheckConstraint(
                name="fund_amount_positive", condition=Q(amount__gt=0), violation_error_message="金额应大于 0。"
            ),
            models.CheckConstraint(
                name="fund_not_in_future", condition=Q(allocated_on__lte=Today()),
                violation_error_message="下达日期不能晚于今天。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.year}年{self.source}"

    @property
    def balance(self):
        """What is left, in yuan; one query."""
        return self.amount - (self.spendings.aggregate(total=Sum("amount"))["total"] or 0)

    @transaction.atomic
    def spend(self, amount, *, on, purpose: str) -> "Spending":
        """Book a spending. Raises ValidationError when it is more than what is left, also under concurrency."""
        fund = Fund.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if amount > fund.balance:
            raise ValidationError(f"余额只有 {fund.balance} 元，不够支出。")
        spending = Spending(fund=fund, amount=amount, spent_on=on, purpose=purpose)
        spending.full_clean()
        spending.save()
        return spending


class SpendingQuerySet(ScopedQuerySet):
    path = "fund__organisation__path"
    owners = ("fund",)


class Spending(PlacedRules):
    """Money spent from a fund; a trigger keeps the fund's balance from falling below zero."""

    mended_by = {"spending_amount_positive": "amount", "spending_not_in_future": "spent_on"}

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="spendings", verbose_name="经费")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    spent_on = models.DateField("支出日期")
    purpose = models.CharField("用途", max_length=100)

    objects = SpendingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经费支出"
        ordering = ["-spent_on"]
        constraints = [
            models.CheckConstraint(
                name="spending_amount_positive", condition=Q(amount__gt=0), violation_error_message="金额应大于 0。"
            ),
            models.CheckConstraint(
                name="spending_not_in_future", condition=Q(spent_on__lte=Today()),
                violation_error_message="支出日期不能晚于今天。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.purpose

    def clean(self):
        if self.fund_id and self.amount:
            before = Spending.objects.filter(pk=self.pk).aggregate(total=Sum("amount"))["total"] or 0
            if self.amount > self.fund.balance + before:
                raise ValidationError({"amount": f"余额只有 {self.fund.balance + before} 元，不够支出。"})
