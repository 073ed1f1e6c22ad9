"""What a figure is asked of, and what that means for the rows of a table."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Case, Q, Value, When

from activities.models import Programme
from liaison.models import Organisation, SpecialCommittee
from liaison.periods import Period
from liaison.scope import within
from reports.sources import Source
from studios.models import Studio


@dataclass(frozen=True)
class Ask:
    """What a figure is asked of: an organisation (alone or with everything below), a period, and perhaps one studio,
    special committee or programme, or one key of a dimension ("" is the rows that name none)."""

    organisation: Organisation
    period: Period
    scope: str = "subtree"
    studio: Studio | None = None
    special_committee: SpecialCommittee | None = None
    programme: Programme | None = None
    dimension: str = ""
    key: str = ""
    # Paths of the offices whose own records alone count, instead of all below: what a report was built from.
    among: tuple[str, ...] = ()

    @property
    def is_filtered(self) -> bool:
        return bool(self.studio or self.special_committee or self.programme or self.dimension)

    def whole_months(self) -> Period | None:
        """The months that supplements and breakdowns are kept by; none if the figure is of one studio, committee or programme."""
        return None if self.is_filtered else self.period.whole_months()

    def edges(self) -> list[Period]:
        """The days of a breakdown that must be counted from the records themselves."""
        return [self.period] if self.is_filtered else self.period.edges()

    def within(self, path: str) -> Q:
        if self.among and not path.startswith("division"):
            return Q(**{f"{path}__in": self.among})
        if self.scope == "subtree" and not self.organisation.path:
            return Q()  # all there is lies in the nation: no office has to be looked up for each row
        return within(path, self.organisation, self.scope)

    @property
    def has_sums(self) -> bool:
        """Whether sums over its subtree are stored (reports.models.Rolled)."""
        return self.scope == "subtree" and not self.among and not self.organisation.is_lowest

    @cached_property
    def _below(self) -> list[int]:
        """The offices of its subtree, by number; one query."""
        return list(Organisation.objects.within(self.organisation.path).values_list("pk", flat=True))

    def listed(self) -> Q:
        """As `within` of the owning office, for a list in the order of its days: named by their numbers, a city's rows are met
        on the way down an index; by the beginning of a path all of its years would be read and sorted first."""
        if self.has_sums and self.organisation.path:
            return Q(organisation__in=self._below)
        return self.within("organisation__path")

    def during(self, period: Period) -> "Ask":
        return replace(self, period=period)

    def of(self, organisation: Organisation, scope: str = "subtree") -> "Ask":
        return replace(self, organisation=organisation, scope=scope)


# Where a source keeps the special committee and the programme, if not in its own column.
_LOOKUPS = {
    "output": {"studio": "activity__studio", "special_committee": "activity__special_committee", "programme": "activity__programme"},
    "instruction": {
        "studio": "submission__studio",
        "special_committee": "submission__special_committee",
        "programme": "submission__activity__programme",
    },
    "submission": {"programme": "activity__programme"},
    "studio": {"studio": "pk"},
}  # fmt: skip


def of_source(source: Source, ask: Ask) -> Q:
    """The condition of an ask on a source's rows, besides place and period."""
    condition = of_model(source.model, _LOOKUPS.get(source.code, {}), ask)
    return condition & one_key(source.lookups, ask)


def one_key(dimensions: dict[str, str], ask: Ask) -> Q:
    """One key of a breakdown; a table that does not know the dimension has no rows in it."""
    if not ask.dimension:
        return Q()
    if ask.dimension not in dimensions:
        return Q(pk__in=())
    lookup = dimensions[ask.dimension]
    if not ask.key:
        return Q(**{f"{lookup}__isnull": True})
    around = _WITHIN.get(ask.dimension)
    return Q(**{lookup: ask.key}) | (Q(**{around: ask.key}) if around else Q())


# A topic takes in its sub-topics.
_WITHIN = {"category": "category__parent_id"}


def of_model(model: type, lookups: dict[str, str], ask: Ask) -> Q:
    """The asked studio, special committee and programme; a table that knows one of them not has no rows for it."""
    condition = Q()
    own = {field.name for field in model._meta.fields}
    for name in ("studio", "special_committee", "programme"):
        chosen = getattr(ask, name)
        lookup = lookups.get(name) or (name if name in own else None)
        if chosen:
            condition &= Q(**{lookup: chosen.pk}) if lookup else Q(pk__in=())
    return condition


def part(path: str, ask: Ask, children: list[Organisation]) -> Case:
    """The path of the part a row belongs to: that of the child above it, else of the organisation itself."""
    cases = [When(**{f"{path}__startswith": child.path}, then=Value(child.path)) for child in children]
    return Case(*cases, default=Value(ask.organisation.path))
