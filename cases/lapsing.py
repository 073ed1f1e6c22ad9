"""What turns true by time alone, stored as dated facts: days that passed without being held, matters past their deadline."""

from dataclasses import dataclass
from datetime import date

from cases.models import Case
from liaison import reach
from reception.models import ReceptionDay


@dataclass(frozen=True)
class Lapsed:
    missed: int
    overdue: int

    def __str__(self):
        return f"未开展的接待日 {self.missed} 个，超期事项 {self.overdue} 件"


@reach.everything()
def lapse(today: date) -> Lapsed:
    """Note everything of all offices that has lapsed before `today`; two statements, safe to run twice."""
    return Lapsed(ReceptionDay.objects.note_missed(today), Case.objects.note_overdue(today))
