from activities.models import Activity, MediaReport
from liaison.filters import PeriodFilter, VisibleFilter, VoidableFilterSet, WordsFilter
from studios.models import Studio


class ActivityFilterSet(VoidableFilterSet):
    period = PeriodFilter(field_name="held_on")
    studio = VisibleFilter(Studio)
    find = WordsFilter("title", "名称")

    class Meta:
        model = Activity
        fields = ["kind", "state"]


class MediaReportFilterSet(VoidableFilterSet):
    period = PeriodFilter(field_name="published_on")
    studio = VisibleFilter(Studio)

    class Meta:
        model = MediaReport
        fields = ["level"]
