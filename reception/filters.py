from liaison.filters import PeriodFilter, ScopedFilterSet, VisibleFilter, VoidableFilterSet
from liaison.models import Category
from reception.models import ReceptionDay, Visit
from studios.models import Studio


class ReceptionDayFilterSet(VoidableFilterSet):
    period = PeriodFilter(field_name="held_on")
    studio = VisibleFilter(Studio)

    class Meta:
        model = ReceptionDay
        fields = ["kind", "state"]


class VisitFilterSet(ScopedFilterSet):
    """By nothing that says who came: an address stands in logs, and what is masked must not be guessed by asking."""

    period = PeriodFilter(field_name="visited_on")
    studio = VisibleFilter(Studio)
    reception_day = VisibleFilter(ReceptionDay)
    category = VisibleFilter(Category)

    class Meta:
        model = Visit
        fields = ["channel", "handling", "identity"]
