import django_filters
from django.db.models import Q

from activities.models import Activity, MediaReport
from liaison.filters import PeriodFilter, VisibleFilter, VoidableFilterSet
from studios.models import Studio


class ActivityFilterSet(VoidableFilterSet):
    period = PeriodFilter(field_name="held_on")
    studio = VisibleFilter(Studio)
    find = django_filters.CharFilter(method="named", label="名称的一部分或拼音首字母", max_length=40)

    class Meta:
        model = Activity
        fields = ["kind", "state"]

    def named(self, queryset, name, words: str):
        return queryset.filter(Q(title__contains=words) | Q(pinyin__contains=words.lower()))


class MediaReportFilterSet(VoidableFilterSet):
    period = PeriodFilter(field_name="published_on")
    studio = VisibleFilter(Studio)

    class Meta:
        model = MediaReport
        fields = ["level"]
