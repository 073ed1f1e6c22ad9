"""What lists are narrowed by; a FilterSet stands in the app of its model."""

import re

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field

from liaison import periods
from liaison.models import Category, Division, Member, Organisation, Seat, Sector, Term

NO_OFFICE = "没有这个政协组织，请填写六位区划代码。"
NOT_OFFERED = "没有这条记录。"


class OfficeField(forms.CharField):
    def clean(self, value):
        if not (code := super().clean(value)):
            return None
        office = re.fullmatch("[0-9]{6}", code) and self.offices().filter(division__code=code).first()
        if not office:
            raise ValidationError(NO_OFFICE)
        return office


@extend_schema_field({"type": "string", "pattern": "^[0-9]{6}$", "description": "政协组织的六位区划代码；含下级。"})
class OfficeFilter(django_filters.CharFilter):
    """An office with everything below it, by its six digits: `?org=620100`, as on the dashboard. 400 for one that is not
    the account's to see."""

    field_class = OfficeField

    @property
    def field(self):
        made = super().field
        made.offices = lambda: Organisation.objects.visible_to(self.parent.request.user)
        return made

    def filter(self, queryset, office):
        return queryset.of(office) if office else queryset


class PeriodField(forms.CharField):
    def clean(self, value):
        if not (code := super().clean(value)):
            return None
        try:
            return periods.parse(code, timezone.localdate())
        except periods.PeriodError as error:
            raise ValidationError(str(error)) from error


@extend_schema_field(
    {
        "type": "string",
        "description": "时段，如 2026、2026-11、2026Q3、2026H1、2026-01-01..2026-06-30。",
        "maxLength": 40,
    }
)
class PeriodFilter(django_filters.CharFilter):
    """Days within a period, written as on the dashboard: `?period=2026-11`, `2026`, `2026-11-01..2026-11-20`."""

    field_class = PeriodField

    def filter(self, queryset, period):
        if not period:
            return queryset
        return queryset.filter(**{f"{self.field_name}__gte": period.start, f"{self.field_name}__lt": period.end})


def written_or_spelled(field: str, words: str) -> Q:
    """Rows whose name or title has these words in it, as written or as the beginning letters of its pinyin."""
    return Q(**{f"{field}__contains": words}) | Q(pinyin__contains=words.lower())


class WordsFilter(django_filters.CharFilter):
    """By a part of a name or title, or by its pinyin."""

    def __init__(self, field_name: str, called: str):
        super().__init__(field_name=field_name, label=f"{called}的一部分或拼音首字母", max_length=40)

    def filter(self, queryset, words):
        return queryset.filter(written_or_spelled(self.field_name, words)) if words else queryset


class VisibleFilter(django_filters.ModelChoiceFilter):
    """By a related record that the account may see."""

    def __init__(self, model, **kwargs):
        kwargs.setdefault("label", model._meta.verbose_name)
        self.label_lower = model._meta.label_lower
        super().__init__(
            queryset=lambda request: model.objects.visible_to(request.user) if request else model.objects.none(),
            error_messages={"invalid_choice": NOT_OFFERED}, **kwargs,
        )  # fmt: skip


class ScopedFilterSet(django_filters.FilterSet):
    """Of a list of what belongs to offices."""

    org = OfficeFilter()


class VoidableFilterSet(ScopedFilterSet):
    """Of a list of what is voided and never deleted."""

    voided = django_filters.ChoiceFilter(
        method="by_voided", choices=[("true", "已作废"), ("false", "有效")], label="作废"
    )

    def by_voided(self, queryset, name, said: str):
        return queryset.filter(voided_at__isnull=said == "false")


class NamedFilterSet(ScopedFilterSet):
    """Of a list that is looked through by name."""

    find = WordsFilter("name", "名称")


class DivisionFilterSet(django_filters.FilterSet):
    """Everybody's, and belongs to no office."""

    find = django_filters.CharFilter(field_name="name", lookup_expr="startswith", label="名称的开头", max_length=40)
    under = django_filters.CharFilter(
        field_name="path", lookup_expr="startswith", label="区划代码的开头，如 6201、620102", max_length=9
    )

    class Meta:
        model = Division
        fields = ["level"]


class CategoryFilterSet(django_filters.FilterSet):
    active = django_filters.ChoiceFilter(method="by_use", choices=[("true", "启用"), ("false", "停用")], label="启用")

    class Meta:
        model = Category
        fields = []

    def by_use(self, queryset, name, said: str):
        return queryset.filter(is_active=said == "true")


class SectorFilterSet(NamedFilterSet):
    class Meta:
        model = Sector
        fields = ["standard_code"]


class StandingFilterSet(ScopedFilterSet):
    """Of a list of what stands from one day to another."""

    on = django_filters.DateFilter(method="standing", label="在这一天有效，起止日期都算在内")

    def standing(self, queryset, name, day):
        return queryset.standing_on(day)


class SeatFilterSet(StandingFilterSet):
    member = VisibleFilter(Member)
    term = VisibleFilter(Term)
    sector = VisibleFilter(Sector)
    committee = django_filters.ChoiceFilter(method="by_committee", choices=[("none", "未入专委会")], label="专委会")

    class Meta:
        model = Seat
        fields = ["duty"]

    def by_committee(self, queryset, name, said: str):
        return queryset.outside_committees()


class OrganisationFilterSet(ScopedFilterSet):
    find = django_filters.CharFilter(method="named", label="名称的一部分、拼音或首字母、区划代码的开头", max_length=40)

    class Meta:
        model = Organisation
        fields = ["level"]

    def named(self, queryset, name, words: str):
        return queryset.named(words)
