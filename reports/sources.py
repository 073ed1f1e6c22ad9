"""Where figures come from: the fact tables, the dates they are counted by, and what they can be broken down by."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from activities.models import Activity, MediaReport, Output, TaskGroup
from cases.models import Case, Instruction, Outcome, Submission
from liaison.models import SpecialCommittee
from reception.models import ReceptionDay, Visit
from studios.models import Fund, Studio

# Every source is broken down by it besides, so that no span of days has to be counted from the records (docs/decisions/0040).
DAY = "day"


@dataclass(frozen=True)
class Parent:
    """A row that decides whether its children count: a change of `columns` dirties the children's cells.

    model: the parent; foreign_key: the child's column that points to it; columns: what decides.
    """

    model: type
    foreign_key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Facts of one table that count under one rule.

    rows: the counting rule, as the model's own queryset · dates: columns a row is counted by ·
    dimensions: name → lookup of the key a figure can be broken down by.
    """

    code: str
    rows: Callable[[], QuerySet]
    dates: tuple[str, ...]
    dimensions: dict[str, str] = field(default_factory=dict)
    parents: tuple[Parent, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """What its cells are broken down by."""
        return (*self.dimensions, DAY)

    @property
    def lookups(self) -> dict[str, str]:
        """The dimensions, and what their keys add up to across offices: rows can be asked for by it, cells hold none of it."""
        return self.dimensions | ({"standard_sector": "sector__standard_code"} if "sector" in self.dimensions else {})

    @property
    def model(self) -> type:
        return self.rows().model


SOURCES = (
    Source(
        "visit", lambda: Visit.objects.counted(), ("visited_on",),
        {"studio": "studio_id", "sector": "sector_id", "category": "category_id", "channel": "channel"},
        (Parent(ReceptionDay, "reception_day_id", ("kind",)),),
    ),
    Source("reception_day", lambda: ReceptionDay.objects.due(), ("held_on",), {"studio": "studio_id"}),
    Source(
        "activity", lambda: Activity.objects.counted(), ("held_on",),
        {"studio": "studio_id", "kind": "kind"},
    ),
    Source(
        "output", lambda: Output.objects.counted(), ("happened_on",), {"studio": "activity__studio_id"},
        (Parent(Activity, "activity_id", ("state", "voided_at", "studio_id")),),
    ),
    Source(
        "case", lambda: Case.objects.counted(), ("resolved_on",),
        {"studio": "studio_id", "sector": "sector_id", "category": "category_id", "channel": "channel"},
    ),
    Source(
        "case_registered", lambda: Case.objects.unvoided(), ("registered_on",),
        {"studio": "studio_id", "sector": "sector_id", "category": "category_id", "channel": "channel"},
    ),
    Source("outcome", lambda: Outcome.objects.counted(), ("happened_on",), {"studio": "studio_id"}),
    Source(
        "submission", lambda: Submission.objects.counted(), ("submitted_on",), {"studio": "studio_id"},
        (Parent(Activity, "activity_id", ("kind",)),),
    ),
    Source(
        "instruction", lambda: Instruction.objects.counted(), ("given_on",), {},
        (Parent(Submission, "submission_id", ("voided_at",)),),
    ),
    Source("media_report", lambda: MediaReport.objects.counted(), ("published_on",), {"studio": "studio_id", "level": "level"}),
    Source("task_group", lambda: TaskGroup.objects.all(), ("starts_on", "ends_on"), {}),
    Source("fund", lambda: Fund.objects.counted(), ("allocated_on",), {"studio": "studio_id"}),
    Source("studio", lambda: Studio.objects.all(), ("opened_on", "closed_on"), {}),
    Source("special_committee", lambda: SpecialCommittee.objects.all(), ("starts_on", "ends_on"), {}),
)  # fmt: skip

SOURCE = {source.code: source for source in SOURCES}
