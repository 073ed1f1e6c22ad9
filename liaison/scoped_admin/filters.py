"""Filters of the lists: they offer only what the account may see, and never read a big table to do so."""

from datetime import datetime, time, timedelta

from django.contrib import admin
from django.db import models
from django.utils import timezone

from liaison import periods
from liaison.models import Organisation

# More than this is no choice for a menu: the list is narrowed by office first.
MOST_CHOICES = 40


class OrganisationFilter(admin.SimpleListFilter):
    """An office with everything below it; opening one offers the offices beneath. `?org=620100`, as on the dashboard."""

    title = "政协组织"
    parameter_name = "org"

    def lookups(self, request, model_admin):
        """Two queries, however many offices there are."""
        visible = Organisation.objects.visible_to(request.user).select_related("division")
        self.chosen = visible.filter(division__code=self.value()).first() if self.value() else None
        roots = (*request.user.scope.paths, *request.user.scope.kept)
        return [(office.division.code, office.short_name) for office in self._around(visible, roots)]

    def _around(self, visible, roots):
        """The topmost offices, the way down to the chosen one, and those directly below it."""
        chosen = self.chosen.path if self.chosen else min(roots, key=len, default="")
        way = [chosen[:length] for length in range(len(chosen) + 1)]
        below = visible.filter(parent__path=chosen)
        return (visible.filter(path__in={*way, *roots}) | below).order_by("path")[: MOST_CHOICES * 3]

    def has_output(self):
        return len(self.lookup_choices) > 1

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.of(self.chosen) if self.chosen else queryset.none()


class VisibleFilter(admin.RelatedFieldListFilter):
    """A menu of the related rows that the account may see, within the office chosen beside it."""

    def field_choices(self, field, request, model_admin):
        rows = field.remote_field.model._default_manager.visible_to(request.user)
        code = request.GET.get("org")
        if code and "organisation" in rows.path:
            office = Organisation.objects.filter(division__code=code).first()
            rows = rows.of(office) if office else rows
        offered = [(row.pk, str(row)) for row in rows[: MOST_CHOICES + 1]]
        return offered if len(offered) <= MOST_CHOICES else []

    def has_output(self):
        return bool(self.lookup_choices)


class PeriodFilter(admin.FieldListFilter):
    """Days in a period, written as on the dashboard (`?period=2026-11`), or typed as from and until."""

    template = "admin/period_filter.html"

    def __init__(self, field, request, params, model, model_admin, field_path):
        super().__init__(field, request, params, model, model_admin, field_path)
        self.title = "时间"
        self.others = [(k, v) for k, v in request.GET.items() if k not in (*self.expected_parameters(), "p")]
        self.today = timezone.localdate()
        self.first, self.until, self.code = (self._typed(name) for name in self.expected_parameters())
        if self.first or self.until:
            self.code = f"{self.first or periods.EPOCH.isoformat()}..{self.until or self.today.isoformat()}"
        self.period, self.error = None, ""
        try:
            self.period = periods.parse(self.code, self.today) if self.code else None
        except periods.PeriodError as error:
            self.error = str(error)

    def _typed(self, name: str) -> str:
        typed = self.used_parameters.get(name, "")
        return typed[-1] if isinstance(typed, list) else typed

    def expected_parameters(self):
        return ["from", "until", "period"]

    def has_output(self):
        return True

    def queryset(self, request, queryset):
        if self.error:
            return queryset.none()
        if self.period is None:
            return queryset
        start, end = self.period.start, self.period.end
        if isinstance(self.field, models.DateTimeField):
            # From midnight to midnight, so that an index on the column serves.
            start, end = (timezone.make_aware(datetime.combine(day, time())) for day in (start, end))
        return queryset.filter(**{f"{self.field_path}__gte": start, f"{self.field_path}__lt": end})

    def choices(self, changelist):
        this_month = periods.month_of(self.today)
        last_month = periods.month_of(this_month.start - timedelta(days=1))
        this_year = periods.year_of(self.today)
        last_year = periods.year_of(this_year.start - timedelta(days=1))
        offered = [("全部", ""), ("本月", this_month.code), ("上月", last_month.code)]
        offered += [("今年", this_year.code), ("去年", last_year.code)]
        if self.period and self.code not in [code for _, code in offered]:
            offered.append((self.period.label, self.code))
        for words, code in offered:
            query = changelist.get_query_string({"period": code} if code else {}, self.expected_parameters())
            yield {"selected": self.code == code, "query_string": query, "display": words}


class TypedFilter(admin.SimpleListFilter):
    """A word that is typed instead of chosen, for columns with more values than a menu holds."""

    template = "admin/typed_filter.html"
    label = ""

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.others = [(k, v) for k, v in request.GET.items() if k not in (self.parameter_name, "p")]
        self.typed = (self.value() or "").strip()

    def lookups(self, request, model_admin):
        return ()

    def has_output(self):
        return True

    def choices(self, changelist):
        query = changelist.get_query_string(remove=[self.parameter_name])
        return [{"selected": not self.typed, "query_string": query, "display": "全部"}]

    def queryset(self, request, queryset):
        return self.filtered(queryset, self.typed) if self.typed else queryset

    def filtered(self, queryset, typed: str):
        raise NotImplementedError
