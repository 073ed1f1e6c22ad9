import django_filters
from django.db.models import Q
from django.utils import timezone

from liaison.filters import ScopedFilterSet, written_or_spelled
from studios.models import Studio


class StudioFilterSet(ScopedFilterSet):
    find = django_filters.CharFilter(method="named", label="名称的一部分、拼音首字母或品牌", max_length=40)
    state = django_filters.ChoiceFilter(method="in_state", choices=Studio.STATES, label="状态")

    class Meta:
        model = Studio
        fields = ["kind", "basis", "model_level"]

    def named(self, queryset, name, words: str):
        return queryset.filter(written_or_spelled("name", words) | Q(brand__contains=words))

    def in_state(self, queryset, name, state: str):
        return queryset.in_state(state, timezone.localdate())
