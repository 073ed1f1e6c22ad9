"""Ratios (率): declared over two indicators and divided last; each of the two opens to its records (STATISTICS §1)."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from reports.indicators import INDICATOR, Indicator
from reports.table import Values

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Ratio:
    """`part` of `whole`, both codes of indicators: the part's records are among the whole's, so it never passes 100 %."""

    code: str
    name: str
    part: str
    whole: str
    since: str = "0.1.0"

    @property
    def parts(self) -> tuple[Indicator, Indicator]:
        return INDICATOR[self.part], INDICATOR[self.whole]

    @property
    def definition(self) -> str:
        part, whole = self.parts
        return f"{part.name} ÷ {whole.name}"

    def of(self, values: Values) -> Decimal | None:
        """Per cent with one decimal, cut and not rounded up: 99.96 is not all. None where there is nothing to divide by."""
        if not values[self.whole]:
            return None
        return (100 * values[self.part] / values[self.whole]).quantize(TENTH, ROUND_DOWN)

    def words(self, values: Values) -> str:
        """87.5%, 100%, 不足0.1%; a dash where there is nothing to divide by."""
        value = self.of(values)
        if value is None:
            return "—"
        if not value and values[self.part]:
            return f"不足{TENTH}%"
        return f"{value.normalize():f}%"


RATIOS = (
    Ratio("completion_rate", "接待日完成率", "reception_days", "reception_days_due"),
    Ratio("settlement_rate", "办结率", "cases_settled", "cases_to_settle"),
    Ratio("late_rate", "超期率", "cases_late", "cases_to_settle"),
    Ratio("satisfaction_rate", "满意率", "cases_satisfied", "cases_rated"),
    Ratio("committee_rate", "全员入委率", "members_in_committees", "members"),
    Ratio("party_rate", "党员比例", "party_members", "members"),
)
