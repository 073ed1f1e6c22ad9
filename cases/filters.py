import django_filters
from django.db.models import Q
from django.utils import timezone

from cases.models import Case, Instruction, Outcome, Submission
from liaison.filters import (
    PeriodFilter,
    ScopedFilterSet,
    VisibleFilter,
    VoidableFilterSet,
    WordsFilter,
    written_or_spelled,
)
from liaison.models import Category
from studios.models import Studio


class CaseFilterSet(ScopedFilterSet):
    find = django_filters.CharFilter(method="named", label="编号的开头、事项的一部分或拼音首字母", max_length=40)
    period = PeriodFilter(field_name="registered_on")
    lamp = django_filters.ChoiceFilter(
        method="in_time", choices=[("open", "在办"), ("overdue", "已超期")], label="期限"
    )
    studio = VisibleFilter(Studio)
    category = VisibleFilter(Category)

    class Meta:
        model = Case
        fields = ["state", "channel", "result_class"]

    def named(self, queryset, name, words: str):
        return queryset.filter(Q(number__startswith=words.upper()) | written_or_spelled("title", words))

    def in_time(self, queryset, name, lamp: str):
        return queryset.overdue(timezone.localdate()) if lamp == "overdue" else queryset.open()


class OutcomeFilterSet(VoidableFilterSet):
    period = PeriodFilter(field_name="happened_on")
    studio = VisibleFilter(Studio)

    class Meta:
        model = Outcome
        fields = ["kind"]


class SubmissionFilterSet(VoidableFilterSet):
    find = WordsFilter("title", "标题")
    period = PeriodFilter(field_name="submitted_on")
    studio = VisibleFilter(Studio)

    class Meta:
        model = Submission
        fields = ["kind", "handling", "adopted"]


class InstructionFilterSet(VoidableFilterSet):
    period = PeriodFilter(field_name="given_on")

    class Meta:
        model = Instruction
        fields = ["leader_level"]
